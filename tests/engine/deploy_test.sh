#!/usr/bin/env bash
# A set-up kit of this machine, end to end without Docker: made by `rigwise deploy` for the set-up `here`, its secrets by
# make_secrets.sh, llama.cpp's server with Gemma 3 270M by the kit's own start script (the line that systemd runs),
# asked by smoke_test.sh, measured by confirm.sh. Measured stands beside predicted; that the engine is as fast as predicted
# is not the claim here, for other programs may work on this machine: that a figure outside its interval is said is.
#   deploy_test.sh RIGWISE CACHE_FOLDER
set -euo pipefail
rigwise=$(realpath "$1") cache=$2
here=$(cd "$(dirname "$0")" && pwd)
source "$here/bring.sh"
bring_engine "$cache"
cache=$(realpath "$cache")
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
passed=0

ok() {
  passed=$((passed + 1))
  printf 'ok: %s\n' "$1"
}
stop() {
  printf 'FAILED: %s\n' "$1" >&2
  [[ ! -s $work/server.log ]] || tail -5 "$work/server.log" >&2
  exit 1
}

"$rigwise" probe --quick --save --to "$work/machine" >"$work/probe.log" 2>&1 || stop "probe: $(cat "$work/probe.log")"
kit=$work/kit
"$rigwise" --catalog "$work/machine" deploy here --model 'gemma-3-270m:q4_k_m, 2 streams, 2048' --backend cpu --prompt-tokens 128 \
  --output-tokens 32 --out "$kit" >"$work/deploy.log" 2>&1 || stop "deploy: $(cat "$work/deploy.log")"
ok 'a kit is made for this machine'
"$rigwise" --catalog "$work/machine" deploy here --model gemma-3-270m:q4_k_m --backend cpu --out "$kit" >/dev/null 2>&1 &&
  stop 'a folder that is not empty was written over'
ok 'a folder that is not empty is refused'

