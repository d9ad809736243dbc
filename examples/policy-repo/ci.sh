#!/usr/bin/env bash
# What a policy repository's CI runs: the suites, with coverage, then mutants of the policies.
#
#   ci.sh [REPORTS]   writes JUnit, SARIF and the coverage into that folder, if it is given
#
# WRIT names the tool; `writ` without it. On GitHub failures become annotations.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
writ=${WRIT:-writ}
options=(--coverage --min-coverage 100)
if [[ -n ${1-} ]]; then
  mkdir -p "$1"
  options+=(--junit "$1/junit.xml" --sarif "$1/writ.sarif" --lcov "$1/coverage.info")
fi
[[ ${GITHUB_ACTIONS-} == true ]] && options+=(--annotations github)

"$writ" check "${options[@]}" suites
"$writ" mutate suites
