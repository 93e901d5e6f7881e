#!/usr/bin/env python3
"""Runs the steps of action.yml as a runner would, on a repository with a pull request's merge commit.

What is emulated: inputs with their defaults, the expressions that action.yml uses, bash as the runner
calls it, and the files behind GITHUB_OUTPUT and GITHUB_STEP_SUMMARY. A `uses:` step is recorded, not
run; it must be pinned to a full commit.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HOME = pathlib.Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((HOME / "action.yml").read_text())


class Runner:
    def __init__(self, workspace, inputs, event="pull_request"):
        unknown = set(inputs) - set(ACTION["inputs"])
        assert not unknown, f"undeclared inputs {unknown}"
        self.inputs = {name: str(spec.get("default", "")) for name, spec in ACTION["inputs"].items()}
        self.inputs.update(inputs)
        self.workspace, self.event = workspace, event
        self.steps, self.uses, self.log, self.failed = {}, [], "", False
        self.temp = pathlib.Path(tempfile.mkdtemp(prefix="runner-"))
        self.summary = self.temp / "summary.md"
        self.summary.touch()

    def value(self, term):
        term = term.strip()
        if term.startswith("'"):
            return term[1:-1]
        if term == "always()":
            return True
        kind, _, rest = term.partition(".")
        if kind == "inputs":
            return self.inputs[rest]  # KeyError: an undeclared input
        step, outputs, name = rest.split(".", 2)
        assert kind == "steps" and outputs == "outputs", term
        assert any(one.get("id") == step for one in ACTION["runs"]["steps"]), f"no step {step}"
        return self.steps.get(step, {}).get(name, "")

    def truth(self, expression):
        for part in expression.split("&&"):
            compared = re.fullmatch(r"\s*(.+?)\s*(==|!=)\s*(.+?)\s*", part)
            if compared:
                left, operator, right = compared.groups()
                holds = (self.value(left) == self.value(right)) == (operator == "==")
            else:
                holds = bool(self.value(part))
            if not holds:
                return False
        return True

    def expand(self, text):
        return re.sub(r"\$\{\{\s*(.+?)\s*\}\}", lambda match: str(self.value(match[1])), str(text))

    def due(self, step):
        condition = step.get("if", "success()")
        expression = re.sub(r"^\$\{\{\s*|\s*\}\}$", "", condition)
        if "always()" not in expression and self.failed:
            return False
        return expression == "success()" or self.truth(expression)

    def run(self):
        for step in ACTION["runs"]["steps"]:
            if not self.due(step):
                continue
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
                self.uses.append({k: self.expand(v) for k, v in step["with"].items()})
                continue
            assert "${{" not in step["run"], "an expression in a script is an injection"
            assert step["shell"] == "bash"
            self.code = self.execute(step)
            self.failed = self.failed or self.code != 0
        return self

    def execute(self, step):
        output = self.temp / "output"
        output.write_text("")
        environment = dict(os.environ)
        environment.update({name: self.expand(text) for name, text in step.get("env", {}).items()})
        environment.update(
            GITHUB_ACTION_PATH=str(HOME),
            GITHUB_OUTPUT=str(output),
            GITHUB_STEP_SUMMARY=str(self.summary),
            GITHUB_EVENT_NAME=self.event,
            RUNNER_TEMP=str(self.temp),
        )
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / self.expand(step.get("working-directory", ".")),
            env=environment,
            capture_output=True,
            text=True,
        )
        self.log += done.stdout + done.stderr
        self.steps[step.get("id", "")] = parse_outputs(output.read_text())
        return done.returncode

    def outputs(self):
        return {name: self.expand(spec["value"]) for name, spec in ACTION["outputs"].items()}


def parse_outputs(text):
    pattern = re.compile(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$", re.M | re.S)
    return {match[1]: match[3] for match in pattern.finditer(text)}


def git(directory, *words):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=directory, check=True, capture_output=True)


def server(name, command, *args):
    return {name: {"command": command, "args": list(args)}}


TIGHT = server(
    "memory", "bwrap", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib",
    "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/opt/mcp", "/opt/mcp", "--tmpfs", "/tmp",
    "--proc", "/proc", "--dev", "/dev", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
    "--setenv", "PATH", "/usr/bin", "/usr/bin/node", "/opt/mcp/memory.js")
OPEN = server("files", "npx", "-y", "@modelcontextprotocol/server-filesystem", ".")


def pull_request(directory, base, head):
    """A checkout of refs/pull/N/merge: a merge commit whose first parent is the base."""
    config = directory / ".mcp.json"
    git(directory, "init", "-q", "-b", "main")
    config.write_text(json.dumps({"mcpServers": base}, indent=2))
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "base")
    git(directory, "checkout", "-qb", "change")
    config.write_text(json.dumps({"mcpServers": head}, indent=2))
    (directory / "README.md").write_text("change\n")
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "change")
    git(directory, "checkout", "-q", "main")
    git(directory, "merge", "-q", "--no-ff", "-m", "merge", "change")
    return directory


def check(condition, what, runner):
    if not condition:
        sys.exit(f"action: {what}\n--- log\n{runner.log}\n--- outputs\n{runner.outputs()}")


def repository(base, head):
    return pull_request(pathlib.Path(tempfile.mkdtemp(prefix="pull-")), base, head)


def test_findings_fail_the_job():
    workspace = repository(TIGHT, {**TIGHT, **OPEN})
    runner = Runner(workspace, {}).run()
    outputs = runner.outputs()
    check(runner.failed and runner.code == 1, "findings end the job with 1", runner)
    check(outputs["exit-code"] == "1" and int(outputs["findings"]) > 0, "outputs say so", runner)
    check(re.search(r"^::error .*file=\.mcp\.json,line=\d+", runner.log, re.M), "annotated", runner)
    check("MCP server sandboxing review" in runner.summary.read_text(), "summary", runner)
    sarif = json.loads((workspace / outputs["sarif-file"]).read_text())
    check(sarif["version"] == "2.1.0" and sarif["runs"][0]["results"], "SARIF is written", runner)
    check(runner.uses == [{"sarif_file": "sandlint.sarif", "category": "sandlint"}], "upload", runner)


def test_a_clean_change_passes():
    runner = Runner(repository({}, TIGHT), {"fail-on": "error", "upload-sarif": "false"}).run()
    check(not runner.failed and runner.code == 0, "a tight server passes", runner)
    check(runner.uses == [], "no upload where none is wanted", runner)


def test_only_new_findings_gate():
    runner = Runner(repository(OPEN, {**OPEN, **TIGHT}), {"diff-base": "auto"}).run()
    check(runner.code == 0, "an old finding does not fail the job", runner)
    runner = Runner(repository(TIGHT, {**OPEN, **TIGHT}), {"diff-base": "auto"}).run()
    check(runner.code == 1, "a new finding does", runner)
    runner = Runner(repository(OPEN, OPEN), {"diff-base": "no-such-revision"}).run()
    check(runner.code == 2, "a base that is not there fails closed", runner)


def test_empty_inputs_fail_closed():
    for name in ("diff-base", "paths", "fail-on", "sarif-file"):
        runner = Runner(repository({}, TIGHT), {name: ""}).run()
        check(runner.failed and runner.outputs()["exit-code"] == "2", f"{name} is empty", runner)
        check(f"the input {name} is empty" in runner.log, f"{name} is named", runner)


def test_broken_input_is_incomplete():
    workspace = repository({}, TIGHT)
    (workspace / ".mcp.json").unlink()
    (workspace / ".mcp.json").symlink_to("/etc/hostname")
    runner = Runner(workspace, {}).run()
    check(runner.code == 2 and runner.outputs()["exit-code"] == "2", "incomplete is 2", runner)
    secret = pathlib.Path("/etc/hostname").read_text().strip()
    check(secret not in runner.summary.read_text(), "what a link leads to stays out", runner)


def test_inputs_are_words():
    hostile = "$(touch pwned) ; touch pwned\n`touch pwned`"
    workspace = repository({}, TIGHT)
    runner = Runner(workspace, {"paths": hostile}).run()
    check(runner.code == 2 and not (workspace / "pwned").exists(), "inputs are not evaluated", runner)


def test_text_obeys_no_command():
    name = "\n::error file=x,line=1::forged"
    workspace = repository({}, {name: OPEN["files"]})
    runner = Runner(workspace, {"annotations": "false"}).run()
    stop = re.search(r"^::stop-commands::(\S+)$", runner.log, re.M)
    check(stop, "commands are off around text", runner)
    free = re.sub(rf"::stop-commands::{stop[1]}\n.*?\n::{stop[1]}::", "", runner.log, flags=re.S)
    check(not re.search(r"^\s*::error", free, re.M), "no forged command outside", runner)
    runner = Runner(workspace, {}).run()
    check(not re.search(r"^\s*::error file=x", runner.log, re.M), "nor in annotations", runner)


if __name__ == "__main__":
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            test()
            print(f"action: {name[5:].replace('_', ' ')}")
