#!/usr/bin/env python3
"""How much of include/ and src/ the tests reach: lines, and outcomes of conditions.

    report.py BUILD [--lines PERCENT] [--branches PERCENT]

BUILD is a build of the preset `coverage` whose programs have run with LLVM_PROFILE_FILE below
BUILD/profiles. Prints a table, writes BUILD/coverage.info for lcov and BUILD/html where genhtml is
installed, and exits with 1 below one of the percentages.

A template counts once, however often it is instantiated: a line is reached, a condition is seen true or
false, when any of its instances is. That is why the figures are added up here: `llvm-cov report` takes
the best instance of a template and drops the others, lcov counts each as code of its own.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("include", "src")
LLVM = "14"  # that of the preset's compiler
WORST = 10


class File:
    """Reached and all: lines, outcomes of conditions (two of each)."""

    def __init__(self, path, exported):
        self.path = path
        segments = [Segment(*fields) for fields in exported["segments"]]
        self.lines = dict(line_counts(segments))  # line -> how often
        self.conditions = {}  # begin and end -> how often true, how often false
        for branch in exported["branches"]:
            place, counts = tuple(branch[:4]), branch[4:6]
            before = self.conditions.get(place, (0, 0))
            self.conditions[place] = (before[0] + counts[0], before[1] + counts[1])
        # What is known while compiling (`if constexpr`) has no outcomes: it is passed and seen neither way.
        passed = {(s.line, s.column) for s in segments if s.is_entry and s.count != 0}
        for place, counts in list(self.conditions.items()):
            if counts == (0, 0) and place[:2] in passed:
                del self.conditions[place]

    def merge(self, other):
        """The same file under another name: compilers write down the path that they were given."""
        for line, count in other.lines.items():
            self.lines[line] = max(self.lines.get(line, 0), count)
        for place, counts in other.conditions.items():
            before = self.conditions.get(place, (0, 0))
            self.conditions[place] = (before[0] + counts[0], before[1] + counts[1])

    def tally(self):
        return Tally(lines=len(self.lines), lines_reached=sum(c != 0 for c in self.lines.values()),
                     branches=2 * len(self.conditions),
                     branches_reached=sum(c != 0 for both in self.conditions.values() for c in both))

    def tracefile(self):
        """The file's record in the format of lcov."""
        yield f"SF:{ROOT / self.path}"
        for line, count in sorted(self.lines.items()):
            yield f"DA:{line},{count}"
        for (line, column, _, _), both in sorted(self.conditions.items()):
            for outcome, count in enumerate(both):
                yield f"BRDA:{line},{column},{outcome},{count if any(both) else '-'}"
        yield "end_of_record"


class Segment:
    """From here to the next segment the code has run `count` times."""

    def __init__(self, line, column, count, has_count, is_entry, is_gap):
        self.line, self.column, self.count, self.has_count = line, column, count, has_count
        self.is_entry, self.begins_code = is_entry, is_entry and has_count and not is_gap


def line_counts(segments):
    """Line -> how often, of the lines with code on them, as llvm-cov's own pages show them: the most that
    begins on the line or reaches into it."""
    by_line = {}
    for segment in segments:
        by_line.setdefault(segment.line, []).append(segment)
    reaching = None  # the last segment before the line
    last = segments[-1].line if segments else 0
    for line in range(segments[0].line if segments else 1, last + 1):
        here = by_line.get(line, [])
        counts = [segment.count for segment in here if segment.begins_code]
        if reaching is not None and reaching.has_count:
            counts.append(reaching.count)
        skipped = bool(here) and here[0].is_entry and not here[0].has_count
        if counts and not skipped:
            yield line, max(counts)
        if here:
            reaching = here[-1]


class Tally:
    def __init__(self, lines=0, lines_reached=0, branches=0, branches_reached=0):
        self.lines, self.lines_reached = lines, lines_reached
        self.branches, self.branches_reached = branches, branches_reached

    def __add__(self, other):
        return Tally(self.lines + other.lines, self.lines_reached + other.lines_reached,
                     self.branches + other.branches, self.branches_reached + other.branches_reached)

    def missed(self):
        return self.lines - self.lines_reached + self.branches - self.branches_reached

    def line_percent(self):
        return 100 * self.lines_reached / self.lines if self.lines else 100

    def branch_percent(self):
        return 100 * self.branches_reached / self.branches if self.branches else 100

    def row(self, name):
        return (f"{name:<48}{self.lines_reached:>7} of {self.lines:<6}{self.line_percent():>6.2f} %"
                f"{self.branches_reached:>8} of {self.branches:<6}{self.branch_percent():>6.2f} %")


def programs(build):
    """What holds the code: the test programs and the tool, and the libraries' objects for what none of them
    links. Not the archives: their members are not aligned as llvm-cov reads them."""
    found = [build / "writ", build / "tests" / "c_program", *sorted(build.glob("tests/*_tests")),
             *sorted(build.glob("src/CMakeFiles/*.dir/**/*.o"))]
    return [program for program in found if program.is_file()]


def exported_files(build):
    profiles = sorted(build.glob("profiles/*.profraw"))
    objects = programs(build)
    if not profiles or not objects:
        sys.exit(f"error: {build} has no counts; tests/run.sh --coverage builds and runs what counts")
    merged = build / "coverage.profdata"
    subprocess.run([f"llvm-profdata-{LLVM}", "merge", "-sparse", *profiles, "-o", merged], check=True)
    command = [f"llvm-cov-{LLVM}", "export", f"-instr-profile={merged}", "-skip-functions",
               "-skip-expansions", objects[0]]
    for program in objects[1:]:
        command += ["-object", program]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    files = {}
    for exported in json.loads(done.stdout)["data"][0]["files"]:
        path = pathlib.Path(os.path.normpath(exported["filename"]))
        if not any(path.is_relative_to(ROOT / room) for room in ROOMS):
            continue
        file = File(path.relative_to(ROOT), exported)
        if file.path in files:
            files[file.path].merge(file)
        else:
            files[file.path] = file
    return list(files.values())


def write_pages(build, files):
    tracefile = build / "coverage.info"
    tracefile.write_text("".join(f"{line}\n" for file in files for line in file.tracefile()))
    if shutil.which("genhtml") is None:
        return tracefile
    pages = build / "html"
    shutil.rmtree(pages, ignore_errors=True)
    subprocess.run(["genhtml", "--quiet", "--branch-coverage", "--no-function-coverage", "--legend",
                    "--title", "writ", "--prefix", ROOT, "--output-directory", pages, tracefile], check=True)
    return pages / "index.html"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--lines", type=float, default=0, metavar="PERCENT")
    parser.add_argument("--branches", type=float, default=0, metavar="PERCENT")
    arguments = parser.parse_args()
    build = arguments.build.resolve()

    files = exported_files(build)
    print(f"{'':<48}{'lines':>16}{'branches':>30}")
    total = Tally()
    for room in ROOMS:
        tally = sum((file.tally() for file in files if file.path.parts[0] == room), Tally())
        print(tally.row(room))
        total += tally
    print(total.row("both"))
    print(f"\nmost is missed in")
    for file in sorted(files, key=lambda file: -file.tally().missed())[:WORST]:
        print(file.tally().row(str(file.path)))
    print(f"\n{write_pages(build, files)}")

    good = True
    for what, percent, least in (("lines", total.line_percent(), arguments.lines),
                                 ("branches", total.branch_percent(), arguments.branches)):
        if percent < least:
            print(f"error: {percent:.2f} % of the {what} are reached, {least:g} % are asked for",
                  file=sys.stderr)
            good = False
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
