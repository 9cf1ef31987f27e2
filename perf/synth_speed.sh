#!/usr/bin/env bash
# How fast `rigwise synth` writes beside dd: the same bytes to the same disk, in turns, until they are on the disk
# (fdatasync), on a machine that nothing else uses. The aim is 60 % of dd. Prints memory too: it must not grow with the
# file.
#
#   perf/synth_speed.sh [FOLDER] [ROUNDS] [MODEL FORMAT]...     default: a temporary folder, 3 rounds, three models
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${RIGWISE_BUILD:-$root/build/release}
folder=${1:-${TMPDIR:-/tmp}}
rounds=${2:-3}
shift $(($# < 2 ? $# : 2))
cases=("$@")
[[ ${#cases[@]} -gt 0 ]] || cases=(llama-3.2-1b Q8_0 qwen3-4b Q4_K_M qwen3-8b Q4_0)
work=$(mktemp -d -p "$folder")
trap 'rm -rf "$work"' EXIT

# seconds COMMAND...: its time on the wall until the file is on the disk
seconds() {
  local from to
  sync
  from=$(date +%s.%N)
  "$@" >/dev/null 2>&1
  sync -d "$work/file"
  to=$(date +%s.%N)
  awk -v a="$from" -v b="$to" 'BEGIN { printf "%.3f", b - a }'
}

printf 'load average before: %s on %s processors\n' "$(cut -d ' ' -f 1 /proc/loadavg)" "$(nproc)"
printf '%-14s %-7s %9s %12s %12s %7s %10s\n' model format bytes 'synth MB/s' 'dd MB/s' ratio 'memory kB'
for ((i = 0; i + 1 < ${#cases[@]}; i += 2)); do
  ours=() theirs=()
  for ((round = 0; round < rounds; ++round)); do
    rm -f "$work/file"
    ours+=("$(seconds python3 -c '
import resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True)
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))' "$work/memory_kb" \
      "$bin/rigwise" synth "${cases[i]}" --quant "${cases[i + 1]}" -o "$work/file" --force --json)")
    bytes=$(stat -c %s "$work/file")
    rm -f "$work/file"
    theirs+=("$(seconds dd if=/dev/zero of="$work/file" bs=16M count="$bytes" iflag=count_bytes)")
  done
  python3 - "${cases[i]}" "${cases[i + 1]}" "$bytes" "$(<"$work/memory_kb")" "${ours[*]}" "${theirs[*]}" <<'PY'
import statistics, sys
model, form, size, memory = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
ours, theirs = (statistics.median(map(float, text.split())) for text in sys.argv[5:7])
print(f"{model:<14} {form:<7} {size:9.2e} {size / ours / 1e6:12.0f} {size / theirs / 1e6:12.0f} {theirs / ours:7.2f} {memory:>10}")
PY
done
