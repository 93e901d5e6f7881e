#!/usr/bin/env bash
# What other programs make of sandlint's files: every *.sh and *.py beside this one.
#   tests/consumers/run.sh SANDLINT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# An absolute path: the checks change directories.
sandlint=$(cd "$(dirname "../../$1")" && pwd)/$(basename "$1")
# Debian's Python has the packages of deps.sh; another one in PATH may not.
python=/usr/bin/python3
[[ -x $python ]] || python=python3

shellcheck ../../scripts/*.sh ./*.sh servers/*.sh ../../.ci/run
echo "scripts: shellcheck is content"
node node_modules/.bin/action-validator ../../action.yml
echo "action.yml: valid"
"$python" action.py
./pre-commit.sh "$sandlint"
if [[ -x sarif.sh ]]; then ./sarif.sh "$sandlint"; fi
./servers/run.sh "$sandlint"
./observe.sh "$sandlint"
echo "All consumers are content."
