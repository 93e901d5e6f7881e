#!/bin/bash
# Runs the wrapper scripts of a table for real, as an ordinary user in a throw-away home, and compares
# what each reached with the table: run.sh [--write] TABLE [ID…]. Root, in a container of one's own.
# Users, mounts and sockets live in a mount and a network namespace. The pid namespace is the
# machine's: in one of its own firejail believes that it is in a sandbox already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O1 -static -w -o "$work/probe" "$here/probe.c"
cc -O1 -static -w -DEXITCODE=1 -o "$work/probe1" "$here/probe.c"
timeout -k 5 900 unshare -m -n "$here/namespace.sh" "$work" "$here/record.py" "$@"
