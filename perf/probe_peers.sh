#!/usr/bin/env bash
# Memory read bandwidth: `rigwise probe` beside mbw and likwid-bench, in turns, on a machine that nothing else uses. The
# two come with apt (apt install mbw likwid); what is not installed is left out.
#
#   perf/probe_peers.sh [ROUNDS]       3 rounds of about a minute each
#
# likwid-bench's load kernels read memory as probe does, but in ordinary pages, where probe's plain reads ask for huge ones,
# and give the mean of a run, where probe's best is that of short passes. So it runs in ordinary pages, in huge ones by the
# C library (glibc.malloc.hugetlb=1), held against probe's usual read, and five times for one round each, the best of which
# is held against probe's best. mbw copies: each of its bytes is read once and written once, and it uses one thread, so that
# its figure is doubled here and held against probe's single thread.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${RIGWISE_BUILD:-$root/build/release}
rounds=${1:-3}
threads=$(nproc)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

load=$(cut -d ' ' -f 1 /proc/loadavg)
printf 'load average before: %s on %s processors\n' "$load" "$threads"
kernel=load
grep -qw avx2 /proc/cpuinfo && kernel=load_avx
grep -qw avx512f /proc/cpuinfo && kernel=load_avx512

: >"$work/probe" ; : >"$work/likwid" ; : >"$work/likwid-huge" ; : >"$work/likwid-best" ; : >"$work/mbw"
for ((round = 0; round < rounds; ++round)); do
  "$bin/rigwise" probe --json >"$work/probe.json"
  python3 - "$work/probe.json" <<'PY' >>"$work/probe"
import json, sys
speed = json.load(open(sys.argv[1]))["speed"]
print(speed["read_gbps"], speed["read_usual_gbps"], speed["read"][0]["best_gbps"], speed["buffer_bytes"])
PY
  megabytes=$(tail -1 "$work/probe" | awk '{printf "%d", $4 / 1e6}')
  if command -v likwid-bench >/dev/null; then
    for huge in '' -huge; do
      GLIBC_TUNABLES=glibc.malloc.hugetlb=${huge:+1} likwid-bench -t "$kernel" -w "S0:${megabytes}MB:$threads" 2>/dev/null |
        awk '/MByte\/s/ {print $2 / 1000}' >>"$work/likwid$huge"
    done
    for ((short = 0; short < 5; ++short)); do
      GLIBC_TUNABLES=glibc.malloc.hugetlb=1 likwid-bench -t "$kernel" -w "S0:${megabytes}MB:$threads" -i 1 2>/dev/null |
        awk '/MByte\/s/ {print $2 / 1000}' >>"$work/likwid-best"
    done
  fi
  if command -v mbw >/dev/null; then
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 mbw -q -n 5 -t 0 $((megabytes / 2)) | awk '/^[0-9]+.*Copy/ {sub("Copy: ", ""); print 2 * $(NF - 1) * 1.048576 / 1000}' >>"$work/mbw"
  fi
done

python3 - "$work" <<'PY'
import sys
def column(name, i=0):
    rows = [line.split() for line in open(f"{sys.argv[1]}/{name}") if line.strip()]
    return [float(row[i]) for row in rows]
best, usual, one = column("probe"), column("probe", 1), column("probe", 2)
print(f"rigwise probe     best {max(best):6.1f} GB/s   usual {sorted(usual)[len(usual) // 2]:6.1f}   one thread {max(one):6.1f}")
for name, against in (("likwid", max(usual)), ("likwid-huge", max(usual)), ("likwid-best", max(best)), ("mbw", max(one))):
    rates = column(name)
    if rates:
        what = {"likwid": "all threads, ordinary pages, beside usual", "likwid-huge": "all threads, huge pages, beside usual",
                "likwid-best": "all threads, huge pages, best of short runs",
                "mbw": "one thread, copies, x 2"}[name]
        print(f"{name:<17} best {max(rates):6.1f} GB/s   probe / {name} = {against / max(rates):.3f}   ({what})")
    else:
        print(f"{name:<17} is not installed, or gave nothing")
PY
