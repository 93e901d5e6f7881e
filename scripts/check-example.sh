#!/usr/bin/env bash
# Lints the example tree. It has flaws on purpose: findings are no failure here, errors are.
#   scripts/check-example.sh SANDLINT
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2

"$1" check examples/notes-app
code=$?
case $code in
  0) printf 'check: the example tree has findings, and none was shown\n' >&2; exit 2 ;;
  1) printf '\nThese findings are the point of the example; for a tree of yours: make check DIR=path\n' ;;
  *) exit "$code" ;;
esac
