#!/usr/bin/env bash
# A recorded run of a real server leads to a policy, and that to a profile in which the same run
# succeeds and nothing else does.
#   tests/consumers/observe.sh SANDLINT
set -euo pipefail
sandlint=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=${SERVERS:-$here/servers/node_modules}
server=$modules/@modelcontextprotocol/server-filesystem/dist/index.js
[[ -f $server ]] || { echo "observe: $server is missing" >&2; exit 1; }

# In a mount namespace of its own the home of root is an empty one. firejail takes the home from
# passwd, so that without root it has to be left out.
if [[ $(id -u) -eq 0 && -z ${IN_NAMESPACE:-} ]]; then
  exec env IN_NAMESPACE=1 unshare -m "$here/observe.sh" "$sandlint"
fi
tools=(bwrap firejail)
if [[ $(id -u) -eq 0 ]]; then
  mount -t tmpfs -o mode=700 none /root
  export HOME=/root
  work=/root/work
  mkdir "$work"
else
  echo "observe: firejail is left out: it needs root here" >&2
  tools=(bwrap)
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  export HOME=$work/home
fi
mkdir -p "$HOME/.ssh" "$work/project/data"
echo key >"$HOME/.ssh/id_rsa"
echo 'what the tool reads' >"$work/project/data/a.txt"
cd "$work/project"
cat >.mcp.json <<CONFIG
{"mcpServers": {"files": {"command": "node", "args": ["$server", "$work/project/data"]}}}
CONFIG

fail() { echo "observe: $*" >&2; exit 1; }
# call TOOL ARGUMENTS COMMAND…: one call, its answer on stdout
call() { node "$here/call.mjs" "$@"; }
read_file() { call read_text_file "{\"path\": \"$work/project/data/$1\"}" "${@:2}"; }
write_file() { call write_file "{\"path\": \"$work/project/data/$1\", \"content\": \"x\"}" "${@:2}"; }
# The launch of the config, a word a line.
launch() { python3 -c 'import json; s = json.load(open(".mcp.json"))["mcpServers"]["files"]
print("\n".join([s["command"], *s["args"]]))'; }

# --- a run, recorded in the layouts that people use --------------------------------------------------
mkdir traces
record=(strace -f -e "trace=%file,%network,%process,fchdir,dup,dup2,dup3,close")
for layout in "-y -s 1024" "-tt -yy -s 256" "-ff -y -s 1024"; do
  rm -f traces/*
  # shellcheck disable=SC2086
  read_file a.txt "${record[@]}" $layout -o traces/files node "$server" "$work/project/data" \
    2>/dev/null | grep -q 'what the tool reads' || fail "the server does not run under strace"
  "$sandlint" observe traces/files --server files --host live >found.toml
  grep -qx 'paths = \["@args ro"\]' found.toml || fail "strace $layout: $(grep paths found.toml)"
  grep -qx 'hosts = \[\]' found.toml || fail "strace $layout: $(grep hosts found.toml)"
done
rm found.toml
"$sandlint" observe traces/files --server files --host live --write >/dev/null 2>&1
grep -q '"@args ro"' .sandlint.toml || fail "the need is not in the policy"
echo "observe: the run of a real server is a policy"

# --- the profile that follows ----------------------------------------------------------------------
cp -r . ../start
for tool in "${tools[@]}"; do
  cd "$work" && rm -rf project && cp -r start project && cd project
  "$sandlint" harden files --with "$tool" --host live --write 2>steps || [[ $? -eq 1 ]] ||
    fail "harden --with $tool: $(cat steps)"
  mapfile -t argv < <(launch)
  read_file a.txt "${argv[@]}" 2>err | grep -q 'what the tool reads' ||
    fail "in $tool the run does not succeed any more: $(cat err)"
  # What was not observed is not granted: writing.
  if write_file b.txt "${argv[@]}" >answer 2>/dev/null; then fail "$tool lets it write: $(cat answer)"; fi
  [[ ! -e data/b.txt ]] || fail "$tool let it write"
  "$sandlint" probe files --home "$HOME" >table 2>err || fail "probe in $tool: $(cat table err)"
  grep -q '^read ~/.ssh  *no  *no$' table || fail "$tool: $(grep ssh table)"
  echo "observe: the same run succeeds in $tool, and the probe finds what is predicted"
done
