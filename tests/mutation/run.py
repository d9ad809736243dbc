"""Applies the mutations of mutations.txt one at a time to a copy of the tree and runs the tests.

    run.py SOURCE WORK [RULE...]

A mutation survives when all its tests pass: then no test holds the rule. Survivors, mutations whose
text is no longer in the code and mutations that do not compile are printed; each of them is a failure.
"""

import os
import pathlib
import shutil
import subprocess
import sys

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
    """A run that hangs has noticed the mutation as well."""
    try:
        return subprocess.run([str(directory / "tests" / (program + "_tests")), "--gtest_brief=1",
                               "--gtest_fail_fast"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main():
    source, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    wanted = set(sys.argv[3:])
    tree, directory = work / "tree", work / "build"
    mutations = [m for m in read_mutations(source / "tests/mutation/mutations.txt")
                 if not wanted or m["rule"] in wanted]
    sync(source, tree)
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    # Not optimized and without warnings: a mutation may leave something unused.
    subprocess.run(["cmake", "-S", str(tree), "-B", str(directory), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS=-w", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", "-DWRIT_BUILD_BENCH=OFF",
                    "-DWRIT_BUILD_EXAMPLES=OFF"] + launcher, check=True, stdout=subprocess.DEVNULL)
    programs = sorted({program for m in mutations for program in m["tests"]})
    built = build(directory, programs)
    if built.returncode != 0:
        print(built.stdout[-4000:])
        return 1
    for program in programs:
        if not tests_pass(directory, program):
            print(f"{program}_tests fail without any mutation")
            return 1

    survivors, broken = [], []
    for number, mutation in enumerate(mutations, 1):
        name = f"{mutation['rule']} (mutations.txt:{mutation['line']}, {mutation['file']})"
        path = tree / mutation["file"]
        before = path.read_text(encoding="utf-8")
        old, new = "\n".join(mutation["-"]), "\n".join(mutation["+"])
        if before.count(old) != 1:
            broken.append(f"{name}: its text occurs {before.count(old)} times")
            continue
        path.write_text(before.replace(old, new), encoding="utf-8")
        try:
            built = build(directory, mutation["tests"])
            if built.returncode != 0:
                broken.append(f"{name}: does not compile\n{built.stdout[-1500:]}")
            elif all(tests_pass(directory, program) for program in mutation["tests"]):
                survivors.append(name)
        finally:
            path.write_text(before, encoding="utf-8")
        print(f"[{number}/{len(mutations)}] {mutation['rule']}", flush=True)

    for text in broken:
        print(text)
    for name in survivors:
        print(f"no test notices {name}")
    print(f"{len(mutations)} mutations, {len(survivors)} survive, {len(broken)} cannot be made")
    return 1 if survivors or broken else 0


if __name__ == "__main__":
    sys.exit(main())
