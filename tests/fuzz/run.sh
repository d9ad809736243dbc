#!/usr/bin/env bash
# Runs the fuzzers of the preset `fuzz`, which has to be built (`ninja -C build/fuzz fuzzers`):
#
#   run.sh SECONDS [FUZZER...]   each fuzzer, or these, for that long; JOBS=N at a time
#   run.sh --list                their names
#
# Prints one line a fuzzer; what it says itself is left in build/fuzz/logs.
# The corpus grows in build/fuzz/corpus, from seeds that seeds.py makes of the project's own files.
# Inputs that fail are left in build/fuzz/found; mended, they belong into tests/fuzz/found/FUZZER,
# from where every later run starts.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
fuzzers=(parse evaluate case simulate image scenario snapshot replay account suite)
if [[ ${1-} == --list ]]; then
  printf '%s\n' "${fuzzers[@]}"
  exit 0
fi
seconds=${1:?usage: run.sh SECONDS [FUZZER...]}
shift
(($# == 0)) || fuzzers=("$@")

work=build/fuzz
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0
export UBSAN_OPTIONS=print_stacktrace=1
python3 tests/fuzz/seeds.py "$work/seeds" || exit 1
# Images are compiled of the parse fuzzer's seeds: a byte for the kind, then the document.
mkdir -p "$work/seeds/image"
if [[ " ${fuzzers[*]} " == *" image "* ]]; then
  kinds=(scp rcp resource trust identity boundary session endpoint)
  count=0
  for seed in "$work"/seeds/parse/*; do
    ((count < 300)) || break
    kind=$(od -An -tu1 -N1 "$seed" | tr -d ' ')
    ((kind < ${#kinds[@]})) || continue
    tail -c +2 "$seed" | "$work/writ" compile --kind "${kinds[kind]}" - \
      -o "$work/seeds/image/${seed##*/}" >"$work/seeds/compile.log" 2>&1 && count=$((count + 1))
  done
  echo "$count images to start from"
  ((count > 0)) || exit 1
fi

# fuzz NAME: for that long.
fuzz() {
  local fuzzer=$1 log=$work/logs/$1.log inputs
  mkdir -p "$work/corpus/$fuzzer" "$work/found/$fuzzer"
  if "$work/tests/fuzz/${fuzzer}_fuzzer" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=8192 -dict=tests/fuzz/iam.dict -print_final_stats=1 \
    -verbosity=1 -artifact_prefix="$work/found/$fuzzer/" \
    "$work/corpus/$fuzzer" "$work/seeds/$fuzzer" </dev/null >"$log" 2>&1; then
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "PASS  $fuzzer: nothing found with ${inputs:-?} inputs in $seconds s"
  else
    tail -n 60 "$log" | sed 's/^/    | /'
    echo "FAIL  $fuzzer: see $log and $work/found/$fuzzer"
    return 1
  fi
}

mkdir -p "$work/logs"
status=0
running=0
for fuzzer in "${fuzzers[@]}"; do
  if ((running >= ${JOBS:-1})); then
    wait -n || status=1
    running=$((running - 1))
  fi
  fuzz "$fuzzer" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do
  wait -n || status=1
done
exit $status
