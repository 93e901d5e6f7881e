#!/usr/bin/env python3
"""narrowing.py SANDLINT [COUNT] [SEED]: does a server start in a profile from which something was taken?
Run by world.sh, as root.

COUNT narrowings of a working profile for each tool, each run for real and asked of `check`. A server
that breaks where nothing was predicted fails the test; predictions that do not come true are
counted."""

import concurrent.futures
import json
import pathlib
import random
import subprocess
import sys

import mcp
from servers import BREAKS, HERE, SANDLINT, as_user

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 20261125
HOME = "/home/sam"
FOLDER = f"{HOME}/.local/share/mcp-servers/all"
MODULES = f"{FOLDER}/node_modules"
NOTES = f"{HOME}/notes"
SERVER = "@modelcontextprotocol/server-filesystem"
LAUNCHES = {
    "script": ["node", f"{MODULES}/{SERVER}/dist/index.js", NOTES],
    "program": [f"{MODULES}/.bin/mcp-server-filesystem", NOTES],
    "npx": ["npx", "--offline", "--prefix", FOLDER, SERVER, NOTES],
    "shell": ["sh", "-c", f"exec node {MODULES}/{SERVER}/dist/index.js {NOTES}"],
}

BWRAP = [
    ["--unshare-all"], ["--new-session"], ["--setenv", "HOME", HOME],
    ["--setenv", "PATH", f"{MODULES}/.bin:/usr/bin:/bin"],
    ["--ro-bind", "/usr/bin", "/usr/bin"], ["--symlink", "usr/bin", "/bin"],
    ["--ro-bind", "/usr/lib", "/usr/lib"], ["--symlink", "usr/lib", "/lib"],
    ["--ro-bind", "/usr/lib64", "/usr/lib64"], ["--symlink", "usr/lib64", "/lib64"],
    ["--proc", "/proc"], ["--dev", "/dev"], ["--tmpfs", "/tmp"],
    ["--ro-bind", "/etc/passwd", "/etc/passwd"], ["--ro-bind-try", "/etc/ssl", "/etc/ssl"],
    ["--ro-bind", MODULES, MODULES], ["--bind", NOTES, NOTES],
]
# Single programs instead of all of /usr/bin.
NARROW_BWRAP = [group for group in BWRAP if "/usr/bin" not in group[1:2]] + [
    ["--ro-bind", f"/usr/bin/{name}", f"/usr/bin/{name}"] for name in ("node", "sh", "env")] + [
    ["--symlink", "../lib/node_modules/npm/bin/npx-cli.js", "/usr/bin/npx"]]

FIREJAIL = [
    f"whitelist {FOLDER}", f"whitelist {NOTES}", "private-bin node,npx,sh,dash,env,bash",
    "private-etc passwd,ssl,alternatives", "private-dev", "private-tmp", "net none", "seccomp",
    "caps.drop all",
]
# What narrows it further.
FIREJAIL_LESS = [
    "blacklist /usr/bin/node", "blacklist /usr/lib/x86_64-linux-gnu", "blacklist /lib64",
    f"blacklist {NOTES}", f"blacklist {MODULES}", "private-bin sh,env,bash", "private-bin node,npx",
    "private-etc ssl", "blacklist /dev/null", "blacklist /bin/sh", "blacklist /usr/bin/env",
    "noexec ${HOME}", "nogroups", f"blacklist {HOME}/.ssh", "blacklist /usr/lib/node_modules",
]


def bwrap_cases(chance):
    for number in range(COUNT):
        base = NARROW_BWRAP if number % 3 == 2 else BWRAP
        gone = chance.sample(range(len(base)), chance.choice((0, 1, 1, 1, 2, 3) if number else (0,)))
        launch = chance.choice(list(LAUNCHES))
        words = [word for at, group in enumerate(base) if at not in gone for word in group]
        yield (launch, [base[at] for at in gone],
               ["bwrap", "--clearenv", "--die-with-parent", *words, "--", *LAUNCHES[launch]], "")


def firejail_cases(chance):
    for number in range(COUNT):
        gone = set(chance.sample(range(len(FIREJAIL)), chance.choice((0, 1, 1, 2))))
        more = chance.sample(FIREJAIL_LESS, chance.choice((0, 1, 1, 2)))
        launch = chance.choice(list(LAUNCHES))
        lines = [f"whitelist {HOME}/.mcp-nothing"]
        lines += [line for at, line in enumerate(FIREJAIL) if at not in gone] + more
        words = ["env", "-i", f"HOME={HOME}", f"PATH={MODULES}/.bin:/usr/bin:/bin",
                 "firejail", "--quiet", "--profile=./p.profile", "--", *LAUNCHES[launch]]
        yield launch, [FIREJAIL[at] for at in gone] + ["+ " + line for line in more], words, \
            "\n".join(lines) + "\n"


def predicted(project):
    words, env = as_user("sam", [SANDLINT, "check", ".", "--format", "json", "--host", "live",
                                 "--fail-on", "never"])
    run = subprocess.run(words, env=env, cwd=project, capture_output=True, text=True)
    return sorted({f"{finding['rule']}: {finding['message']}"
                   for finding in json.loads(run.stdout)["findings"]
                   if finding["rule"] in BREAKS and finding["confidence"] != "low"})


def works(project, argv):
    words, env = as_user("sam", argv)
    session = mcp.Session(words, project, env, seconds=120)
    try:
        if not session.start():
            return "no handshake: " + session.end()[-300:]
        text = session.call("read_text_file", {"path": f"{NOTES}/note.txt"})
        return "" if text and "a note" in text else f"the call gave {text!r}"
    finally:
        session.end()


def judge(job):
    number, tool, (launch, gone, argv, profile) = job
    project = pathlib.Path(f"{HOME}/{tool}-{number}")
    project.mkdir()
    (project / ".mcp.json").write_text(json.dumps(
        {"mcpServers": {"files": {"command": argv[0], "args": argv[1:]}}}))
    if profile:
        (project / "p.profile").write_text(profile)
    return tool, launch, gone, predicted(project), works(project, argv)


def main():
    modules = pathlib.Path(MODULES)
    modules.mkdir(parents=True)
    subprocess.run(["mount", "--bind", HERE / "node_modules", modules], check=True)
    pathlib.Path(NOTES).mkdir()
    (pathlib.Path(NOTES) / "note.txt").write_text("a note\n")
    subprocess.run(["chown", "-R", "sam:", f"{HOME}/notes"], check=True)
    jobs = [(number, tool, case) for tool, cases in (("bwrap", bwrap_cases), ("firejail", firejail_cases))
            for number, case in enumerate(cases(random.Random(SEED)))]
    counts, missed = {}, 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for tool, launch, gone, rules, why in pool.map(judge, jobs):
            key = (tool, "breaks" if why else "works", "predicted" if rules else "not predicted")
            counts[key] = counts.get(key, 0) + 1
            if bool(why) != bool(rules):
                missed += bool(why)
                print(f"{tool} {launch} without {gone}: {rules or 'no prediction'}, and {why or 'works'}")
    for key in sorted(counts):
        print(*key, counts[key])
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
