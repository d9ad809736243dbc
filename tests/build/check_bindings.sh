#!/usr/bin/env bash
# check_bindings.sh python|go PREFIX WORK: the worked examples through a binding of examples/bindings/
# and the shared library below PREFIX. Exit code 77 where the language is not installed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
library=$(find "$2" -name 'libwrit.so.0' | head -n 1)
[[ -n $library ]] || { echo "no libwrit.so.0 below $2"; exit 1; }
cases=("$root"/examples/cases/*.jsonl)
# Those of the data beside the repository as well, where they are there.
for file in "${WRIT_SHARED_DIR:-$root/../shared}"/conformance/*.jsonl; do
  [[ ! -f $file ]] || cases+=("$file")
done
case $1 in
  python)
    command -v python3 >/dev/null || { echo "SKIPPED: python3 is not installed"; exit 77; }
    export WRIT_LIBRARY=$library PYTHONDONTWRITEBYTECODE=1
    check=(python3 "$root/examples/bindings/python/check.py")
    ;;
  go)
    command -v go >/dev/null || { echo "SKIPPED: go is not installed"; exit 77; }
    PKG_CONFIG_PATH=$(dirname "$(find "$2" -name writ.pc)")
    LD_LIBRARY_PATH=$(dirname "$library")
    export PKG_CONFIG_PATH LD_LIBRARY_PATH GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod
    mkdir -p "$3"
    (cd "$root/examples/bindings/go" && go build -o "$3/check_go" .)
    check=("$3/check_go")
    ;;
esac
"${check[@]}" "${cases[@]}"
# What is not as expected is told, and is a failure.
sed 's/"expect":"allowed"/"expect":"explicitDeny"/' "${cases[0]}" >"$3/wrong_$1.jsonl"
if "${check[@]}" "$3/wrong_$1.jsonl" >"$3/wrong_$1.log"; then
  echo "cases with a wrong expectation pass"
  exit 1
fi