"$kit/make_secrets.sh" >"$work/secrets.log" 2>&1 || stop "make_secrets.sh: $(cat "$work/secrets.log")"
[[ ! -s $work/secrets.log ]] || stop 'make_secrets.sh printed something'
[[ -z $(find "$kit/secrets" -type f ! -perm 0600) && $(stat -c %a "$kit/secrets") == 700 ]] || stop 'others may read the secrets'
before=$(cat "$kit"/secrets/* | sha256sum)
"$kit/make_secrets.sh"
[[ $before == "$(cat "$kit"/secrets/* | sha256sum)" ]] || stop 'secrets were made twice'
! grep --recursive --quiet --exclude-dir=secrets "$(cat "$kit/secrets/engine_api_key")" "$kit" || stop 'the kit holds a secret'
ok 'secrets are made once, mode 0600'

# The one thing that differs from a host of one's own: the port is taken by whoever tests here at the same time.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/\b8081\b/$port/g" "$kit"/start/gemma-3-270m.sh "$kit"/smoke_test.sh "$kit"/confirm.sh
# A folder whose name no unquoted setting survives.
models="$work/models of \$HOME #1"
sed "s|^MODELS_DIR=.*|MODELS_DIR='$models'|" "$kit/.env.example" >"$kit/.env"
mkdir "$models"
! "$kit/get_models.sh" >"$work/models.log" 2>&1 || stop 'get_models.sh misses nothing in an empty folder'
grep --quiet 'missing: .*gemma-3-270m-q4_k_m.gguf' "$work/models.log" || stop "get_models.sh: $(cat "$work/models.log")"
ln -s "$cache/gemma-3-270m.gguf" "$models/gemma-3-270m-q4_k_m.gguf"
"$kit/get_models.sh" >/dev/null || stop 'get_models.sh misses what is there'
ok 'get_models.sh says what is missing'

printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$cache/venv/bin/python" "$here/kit_server.py" >"$work/llama-server"
chmod +x "$work/llama-server"
start=$(sed -n 's/^ExecStart=//p' "$kit/systemd/rigwise-gemma-3-270m.service")
[[ $start == /opt/rigwise-kit/start/gemma-3-270m.sh ]] || stop "the unit starts $start"
ENGINE_THREADS=${ENGINE_THREADS:-1} LLAMA_SERVER=$work/llama-server "$kit/start/gemma-3-270m.sh" >"$work/server.log" 2>&1 &
server=$!
WAIT=60 "$kit/smoke_test.sh" engines >"$work/smoke.log" 2>&1 || stop "smoke_test.sh: $(cat "$work/smoke.log")"
grep --quiet 'refuses a wrong key' "$work/smoke.log" || stop 'nobody tried a wrong key'
ok "smoke_test.sh: $(tr '\n' ';' <"$work/smoke.log")"

status=0
RIGWISE=$rigwise REQUESTS=6 "$kit/confirm.sh" >"$work/confirm.log" 2>&1 || status=$?
cat "$work/confirm.log"
[[ -s $kit/results/gemma-3-270m.json ]] || stop 'confirm.sh measured nothing'
grep --quiet 'tok/s of one stream' "$work/confirm.log" || stop 'nothing stands beside the prediction'
outside=$(grep -c outside "$work/confirm.log" || true)
[[ $status == "$((outside > 0 ? 1 : 0))" ]] || stop "confirm.sh ended with $status, $outside figures outside"
ok "confirm.sh ends with $status: $outside figures outside their interval"

# What cannot be inside is said to be outside.
sed 's/"low": [0-9.e-]*/"low": 1e9/; s/"high": [0-9.e-]*/"high": 2e9/' "$kit/expected.json" >"$work/wrong.json"
! "$rigwise" deploy confirm "$work/wrong.json" gemma-3-270m "$kit/results/gemma-3-270m.json" >/dev/null || stop 'a wrong prediction was confirmed'
ok 'a wrong prediction is not confirmed'

kill "$server"
WAIT=1 "$kit/smoke_test.sh" engines >/dev/null 2>&1 && stop 'smoke_test.sh passes without a server'
server=
ok 'smoke_test.sh fails when nothing runs'

# Another kit in the same folder: what the first wrote and nobody changed goes, the engine's script with it.
twice=$work/twice
for model in gemma-3-270m qwen3-0.6b; do
  "$rigwise" --catalog "$work/machine" deploy here --model "$model:q4_k_m" --backend cpu --out "$twice" --force >"$work/again.log" 2>&1 ||
    stop "deploy --force: $(cat "$work/again.log")"
done
[[ -z $(find "$twice" -name '*gemma*') && -e $twice/start/qwen3-0.6b.sh ]] || stop 'files of an older kit are left'
grep --quiet 'removed, of the kit' "$work/again.log" || stop "what went is not said: $(cat "$work/again.log")"
ok 'a second kit in the folder takes the place of the first'
echo '# mine' >>"$kit/systemd/rigwise-gemma-3-270m.service"
"$rigwise" --catalog "$work/machine" deploy here --model qwen3-0.6b:q4_k_m --backend cpu --out "$kit" --force >"$work/again.log" 2>&1 ||
  stop "deploy --force: $(cat "$work/again.log")"
[[ -e $kit/start/qwen3-0.6b.sh && -e $kit/.env && -d $kit/secrets ]] || stop 'the second kit is not whole'
[[ -e $kit/start/gemma-3-270m.sh && -e $kit/systemd/rigwise-gemma-3-270m.service ]] || stop 'a file that somebody changed is gone'
grep --quiet 'kept, .*rigwise-gemma-3-270m.service' <(tr -s '\n ' '  ' <"$work/again.log") || stop "what stays is not said: $(cat "$work/again.log")"
ok 'a second kit in the folder leaves what somebody changed'

# The chat page's own key, by a router that is a stand-in.
python3 "$here/router_stand_in.py" "$work/router.port" >"$work/router.log" 2>&1 &
server=$!
for ((tries = 0; tries < 50; ++tries)); do
  [[ -s $work/router.port ]] && break
  sleep 0.1
done
export LITELLM_URL=http://127.0.0.1:$(cat "$work/router.port")
"$kit/litellm/make_page_key.sh" >"$work/page.log" 2>&1 || stop "make_page_key.sh: $(cat "$work/page.log" "$work/router.log")"
grep --quiet 'has its own key' "$work/page.log" || stop "make_page_key.sh: $(cat "$work/page.log")"
"$kit/litellm/make_page_key.sh" >"$work/page.log" 2>&1 || stop "make_page_key.sh again: $(cat "$work/page.log")"
grep --quiet 'already' "$work/page.log" || stop 'the key was made twice'
kill "$server"
server=
unset LITELLM_URL
ok 'the chat page has a key of its own, made once'
printf '%d passed, 0 failed\n' "$passed"
