#!/usr/bin/env bash
# Runs "$@" as root of a machine made up for it: mount and network namespaces of its own, homes
# in memory with secrets in them, users who exist nowhere else. Needs root; nothing of it is left.
set -euo pipefail
if [[ -z ${SANDLINT_WORLD-} ]]; then
  # No process ids of its own: firejail takes that for a container and sandboxes nothing.
  exec env SANDLINT_WORLD=1 unshare --mount --net --propagation private "${BASH_SOURCE[0]}" "$@"
fi
ip link set lo up
# The world outside: addresses that all answer.
ip addr add 192.0.2.1/32 dev lo
ip addr add 192.0.2.10/32 dev lo
ip -6 addr add 2001:db8::1/128 dev lo nodad
mount -t tmpfs tmpfs /home
chmod 755 /home
id=1234
work=/home/.etc
mkdir "$work"
cp /etc/passwd /etc/group "$work"
for user in sam mcp-github mcp-browser; do
  echo "$user:x:$id:$id::/home/$user:/bin/bash" >>"$work/passwd"
  echo "$user:x:$id:" >>"$work/group"
  mkdir -p "/home/$user"/{.ssh,.aws,.config/gh,.claude,.local/share/mcp-servers}
  echo key >"/home/$user/.ssh/id_ed25519"
  echo key >"/home/$user/.aws/credentials"
  echo key >"/home/$user/.config/gh/hosts.yml"
  echo key >"/home/$user/.claude/.credentials.json"
  echo key >"/home/$user/.netrc"
  chown -R "$id:$id" "/home/$user"
  id=$((id + 1))
done
mount --bind "$work/passwd" /etc/passwd
mount --bind "$work/group" /etc/group
{ cat /etc/hosts; echo "192.0.2.10 api.github.com"; } >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts
# The API of GitHub is served here (servers.py), with a certificate that programs of this world trust.
cp -a /etc/ssl "$work/ssl"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=api.github.com \
  -addext subjectAltName=DNS:api.github.com -keyout "$work/api.key" -out "$work/ssl/api.pem" \
  2>/dev/null
mount --bind "$work/ssl" /etc/ssl
"$@"
