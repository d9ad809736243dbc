#!/usr/bin/env python3
"""Fails when docs/errors.md or error.h leaves out a rule by which the library refuses something.

What the library reports is read from its sources: a rule's id that follows an error code closely belongs
to it. The simulation's errors, whose rules are those of IAM's interface, belong to their own page.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ID = r"[A-Z]{1,2}-[0-9]+[a-e]?"
NEAR = 200  # characters between a code and its rule
ELSEWHERE = {"InvalidInput"}


def rules_in(text):
    """The ids in a text; `G-49 to G-52` names those between as well."""
    rules = set(re.findall(ID, text))
    for group, first, last in re.findall(r"([A-Z])-([0-9]+) to \1-([0-9]+)", text):
        rules.update(f"{group}-{number}" for number in range(int(first), int(last) + 1))
    return rules


def reported():
    """Enumerator -> rules that the library's sources give with it."""
    pairs = {}
    for path in sorted((ROOT / "include" / "writ").rglob("*.h")):
        text = path.read_text(encoding="utf-8")
        codes = list(re.finditer(r"ErrorCode::(\w+)", text))
        for code, following in zip(codes, codes[1:] + [None]):
            end = min(code.end() + NEAR, following.start() if following else len(text))
            rule = re.search(rf'"({ID})"', text[code.end():end])
            if rule and code[1] not in ELSEWHERE:
                # `cond ? "G-41" : "G-31"` gives either.
                either = re.match(rf'"{ID}"\s*:\s*"({ID})"', text[code.end() + rule.start():])
                pairs.setdefault(code[1], set()).update({rule[1], *(either.groups() if either else ())})
    return pairs


def main():
    header = (ROOT / "include/writ/error.h").read_text(encoding="utf-8")
    names = dict(re.findall(r'case ErrorCode::(\w+):\s*return "([A-Z_]+)"',
                            (ROOT / "include/writ/impl/error-inl.h").read_text(encoding="utf-8")))
    page = {row[0]: row[1] for row in re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|",
                                                 (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.M)}
    failures = []
    pairs = reported()
    for code, rules in sorted(pairs.items()):
        comment = re.search(rf"^  {code},\s*///< (.*)$", header, re.M)
        for place, text in (("docs/errors.md", page.get(names[code], "")),
                            ("error.h", comment[1] if comment else "")):
            failures += [f"{place}: {names[code]} is reported by {rule} too"
                         for rule in sorted(rules - rules_in(text))]
    count = sum(map(len, pairs.values()))
    print(f"{len(pairs)} codes, {count} pairs of code and rule")
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures or count < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
