#!/usr/bin/env bash
# The hook `sandlint-src`: builds sandlint in pre-commit's clone the first time, then runs it in the
# repository that is being committed to. What the build says goes to stderr.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sandlint=$home/build/release/sandlint
lock=$home/build/.hook-lock

# mkdir is the lock: pre-commit may run the first commit of two repositories at once.
build() {
  local tries=0
  mkdir -p "$home/build"
  until mkdir "$lock" 2>/dev/null; do
    if ((++tries > 600)); then
      printf 'sandlint-src: %s is held for ten minutes; remove it\n' "$lock" >&2
      exit 2
    fi
    sleep 1
  done
  trap 'rmdir "$lock"' EXIT
  # Git's variables in a hook point at the repository that is being committed to.
  [[ -x $sandlint ]] || env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE \
    make --no-print-directory -C "$home" build >&2
  rmdir "$lock"
  trap - EXIT
}

[[ -x $sandlint ]] || build
exec "$sandlint" check --pre-commit "$@"
