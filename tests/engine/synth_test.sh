#!/usr/bin/env bash
# Synthetic files in a real engine: a short cut of a model of each architecture is written, loaded by llama.cpp's server
# and asked for tokens. The loader refuses any key or tensor that is missing, of another size, or too many.
#   synth_test.sh RIGWISE CACHE_FOLDER
set -euo pipefail
rigwise=$1 cache=$2
here=$(cd "$(dirname "$0")" && pwd)
source "$here/bring.sh"
bring_engine "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# MODEL FORMAT ARGUMENTS...: the larger ones with holes, so that nobody waits for the disk.
cases=(
  'llama-3.2-1b Q4_K_M'
  'qwen2.5-0.5b Q4_K_M'
  'qwen3-0.6b BF16'
  'qwen3-30b-a3b Q4_0 --sparse'
  'gpt-oss-20b MXFP4 --sparse'
  'gemma-3-1b Q8_0'
  'deepseek-coder-v2 Q4_K_M --sparse'
  'glm-4.5-air Q4_K_M --sparse'
  'minimax-m2 Q4_K_M --sparse'
)
passed=0 failed=0
for case in "${cases[@]}"; do
  read -r model format options <<<"$case"
  file=$work/$model-$format.gguf
  "$rigwise" synth "$model" --quant "$format" --layers 2 $options -o "$file" --json >"$work/plan.json"
  said=$("$cache/venv/bin/python" "$here/generate.py" "$file" 2>"$work/server.log" | tail -1) || true
  if [[ $said == '19 4 4' ]]; then
    printf 'ok: %s %s: 19 letters are 19 tokens, 4 tokens came\n' "$model" "$format"
    passed=$((passed + 1))
  else
    printf 'FAILED: %s %s: "%s", expected 19 4 4\n' "$model" "$format" "$said" >&2
    grep -iE 'error|fail|missing|wrong' "$work/server.log" | tail -5 >&2
    failed=$((failed + 1))
  fi
  rm -f "$file"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
