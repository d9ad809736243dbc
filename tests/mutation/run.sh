#!/usr/bin/env bash
# Changes the code of each rule on purpose, one rule at a time, in a copy of the tree, and expects its
# tests to fail: `run.sh` for all of mutations.txt, `run.sh --only E-20 --only decide.h` for those of a
# rule or a file, `run.sh --check` to see only whether all of them still fit the code, `run.sh --part
# 2/8` for the second eighth of them. WORK=DIR is where it builds.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${WORK:-$root/build/mutation}
mkdir -p "$work"
exec python3 "$root/tests/mutation/run.py" "$root" "$work" "$@"
