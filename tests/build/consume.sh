#!/usr/bin/env bash
# Builds and runs the consumer project in one of the ways in which a project can come by writ:
#
#   consume.sh install WORK BUILD               installs the build tree BUILD into WORK/static
#   consume.sh package WORK SOURCE CXX          find_package(writ), the static library
#   consume.sh pkg_config WORK SOURCE CXX       the same by pkg-config, no CMake
#   consume.sh header_only WORK SOURCE CXX      find_package(writ), writ::header_only
#   consume.sh fetch_content WORK SOURCE CXX    FetchContent, a shared library; installed into WORK/shared
#   consume.sh subdirectory WORK SOURCE CXX     add_subdirectory, likewise
#   consume.sh shared WORK SOURCE CXX           find_package(writ), the shared library
#   consume.sh shared_pkg_config WORK SOURCE CXX   pkg-config, as the README prints it
#
# Whatever compiles the bodies does so with -fno-exceptions -fno-rtti, and all without optimization:
# this is about what links and runs. The two ways that take in the sources compile them with the same
# flags, so that ccache compiles them once. WORK keeps the results: a second run builds nothing.
set -euo pipefail

how=$1
work=$2
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # Paths of the build directories are no part of what is compiled.
  export CCACHE_NOHASHDIR=1
fi

build_with_cmake() {
  cmake -S "$source/tests/build/consumer" -B "$work/$how" -G Ninja -DCMAKE_BUILD_TYPE= \
    -DCMAKE_CXX_COMPILER="$cxx" -DWRIT_C_PROGRAM="$source/tests/c/program.c" "${launcher[@]}" "$@"
  ninja -C "$work/$how" -j 2 all
  run_all
}

run_all() {
  local program
  for program in "$work/$how"/{consumer,portal_consumer,c_consumer}; do
    [[ ! -x $program ]] || "$program"
  done
}

# take_in OPTION...: the library as a part of the consumer's build.
take_in() {
  build_with_cmake -DWRIT_FROM="$how" -DWRIT_SOURCE="$source" -DBUILD_SHARED_LIBS=ON \
    -DWRIT_NO_EXCEPTIONS=ON -DWRIT_CONSUMER_NO_EXCEPTIONS=ON "$@"
}

use_pkg_config() {
  PKG_CONFIG_PATH=$(dirname "$(find "$1" -name writ.pc)")
  export PKG_CONFIG_PATH
}

with_pkg_config() {
  local prefix=$1 output=$work/$how
  use_pkg_config "$prefix"
  mkdir -p "$output"
  # shellcheck disable=SC2046
  "$cxx" -std=c++20 "$source"/tests/build/consumer/{main,decide}.cc -o "$output/consumer" \
    $(pkg-config --cflags --libs writ)
  run_all
}

if [[ $how == install ]]; then
  exec cmake --install "$3" --prefix "$work/static"
fi

source=$3
cxx=$4
case $how in
  package)
    build_with_cmake -DCMAKE_PREFIX_PATH="$work/static"
    ;;
  header_only)
    build_with_cmake -DCMAKE_PREFIX_PATH="$work/static" -DWRIT_TARGET=writ::header_only \
      -DWRIT_CONSUMER_NO_EXCEPTIONS=ON
    ;;
  fetch_content)
    take_in -DWRIT_INSTALL=ON
    cmake --install "$work/$how" --prefix "$work/shared"
    ;;
  subdirectory)
    take_in
    ;;
  shared)
    build_with_cmake -DCMAKE_PREFIX_PATH="$work/shared"
    # It is the shared library that runs, by its versioned name. Not in a pipe: grep leaves it at the
    # first match, and ldd then fails to write the rest.
    grep -q 'libwrit\.so\.0 => '"$work/shared/" <<<"$(ldd "$work/$how/consumer")"
    grep -q 'libwrit_portal\.so\.0 => '"$work/shared/" <<<"$(ldd "$work/$how/portal_consumer")"
    ;;
  pkg_config)
    with_pkg_config "$work/static"
    ;;
  shared_pkg_config)
    # The README's program, by the command that it prints and to the output that it prints.
    output=$work/$how
    bash "$source/tests/build/readme_program.sh" "$output"
    use_pkg_config "$work/shared"
    cd "$output"
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir writ) bash -c "$(<command)" >printed
    diff -B expected printed
    ;;
  *)
    echo "unknown way: $how" >&2
    exit 2
    ;;
esac
