#!/usr/bin/env python3
"""container.py SANDLINT: the filesystem and the memory server in what `harden` writes for podman, with
an image made from files of this machine. Run by world.sh, as root."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import mcp
import servers

MODULES = servers.HERE / "node_modules"
PROGRAMS = ("/usr/bin/node", "/usr/bin/env", "/bin/dash")


def settings(work):
    """podman with a storage of its own."""
    (work / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{work}/graph"\nrunroot = "{work}/run"\n')
    (work / "containers.conf").write_text(
        '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\nruntime = "runc"\n'
        '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n')
    return {**os.environ, "CONTAINERS_STORAGE_CONF": str(work / "storage.conf"),
            "CONTAINERS_CONF": str(work / "containers.conf")}


def stage(root):
    """node, npm, a shell and the servers, as the Dockerfile would install them."""
    for program in PROGRAMS:
        libraries = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        for path in [program, *re.findall(r"(/\S+) \(", libraries)]:
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(path), target)
    (root / "bin/sh").symlink_to("dash")
    shutil.copytree("/usr/lib/node_modules/npm", root / "usr/lib/node_modules/npm", symlinks=True)
    (root / "usr/bin/npx").symlink_to("../lib/node_modules/npm/bin/npx-cli.js")
    ignored = shutil.ignore_patterns("playwright*", "@playwright")
    shutil.copytree(MODULES, root / "opt/mcp/node_modules", symlinks=True, ignore=ignored)
    shutil.copy(servers.HERE / "probe.mjs", root / "opt/mcp/probe.mjs")
    (root / "tmp").mkdir()


def make_image(work, env, names):
    root = work / "root"
    stage(root)
    tar = subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE)
    subprocess.run(["podman", "import", "--change", "ENV HOME=/tmp", "--change",
                    "ENV PATH=/opt/mcp/node_modules/.bin:/usr/bin:/bin", "-", names[0]],
                   stdin=tar.stdout, env=env, check=True, capture_output=True)
    for name in names[1:]:
        subprocess.run(["podman", "tag", names[0], name], env=env, check=True)
    shutil.rmtree(root)


def faults(name, env, port):
    case = servers.Case(name, "podman", port)
    os.chmod(case.project.parent, 0o755)
    case.harden()
    case.argv = [word.replace("${PWD}", str(case.project)) for word in case.argv]
    env = {**env, **servers.SECRETS, **case.env}
    case.start = lambda: mcp.Session(case.argv, case.project, env, seconds=300)
    why = case.works()
    if why:
        yield f"does not work: {why}"
    at = next(i for i, word in enumerate(case.argv) if word.startswith("localhost/"))
    homes = "/home/sam,/home/mcp-github,/home/mcp-browser,/root"
    probe = case.argv[:at + 1] + ["node", "/opt/mcp/probe.mjs", homes, f"{port},443,8080"]
    run = subprocess.run(probe, cwd=case.project, env=env, capture_output=True, text=True)
    if run.returncode:
        yield f"the probe does not run: {run.stderr[-400:]}"
        return
    found = json.loads(run.stdout.splitlines()[-1])
    for kind in ("readable", "variables", "reached"):
        if found[kind]:
            yield f"{kind}: {found[kind]}"


def main():
    if not shutil.which("podman") or not shutil.which("runc"):
        print("podman: SKIPPED, there is no podman with runc")
        return os.environ.get("SANDLINT_REQUIRE_ORACLES") == "1"
    port = servers.serve(0)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        env = settings(work)
        make_image(work, env, ["localhost/mcp-files:1", "localhost/mcp-memory:1"])
        for name in ("files", "memory"):
            problems = list(faults(name, env, port))
            failed += bool(problems)
            print(f"{'FAIL' if problems else 'ok  '} {name} in podman", *problems, sep="\n    ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
