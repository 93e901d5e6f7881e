#!/usr/bin/env bash
# The steps of action.yml. Everything that a caller or a pull request controls comes in through the
# environment and is only ever used as one word.
#   scripts/action.sh build | check | summary | result
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sandlint=$home/build/release/sandlint

# GitHub drops a summary of more than 1 MiB as a whole.
most_bytes=1000000

output() { # NAME VALUE
  local end
  end=ghadelimiter_$RANDOM$RANDOM$RANDOM
  [[ $2 != *"$end"* ]] || return 1
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

build() {
  if [[ $(id -u) != 0 ]] && command -v sudo >/dev/null; then
    sudo "$home/scripts/deps.sh" build
  fi
  make --no-print-directory -C "$home" build
}

# An input that is given and empty is a variable that was not set: without a base a change could
# waive its own findings, without a path nothing would be checked.
refuse_empty() {
  local name
  for name in paths fail-on diff-base sarif-file; do
    case $name in
      paths) [[ -n ${SANDLINT_PATHS//[[:space:]]/} ]] ;;
      fail-on) [[ -n $SANDLINT_FAIL_ON ]] ;;
      diff-base) [[ -n $SANDLINT_DIFF_BASE ]] ;;
      sarif-file) [[ -n $SANDLINT_SARIF ]] ;;
    esac || { printf '::error title=sandlint::the input %s is empty\n' "$name" && return 1; }
  done
}

# The first parent of the merge commit that GitHub checks out for a pull request is its base.
diff_base() {
  case $SANDLINT_DIFF_BASE in
    none) ;;
    auto) [[ ${GITHUB_EVENT_NAME:-} != pull_request ]] || printf 'HEAD^1' ;;
    *) printf '%s' "$SANDLINT_DIFF_BASE" ;;
  esac
}

# Text of a stranger may start a line with `::`: the runner obeys no command until the token comes.
without_commands() {
  local token
  token=sandlint_$RANDOM$RANDOM$RANDOM
  printf '::stop-commands::%s\n' "$token"
  "$@" || local code=$?
  printf '::%s::\n' "$token"
  return "${code:-0}"
}

count_findings() { # FILE
  node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).findings.length)' "$1"
}

check() {
  local reports base paths=() options=() code=0
  refuse_empty || { output exit-code 2 && return; }
  reports=$(mktemp -d "${RUNNER_TEMP:-/tmp}/sandlint.XXXXXX")
  while IFS= read -r path; do
    [[ -z $path ]] || paths+=("$path")
  done <<<"$SANDLINT_PATHS"
  options=(--fail-on "$SANDLINT_FAIL_ON" --output "sarif=$SANDLINT_SARIF"
    --output "markdown=$reports/sandlint.md" --output "json=$reports/sandlint.json")
  base=$(diff_base)
  [[ -z $base ]] || options+=(--diff-base "$base")

  if [[ $SANDLINT_ANNOTATIONS == true ]]; then
    "$sandlint" check --format github "${options[@]}" -- "${paths[@]}" || code=$?
  else
    without_commands "$sandlint" check "${options[@]}" -- "${paths[@]}" || code=$?
  fi
  output exit-code "$code"
  [[ ! -f $SANDLINT_SARIF ]] || output sarif-file "$SANDLINT_SARIF"
  [[ ! -f $reports/sandlint.md ]] || output markdown-file "$reports/sandlint.md"
  [[ -f $reports/sandlint.json ]] || return 0
  output json-file "$reports/sandlint.json"
  output findings "$(count_findings "$reports/sandlint.json")"
}

summary() {
  head -c "$most_bytes" "$SANDLINT_MARKDOWN" >>"$GITHUB_STEP_SUMMARY"
  if [[ $(wc -c <"$SANDLINT_MARKDOWN") -gt $most_bytes ]]; then
    printf '\n\nThe rest is in the JSON report.\n' >>"$GITHUB_STEP_SUMMARY"
  fi
}

# Without a code the check never came to its end.
result() { exit "${SANDLINT_EXIT_CODE:-2}"; }

case ${1:-} in
  build | check | summary | result) "$1" ;;
  *) printf 'usage: action.sh build | check | summary | result\n' >&2 && exit 2 ;;
esac
