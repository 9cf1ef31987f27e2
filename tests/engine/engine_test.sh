#!/usr/bin/env bash
# A real engine: llama.cpp's server with a real small model (Gemma 3 270M) is asked bundled tasks, killed in the middle,
# asked the rest, and reported on. What it answers is not the point; that nothing is lost, paid twice or scored wrongly is.
#   engine_test.sh RIGWISE TASKS_FOLDER CACHE_FOLDER [PREFIX OF TASK IDS...]
set -euo pipefail
rigwise=$1 tasks=$2 cache=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
model=gemma-3-270m
source "$here/bring.sh"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

expect() {  # WHAT ACTUAL EXPECTED
  if [[ $2 != "$3" ]]; then
    printf 'FAILED: %s: %s, expected %s\n' "$1" "$2" "$3" >&2
    tail -3 "$work/server.log" >&2
    exit 1
  fi
  printf 'ok: %s: %s\n' "$1" "$2"
}

count() { "$rigwise" store check --store "$work/store.db" --json | python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }

bring_engine "$cache"
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
port=$(free_port)
"$cache/venv/bin/python" "$here/serve_model.py" "$cache/$model.gguf" "$port" >"$work/server.log" 2>&1 &
server=$!
for ((tries = 0; tries < 120; ++tries)); do
  curl --silent --max-time 2 "http://127.0.0.1:$port/health" | grep -q '"ok"' && break
  kill -0 "$server" || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.5
done

# The model has no eyes: tasks with pictures stay away.
only=()
while IFS= read -r task; do only+=(--only "$task"); done < <(
  cd "$tasks"
  [[ $# -gt 0 ]] || set -- ''
  for prefix in "$@"; do
    find . -name task.toml -o -name '*.task.md' | sed 's=^\./==' | grep "^$prefix"
  done | xargs grep -L '^images' | sed 's=/task.toml$==; s=\.task\.md$==' | sort)
run=("$rigwise" eval run --store "$work/store.db" --tasks "$tasks" "${only[@]}" --endpoint "http://127.0.0.1:$port/v1"
  --model "$model" --max-tokens 48 --concurrency 2)
started=$SECONDS
"${run[@]}" >"$work/first.log" 2>&1 &
first=$!
sleep 4
kill -KILL "$first" 2>/dev/null || true
wait "$first" 2>/dev/null || true
"${run[@]}" >"$work/second.log" 2>&1 || { cat "$work/second.log" >&2; exit 1; }
wanted=$(count '["rows"]["item"]')
expect 'faults of the store' "$(count '["faults"]')" '[]'
attempts=$(count '["rows"]["attempt"]')
"${run[@]}" >"$work/third.log" 2>&1
expect 'questions that a finished run asks again' "$(($(count '["rows"]["attempt"]') - attempts))" 0
"$rigwise" eval report --store "$work/store.db" --json >"$work/report.json"
"$rigwise" eval report --store "$work/store.db" --json >"$work/again.json"
expect 'the report, made twice' "$(cmp "$work/report.json" "$work/again.json" && echo the same)" 'the same'
printf '%d tasks, %d requests, %d s\n' "$wanted" "$attempts" "$((SECONDS - started))"
echo '1 passed, 0 failed'
