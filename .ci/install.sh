#!/usr/bin/env bash
# Installs the packages of packages.txt that are missing: `install.sh build` what building takes,
# `install.sh test` (or coverage, or tidy) what that takes as well, `install.sh optional` those of
# optional-packages.txt. Does nothing, and asks no server, when nothing is missing.
set -euo pipefail

what=${1:?usage: install.sh build|test|coverage|tidy|optional}
list="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/packages.txt"
[[ $what == optional ]] && list=${list%packages.txt}optional-packages.txt

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "note: this is no Debian system; what the build needs is listed in .ci/packages.txt"
  exit 0
fi

missing=()
while read -r package purpose; do
  [[ -z $package || $package == '#'* ]] && continue
  [[ $what == optional || $purpose == build || $purpose == "$what" ]] || continue
  status=$(dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | head -n 1 || true)
  [[ $status == installed ]] || missing+=("$package")
done < "$list"
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "error: not root and no sudo; please install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# nginx is for the tests, which start their own: installing it must not start one.
policy=/usr/sbin/policy-rc.d
if [[ " ${missing[*]} " == *" nginx "* && ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get -qq install --yes --no-install-recommends "${missing[@]}" </dev/null >/dev/null
