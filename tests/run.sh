#!/usr/bin/env bash
# Runs all tests of writ: installs what is missing, builds, and ends with `N passed, N failed`.
#
#   tests/run.sh              the quick tier
#   tests/run.sh --thorough   the long one: a million differential cases, ten minutes a fuzzer,
#                             the mutation run, every test under the sanitizers
#   tests/run.sh --coverage   counts which lines and branches of include/ and src/ the tests reach
#   tests/run.sh --tidy       clang-tidy on the library and the tool, by .clang-tidy
#
# A case of a test program counts as one; so does each step that is not a test program. Everything
# that is built or written lands in build/; a second run builds nothing that has not changed.
# JOBS=N overrides the number of parallel jobs.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
exec </dev/null

tier=quick
case "${1-}" in
  '') ;;
  --thorough | --coverage | --tidy) tier=${1#--} ;;
  *)
    echo "usage: tests/run.sh [--thorough | --coverage | --tidy]" >&2
    exit 2
    ;;
esac

jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
logs=build/logs
mkdir -p "$logs"
export CTEST_OUTPUT_ON_FAILURE=1
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

passed=0
failed=0
skipped=0

say() { printf '%s\n' "$*"; }

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# run LOG COMMAND...: runs with output to the log; shows that it is alive.
run() {
  local log=$1 begin=$SECONDS shown=$SECONDS pace=30 line
  shift
  "$@" >"$log" 2>&1 &
  local child=$!
  [[ -t 1 ]] && pace=1
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.3
    if ((SECONDS - shown >= pace)); then
      shown=$SECONDS
      line=$(tail -n 1 "$log" | tr -d '\r' | tr -cd '[:print:]' | cut -c1-90)
      if [[ -t 1 ]]; then
        printf '\r\033[K    %s  %s' "$(clock $((SECONDS - begin)))" "$line"
      else
        say "    $(clock $((SECONDS - begin)))  $line"
      fi
    fi
  done
  [[ -t 1 ]] && printf '\r\033[K'
  wait "$child"
}

# step NAME COMMAND...: one test that is a command.
step() {
  local name=$1 begin=$SECONDS log
  shift
  log="$logs/${name//[^a-z0-9]/-}.log"
  say "==> $name"
  if run "$log" "$@"; then
    passed=$((passed + 1))
    say "    PASS  $name  ($(clock $((SECONDS - begin))))"
    return 0
  fi
  failed=$((failed + 1))
  tail -n 60 "$log" | sed 's/^/    | /'
  say "    FAIL  $name  (log: $log)"
  return 1
}

# attribute FILE NAME: a number in the head of a JUnit report.
attribute() {
  tr '\n\t' '  ' <"$1" | grep -o '<testsuite [^>]*' | head -n 1 |
    grep -o " $2=\"[0-9]*\"" | head -n 1 | tr -cd '0-9'
}

# suite NAME BUILD_DIRECTORY CTEST_ARGUMENT...: test programs; each of their cases counts.
suite() {
  local name=$1 build=$2 begin=$SECONDS log report total bad off
  shift 2
  log="$logs/${name//[^a-z0-9]/-}.log"
  report="$root/${log%.log}.xml"
  rm -f "$report"
  say "==> $name"
  run "$log" ctest --test-dir "$build" --parallel "$jobs" --no-tests=error \
    --output-junit "$report" "$@"
  local status=$?
  total=0 bad=0 off=0
  if [[ -s $report ]]; then
    total=$(attribute "$report" tests)
    bad=$(attribute "$report" failures)
    off=$(($(attribute "$report" skipped) + $(attribute "$report" disabled)))
  fi
  # ctest failed without a test that did: that is a failure too.
  ((status != 0 && bad == 0)) && bad=1 && total=$((total + 1))
  passed=$((passed + total - bad - off))
  failed=$((failed + bad))
  skipped=$((skipped + off))
  if ((bad != 0)); then
    grep -E '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log" | tail -n 40 | sed 's/^/    | /'
    grep -B 2 -A 12 -E ': Failure$|ERROR: (Address|Leak|Thread)|runtime error:' "$log" |
      head -n 80 | sed 's/^/    | /'
    say "    FAIL  $name: $bad of $total  (log: $log)"
    return 1
  fi
  local note=""
  ((off != 0)) && note=", $off skipped"
  say "    PASS  $name: $((total - off)) passed$note  ($(clock $((SECONDS - begin))))"
}

configure() {
  local preset=$1 launcher=()
  shift
  command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # examples/run.sh configures without tests, which need more packages.
  cmake --preset "$preset" "${launcher[@]}" -DWRIT_BUILD_TESTS=ON "$@"
}

# build PRESET [NINJA_ARGUMENT...]
build() {
  local preset=$1
  shift
  local options=()
  [[ $preset == release ]] && options=(-DWRIT_BUILD_BENCH=ON)
  [[ $preset == tidy ]] && options=(-DWRIT_BUILD_TESTS=OFF)
  configure "$preset" "${options[@]}" && ninja -C "build/$preset" -j "$jobs" "$@"
}

