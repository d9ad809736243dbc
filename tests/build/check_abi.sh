#!/usr/bin/env bash
# check_abi.sh PREFIX: what the shared libraries below PREFIX show. Their names carry the version; the
# C functions are those of abi/c_functions.txt, to which a release may add and from which none may take
# (c_test.cc holds the layout of the structs); all else is of namespace writ, so that nothing of what the
# library is made of gets in the way of a program that uses the same libraries.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
names=$(mktemp)
trap 'rm -f "$names"' EXIT
status=0
fail() {
  printf '%s\n' "$*"
  status=1
}

for name in writ writ_portal; do
  library=$(find "$1" -name "lib$name.so.0" | head -n 1)
  [[ -n $library ]] || { fail "no lib$name.so.0 below $1"; continue; }
  soname=$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')
  [[ $soname == "lib$name.so.0" ]] || fail "lib$name.so.0 calls itself '$soname'"
  nm --dynamic --defined-only "$library" | awk '{ print $NF }' | sort >"$names"
  if [[ $name == writ ]]; then
    diff <(grep -v '^_Z' "$names") "$here/abi/c_functions.txt" ||
      fail "the C functions differ; a new one belongs into tests/build/abi/c_functions.txt, a missing one is a new WRIT_C_VERSION and SONAME"
  fi
  # Of the C++ names: those in writ::v0, members of its classes, const or not.
  foreign=$(grep '^_Z' "$names" | grep -Ev '^_Z(T[VIS])?NK?[OR]?4writ2v0' | head -n 20 | c++filt)
  [[ -z $foreign ]] || fail "lib$name.so.0 shows what is not its own:" "$foreign"
  echo "lib$name.so.0: $(wc -l <"$names") names"
done
exit $status
