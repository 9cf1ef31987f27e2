#!/usr/bin/env bash
# rigwise bench beside guidellm, aiperf, llama-benchy and a client of aiohttp as most of them are written: the same
# server, the same machine, one after another. The server writes down when it sent each token; every program is held
# against that. Programs come from PyPI into build/tools/peers (7 GB: two of them bring a deep-learning stack along).
#
#   perf/peers/bench_peers.sh [--streams 64,512,2000] [--requests-per-stream 4] [--repeats 1] [--only NAME,...]
#                             [--largest] [--out FILE.json]
#
# --largest looks for the most streams at 20 tok/s that each still measures right. Prints a Markdown table.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
peers=$root/build/tools/peers
mkdir -p "$peers"
install() {
  [[ -e $peers/$1/.done ]] && return
  python3 -m venv "$peers/$1"
  echo "installing $2" >&2
  "$peers/$1/bin/pip" install -q "$2" && touch "$peers/$1/.done"
}
install aiohttp aiohttp==3.14.5
install llama-benchy llama-benchy==0.4.0
install guidellm guidellm==0.8.1
install aiperf aiperf==0.13.0
# The build's own, for the tokenizer that all of them are given (tokenizers comes with guidellm).
exec "$peers/guidellm/bin/python" -B "$root/perf/peers/bench_peers.py" "$@"
