#!/usr/bin/env bash
# Installs axe-core, which tests/html/check_pages.py runs in the browser, into build/axe: once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
to=$here/../../build/axe
[[ -s $to/node_modules/axe-core/axe.min.js ]] && cmp -s "$here/package-lock.json" "$to/package-lock.json" && exit 0
command -v npm >/dev/null || { echo "no npm: pages are not checked for accessibility"; exit 1; }
mkdir -p "$to"
cp "$here/package.json" "$here/package-lock.json" "$to/"
cd "$to"
timeout 120 npm ci --no-audit --no-fund --ignore-scripts
