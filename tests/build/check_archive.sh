#!/usr/bin/env bash
# Every symbol of the compiled library is defined once: the whole archives link into one program,
# which taking what a program happens to need does not show.
#   check_archive.sh COMPILER WORK ARCHIVE... -- LIBRARY...
set -euo pipefail

compiler=$1 work=$2
shift 2
archives=()
while [[ $1 != -- ]]; do
  archives+=("$1")
  shift
done
shift
mkdir -p "$work"
echo 'int main() { return 0; }' >"$work/main.cc"
"$compiler" "$work/main.cc" -o "$work/whole" -Wl,--whole-archive "${archives[@]}" \
  -Wl,--no-whole-archive "$@" -pthread
"$work/whole"
