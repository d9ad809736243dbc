#!/usr/bin/env python3
"""check_include_cost.py SOURCE CXX: what one #include of the library costs whoever compiles with it.

Measured against `<string>` and `<vector>` in the same run, because milliseconds differ from machine
to machine and with what else it is doing. The budget for writ.h is 300 ms at -O2 where the two take
185 ms; fwd.h, which includes nothing heavy, may add a tenth of what they take to an empty file. Each
figure is the least processor time of several runs, taken in turns.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile

RUNS = 7
ROUNDS = 3  # other work on the machine only ever adds: a figure too high is measured again
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
    least = dict.fromkeys(sources, float("inf"))
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "one.cc")
        for _ in range(ROUNDS):
            for _ in range(RUNS):
                for name, text in sources.items():
                    path.write_text(text, encoding="utf-8")
                    # No compiler cache: it is the compiler that is measured.
                    taken = seconds([compiler, "-std=c++20", "-O2", "-I" + os.path.join(source, "include"),
                                     "-c", str(path), "-o", os.devnull])
                    least[name] = min(least[name], taken)
            umbrella = least["writ.h"] / least["baseline"]
            forward = (least["fwd.h"] - least["nothing"]) / least["baseline"]
            if umbrella <= UMBRELLA_LIMIT and forward <= FORWARD_LIMIT:
                break
    for name, taken in least.items():
        print(f"{name}: {taken * 1000:.0f} ms")
    print(f"writ.h costs {umbrella:.2f} times <string> and <vector>, at most {UMBRELLA_LIMIT:.2f}")
    print(f"fwd.h adds {forward:.2f} of them to an empty file, at most {FORWARD_LIMIT:.2f}")
    return 0 if umbrella <= UMBRELLA_LIMIT and forward <= FORWARD_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
