# Sourced by the scripts beside it: where things are, and how to build quietly.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=$root/script

# Any words a script does not know.
refuse() {
  printf 'error: unknown option "%s"\ntry: %s --help\n' "$1" "script/$(basename "$0")" >&2
  exit 2
}

# Shows ninja's lines as one line of progress (terminal), or as one line in all (log file).
show_progress() {
  local what=$1 line told=false
  while IFS= read -r line; do
    [[ $line == \[*/*\]* && $line != *Re-checking* ]] || continue
    if [[ -t 2 ]]; then
      printf '\r\033[Kbuilding %s %s' "$what" "${line%%]*}]" >&2
    elif ! $told; then
      printf 'building %s ...\n' "$what" >&2
    fi
    told=true
  done
  if $told && [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
}

# Puts a Node that is new enough for the page into PATH: the system's, else the one that bootstrap brought. Fails when
# there is none.
use_node() {
  local own=$root/build/tools/node/node_modules/node/bin
  local enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
  node -e "$enough" 2>/dev/null && return 0
  "$own/node" -e "$enough" 2>/dev/null || return 1
  PATH=$own:$PATH
}

# build_program TARGETS: of the release build, which is configured without tests where nobody asked for them yet.
build_program() {
  if [[ -f $root/build/release/build.ninja ]]; then
    build release "$1"
  else
    build release "$1" -DRIGWISE_TESTS=OFF
  fi
}

# build PRESET TARGETS [CMAKE OPTION...]: configures when needed, builds, says little; shows the compiler's words when
# it fails. TARGETS is one word of targets, "all" for every one. Two builds of a preset wait for each other.
build() {
  local preset=$1 targets=$2 folder=$root/build/$1 log=$root/build/$1/build.log
  shift 2
  mkdir -p "$folder"
  exec 9>"$folder/.lock"
  flock 9
  # Options are remembered by CMake; asking again only for a new set keeps the second run fast.
  if [[ ! -f $folder/build.ninja || ($# -gt 0 && $(cat "$folder/.options" 2>/dev/null) != "$*") ]]; then
    if ! (cd "$root" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
      cat "$log" >&2
      printf 'error: CMake could not configure the "%s" build\ntry: script/bootstrap --all, or remove %s\n' \
        "$preset" "build/$preset" >&2
      return 1
    fi
    if [[ $# -gt 0 ]]; then printf '%s\n' "$*" >"$folder/.options"; fi
  fi
  # shellcheck disable=SC2086
  if ! ninja -C "$folder" $targets 2>&1 | tee "$log" | show_progress "$preset"; then
    grep -v '^\[[0-9]*/[0-9]*\] ' "$log" | tail -n 60 >&2
    printf 'error: the "%s" build failed\nwhere: %s\n' "$preset" "build/$preset/build.log" >&2
    return 1
  fi
  exec 9>&-
}
