#!/usr/bin/env bash
# `synth --run` with a real engine: a whole small model and two cuts of it, measured by llama.cpp's server. Prints what was
# measured and how far the extrapolated time is from the whole model's (docs/import.md); fails when nothing was measured.
#   run_test.sh RIGWISE CACHE_FOLDER [MODEL [LAYERS...]]
set -euo pipefail
rigwise=$1 cache=$2 model=${3:-smollm2-135m}
shift $(($# > 3 ? 3 : $#))
here=$(cd "$(dirname "$0")" && pwd)
source "$here/bring.sh"
bring_engine "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$cache/venv/bin/python" "$here/llama_server.py" >"$work/llama-server"
chmod +x "$work/llama-server"

measure() {  # NAME ARGUMENTS...
  local name=$1
  shift
  "$rigwise" synth "$model" -o "$work/f.gguf" --force --run --engine "$work/llama-server" --save "$work/$name.csv" --json "$@" \
    >"$work/$name.json" 2>"$work/$name.err" || { cat "$work/$name.json" "$work/$name.err" >&2; exit 1; }
}
# Seconds per token of a phase: the median of the rows of a whole model, or what two cuts gave.
seconds() {
  python3 - "$work/$1.json" "$2" <<'PY'
import json, statistics, sys
rows = json.load(open(sys.argv[1]))["run"]["compared"]
print(statistics.median(1 / row["measured_tokens_per_s"] for row in rows if row["phase"] == sys.argv[2]))
PY
}
measure whole
for layers in "${@:-4 8}"; do
  for cut in $layers; do
    measure "cut-$cut" --layers "$cut"
    for phase in prefill decode; do
      whole=$(seconds whole $phase) extrapolated=$(seconds "cut-$cut" $phase)
      python3 -c "print('ok: $model $phase from $cut and', 2 * $cut, 'layers: %.4g ms a token, whole model %.4g ms: %+.1f %%' \
        % (1e3 * $extrapolated, 1e3 * $whole, 100 * ($extrapolated / $whole - 1)))"
    done
  done
done
