#!/usr/bin/env bash
# How many questions a second authz_server answers, asked by wrk over kept connections on loopback:
# throughput.sh AUTHZ_SERVER EXAMPLE_FOLDER [SECONDS [CONNECTIONS]]
set -euo pipefail

server=$1 example=$2 seconds=${3:-5} connections=${4:-16}
command -v wrk >/dev/null || { echo "wrk is not installed" && exit 77; }
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; wait; rm -r "$folder"' EXIT
cp -r "$example/policies" "$folder"
# A free port, and no log: what is measured is the way of a question to its answer.
sed 's/127.0.0.1:9180/127.0.0.1:0/; /"log"/d' "$example/authz.json" >"$folder/authz.json"
"$server" "$folder/authz.json" 2>"$folder/log" &
pid=$!
until port=$(sed -n 's/.*listening at .*:\([0-9]*\)$/\1/p' "$folder/log") && [[ $port ]]; do
  kill -0 "$pid" || { cat "$folder/log" && exit 1; }
  sleep 0.05
done
wrk --threads 1 --connections "$connections" --duration "$seconds" --latency \
  --header "X-Forwarded-User: alice" --header "X-Original-Method: GET" \
  --header "X-Original-URI: /documents/shared/report.txt" "http://127.0.0.1:$port/authorize"
echo "processors: $(nproc); the one that asks shares them with the one that answers"
