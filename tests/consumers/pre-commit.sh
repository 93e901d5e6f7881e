#!/usr/bin/env bash
# Both hooks as pre-commit runs them, on a repository with and without findings, without network
# where the kernel lets us cut it.
#   tests/consumers/pre-commit.sh SANDLINT
set -euo pipefail
sandlint=$1
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/cache
# The clone that sandlint-src builds in finds what was compiled and fetched before.
export CCACHE_BASEDIR=/ CCACHE_NOHASHDIR=1 npm_config_prefer_offline=true

fail() { printf 'pre-commit: %s\n' "$*" >&2; exit 1; }
git_quiet() { git -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false "$@" >/dev/null; }

pre-commit validate-manifest "$home/.pre-commit-hooks.yaml"

# The hooks are taken from a commit, as a user's `rev` would name it.
git_quiet clone -q "$home" "$work/hooks"

repository() { # NAME CONFIG
  mkdir "$work/$1"
  printf '%s\n' "$2" >"$work/$1/.mcp.json"
  git_quiet -C "$work/$1" init -q
  git_quiet -C "$work/$1" add -A
  git_quiet -C "$work/$1" commit -qm start
}
repository open '{"mcpServers": {"files": {"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."]}}}'
repository empty '{"mcpServers": {}}'

hook() { # REPOSITORY HOOK -> code and $work/log
  local code=0
  (cd "$work/$1" && PATH=$(dirname "$sandlint"):$PATH \
    pre-commit try-repo "$work/hooks" "$2" --all-files --verbose) >"$work/log" 2>&1 || code=$?
  return "$code"
}

for id in sandlint sandlint-src; do
  if hook open "$id"; then fail "$id lets an unsandboxed server pass: $(cat "$work/log")"; fi
  grep -q '^\.mcp\.json:1:[0-9]*: error: .*\[unsandboxed-server\]' "$work/log" ||
    fail "$id does not show the finding: $(cat "$work/log")"
  hook empty "$id" || fail "$id stops a clean commit: $(cat "$work/log")"
  printf 'pre-commit: %s stops a finding and lets a clean tree pass\n' "$id"
done

# The second run of the hook that builds must not build again. try-repo makes a new clone each time;
# a config keeps one a revision.
printf 'repos:\n- repo: %s\n  rev: %s\n  hooks: [{id: sandlint-src}]\n' "$work/hooks" \
  "$(git -C "$work/hooks" rev-parse HEAD)" >"$work/empty/.pre-commit-config.yaml"
git_quiet -C "$work/empty" add -A
kept() { (cd "$work/empty" && pre-commit run --all-files --verbose) >"$work/log" 2>&1; }
kept || fail "sandlint-src stops a clean commit: $(cat "$work/log")"
begin=$SECONDS
kept || fail "sandlint-src fails the second time: $(cat "$work/log")"
((SECONDS - begin < 20)) || fail "sandlint-src builds again"
