#!/usr/bin/env bash
# Real servers in what harden writes, and in narrower sandboxes: run.sh SANDLINT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
for program in bwrap firejail nft chromium node; do
  [[ -n $(command -v "$program") ]] && continue
  echo "servers: SKIPPED, there is no $program"
  [[ ${SANDLINT_REQUIRE_ORACLES-} != 1 ]]
  exit
done
if [[ $(id -u) != 0 ]]; then
  echo "servers: SKIPPED, homes and users of their own need root"
  [[ ${SANDLINT_REQUIRE_ORACLES-} != 1 ]]
  exit
fi
python=/usr/bin/python3
[[ -x $python ]] || python=python3
for check in ./*.py; do
  [[ $check == ./mcp.py ]] || ./world.sh "$python" "$check" "$1"
done
