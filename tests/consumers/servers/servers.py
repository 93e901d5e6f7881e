#!/usr/bin/env python3
"""servers.py SANDLINT: real MCP servers in what `harden` writes for them. Run by world.sh, as root.

For each server and tool: the profile is written, the server starts in it, does its job, and a probe
in its place finds nothing that it does not need. Without one thing that it needs, `check` says that
it breaks, and it does."""

import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import threading

import mcp

HERE = pathlib.Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
SANDLINT = str(pathlib.Path(sys.argv[1]).resolve())
VERSIONS = json.loads((HERE / "package.json").read_text())["dependencies"]
BREAKS = {"command-not-visible", "libraries-not-visible", "needed-path-hidden",
          "needed-variable-dropped", "sandbox-does-not-start", "shell-not-visible"}
SECRETS = {"AWS_SECRET_ACCESS_KEY": "leak", "AWS_PROFILE": "leak", "OTHER_SECRET": "leak"}

# name -> package, arguments, environment, call, what the answer holds, user that runs it
SERVERS = {
    "files": ("@modelcontextprotocol/server-filesystem", ["."], {},
              ("read_text_file", {"path": "PROJECT/note.txt"}), "a note", "sam"),
    "memory": ("@modelcontextprotocol/server-memory", [],
               {"MEMORY_FILE_PATH": "PROJECT/memory/all.jsonl"},
               ("create_entities", {"entities": [{"name": "sandlint", "entityType": "program",
                                                  "observations": ["checks"]}]}),
               "sandlint", "sam"),
    "everything": ("@modelcontextprotocol/server-everything", [], {},
                   ("echo", {"message": "hello"}), "hello", "sam"),
    "github": ("@modelcontextprotocol/server-github", [],
               {"GITHUB_PERSONAL_ACCESS_TOKEN": "${GITHUB_PERSONAL_ACCESS_TOKEN}",
                "NODE_EXTRA_CA_CERTS": "/etc/ssl/api.pem"},
               ("list_issues", {"owner": "o", "repo": "r"}), "an issue for none", "mcp-github"),
    "browser": ("@playwright/mcp", ["--executable-path", "/usr/bin/chromium", "--headless",
                                    "--isolated", "--no-sandbox"], {},
                ("browser_navigate", {"url": "http://127.0.0.1:PORT/"}), "A page", "mcp-browser"),
}
# What the firewall of a user lets out, of all that answers.
REACHED = {
    "sam": [],
    "mcp-github": ["tcp 192.0.2.10 443"],
    "mcp-browser": ["tcp 192.0.2.1 443", "tcp 192.0.2.10 443", "tcp 2001:db8::1 443"],
}


class Api(http.server.BaseHTTPRequestHandler):
    """The issues of one repository, as api.github.com would tell them."""

    def do_GET(self):
        found = self.path.split("?")[0] == "/repos/o/r/issues"
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps([{"title": "an issue for " + token}]).encode())

    def log_message(self, *_):
        pass


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>A page</title><h1>A page on loopback</h1>")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6  # and IPv4


def serve(port):
    server = Server(("::", port), Api if port == 443 else Page)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("/etc/ssl/api.pem", "/home/.etc/api.key")
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def as_user(user, words, more=None):
    """The client: `words` as `user`, with everything that a session has, and what a config adds."""
    home = f"/home/{user}"
    words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words]
    return words, {"HOME": home, "USER": user, "PATH": "/usr/bin:/bin:/usr/sbin", **SECRETS,
                   "GITHUB_PERSONAL_ACCESS_TOKEN": "none", **(more or {})}


