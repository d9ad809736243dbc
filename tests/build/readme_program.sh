#!/usr/bin/env bash
# readme_program.sh DIRECTORY: writes what the README shows into DIRECTORY: its program (ten_lines.cc),
# the command that is printed below it (command), and what that prints (expected).
set -euo pipefail

readme="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/README.md"
mkdir -p "$1"
sed -n '/^```cpp$/,/^```$/p' "$readme" | sed '1d;$d' >"$1/ten_lines.cc"
# The first block that begins with a prompt and the compiler.
awk '/^\$ g\+\+ / && !seen { seen = 1; inside = 1 } /^```$/ { inside = 0 } inside' "$readme" >"$1/session"
head -n 1 "$1/session" | sed 's/^\$ //' >"$1/command"
sed 1d "$1/session" >"$1/expected"
[[ -s $1/ten_lines.cc && -s $1/command && -s $1/expected ]]
