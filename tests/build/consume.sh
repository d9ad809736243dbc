#!/usr/bin/env bash
# Builds and runs the consumer project in one of the ways in which a project can come by writ:
#
#   consume.sh install WORK BUILD          installs the build tree BUILD for the others
#   consume.sh package WORK SOURCE CXX     find_package(writ), writ::writ
#   consume.sh header_only WORK SOURCE CXX find_package(writ), writ::header_only
#   consume.sh pkg_config WORK SOURCE CXX  pkg-config, no CMake
#   consume.sh subdirectory WORK SOURCE CXX
#       add_subdirectory; library and consumer with -fno-exceptions -fno-rtti
#
# WORK keeps the results, so that a second run builds nothing.
set -euo pipefail

how=$1
work=$2
prefix=$work/prefix
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

build_with_cmake() {
  cmake -S "$source/tests/build/consumer" -B "$work/$how" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" "$@"
  ninja -C "$work/$how" -j 2 consumer
  "$work/$how/consumer"
}

if [[ $how == install ]]; then
  exec cmake --install "$3" --prefix "$prefix"
fi

source=$3
cxx=$4
case $how in
  package)
    build_with_cmake -DCMAKE_PREFIX_PATH="$prefix" -DWRIT_TARGET=writ::writ
    ;;
  header_only)
    build_with_cmake -DCMAKE_PREFIX_PATH="$prefix" -DWRIT_TARGET=writ::header_only
    ;;
  subdirectory)
    build_with_cmake -DWRIT_FROM=subdirectory -DWRIT_SOURCE="$source" -DWRIT_NO_EXCEPTIONS=ON \
      -DWRIT_CONSUMER_NO_EXCEPTIONS=ON
    ;;
  pkg_config)
    directory=$(dirname "$(find "$prefix" -name writ.pc)")
    export PKG_CONFIG_PATH=$directory
    mkdir -p "$work/$how"
    # shellcheck disable=SC2046
    "$cxx" -std=c++20 "$source"/tests/build/consumer/{main,decide}.cc -o "$work/$how/consumer" \
      $(pkg-config --cflags --libs writ)
    "$work/$how/consumer"
    ;;
  *)
    echo "unknown way: $how" >&2
    exit 2
    ;;
esac
