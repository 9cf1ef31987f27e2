#!/usr/bin/env bash
# How long 10,000 questions take against a server that answers each in 50 ms, and in how much memory. The ideal is
# 10,000 x 50 ms / 64 = 7.8 s; docs/evaluation.md has the figures of other programs.
#   perf/eval.sh [BUILD_FOLDER] [TASKS] [MODELS] [CONCURRENCY]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release} tasks=${2:-100} models=${3:-100} concurrency=${4:-64}
folder=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; rm -rf "$folder"' EXIT

mkdir -p "$folder/tasks/manager"
for ((i = 0; i < tasks; i++)); do
  cat > "$folder/tasks/manager/task-$i.task.md" <<END
+++
schema = 1
title = "Task $i"
category = "content"
kind = "text"
difficulty = 1
expects = ["a word"]
license = "Apache-2.0"
created = 2026-11-22
canary = "perf"
[limits]
max_output_tokens = 64
[[check]]
type = "keyword"
all = ["answer"]
+++
Write the answer to question number $i in one line.
+++ reference
Answer
+++ wrong one
no
+++ wrong two
nothing
+++ wrong three
none
END
done
echo '{"answer": "{hash}", "delay_ms": 50}' > "$folder/script.json"
"$build/fakellm" --script "$folder/script.json" > "$folder/server.txt" & server=$!
until test -s "$folder/server.txt"; do sleep 0.05; done
url=$(head -1 "$folder/server.txt")

names=()
for ((i = 0; i < models; i++)); do names+=(--model "model-$i"); done
timed() {  # NAME: seconds, peak memory, exit status
  local status=0
  python3 - "$build/rigwise" eval run --endpoint "$url/v1" --store "$folder/store.db" --tasks "$folder/tasks" \
    --concurrency "$concurrency" "${names[@]}" --json > "$folder/time.txt" <<'END' || status=$?
import os, resource, subprocess, sys, time
begin = time.monotonic()
run = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
seconds = time.monotonic() - begin
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{seconds:8.2f} s  {use.ru_utime + use.ru_stime:8.2f} s  {use.ru_maxrss / 1024:8.1f} MiB  {run.returncode}")
END
  printf '%-22s %s\n' "$1" "$(cat "$folder/time.txt")"
}
pairs=$((tasks * models))
ideal=$(python3 -c "print(f'{$pairs * 0.05 / $concurrency:.2f}')")
echo "$tasks tasks x $models models = $pairs questions, $concurrency at once, 50 ms each; ideal $ideal s"
printf '%-22s %10s  %10s  %12s  %s\n' run wall processor 'peak memory' status
timed "first"
timed "nothing left to do"
kill -INT "$server"; wait "$server" || true; server=
tail -1 "$folder/server.txt"
