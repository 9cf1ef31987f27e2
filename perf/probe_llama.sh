#!/usr/bin/env bash
# How near `rigwise probe` alone comes to llama.cpp: probes this machine, writes synthetic models, lets llama.cpp decode
# them, and holds the predictions against it. The aim is 15 %. Needs pip (tests/engine/bring.sh brings llama.cpp), 6 GB of
# disk, and a machine that nothing else uses.
#
#   perf/probe_llama.sh [MODEL FORMAT]...      default: three models of the catalog in four formats
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${RIGWISE_BUILD:-$root/build/release}
cache=${RIGWISE_ENGINE_CACHE:-$root/build/engine}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$root/tests/engine/bring.sh"
bring_engine "$cache"
cases=("$@")
[[ ${#cases[@]} -gt 0 ]] || cases=(qwen3-4b Q4_K_M llama-3.2-3b Q4_K_M llama-3.2-1b Q8_0 llama-3.2-1b Q6_K llama-3.2-1b F16 qwen3-4b Q4_0)

printf 'load average before: %s\n' "$(cut -d ' ' -f 1 /proc/loadavg)"
# The engine from PyPI is built for AVX2.
"$bin/rigwise" probe --instructions "${PROBE_INSTRUCTIONS-avx2}" --save --to "$work/here" --json >"$work/probe.json"
python3 - "$work/probe.json" <<'PY'
import json, sys
s = json.load(open(sys.argv[1]))["speed"]
print(f"read {s['read_gbps']} GB/s; products: " + ", ".join(f"{k.upper()} {s[k.lower() + '_gbps']}" for k in ("Q4", "Q8", "Q4K", "Q6K", "F16")) + f"; {s['threads']} threads, {s['kernels']}")
PY
printf '%-16s %-7s %10s %10s %8s\n' model format predicted llama.cpp error
for ((i = 0; i + 1 < ${#cases[@]}; i += 2)); do
  model=${cases[i]} format=${cases[i + 1]}
  "$bin/rigwise" synth "$model" --quant "$format" -o "$work/model.gguf" --force --json >/dev/null
  sync "$work/model.gguf"  # or the engine shares the memory with what writes it to disk
  predicted=$("$bin/rigwise" --catalog "$work/here" predict --model "$model" --quant "$format" --setup here \
    --engine llama.cpp --prompt-tokens 16 --output-tokens 64 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["decode"]["value"])')
  measured=$("$cache/venv/bin/python" "$root/perf/probe_llama.py" "$work/model.gguf" "$(python3 -c "import json; print(json.load(open('$work/probe.json'))['speed']['threads'])")" 2>/dev/null)
  rm -f "$work/model.gguf"
  awk -v m="$model" -v f="$format" -v p="$predicted" -v r="$measured" \
    'BEGIN {e = p > r ? p / r - 1 : r / p - 1; printf "%-16s %-7s %10.2f %10.2f %7.1f%%\n", m, f, p, r, 100 * e}'
done
