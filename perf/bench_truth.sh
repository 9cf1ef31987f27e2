#!/usr/bin/env bash
# How far `rigwise bench` is from the truth: measures a server that writes down when it sent each token, with 1, 64, 512,
# 2,000 and 4,000 streams, TLS, an open load, and an engine that slows down by a known amount; prints errors, and the
# memory that a stream takes. One stream gives short answers, so that there are enough requests for a p99. Six minutes.
#
#   perf/bench_truth.sh [QUICK]        QUICK: smaller loads, half a minute
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${RIGWISE_BUILD:-$root/build/release}
quick=${1:-}
work=$(mktemp -d)
server=
ulimit -n 16384 2>/dev/null || echo "open files: $(ulimit -n)"
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

# serve SCRIPT [ARGUMENTS]: starts the server; its address in $url
serve() {
  echo "$1" >"$work/script.json"
  : >"$work/url"
  # The server on the first core, the client on the others, where there are two.
  local pin=()
  [[ $(nproc) -gt 1 ]] && pin=(taskset -c 0)
  "${pin[@]}" "$bin/fakellm" --timed "$work/script.json" --log "$work/truth.jsonl" "${@:2}" >"$work/url" &
  server=$!
  until [[ -s $work/url ]]; do sleep 0.05; done
  url=$(<"$work/url")
}

# measure ARGUMENTS: runs the bench against $url, stops the server so that its log is whole, and holds the two together
measure() {
  local pin=()
  [[ $(nproc) -gt 1 ]] && pin=(taskset -c "1-$(($(nproc) - 1))")
  # The largest resident size goes beside the result.
  python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL)
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))' "$work/memory_kb" \
    "${pin[@]}" "$bin/rigwise" bench --url "$url" --out "$work/result.json" --events "$work/events.jsonl" \
    --prompt-tokens 128 --json "$@"
  kill "$server"
  wait "$server" || true
  server=
  python3 "$root/perf/bench_truth.py" "$work/result.json" "$work/events.jsonl" "$work/truth.jsonl"
}

if [[ -n $quick ]]; then
  alone=100 large=512 most=1000 seconds=5 rate=50
else
  alone=700 large=512,2000 most=4000 seconds=20 rate=100
fi
nproc_text="$(nproc) cores, load average $(cut -d' ' -f1 /proc/loadavg)"
echo "machine: $nproc_text"
echo "one stream, 50 tok/s, answers of three tokens"
serve '{"ttft_ms": 20, "token_ms": 20}'
measure --concurrency 1 --output-tokens 3 --requests "$alone"
echo "closed load, 50 tok/s a stream"
serve '{"ttft_ms": 200, "token_ms": 20}'
measure --concurrency 64 --output-tokens 100 --duration "$seconds"
echo "closed load, 20 tok/s a stream"
serve '{"ttft_ms": 200, "token_ms": 50}'
measure --concurrency "$large" --output-tokens 100 --duration "$seconds"
echo "closed load of $most streams from one thread, 20 tok/s a stream"
serve '{"ttft_ms": 200, "token_ms": 50}'
measure --concurrency 1 --output-tokens 100 --duration "$seconds" >"$work/alone.txt"  # for its memory
alone_kb=$(<"$work/memory_kb")
serve '{"ttft_ms": 200, "token_ms": 50}'
measure --concurrency "$most" --threads 1 --output-tokens 100 --duration "$seconds"
echo "  memory: $(<"$work/memory_kb") kB, $alone_kb kB with one stream:" \
  "$(awk -v a="$alone_kb" -v b="$(<"$work/memory_kb")" -v n="$most" 'BEGIN { printf "%.1f", (b - a) / (n - 1) }') kB" \
  "each further stream, its events and what is computed of them included"
echo "closed load over TLS, 20 tok/s a stream"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
serve '{"ttft_ms": 200, "token_ms": 50}' --tls-cert "$work/cert.pem" --tls-key "$work/key.pem"
measure --concurrency 64,512 --output-tokens 100 --duration "$seconds" --ca-file "$work/cert.pem"
echo "open load, Poisson"
serve '{"ttft_ms": 200, "token_ms": 20, "ttft_cv": 0.3, "token_cv": 0.2}'
measure --rate "$rate" --output-tokens 50 --duration "$seconds"
echo "an engine whose step takes 2 % longer with each further stream"
serve '{"batching": true, "ttft_ms": 2, "token_ms": 10, "slowdown": 0.02}'
measure --concurrency 1,8,32 --output-tokens 100 --duration "$seconds"
