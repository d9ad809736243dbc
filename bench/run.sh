#!/usr/bin/env bash
# Builds the benchmarks, runs them and writes the table: docs/performance.md when all are run in
# full. `bench/run.sh --help` tells the options.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'END'
usage: bench/run.sh [OPTION]...

  --quick          seconds for each family: fewer sizes, one run; writes below build/ only
  --runs N         runs of each family whose medians count (5; with --quick 1)
  --family NAME    only this family; may be repeated; writes below build/ only
  --json FILE      the results of all runs as JSON
  --output FILE    the table, instead of docs/performance.md
  --list           the families

The environment: BENCH_WRAPPER is a command to put before each program run, such as
`taskset -c 1`. WRIT_SHARED_DIR is a folder with a corpus of real policies; without it, and
without a folder `shared` beside the project, documents of the generator are used alone.
END
}

quick=0
runs=
families=()
json=
output=
list=0
while (($#)); do
  case $1 in
    --quick) quick=1 ;;
    --runs) runs=$2 && shift ;;
    --family) families+=("$2") && shift ;;
    --json) json=$2 && shift ;;
    --output) output=$2 && shift ;;
    --list) list=1 ;;
    --help | -h) usage && exit 0 ;;
    *)
      echo "bench/run.sh: unknown option $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done
if ((quick)); then
  : "${runs:=1}"
else
  : "${runs:=5}"
fi

say() { printf '%s\n' "$*" >&2; }

say "==> packages"
build=build/release
mkdir -p build
if ! bash .ci/install.sh test > build/bench.log 2>&1; then
  cat build/bench.log >&2
  exit 1
fi

say "==> build"
if ! { cmake --preset release -DWRIT_BUILD_BENCH=ON &&
  cmake --build "$build" --target writ_bench -j "${JOBS:-$(nproc)}"; } > build/bench.log 2>&1; then
  tail -n 40 build/bench.log >&2
  exit 1
fi
program=$build/bench/writ_bench

if ((list)); then
  "$program" --list
  exit 0
fi

work=$build/bench/results
rm -rf "$work"
mkdir -p "$work"
options=()
((quick)) && options+=(--quick)
corpus=${WRIT_SHARED_DIR:-../shared}/corpus/aws-managed-policies.jsonl.gz
if [[ -r $corpus ]]; then
  gzip -dc "$corpus" > "$work/corpus.jsonl"
  options+=(--corpus "$work/corpus.jsonl")
else
  say "    no corpus of real policies here: generated ones are used alone"
fi

all=1
if ((${#families[@]})); then
  all=0
else
  mapfile -t families < <("$program" --list)
fi
# Run by run, not family by family: what disturbs the machine for a while then disturbs one run.
read -ra wrapper <<< "${BENCH_WRAPPER:-}"
for ((run = 1; run <= runs; ++run)); do
  for family in "${families[@]}"; do
    say "==> run $run of $runs: $family"
    "${wrapper[@]}" "$program" --family "$family" "${options[@]}" --json "$work/$run-$family.json"
  done
done

if [[ -z $output ]]; then
  output=docs/performance.md
  if ((quick || !all)); then output=$work/performance.md; fi
fi
commit=$(git rev-parse --short=12 HEAD 2> /dev/null || echo unknown)
if [[ -n $(git status --porcelain -- bench include src 2> /dev/null) ]]; then
  commit+=" with changes"
fi
python3 bench/render.py --results "$work" --commit "$commit" --output "$output" ${json:+--json "$json"}
say "==> $output"
