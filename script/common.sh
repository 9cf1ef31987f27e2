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
    [[ $line == \[*/*\]* ]] || continue
    if [[ -t 2 ]]; then
      printf '\r\033[Kbuilding %s %s' "$what" "${line%%]*}]" >&2
    elif ! $told; then
      printf 'building %s ...\n' "$what" >&2
    fi
    told=true
  done
  if $told && [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
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
