#!/usr/bin/env bash
# Measures other engines and writ on the same workload files and writes a table to
# build/peers/peers.md and docs/performance-peers.md. README.md tells how, and what is translated.
#
#   bench/peers/run.sh              uses what is on this machine, and says what it leaves out
#   bench/peers/run.sh --install    fetches the engines with cargo, go and npm first
#
#   --rounds R      how often everything is measured; the table has medians (3)
#   --seconds S     about how long a slow engine may take for one file (5)
#   --sizes LIST    numbers of statements ("1 10 100 1000")
#   --variants LIST of the family one_user ("allowed_random mixed")
#   --table         only the table, from the last results
#
# BUILD_WITH is put before each build, MEASURE_WITH before the measurement of each file by all
# engines, one after the other: `taskset -c 1`, say.
# JOBS=N overrides the number of parallel jobs of a build.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec </dev/null

install=no
rounds=3
seconds=5
sizes="1 10 100 1000"
variants="allowed_random mixed"
only_table=no
while (($# > 0)); do
  case $1 in
    --install) install=yes ;;
    --table) only_table=yes ;;
    --rounds | --seconds | --sizes | --variants)
      [[ $# -gt 1 ]] || { echo "$1 needs a value" >&2; exit 2; }
      declare "${1#--}=$2"
      shift
      ;;
    *)
      sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift
done

jobs=${JOBS:-$(nproc 2>/dev/null || echo 2)}
read -ra build_with <<<"${BUILD_WITH-}"
read -ra measure_with <<<"${MEASURE_WITH-}"
here=bench/peers
out=$PWD/build/peers
results=$out/results.jsonl
skipped=$out/skipped.tsv
mkdir -p "$out/bin" "$out/workload"

table() {
  python3 $here/table.py "$results" "$skipped" "$out/machine.txt" >"$out/peers.md.new" || exit 1
  mv "$out/peers.md.new" "$out/peers.md"
  cp "$out/peers.md" docs/performance-peers.md
  echo "the table: build/peers/peers.md, docs/performance-peers.md"
}
if [[ $only_table == yes ]]; then
  table
  exit 0
fi

: >"$skipped"
skip() {
  echo "not measured: $1: $2"
  printf '%s\t%s\n' "$1" "$2" >>"$skipped"
}
# built NAME COMMAND...: runs a build; its output goes to a log.
built() {
  local log=$out/$1.log
  shift
  "${build_with[@]}" "$@" >"$log" 2>&1
}
have() { command -v "$1" >/dev/null; }
why_not() { [[ $install == yes ]] && echo "could not be built, see build/peers/$1.log" || echo "not installed; --install fetches it"; }

echo "building writ"
if [[ ! -f build/release/build.ninja ]]; then
  built writ cmake --preset release -DWRIT_BUILD_TESTS=OFF || { cat "$out/writ.log"; exit 1; }
fi
built writ ninja -C build/release -j "$jobs" writ_peers || { tail -n 40 "$out/writ.log"; exit 1; }
writ=build/release/bench/peers/writ_peers

# The engines: a command for each way to use one, behind it the workload's file.
engines=("$writ measure")

if ! have cargo; then
  skip Cedar "cargo is not on this machine"
else
  echo "building Cedar"
  # Beside its output, so that no lock file lands among the sources.
  mkdir -p "$out/cedar" && cp -r $here/cedar/. "$out/cedar/"
  offline=(--offline)
  [[ $install == yes ]] && offline=()
  if built cedar cargo build --release "${offline[@]}" -j "$jobs" \
    --manifest-path "$out/cedar/Cargo.toml" --target-dir "$out/cedar/target"; then
    cedar=$out/cedar/target/release/cedar_peer
    engines+=("$cedar --seconds $seconds --form like" "$cedar --seconds $seconds --form in")
  else
    skip Cedar "crate cedar-policy: $(why_not cedar)"
  fi
fi

go_engine() { # go_engine PEER COMMAND MODULE OPTIONS...
  local peer=$1 command=$2 module=$3
  shift 3
  if ! have go; then
    skip "$peer" "go is not on this machine"
    return
  fi
  echo "building $peer"
  local offline=(GOPROXY=off)
  [[ $install == yes ]] && offline=()
  if ! built "$command" env "${offline[@]}" go build -C $here/go -mod=readonly -p "$jobs" \
    -o "$out/bin/$command" "./$command"; then
    skip "$peer" "module $module: $(why_not "$command")"
    return
  fi
  (($# > 0)) || set -- ''
  for option in "$@"; do engines+=("$out/bin/$command -seconds $seconds $option"); done
}
go_engine MinIO minio github.com/minio/pkg/v3
go_engine Casbin casbin github.com/casbin/casbin/v2
go_engine OPA opa github.com/open-policy-agent/opa "-form data" "-form rules"

if ! have node || ! have npm; then
  skip iam-simulate "node and npm are not on this machine"
else
  npm_folder=$out/iam-simulate
  mkdir -p "$npm_folder" && cp $here/iam-simulate/* "$npm_folder/"
  if [[ $install == yes ]]; then
    echo "installing iam-simulate"
    built iam-simulate npm --prefix "$npm_folder" install \
      --no-audit --no-fund --no-package-lock --ignore-scripts
  fi
  if [[ -d $npm_folder/node_modules/@cloud-copilot/iam-simulate ]]; then
    engines+=("node $npm_folder/run.mjs --seconds $seconds")
  else
    skip iam-simulate "package @cloud-copilot/iam-simulate: $(why_not iam-simulate)"
  fi
fi

for variant in $variants; do
  for size in $sizes; do
    $writ write "$variant" "$size" "$out/workload/$variant-$size.jsonl" || exit 1
  done
done

# Of writ the first and the last are measured, so that it shows when the machine changed between.
engines+=("$writ measure")
# shellcheck disable=SC2016 # for another shell
measure_all='
  file=$1 code=0
  shift
  for engine in "$@"; do
    $engine "$file" || { echo "failed: $engine $file" >&2; code=1; }
  done
  exit $code'
python3 $here/table.py --machine >"$out/machine.txt" || exit 1
: >"$results"
wrong=0
for ((round = 1; round <= rounds; round++)); do
  for variant in $variants; do
    for size in $sizes; do
      echo "round $round of $rounds: one_user, $variant, $size statements"
      "${measure_with[@]}" bash -c "$measure_all" measure "$out/workload/$variant-$size.jsonl" \
        "${engines[@]}" >>"$results" || wrong=$((wrong + 1))
    done
  done
done
table
if ((wrong > 0)); then
  echo "in $wrong of the measurements an engine failed or answered otherwise than writ" >&2
  exit 1
fi
