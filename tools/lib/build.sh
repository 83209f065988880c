# Sourced by tools/demo and tools/test: build_preset PRESET [target...]. Quiet on success; a terminal sees ninja's one line.

build_preset() {
  local preset=$1 log
  shift
  log=$(mktemp)
  if ! cmake --preset "$preset" </dev/null >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
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
