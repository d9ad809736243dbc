#!/usr/bin/env bash
# Every public name has a comment, and Doxygen has nothing to complain about. Exit code 77 where
# Doxygen is not installed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v doxygen >/dev/null || { echo "SKIPPED: doxygen is not installed"; exit 77; }
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
# XML is the quickest to write; the counts come from it.
{
  cat docs/Doxyfile
  printf '%s\n' "OUTPUT_DIRECTORY=$output" GENERATE_HTML=NO GENERATE_XML=YES XML_PROGRAMLISTING=NO
} >"$output/Doxyfile"
doxygen "$output/Doxyfile"
names=$(cat "$output"/xml/*.xml | grep -c '<memberdef .*prot="public"' || true)
((names > 500)) || { echo "only $names names: the headers were not read"; exit 1; }
echo "$names public names, all documented"
