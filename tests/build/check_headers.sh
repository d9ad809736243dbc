#!/usr/bin/env bash
# check_headers.sh SOURCE CXX: each public header compiles alone and twice, and none of them drags
# in what users of the compiled library should not pay for.
set -uo pipefail

include=$1/include
cxx=$2
status=0
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

for header in "$include"/writ/*.h "$include"/writ/model/*.h "$include"/writ/portal/*.h \
  "$include"/writ/testing/{ask,expect}.h; do
  name=${header#"$include"/}
  printf '#include "%s"\n#include "%s"\n' "$name" "$name" >"$temporary/twice.cc"
  if ! "$cxx" -std=c++20 -Wall -Wextra -Wconversion -Werror -fno-exceptions -fno-rtti \
    -fsyntax-only -I"$include" "$temporary/twice.cc"; then
    echo "$name does not compile alone"
    status=1
  fi
done

# The files that the preprocessor opens, from its line markers.
echo '#include "writ/writ.h"' >"$temporary/all.cc"
"$cxx" -std=c++20 -E -I"$include" "$temporary/all.cc" | sed -n 's/^# [0-9]* "\([^"]*\)".*/\1/p' |
  sort -u >"$temporary/opened"
if ! grep -q 'writ/writ\.h' "$temporary/opened"; then
  echo "the preprocessor told nothing"
  status=1
fi
forbidden='/(rapidjson|re2|fmt|boost)/|/(regex|iostream|functional|memory)$|-inl\.h$'
if grep -E "$forbidden" "$temporary/opened"; then
  echo "writ.h includes the above"
  status=1
fi
exit $status