class Case:
    def __init__(self, name, tool, port):
        self.package, arguments, env, self.call, self.wanted, self.user = SERVERS[name]
        self.name, self.tool, self.port = name, tool, port
        self.project = pathlib.Path(f"/home/{self.user}/project-{name}-{tool}")
        self.project.mkdir()
        (self.project / "note.txt").write_text("a note\n")
        # The user inside of a container is another one.
        memory = self.project / "memory"
        memory.mkdir()
        memory.chmod(0o777)
        self.kept = memory / "all.jsonl"
        self.config = self.project / ".mcp.json"
        env = {key: value.replace("PROJECT", str(self.project)) for key, value in env.items()}
        self.env = {key: value for key, value in env.items() if "$" not in value}
        spec = f"{self.package}@{VERSIONS[self.package]}"
        self.config.write_text(json.dumps({"mcpServers": {name: {
            "command": "npx", "args": ["-y", spec, *arguments], "env": env}}}, indent=2))
        self.install()

    def install(self):
        """What `npm install --prefix` would do, without a network."""
        folder = pathlib.Path(f"/home/{self.user}/.local/share/mcp-servers/{self.name}")
        modules = folder / "node_modules"
        if not modules.exists():
            modules.mkdir(parents=True)
            subprocess.run(["mount", "--bind", MODULES, modules], check=True)
            (folder / "probe.mjs").write_text((HERE / "probe.mjs").read_text())
        subprocess.run(["chown", "-R", f"{self.user}:", self.project], check=True)

    def harden(self):
        run = subprocess.run([SANDLINT, "harden", self.name, "--with", self.tool, "--write"],
                             cwd=self.project, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr  # 1: an error is left
        subprocess.run(["chown", "-R", f"{self.user}:", self.project], check=True)
        entry = json.loads(self.config.read_text())["mcpServers"][self.name]
        self.argv = [entry["command"], *entry["args"]]
        self.script = self.project / "mcp-sandbox" / f"{self.name}.sh"

    def start(self):
        # The user of the firewall is the one who runs it here: what `sudo -n -u USER` would do.
        words = self.argv[next(i for i, word in enumerate(self.argv) if word == "bash"):]
        words, env = as_user(self.user, words, self.env)
        return mcp.Session(words, self.project, env)

    def works(self):
        """Nothing, or why it does not."""
        session = self.start()
        try:
            if not session.start():
                return "no handshake: " + session.end()[-400:]
            tools = session.tools()
            if not tools:
                return "no tools: " + session.end()[-400:]
            text = json.dumps(self.call[1]).replace("PROJECT", str(self.project))
            answer = session.call(self.call[0], json.loads(text.replace("PORT", str(self.port))))
            if answer is None or self.wanted not in answer:
                return f"{self.call[0]} of {tools} gave {answer!r}: " + session.end()[-400:]
            if self.name == "memory" and self.wanted not in self.kept.read_text():
                return "what it should keep is not in its file"
            return ""
        finally:
            session.end()

    def predicted(self):
        """Rules by which `check` says that it breaks."""
        words, env = as_user(self.user, [SANDLINT, "check", ".", "--format", "json", "--host", "live",
                                         "--fail-on", "never"])
        run = subprocess.run(words, env=env, cwd=self.project, capture_output=True, text=True)
        return sorted({finding["rule"] for finding in json.loads(run.stdout)["findings"]
                       if finding["confidence"] != "low"} & BREAKS)

    def load_firewall(self):
        for command, ending in ((["nft", "-f"], ".nft"), (["bash"], "-hosts.sh")):
            path = self.script.with_name(self.name + ending)
            if path.exists():
                subprocess.run([*command, path], check=True)

    def probe(self):
        """What a program in the server's place can reach."""
        text = self.script.read_text()
        folder = f"/home/{self.user}/.local/share/mcp-servers/{self.name}"
        homes = "/home/sam,/home/mcp-github,/home/mcp-browser,/root"
        probing, count = re.subn(r"-- env \S+ npx .*", f"-- node {folder}/probe.mjs {homes} {self.port},443,8080",
                                text)
        assert count == 1, text
        self.script.write_text(probing)
        words, env = as_user(self.user, ["bash", f"mcp-sandbox/{self.name}.sh"])
        self.load_firewall()
        run = subprocess.run(words, cwd=self.project, env=env, capture_output=True, text=True)
        subprocess.run(["nft", "flush", "ruleset"], check=True)
        self.script.write_text(text)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout.splitlines()[-1])

    def narrow(self):
        """Takes away the folder of its package."""
        profile = self.script if self.tool == "bwrap" else self.script.with_suffix(".profile")
        lines = profile.read_text().splitlines(keepends=True)
        kept = [line for line in lines if f"mcp-servers/{self.name}" not in line
                or not line.lstrip().startswith(("--ro-bind", "whitelist", "read-only"))]
        assert len(kept) < len(lines)
        # Without any whitelist of the home firejail shows all of it.
        kept.append("whitelist ${HOME}/.mcp-nothing\n" if self.tool == "firejail" else "")
        profile.write_text("".join(kept))


def faults(case):
    case.harden()
    if case.name == "github":  # its call leaves through the rules for its user
        case.load_firewall()
    why = case.works()
    subprocess.run(["nft", "flush", "ruleset"], check=True)
    if why:
        yield f"does not work: {why}"
    if case.predicted():
        yield f"is predicted to break by {case.predicted()}"
    found = case.probe()
    print(f"  {case.name} in {case.tool}: {json.dumps(found)}")
    for kind in ("readable", "variables"):
        if found[kind]:
            yield f"{kind}: {found[kind]}"
    if found["reached"] != REACHED[case.user]:
        yield f"reached: {found['reached']} and not {REACHED[case.user]}"
    case.narrow()
    if not case.predicted():
        yield "is not predicted to break without its package"
    if not case.works():
        yield "works without its package"


def main():
    port = serve(0)
    for other in (443, 8080):
        serve(other)
    failed = 0
    for name in SERVERS:
        for tool in ("bwrap", "firejail"):
            problems = list(faults(Case(name, tool, port)))
            failed += bool(problems)
            print(f"{'FAIL' if problems else 'ok  '} {name} in {tool}", *problems, sep="\n    ")
    return 1 if failed else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
