"""A small MCP client over stdio: the handshake, the list of tools, calls."""

import json
import queue
import subprocess
import threading

PROTOCOL = "2025-06-18"


class Session:
    """One run of a server. Every answer is None once it ends or is silent for too long."""

    def __init__(self, argv, cwd, env, seconds=60):
        self.seconds = seconds
        self.number = 0
        self.process = subprocess.Popen(argv, cwd=cwd, env=env, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        self.errors = []
        for read in (self._read_lines, self._read_errors):
            threading.Thread(target=read, daemon=True).start()

    def _read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode(errors="replace"))

    def _send(self, message):
        try:
            self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass

    def ask(self, method, params):
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while True:
            try:
                line = self.lines.get(timeout=self.seconds)
            except queue.Empty:
                return None
            if line is None:
                return None
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if message.get("method") == "roots/list":
                self._send({"id": message["id"], "result": {"roots": []}})
            elif message.get("id") == self.number and "method" not in message:
                return message.get("result") or {"isError": True, "error": message.get("error")}

    def start(self):
        """Has it answered the handshake?"""
        answer = self.ask("initialize", {
            "protocolVersion": PROTOCOL, "capabilities": {},
            "clientInfo": {"name": "sandlint-tests", "version": "1"}})
        if not answer or "serverInfo" not in answer:
            return False
        self._send({"method": "notifications/initialized"})
        return True

    def tools(self):
        answer = self.ask("tools/list", {})
        return [tool["name"] for tool in answer["tools"]] if answer and "tools" in answer else []

    def call(self, tool, arguments):
        """The text of the answer; None where the call failed."""
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if not answer or answer.get("isError"):
            return None
        return "\n".join(item.get("text", "") for item in answer.get("content", []))

    def end(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return "".join(self.errors)
