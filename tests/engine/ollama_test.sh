#!/usr/bin/env bash
# The real Ollama, where this machine has it (`ollama` in PATH, or OLLAMA): a synthetic model is imported by a Modelfile and
# benched in Ollama's own dialect. Of what we measured and what Ollama says of itself (eval_duration) the decode speeds must
# agree. No package registry brings Ollama's server, so without it nothing is tested, and that is said (exit 0).
#   ollama_test.sh RIGWISE [MODEL]
set -euo pipefail
rigwise=$1 model=${2:-smollm2-135m} ollama=${OLLAMA:-ollama}
if ! command -v "$ollama" >/dev/null; then
  echo 'ollama: not on this machine: nothing was tested'
  exit 0
fi
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export OLLAMA_HOST=127.0.0.1:$port OLLAMA_MODELS=$work/models
"$ollama" serve >"$work/server.log" 2>&1 &
server=$!
for ((tries = 0; tries < 120; ++tries)); do
  curl --silent --max-time 2 "http://$OLLAMA_HOST/api/version" >/dev/null && break
  kill -0 "$server" || { cat "$work/server.log" >&2; exit 1; }
  sleep 0.5
done
"$rigwise" synth "$model" -o "$work/model.gguf" --json >/dev/null
printf 'FROM %s\n' "$work/model.gguf" >"$work/Modelfile"
"$ollama" create rigwise-synth -f "$work/Modelfile" >"$work/create.log" 2>&1 || { cat "$work/create.log" >&2; exit 1; }
"$rigwise" bench --url "http://$OLLAMA_HOST" --dialect ollama --model rigwise-synth --concurrency 1 --requests 8 --output-tokens 64 \
  --json >"$work/bench.json" || { cat "$work/bench.json" "$work/server.log" >&2; exit 1; }
python3 - "$work/bench.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
level = report["levels"][0]
ours = level["per_stream_tokens_per_s"]["p50"] or level["per_stream_tokens_per_s"]["mean"]
theirs = level["server_decode_tokens_per_s"]
assert level["ok"] == level["requests"] > 0, level["errors"]
assert theirs and abs(ours / theirs - 1) < 0.1, f"we measured {ours} tok/s, Ollama says {theirs}"
print(f'ok: Ollama answers {level["ok"]} requests; decode {ours:.4g} tok/s here, {theirs:.4g} by its own clock')
PY
echo '1 passed, 0 failed'
