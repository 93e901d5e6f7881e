#!/bin/bash
# Inside of `unshare -m -n`: the users, the folders and the network of the records.
set -euo pipefail
work=$1
shift
mount --make-rprivate /
mount -t tmpfs none /mnt
chmod 755 /mnt
mkdir -m 755 /mnt/pub
cp /usr/bin/node /mnt/pub/realnode
cp "$work/probe" "$work/probe1" /mnt/pub/
cp "$1" /mnt/record.py
shift
# The table may lie below a folder that is covered in a moment.
arguments=()
for argument in "$@"; do
  if [ -f "$argument" ]; then
    touch /mnt/table.json
    mount --bind "$argument" /mnt/table.json
    argument=/mnt/table.json
  fi
  arguments+=("$argument")
done
for folder in /home /run /opt /srv; do mount -t tmpfs -o mode=755 none "$folder"; done
mount -t tmpfs -o mode=1777 none /tmp
# The probe walks all of the machine; what else it has at the top would only wear it out.
for folder in /*; do
  case $folder in
    /bin | /boot | /dev | /etc | /home | /lib* | /media | /mnt | /opt | /proc | /root) ;;
    /run | /sbin | /srv | /sys | /tmp | /usr | /var) ;;
    *) [ ! -d "$folder" ] || mount -t tmpfs -o mode=755 none "$folder" ;;
  esac
done
mkdir -p /run/user/4711 /run/lock
chown 4711:4711 /run/user/4711
chmod 700 /run/user/4711

etc=/mnt/pub/etc
mkdir -m 755 "$etc"
cp /etc/passwd /etc/group "$etc"
cat >> "$etc/passwd" <<'END'
wrapdev:x:4711:4711::/home/wrapdev:/bin/bash
other:x:4714:4714::/home/other:/bin/bash
mcp-svc:x:4712:4712::/nonexistent:/usr/sbin/nologin
mcp-github:x:4713:4713::/nonexistent:/usr/sbin/nologin
END
printf '%s\n' wrapdev:x:4711: other:x:4714: mcp-svc:x:4712: mcp-github:x:4713: >> "$etc/group"
cat > "$etc/shadow" <<'END'
root:*:19000:0:99999:7:::
WRAPSECRET:/etc/shadow:!:19000:0:99999:7:::
wrapdev:!:19000:0:99999:7:::
mcp-svc:!:19000:0:99999:7:::
mcp-github:!:19000:0:99999:7:::
END
chmod 640 "$etc/shadow"
chgrp shadow "$etc/shadow"
cat > "$etc/sudoers" <<'END'
Defaults env_reset
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
wrapdev ALL=(mcp-svc,mcp-github) NOPASSWD:SETENV: ALL
wrapdev ALL=(root) NOPASSWD: /usr/sbin/nft, /usr/bin/bwrap
END
chmod 440 "$etc/sudoers"
for file in passwd group shadow sudoers; do mount --bind "$etc/$file" "/etc/$file"; done
chmod 755 /mnt/pub/*
mount --bind /mnt/pub/probe /usr/bin/node

ip link set lo up
ip netns add ext
ip link add v0 type veth peer name v1 netns ext
ip addr add 198.51.100.1/24 dev v0
ip link set v0 up
ip route add default via 198.51.100.2
ip netns exec ext sh -c 'ip link set lo up; ip addr add 198.51.100.2/24 dev v1; ip link set v1 up
ip addr add 140.82.112.5/32 dev lo; ip addr add 203.0.113.10/32 dev lo'

# Folders of links to all programs but one.
farm() {
  mkdir -p "/mnt/pub/$1"
  for file in /usr/bin/*; do
    case " $2 " in *" ${file##*/} "*) ;; *) ln -s "$file" "/mnt/pub/$1/${file##*/}" ;; esac
  done
}
farm nobwrap bwrap
farm nofirejail firejail
echo not-executable > /mnt/pub/empty
cd /
exec /usr/bin/python3 /mnt/record.py "${arguments[@]}"
