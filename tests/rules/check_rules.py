#!/usr/bin/env python3
"""Fails when a rule of docs/rules.md has no test that names it.

With --write it first fills the column `tested in`. A test names a rule by its id in a comment, a test
case or a case file anywhere below tests/; the scripts that are about rules themselves do not count.
The linter's checks (A-101 and up) have no rows of their own: a test must name the id or the code of each
that the linter reports.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"
RULE = re.compile(r"(?<![A-Za-z0-9_-])(?:[DGPMVCEKSQA]-[0-9]{1,3}[a-e]?|R-[A-Z]+-[0-9]{1,2})(?![0-9A-Za-z-])")
ROW = re.compile(r"^\| ([DGPMVCEKSQA]-[0-9]+[a-e]?|R-[A-Z]+-[0-9]+) \| (.*) \| ?(.*?) ?\|$")
SUFFIXES = {".cc", ".h", ".jsonl", ".json", ".txt", ".sh", ".dump"}
NOT_TESTS = {"rules", "mutation", "fuzz", "reference"}
SHOWN = 2


def rules_by_test():
    """Rule id -> files below tests/ that name it."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("*")):
        inside = path.relative_to(ROOT / "tests")
        if path.suffix not in SUFFIXES or inside.parts[0] in NOT_TESTS or not path.is_file():
            continue
        for rule in set(RULE.findall(path.read_text(encoding="utf-8", errors="replace"))):
            found.setdefault(rule, []).append(inside.as_posix())
    return found


def reported_checks():
    """Id -> code of the checks that the linter reports, from its table."""
    row = re.compile(r'\{"(A-[0-9]{3})", "([A-Z_]+)", \w+, LintSource::(Finding|Refusal|Either)\}')
    text = (ROOT / "include/writ/impl/lint_checks.h").read_text(encoding="utf-8")
    return {rule: code for rule, code, _ in row.findall(text)}


def words_of_tests():
    """All words in test programs: a check is named by its code as well as by its id."""
    words = set()
    for path in (ROOT / "tests").rglob("*"):
        if path.suffix in {".cc", ".jsonl", ".json"}:
            words.update(re.findall(r"[A-Z_]{6,}", path.read_text(encoding="utf-8", errors="replace")))
    return words


def main():
    found = rules_by_test()
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    untested, stale, rows = [], [], set()
    for number, line in enumerate(lines):
        match = ROW.match(line)
        if not match:
            continue
        rule, sentence, column = match.groups()
        if rule in rows:
            stale.append(f"{rule}: has two rows")
        rows.add(rule)
        if column == "–":
            continue
        tests = found.get(rule, [])
        if not tests:
            untested.append(rule)
        if "--write" in sys.argv:
            # Files of cases come after test programs: a test says what it is about.
            tests = sorted(tests, key=lambda name: (not name.endswith("_test.cc"), name))
            column = ", ".join(f"`{name}`" for name in tests[:SHOWN])
            if len(tests) > SHOWN:
                column += f" and {len(tests) - SHOWN} more"
            lines[number] = f"| {rule} | {sentence} | {column} |" if column else f"| {rule} | {sentence} | |"
        else:
            stale += [f"{rule}: {name} does not name it" for name in re.findall(r"`([^`]+)`", column)
                      if name not in tests]
    if "--write" in sys.argv:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = words_of_tests()
    untested += sorted(f"{rule} {code}" for rule, code in reported_checks().items()
                       if rule not in found and code not in words)
    unknown = sorted(rule for rule in found if rule not in rows and not rule.startswith("A-"))

    print(f"{len(rows)} rules, {len(rows & found.keys())} of them named by tests")
    for rule in untested:
        print(f"no test names {rule}")
    for text in stale:
        print(text)
    for rule in unknown:
        print(f"{rule} is named by {found[rule][0]} and not in docs/rules.md")
    return 1 if untested or stale or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