finish() {
  ((skipped != 0)) && say "($skipped skipped: their data is not here, or they test what a sanitizer replaces)"
  say "$passed passed, $failed failed"
  ((failed == 0)) && exit 0
  exit 1
}

say "==> packages"
if ! bash .ci/install.sh test; then
  say "    FAIL  packages"
  failed=$((failed + 1))
  finish
fi

case $tier in
  coverage | tidy) step "packages: $tier" bash .ci/install.sh "$tier" || finish ;;
esac

if [[ $tier == tidy ]]; then
  # Ninja looks again at what has changed. All findings, not those of the first file.
  step "clang-tidy: the library and the tool" build tidy -k 0
  finish
fi

# What only some tests take. They are skipped, and say so, where it cannot be had.
for optional in "bash .ci/install.sh optional" "bash tests/html/install_axe.sh"; do
  run "$logs/optional.log" $optional || say "    note: \`$optional\` failed; some tests will be skipped"
done

if [[ $tier == coverage ]]; then
  # Random cases reach after some hundreds what they reach at all. What takes the library into other
  # projects and what opens pages in a browser builds or shows the same code once more.
  export WRIT_DIFFERENTIAL_CASES=2000 WRIT_IMAGE_CORRUPTIONS=1000 WRIT_WALK_COMMANDS=5000
  if step "build: clang, counting" build coverage; then
    rm -rf build/coverage/profiles
    LLVM_PROFILE_FILE="$root/build/coverage/profiles/%c%m.profraw" suite "tests: clang, counting" \
      build/coverage --exclude-regex '^(build|docs)/' --label-exclude 'consumer|html'
    step "coverage" python3 tests/coverage/report.py build/coverage --lines 95 --branches 85 &&
      sed 's/^/    | /' "$logs/coverage.log"
  fi
  finish
fi

if [[ $tier == quick ]]; then
  sanitizer_cases=2000
  sanitizer_corruptions=5000
  fuzz_seconds=20
else
  sanitizer_cases=100000
  sanitizer_corruptions=100000
  fuzz_seconds=600
fi

export WRIT_DIFFERENTIAL_CASES=100000
if step "build: g++, optimized" build release; then
  suite "tests: g++, optimized" build/release
  if [[ $tier == thorough ]]; then
    step "portal: all mutants of its policies" \
      python3 tests/portal/mutants.py build/release/writ build/release/tests/portal_mutants
    # A million in all; chance begins elsewhere than in the run above.
    for seed in 1 2 3 4 5 6 7 8 9 10; do
      step "differential: 100000 cases from seed $seed" \
        env WRIT_DIFFERENTIAL_SEED="$seed" build/release/tests/differential_tests
    done
  fi
fi
step "rules: each one that decides has a test" python3 tests/rules/check_rules.py
step "rules: errors name theirs" python3 tests/rules/check_errors.py

export WRIT_DIFFERENTIAL_CASES=$sanitizer_cases
export WRIT_IMAGE_CORRUPTIONS=$sanitizer_corruptions
# The quick tier's clang is that of the sanitizers.
if [[ $tier == thorough ]] && step "build: clang" build clang; then
  suite "tests: clang" build/clang --label-exclude 'consumer|html'
fi
# The test programs and the fuzzers from one build: what libFuzzer adds does not disturb the tests.
sanitized=false
if step "build: address and undefined-behaviour sanitizers, fuzzers" build fuzz; then
  sanitized=true
  suite "tests: address and undefined-behaviour sanitizers" build/fuzz
fi
if [[ $tier == thorough ]]; then
  step "portal: 1000000 random commands under the sanitizers" \
    env WRIT_WALK_COMMANDS=1000000 build/fuzz/tests/portal_tests --gtest_filter='RandomWalk*'
fi
if step "build: thread sanitizer" build tsan threads_tests; then
  suite "tests: thread sanitizer" build/tsan --tests-regex '^threads/'
fi
if $sanitized; then
  say "==> fuzzers, $fuzz_seconds s each"
  if ! JOBS=$jobs run "$logs/fuzz.log" bash tests/fuzz/run.sh "$fuzz_seconds"; then
    grep -q '^FAIL ' "$logs/fuzz.log" || echo "FAIL  they did not start" >>"$logs/fuzz.log"
  fi
  grep -E '^( +\| |PASS |FAIL )' "$logs/fuzz.log" | sed 's/^/    /'
  passed=$((passed + $(grep -c '^PASS ' "$logs/fuzz.log")))
  failed=$((failed + $(grep -c '^FAIL ' "$logs/fuzz.log")))
fi
if [[ $tier == thorough ]]; then
  if ((EUID == 0)) && command -v debootstrap >/dev/null; then
    step "packages: in a clean system" bash tests/build/check_packages.sh
  else
    say "==> packages: in a clean system"
    say "    SKIP  it takes root and debootstrap"
    skipped=$((skipped + 1))
  fi
  step "mutations: each is caught" bash tests/mutation/run.sh
fi
finish
