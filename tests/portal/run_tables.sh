#!/usr/bin/env bash
# run_tables.sh PYTHON WRIT DIRECTORY: the portal's tables, written to DIRECTORY as scenarios and run.
set -euo pipefail

"$1" "$(dirname "${BASH_SOURCE[0]}")/table_scenarios.py" "$3"
"$2" portal run "$3"/*.json | grep -v '^PASS'
exit "${PIPESTATUS[0]}"
