#!/usr/bin/env bash
# check_must_not_compile.sh SOURCE CLANG: each file of must_not_compile/ compiles as it is and is
# refused, as a dangling view, with WRIT_BAD_LINE. Needs clang: g++ knows no lifetimebound.
set -uo pipefail

source=$1
clang=$2
status=0
flags=(-std=c++20 -Wall -Wextra -Werror -fsyntax-only -I"$source/include")
for file in "$source"/tests/build/must_not_compile/*.cc; do
  name=$(basename "$file")
  if ! "$clang" "${flags[@]}" "$file"; then
    echo "$name does not compile without its bad line"
    status=1
  fi
  output=$("$clang" "${flags[@]}" -DWRIT_BAD_LINE "$file" 2>&1)
  if [[ $? == 0 || $output != *dangling* && $output != *"will be destroyed"* && $output != *"stack memory"* ]]; then
    echo "$name: the bad line is not refused as dangling"
    echo "$output"
    status=1
  fi
done
exit $status
