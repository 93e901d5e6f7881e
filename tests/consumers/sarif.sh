#!/usr/bin/env bash
# SARIF as its consumers see it: the 2.1.0 schema, the rules of SARIF and of GitHub code scanning, and
# the line hash as an implementation of another hand computes it.
#   tests/consumers/sarif.sh SANDLINT
set -euo pipefail
sandlint=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tool=$here/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
# npm keeps install scripts from marking it as a program.
chmod u+x "$tool"
python=/usr/bin/python3
[[ -x $python ]] || python=python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { printf 'sarif: %s\n' "$*" >&2; exit 1; }

# A tree with links to other places, text that tries to be markup, and a file that cannot be read.
mkdir -p "$work/hostile/sub dir/#1%" "$work/hostile/fifo"
"$python" "$here/hostile.py" >"$work/hostile/.mcp.json"
printf '{"mcpServers": {"é": {"command": "sudo", "args": ["-u", "x", "bwrap", "--bind", "/", "/", "node", "x"]}}}' \
  >"$work/hostile/sub dir/#1%/.mcp.json"
mkfifo "$work/hostile/fifo/.mcp.json"

report() { # NAME TREE
  local code=0
  (cd "$2" && "$sandlint" check --output "sarif=$work/$1.sarif" >/dev/null 2>&1) || code=$?
  [[ $code -le 2 && -s $work/$1.sarif ]] || fail "$1: no report (exit code $code)"
}
report example "$here/../../examples/notes-app"
report hostile "$work/hostile"
mkdir "$work/empty"
report empty "$work/empty"

# It ends with 0 whatever it finds: what counts is in its own output.
"$tool" validate "$work"/*.sarif --rule-kind 'Sarif;Ghas' --level 'Error;Warning' \
  --output "$work/validated.json" --log ForceOverwrite -q >"$work/log" 2>&1 || fail "$(cat "$work/log")"
# The same hash, computed by it: it needs to know where the files are.
"$python" "$here/sarif.py" place "$work/example.sarif" "$here/../../examples/notes-app" >"$work/placed.sarif"
"$tool" rewrite "$work/placed.sarif" --output "$work/rewritten.sarif" --log ForceOverwrite \
  --insert RollingHashPartialFingerprints >"$work/log" 2>&1 || fail "$(cat "$work/log")"
"$python" "$here/sarif.py" check "$work"
echo "SARIF: valid, and GitHub would know the lines again"
