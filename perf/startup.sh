#!/usr/bin/env bash
# Whole-process time of a prediction, in milliseconds: what a person, or a script in a loop, waits.
set -euo pipefail

if [[ $# -lt 1 || $1 == --help ]]; then
  printf 'usage: perf/startup.sh RIGWISE [RUNS]\n\nRuns `RIGWISE predict ...` RUNS times (default 40), prints minimum, median and maximum.\n'
  exit $(($# < 1 ? 2 : 0))
fi
rigwise=$1 runs=${2:-40}

microseconds_of() {
  local begin=$EPOCHREALTIME end
  "$@" >/dev/null
  end=$EPOCHREALTIME
  # Microseconds since the epoch: the same digits without the decimal sign of whatever locale.
  echo $((${end//[^0-9]/} - ${begin//[^0-9]/}))
}

report() {
  local name=$1
  shift
  local times
  times=$(for ((i = 0; i < runs; ++i)); do microseconds_of "$@"; done | sort -n)
  awk -v name="$name" '{t[NR] = $1 / 1000}
    END {printf "%-28s min %6.1f ms   median %6.1f ms   max %6.1f ms   (%d runs)\n", name, t[1], t[int((NR + 1) / 2)], t[NR], NR}' <<<"$times"
}

report 'rigwise --version' "$rigwise" --version
report 'rigwise predict' "$rigwise" predict --model llama-3.1-8b --quant Q4_K_M --setup 'rtx 4090'
report 'rigwise predict --json' "$rigwise" predict --model llama-3.1-8b --quant Q4_K_M --setup 'rtx 4090' --json
