"""Applies the mutations of mutations.txt one at a time to a copy of the tree and runs the tests.

    run.py SOURCE WORK [--check] [--part K/N] [--only RULE-OR-FILE]... [RULE-OR-FILE...]

Without a selection all are run; a selection names rules (`E-21`) or files (`decide.h`). `--check`
builds nothing: it tells which mutations no longer fit the code. `--part 2/4` runs the second quarter
of what is selected; parts that run side by side need a WORK of their own.

A mutation survives when all its tests pass: then no test holds the rule. Survivors, mutations whose
text is no longer in the code and mutations that do not compile are printed; each of them is a failure,
and so is a selection that selects nothing. Whether each mutation fits the code is looked at before
anything is built. Mutations of one file follow each other, so that little is built for the next one;
the first failing test ends a mutation's run.
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

SLOW_TESTS = "CollisionTest.*"  # they search for texts of one hash
JOBS = os.environ.get("JOBS") or str(os.cpu_count() or 2)


def read_mutations(path):
    mutations, current = [], None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("== "):
            rule, file, tests = line[3:].split()
            if "/" not in file:
                file = "impl/" + file if (path.parents[2] / "include/writ/impl" / file).exists() else file
            current = {"rule": rule, "file": "include/writ/" + file, "tests": tests.split(","),
                       "line": number, "-": [], "+": []}
            mutations.append(current)
        elif line[:1] in "-+" and line and current is not None:
            current[line[0]].append(line[2:])
    return mutations


def sync(source, tree):
    """Copies what git knows of; unchanged files keep their time, so that nothing is built twice."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=source,
                           check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        old, new = tree / name, source / name
        if not new.is_file():
            continue
        if old.is_file() and old.read_bytes() == new.read_bytes():
            continue
        old.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(new, old)


def build(directory, programs):
    command = ["ninja", "-C", str(directory), "-j", JOBS] + [program + "_tests" for program in programs]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def tests_pass(directory, program):
    """A run that hangs has noticed the mutation as well. Slow tests run when no other has noticed."""
    try:
        for tests in ("-" + SLOW_TESTS, SLOW_TESTS):
            run = subprocess.run([str(directory / "tests" / (program + "_tests")), "--gtest_brief=1",
                                  "--gtest_fail_fast", "--gtest_filter=" + tests],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            if run.returncode != 0:
                return False
        return True
    except subprocess.TimeoutExpired:
        return False


def misfit(source, mutation):
    """Why a mutation cannot be applied, or None."""
    name = name_of(mutation)
    path = source / mutation["file"]
    if not path.is_file():
        return f"{name}: there is no such file"
    if not mutation["-"]:
        return f"{name}: it takes nothing away"
    old, new = "\n".join(mutation["-"]), "\n".join(mutation["+"])
    count = path.read_text(encoding="utf-8").count(old)
    if count != 1:
        return f"{name}: its text occurs {count} times"
    return f"{name}: it changes nothing" if old == new else None


def name_of(mutation):
    return f"{mutation['rule']} (mutations.txt:{mutation['line']}, {mutation['file']})"


def is_selected(mutation, wanted):
    path = pathlib.PurePosixPath(mutation["file"])
    return any(mutation["rule"] == one or path.match(one) for one in wanted)


def notices(directory, mutation):
    """Whether a test program fails: "" when one does, None when none does, else what is wrong.

    Programs are built one by one until one fails. A static_assert that fails has noticed as well.
    """
    for program in mutation["tests"]:
        built = build(directory, [program])
        if built.returncode != 0 and re.search(r"static_assert|static assertion", built.stdout):
            return ""
        if built.returncode != 0:
            return "does not compile\n" + built.stdout[-1500:]
        if not tests_pass(directory, program):
            return ""
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("selection", nargs="*")
    arguments = parser.parse_args()
    source, work, wanted = arguments.source, arguments.work, set(arguments.only + arguments.selection)
    part, parts = (int(number) for number in arguments.part.split("/"))
    tree, directory = work / "tree", work / "build"
    everything = read_mutations(source / "tests/mutation/mutations.txt")
    idle = sorted(one for one in wanted if not any(is_selected(m, {one}) for m in everything))
    if idle:
        print("no mutation is of " + ", ".join(idle))
        return 1
    mutations = [m for m in everything if not wanted or is_selected(m, wanted)]
    broken = [reason for reason in (misfit(source, m) for m in mutations) if reason]
    for text in broken:
        print(text, flush=True)
    if arguments.check:
        print(f"{len(mutations)} mutations, {len(broken)} cannot be made")
        return 1 if broken else 0
    mutations = sorted(mutations, key=lambda m: m["file"])
    mutations = mutations[len(mutations) * (part - 1) // parts:len(mutations) * part // parts]
    broken = [reason for reason in (misfit(source, m) for m in mutations) if reason]
    total = len(mutations)
    mutations = [m for m in mutations if not misfit(source, m)]
    sync(source, tree)
    options = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    os.environ.update(CCACHE_BASEDIR=str(work), CCACHE_NOHASHDIR="1")  # folders share what they compile
    if shutil.which("clang++-14"):  # compiles this in half the time
        options.append("-DCMAKE_CXX_COMPILER=clang++-14")
    # Not optimized and without warnings: a mutation may leave something unused.
    subprocess.run(["cmake", "-S", str(tree), "-B", str(directory), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS=-w", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DWRIT_BUILD_BENCH=OFF",
                    "-DWRIT_BUILD_EXAMPLES=OFF"] + options, check=True, stdout=subprocess.DEVNULL)
    programs = sorted({program for m in mutations for program in m["tests"]})
    built = build(directory, programs)
    if built.returncode != 0:
        print(built.stdout[-4000:])
        return 1
    for program in programs:
        # What has passed before need not pass again.
        digest = hashlib.sha256((directory / "tests" / (program + "_tests")).read_bytes()).hexdigest()
        passed = work / f"passed-{program}"
        if passed.is_file() and passed.read_text() == digest:
            continue
        if not tests_pass(directory, program):
            print(f"{program}_tests fail without any mutation")
            return 1
        passed.write_text(digest)

    survivors = []
    for number, mutation in enumerate(mutations, 1):
        begin = time.monotonic()
        path = tree / mutation["file"]
        before = path.read_text(encoding="utf-8")
        path.write_text(before.replace("\n".join(mutation["-"]), "\n".join(mutation["+"])), encoding="utf-8")
        try:
            noticed = notices(directory, mutation)
        finally:
            path.write_text(before, encoding="utf-8")
        if noticed is None:
            survivors.append(name_of(mutation))
            print(f"no test notices {survivors[-1]}")
        elif noticed:
            broken.append(f"{name_of(mutation)}: {noticed}")
            print(broken[-1])
        print(f"[{number}/{len(mutations)}] {mutation['rule']} {time.monotonic() - begin:.0f} s", flush=True)

    print(f"{total} mutations, {len(survivors)} survive, {len(broken)} cannot be made")
    return 1 if survivors or broken else 0


if __name__ == "__main__":
    sys.exit(main())
