#!/usr/bin/env python3
"""Coverage and mutants of the portal's policies, by its scenarios and by its tables.

    tests/portal/mutants.py WRIT DIRECTORY [--every N] [--write]

Writes the tables of tests/portal/policies/tables to DIRECTORY as scenarios, then asks `writ portal
run` and `writ portal mutate`: every statement decides a step, 95 % of the mutants are noticed, each
survivor is explained in survivors.json, and docs/testing-policies.md tells the same. --every N
takes a sample of the mutants; --write writes the page instead of comparing it (a page of another
sample is not compared).
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "testing-policies.md"
BEGIN, END = "<!-- survivors: tests/portal/mutants.py -->\n", "<!-- end of survivors -->\n"
MIN_SCORE = 95


def key(row):
    return row["file"], row["statement"], row["change"]


def tell(problem):
    print("mutants.py:", problem, file=sys.stderr)


def sample_of(every):
    return "All mutants" if every == 1 else f"One mutant in {every}"


def page_of(result, reasons, every):
    """The block of the page."""
    text = "%s: %d tried, %d noticed, %d survived.\n" % (
        sample_of(every), result["mutants"], result["noticed"], len(result["survivors"]))
    if not result["survivors"]:
        return text
    text += "\n| file | statement | change | why no request tells |\n| --- | --- | --- | --- |\n"
    for row in result["survivors"]:
        name = row["file"].removeprefix("policies/portal/")
        cells = [name, row["statement"], row["change"], reasons.get(key(row), "")]
        text += "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("writ")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    subprocess.run([sys.executable, HERE / "table_scenarios.py", options.directory], check=True)
    files = sorted((HERE / "scenarios").glob("*.json")) + sorted(options.directory.glob("*.json"))

    run = subprocess.run([options.writ, "portal", "run", "--coverage", "--min-coverage", "100", *files],
                         capture_output=True, text=True)
    lines = [line for line in run.stdout.splitlines() if not line.startswith("PASS")]
    print("\n".join(lines))
    if run.returncode != 0:
        tell(run.stderr.strip() or "a scenario fails")
        return 1

    mutate = subprocess.run([options.writ, "portal", "mutate", "--json", "--min-score", str(MIN_SCORE),
                             "--every", str(options.every), *files],
                            stdout=subprocess.PIPE, text=True)
    if mutate.returncode not in (0, 1):
        return 1
    result = json.loads(mutate.stdout)
    print(f"{result['mutants']} mutants, {result['noticed']} noticed")
    good = mutate.returncode == 0
    if not good:
        tell(f"fewer than {MIN_SCORE} % of the mutants are noticed")
    reasons = {key(row): row["why"]
               for row in json.loads((HERE / "survivors.json").read_text(encoding="utf-8"))}
    for row in result["survivors"]:
        if key(row) not in reasons:
            tell(f"survivors.json does not explain {row['file']}:{row['line']}: {row['statement']}: "
                 f"{row['change']}")
            good = False
    if options.every == 1:
        for gone in reasons.keys() - {key(row) for row in result["survivors"]}:
            tell(f"survivors.json explains what does not survive: {gone}")
            good = False
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    old, _, tail = rest.partition(END)
    new = page_of(result, reasons, options.every)
    if options.write:
        PAGE.write_text(head + BEGIN + new + END + tail, encoding="utf-8")
    elif old.startswith(sample_of(options.every) + ":") and old != new:
        tell("docs/testing-policies.md is not up to date; --write writes it")
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
