#!/usr/bin/env python3
"""Writes a large tree for measuring: FILES folders with a .mcp.json of three servers each.

    scripts/make-tree.py DIRECTORY [FILES]
"""

import json
import pathlib
import sys


def servers(number):
    """Three of the usual kinds, different in every folder so that nothing is found in a cache."""
    return {
        f"files-{number}": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-filesystem", f"/srv/work-{number}"],
            "env": {"LOG_LEVEL": "info", "TOKEN": "${WORK_TOKEN}"},
        },
        f"memory-{number}": {
            "command": "bwrap",
            "args": ["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64",
                     "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind",
                     f"/srv/memory-{number}", "/data", "--unshare-all", "--die-with-parent", "--new-session",
                     "--clearenv", "--setenv", "PATH", "/usr/bin", "node", "/usr/lib/mcp/memory.js"],
        },
        f"image-{number}": {
            "command": "docker",
            "args": ["run", "--rm", "-i", "--network=none", "--read-only", "--cap-drop=ALL", "-v",
                     f"/srv/data-{number}:/data:ro", f"example.org/mcp/image-{number}:1.0"],
        },
    }


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    root, files = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 2000
    for number in range(files):
        # Forty folders wide at each level, as a monorepo is.
        folder = root / f"team-{number // 40 % 40}" / f"service-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"mcpServers": servers(number)}, indent=2)
        (folder / ".mcp.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
