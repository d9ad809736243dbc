#!/usr/bin/env bash
# The README and docs/c-interface.md show programs that are built, and the pages link to nothing that is not there.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
status=0
if ! diff <(sed -n '/^```cpp$/,/^```$/p' README.md | sed '1d;$d') <(sed 1d examples/ten_lines.cc); then
  echo "README.md and examples/ten_lines.cc differ"
  status=1
fi
if ! diff <(sed -n '/^```c$/,/^```$/p' docs/c-interface.md | sed '1d;$d') <(sed 1d tests/c/program.c); then
  echo "docs/c-interface.md and tests/c/program.c differ"
  status=1
fi
while read -r page; do
  directory=$(dirname "$page")
  while read -r link; do
    [[ -e $directory/$link ]] || { echo "$page links to $link, which is not there" && status=1; }
  done < <(grep -o '](\([^)#]*\)' "$page" | cut -c3- | grep -v '^[a-z]*:')
done < <(ls README.md policies/README.md docs/*.md)
for page in docs/*.md; do
  page=${page#docs/}
  [[ $page == README.md ]] || grep -q "]($page" docs/README.md ||
    { echo "docs/README.md does not list $page" && status=1; }
done
exit $status
