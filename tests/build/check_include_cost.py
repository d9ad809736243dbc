#!/usr/bin/env python3
"""check_include_cost.py SOURCE CXX: what one #include of the library costs whoever compiles with it.

Measured against `<string>` and `<vector>` in the same run, because milliseconds differ from machine
to machine and with what else it is doing. The budget for writ.h is 300 ms at -O2 where the two take
185 ms; fwd.h, which includes nothing heavy, may add a tenth of what they take to an empty file. The
four are compiled in turns, and each turn gives a ratio of its own, of processor times: whatever else
slows the machine down slows the whole turn. What counts is the median of the turns.
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

RUNS = 7
ROUNDS = 3  # a figure too high is measured again, and all turns count
UMBRELLA_LIMIT = 300 / 185
FORWARD_LIMIT = 0.1


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    source, compiler = sys.argv[1:3]
    sources = {
        "nothing": "",
        "baseline": "#include <string>\n#include <vector>\n",
        "writ.h": '#include "writ/writ.h"\n',
        "fwd.h": '#include "writ/fwd.h"\n',
    }
    turns = []
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "one.cc")
        for _ in range(ROUNDS):
            for _ in range(RUNS):
                taken = {}
                for name, text in sources.items():
                    path.write_text(text, encoding="utf-8")
                    # No compiler cache: it is the compiler that is measured.
                    taken[name] = seconds([compiler, "-std=c++20", "-O2", "-I" + os.path.join(source, "include"),
                                           "-c", str(path), "-o", os.devnull])
                turns.append(taken)
            umbrella = statistics.median(t["writ.h"] / t["baseline"] for t in turns)
            forward = statistics.median((t["fwd.h"] - t["nothing"]) / t["baseline"] for t in turns)
            if umbrella <= UMBRELLA_LIMIT and forward <= FORWARD_LIMIT:
                break
    for name in sources:
        print(f"{name}: {min(turn[name] for turn in turns) * 1000:.0f} ms at best")
    print(f"writ.h costs {umbrella:.2f} times <string> and <vector>, at most {UMBRELLA_LIMIT:.2f}")
    print(f"fwd.h adds {forward:.2f} of them to an empty file, at most {FORWARD_LIMIT:.2f}")
    return 0 if umbrella <= UMBRELLA_LIMIT and forward <= FORWARD_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
