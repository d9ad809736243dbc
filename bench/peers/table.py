#!/usr/bin/env python3
"""Makes the table of engines from what their runners printed: table.py RESULTS SKIPPED MACHINE.

`table.py --machine` prints what is known of machine and build, to be kept with the results.

Medians over the rounds. An engine that answered otherwise than writ has no figures.
"""

import collections
import json
import platform
import re
import statistics
import subprocess
import sys

# At so many statements every engine is expected to be so many times slower than writ.
EXPECTED = {100: 50, 1000: 500}
FIGURES = ("mean_ns", "p50_ns", "p99_ns")
VARIANTS = {
    "allowed_random": "Allow statements only; half of the requests are allowed by a random one of "
    "them, a quarter is of the right place with the wrong tag, a quarter is of another place.",
    "mixed": "The last statement is a Deny (from 10 statements on); half of the requests are "
    "allowed, a sixth is denied by it, a third is allowed by nothing.",
}


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def processor():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            names = re.findall(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    except OSError:
        names = []
    return f"{len(names)} × {names[0]}" if names else platform.machine()


def machine():
    versions = [
        output("c++", "--version").split("\n")[0],
        output("rustc", "--version"),
        output("go", "version").removeprefix("go version "),
        "node " + output("node", "--version"),
    ]
    changed = output("git", "status", "--porcelain", "--untracked-files=no", "--", "include", "src")
    commit = output("git", "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")
    known = [version for version in versions if version and version != "node "]
    return f"{processor()}; {'; '.join(known)}; writ at commit {commit}."


def time(ns):
    for unit, size in (("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}" if ns < 999.5 * size else f"{ns / size:.0f} {unit}"
    return f"{ns:.3g} ns" if ns < 999.5 else f"{ns:.0f} ns"


def times(ratio):
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


class Row:
    """An engine in one form on one file: medians over the rounds."""

    def __init__(self, lines):
        self.peer = lines[0]["peer"]
        self.form = lines[0].get("form", "")
        self.name = f"{self.peer}, {self.form}" if self.form else self.peer
        self.version = lines[0]["version"].removeprefix("v")
        self.rounds = len(lines)
        self.wrong = max(line["wrong"] for line in lines)
        self.requests = min(line["requests"] for line in lines if "requests" in line)
        self.passes = min((line["passes"] for line in lines if "passes" in line), default=0)
        self.figures = (
            {}
            if self.wrong
            else {name: statistics.median(line[name] for line in lines) for name in FIGURES}
        )

    def ratio(self, base, name):
        return self.figures[name] / base.figures[name]

    def least_ratio(self, base):
        return min(self.ratio(base, "p50_ns"), self.ratio(base, "mean_ns"))


def read(file):
    groups = collections.OrderedDict()
    with open(file, encoding="utf-8") as lines:
        for text in lines:
            line = json.loads(text)
            key = (line["variant"], line["statements"], line["peer"], line.get("form", ""))
            groups.setdefault(key, []).append(line)
    rows = collections.OrderedDict()
    for (variant, size, _, _), lines in groups.items():
        rows.setdefault(variant, collections.OrderedDict()).setdefault(size, []).append(Row(lines))
    return rows


def base_of(rows):
    for row in rows:
        if row.peer == "writ" and row.form == "evaluate" and row.figures:
            return row
    sys.exit("table.py: no figures of writ")


def full_table(sizes, names):
    print("| statements | engine | requests | passes | mean | p50 | p99 | p50 × writ | mean × writ |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size, rows in sizes.items():
        base = base_of(rows)
        for row in rows:
            if row.wrong:
                print(f"| {size:,} | {row.name} | {row.requests:,} | | {row.wrong} wrong | | | | |")
                continue
            cells = [time(row.figures[name]) for name in FIGURES]
            ratios = [times(row.ratio(base, name)) for name in ("p50_ns", "mean_ns")]
            cells = [f"{size:,}", row.name, f"{row.requests:,}", str(row.passes), *cells, *ratios]
            print("| " + " | ".join(cells) + " |")
        for name in names:
            if name not in {row.name for row in rows}:
                print(f"| {size:,} | {name} | | | failed or cut short | | | | |")
    print()


def verdict(sizes):
    """Whether each engine, in its fastest form, is as much slower as expected."""
    for size, factor in EXPECTED.items():
        if size not in sizes:
            continue
        base = base_of(sizes[size])
        fastest = {}
        for row in sizes[size]:
            if row.peer != "writ" and row.figures:
                best = fastest.get(row.peer)
                if best is None or row.least_ratio(base) < best.least_ratio(base):
                    fastest[row.peer] = row
        if not fastest:
            continue
        short = [row for row in fastest.values() if row.least_ratio(base) < factor]
        held = [row for row in fastest.values() if row not in short]

        def listed(rows):
            return ", ".join(f"{row.name}: {times(row.least_ratio(base))} ×" for row in rows)

        text = f"- {size:,} statements, expected at least {factor} × slower than writ: "
        if held:
            text += f"so it is for {listed(held)}. "
        if short:
            text += f"**Not so for {listed(short)}.**"
        print(text.rstrip())
    print()


def main():
    if sys.argv[1:] == ["--machine"]:
        print(machine())
        return
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    variants = read(sys.argv[1])
    everything = [row for sizes in variants.values() for rows in sizes.values() for row in rows]
    print("# Other engines on the same requests\n")
    print("Written by `bench/peers/run.sh`. What is translated how, how it is measured, and what is")
    print("unfair about it: [bench/peers/README.md](../bench/peers/README.md).\n")
    with open(sys.argv[3], encoding="utf-8") as text:
        print(text.read().strip())
    rounds = min((row.rounds for row in everything if row.peer != "writ"), default=1)
    print("Medians of %d rounds." % rounds if rounds > 1 else "One round.")
    print("In each, writ is measured before the others and after them.")
    print("p50 and p99 are over the requests, each one's cost the least of so many passes; the mean is of")
    print("whole passes. One thread asks.\n")
    versions = collections.OrderedDict((row.peer, row.version) for row in everything)
    print("| engine | version |\n| --- | --- |")
    for peer, version in versions.items():
        print(f"| {peer} | {version} |")
    with open(sys.argv[2], encoding="utf-8") as lines:
        skipped = [line.rstrip("\n").split("\t") for line in lines]
    for peer, why in skipped:
        print(f"| {peer} | not measured: {why} |")
    print()
    for variant, sizes in variants.items():
        print(f"## one_user, {variant}\n")
        print(VARIANTS.get(variant, "") + "\n")
        print("By the lesser of the two ratios, each engine in its fastest form:\n")
        verdict(sizes)
        full_table(sizes, list(collections.OrderedDict.fromkeys(row.name for row in everything)))


if __name__ == "__main__":
    main()
