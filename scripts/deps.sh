#!/usr/bin/env bash
# Installs what is missing of the given groups of packages.txt. Quick when nothing is.
#   scripts/deps.sh build [test] [bench]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf 'deps: %s\n' "$*" >&2; }

# The packages of the groups, without those whose program is already there.
wanted() {
  local group package program
  while read -r group package program; do
    [[ $group == '#'* || -z $group ]] && continue
    [[ " $* " == *" $group "* ]] || continue
    [[ $program != - ]] && command -v "$program" >/dev/null && continue
    printf '%s\n' "$package"
  done <"$here/packages.txt"
}

installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# apt knows a candidate for every package: its lists need no update.
lists_are_there() {
  local package
  for package in "$@"; do
    [[ $(apt-cache policy "$package" 2>/dev/null) == *'Candidate: '[0-9]* ]] || return 1
  done
}

install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

packages=()
while read -r package; do packages+=("$package"); done < <(wanted "$@")
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  ((${#packages[@]} == 0)) ||
    say "no apt here: CMake looks for the counterparts of ${packages[*]}"
  exit 0
fi

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
((${#missing[@]})) || exit 0

if [[ $(id -u) != 0 ]]; then
  say "missing: ${missing[*]}"
  say "run as root: apt-get install -y --no-install-recommends ${missing[*]}"
  exit 1
fi
say "installing ${missing[*]}"
lists_are_there "${missing[@]}" || apt-get update -q >&2
# Old lists name files that the mirror no longer has: one update, one more try.
install "${missing[@]}" || { apt-get update -q >&2 && install "${missing[@]}"; }
