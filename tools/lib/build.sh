# Sourced by tools/demo and tools/test: configure_preset PRESET, and build_preset PRESET [target...], which does that first. Quiet
# on success; a terminal sees ninja's one line.

configure_preset() {
  local log
  log=$(mktemp)
  if ! cmake --preset "$1" </dev/null >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

build_preset() {
  local preset=$1 log
  shift
  configure_preset "$preset" || return 1
  if [ -t 1 ]; then
    cmake --build --preset "$preset" ${1:+--target "$@"} </dev/null
    return
  fi
  log=$(mktemp)
  if ! cmake --build --preset "$preset" ${1:+--target "$@"} </dev/null >"$log" 2>&1; then
    grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "$log" | tail -n 80 >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
