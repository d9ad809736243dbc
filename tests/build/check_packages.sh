#!/usr/bin/env bash
# check_packages.sh [WORK]: makes the Debian packages with cpack, installs them into a clean system
# that debootstrap makes, and uses them there: the README's program by the printed command, with the
# printed output; a C program; a CMake project; the tool; and what is left after removal.
#
# Takes minutes and the network, so it belongs to the thorough tier. Exit code 77, with a reason, where
# it cannot run. WORK (build/packages-root) keeps the bare system for the next run.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${1:-$source/build/packages-root}
skip() {
  echo "SKIPPED: $*"
  exit 77
}
((EUID == 0)) || skip "root is needed for chroot"
for program in debootstrap dpkg-shlibdeps cpack; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done

say() { printf '==> %s\n' "$*"; }

say "packages"
cd "$source"
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
# PACKAGE_OPTIONS: of cmake, to try the packaging without the optimizer, say.
# shellcheck disable=SC2086
cmake --preset packages "${launcher[@]}" ${PACKAGE_OPTIONS:-} >/dev/null
ninja -C build/packages -j "${JOBS:-2}"
rm -f build/packages/*.deb
(cd build/packages && cpack)
ls -l build/packages/*.deb

say "a clean system"
base=$work/base
if [[ ! -f $base.done ]]; then
  rm -rf "$base"
  mkdir -p "$work"
  debootstrap --variant=minbase bookworm "$base"
  cp /etc/resolv.conf "$base/etc/resolv.conf"
  chroot "$base" apt-get -qq update
  chroot "$base" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --yes --no-install-recommends g++ cmake make pkg-config </dev/null >/dev/null
  touch "$base.done"
fi
root=$work/root
rm -rf "$root"
cp -a "$base" "$root"

say "installing"
mkdir "$root/packages"
cp build/packages/*.deb "$root/packages"
# Only what the packages depend on comes from elsewhere.
chroot "$root" bash -c 'DEBIAN_FRONTEND=noninteractive \
  apt-get -qq install --yes --no-install-recommends /packages/*.deb' </dev/null
chroot "$root" bash -c "dpkg-query -W -f '\${Package} \${Version} \${Depends}\n' libwrit0 libwrit-dev writ"
[[ -L $(echo "$root"/usr/lib/*/libwrit.so.0) ]]

say "the README's program"
bash tests/build/readme_program.sh "$root/readme"
chroot "$root" bash -c "cd /readme && $(<"$root/readme/command")" >"$root/readme/printed"
diff -B "$root/readme/expected" "$root/readme/printed"
cat "$root/readme/printed"

say "a C program"
cp tests/c/program.c "$root/readme"
chroot "$root" bash -c 'cd /readme && cc -std=c11 program.c $(pkg-config --cflags --libs writ) -o program &&
  ./program' | grep -q '"decision":"allowed"'

say "a CMake project"
cp -r tests/build/consumer "$root/consumer"
chroot "$root" bash -c 'cmake -S /consumer -B /consumer/build >/dev/null && cmake --build /consumer/build &&
  /consumer/build/consumer && /consumer/build/portal_consumer'

say "the tool"
chroot "$root" writ --version
cp examples/cases/*.jsonl "$root/readme"
chroot "$root" bash -c 'writ check /readme/*.jsonl'
chroot "$root" bash -c 'ls /usr/share/writ/policies/portal/*.json /usr/share/man/man1/writ.1* /usr/share/bash-completion/completions/writ' >/dev/null

say "removing"
chroot "$root" apt-get -qq purge --yes libwrit0 libwrit-dev writ </dev/null >/dev/null
left=$(find "$root/usr" -iname '*writ*' ! -iname '*write*' ! -iname '*writ[ai]*' ! -path '*/perl*' | head)
[[ -z $left ]] || { echo "left behind: $left"; exit 1; }
rm -rf "$root"
say "the packages work in a clean system"
