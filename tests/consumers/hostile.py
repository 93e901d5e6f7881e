#!/usr/bin/env python3
"""Prints a config whose every word tries to be something else in a report."""

import json

EVIL = "<img src=x onerror=1> @octocat #1 | `a` [b](7) {0} ]]> %0A ::error::x \x1b[31m \u202e\n- [x] done"

print(json.dumps({"mcpServers": {
    EVIL: {"command": "npx", "args": ["-y", EVIL]},
    "bwrap": {"command": "bwrap", "args": ["--" + EVIL, "--bind", "/", "/", "node", "x.js"]},
    "docker": {"command": "docker", "args": ["run", "-v", "/:/host", "x/y"]},
    "url": {"type": "http", "url": "http://w.example/" + EVIL},
}}, ensure_ascii=False, indent=1))
