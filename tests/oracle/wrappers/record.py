"""Runs every case of a table inside of namespace.sh: record.py [--write] TABLE [ID...]."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HOME = "/home/wrapdev"
PROJECT = HOME + "/project"
UID = 4711
USERS = (4711, 4712, 4713, 4714)
FILES = [".ssh/id_rsa", ".aws/credentials", ".config/x", ".config/gh/hosts.yml",
         ".claude/settings.json", ".gnupg/k", ".netrc", ".npmrc", ".docker/config.json", "secret.txt",
         "Documents/d.txt", "project/src/a.js", "project/.env", "project2/f"]
FOLDERS = ["", ".ssh/", ".config/", ".claude/", ".local/bin/", "project/"]
PRIVATE = {".ssh/id_rsa", ".aws/credentials", ".gnupg/k", ".netrc", ".npmrc", ".docker/config.json"}
KEYS = (["$HOME/" + name for name in FILES] + ["$HOME/project/.mcp.json", "/home/other/.ssh/id_rsa",
        "/etc/shadow"] + ["$HOME/" + name for name in FOLDERS])
SECRETS = {"AWS_SECRET_ACCESS_KEY": "WRAPENV-aws", "GITHUB_TOKEN": "WRAPENV-gh",
           "NPM_TOKEN": "WRAPENV-npm", "SSH_AUTH_SOCK": "/tmp/ssh-wrap/agent.100"}
CLIENT = {"HOME": HOME, "USER": "wrapdev", "LOGNAME": "wrapdev", "SHELL": "/bin/bash",
          "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb",
          "XDG_RUNTIME_DIR": "/run/user/4711", **SECRETS}
RANK = {"none": 0, "ro": 1, "rw": 2}
ACCEPT = """
import socket, threading
def serve(address):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(address)
    server.listen(50)
    while True:
        server.accept()[0].close()
for host in ("140.82.112.5", "203.0.113.10"):
    threading.Thread(target=serve, args=((host, 443),)).start()
"""


def listen(family, address):
    server = socket.socket(family)
    server.bind(address)
    server.listen(50)
    if isinstance(address, str):
        own = "4711" in address or "ssh-wrap" in address
        os.chmod(address, 0o600 if own else 0o666)
        if own:
            os.chown(address, UID, UID)

    def accept():
        while True:
            server.accept()[0].close()

    threading.Thread(target=accept, daemon=True).start()


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def processes():
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat("/proc/" + name).st_uid in USERS:
                yield int(name)
        except OSError:
            pass


def kill_left():
    for _ in range(5):
        left = list(processes())
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        if not left:
            return
        time.sleep(0.02)


def secret_text(name):
    text = "WRAPSECRET:$HOME/%s\n" % name
    if name == "project/.env":
        return "DB_PASSWORD=WRAPENV-db\n# " + text
    return '{"s":"WRAPSECRET:$HOME/%s"}\n' % name if name.endswith(".json") else text


def make_home(case):
    for folder in (HOME, "/home/other"):
        shutil.rmtree(folder, ignore_errors=True)
    for name in os.listdir("/tmp"):
        if name != "ssh-wrap":
            subprocess.run(["rm", "-rf", "/tmp/" + name], check=True)
    for name in FILES:
        write(HOME + "/" + name, secret_text(name), 0o600 if name in PRIVATE else 0o644)
    write("/home/other/.ssh/id_rsa", "WRAPSECRET:/home/other/.ssh/id_rsa\n", 0o600)
    for name in (".bashrc", ".profile", ".gitconfig"):
        write(HOME + "/" + name, "# %s\n" % name)
    for name in (".local/bin", ".cache", ".npm"):
        os.makedirs(HOME + "/" + name)
    for path, text in case["files"].items():
        write(PROJECT + "/" + path, text, 0o755 if text.startswith("#!") else 0o644)
    for path in case.get("probe_at", []):
        os.makedirs(os.path.dirname(HOME + "/" + path), exist_ok=True)
        shutil.copy("/mnt/pub/probe", HOME + "/" + path)
    write(PROJECT + "/server.js", "// node is the probe\n")
    subprocess.run(["chown", "-R", "-h", "4711:4711", HOME], check=True)
    subprocess.run(["chown", "-R", "4714:4714", "/home/other"], check=True)
    for folder in (HOME, HOME + "/.ssh", HOME + "/.gnupg", "/home/other", "/home/other/.ssh"):
        os.chmod(folder, 0o700)


def expand(text, env):
    """As the client does: ${X} and ${X:-y}."""
    return re.sub(r"\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}",
                  lambda m: env.get(m[1]) or (m[2] if m[2] is not None else m[0]), text)


def prepare(variant):
    """The setup of a variant; returns the mounts to undo and the directory of the client."""
    undo, directory = [], PROJECT
    as_user = ["setpriv", "--reuid=4711", "--regid=4711", "--clear-groups"]
    for step in variant.get("setup", []):
        if step.startswith("hide:"):
            subprocess.run(["mount", "--bind", "/mnt/pub/empty", step[5:]], check=True)
            undo.append(step[5:])
        elif step.startswith("cwd:"):
            directory = step[4:].replace("$HOME", HOME)
        elif step == "server-exits-1":
            subprocess.run(["mount", "--bind", "/mnt/pub/probe1", "/usr/bin/node"], check=True)
            undo.append("/usr/bin/node")
        else:
            prefix = as_user if step.startswith("user:") else []
            subprocess.run(prefix + ["bash", "-c", step.removeprefix("user:")], check=True,
                           env=dict(CLIENT), cwd=HOME)
    return undo, directory


def inodes():
    found = {}
    for key in KEYS:
        try:
            stat = os.stat(key.replace("$HOME", HOME))
            found[(stat.st_dev, stat.st_ino)] = key
        except OSError:
            pass
    return found


def become_user():
    os.setsid()
    os.setgroups([])
    os.setgid(UID)
    os.setuid(UID)
    os.umask(0o022)


def start(case, variant, directory):
    """The lines of the probe."""
    env = dict(CLIENT)
    for key, value in variant.get("env", {}).items():
        if value is None:
            env.pop(key, None)
        else:
            env[key] = value.replace("$HOME", HOME)
    server = json.loads(case["files"][".mcp.json"])["mcpServers"]["srv"]
    for key, value in server.get("env", {}).items():
        env[key] = expand(value, env)
    argv = [expand(word, env) for word in [server["command"], *server.get("args", [])]]
    try:
        process = subprocess.Popen(argv, cwd=directory, env=env, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   preexec_fn=become_user)
    except OSError:
        return []
    try:
        output, _ = process.communicate(b"", timeout=12)
    except subprocess.TimeoutExpired:
        kill_left()
        process.kill()
        output, _ = process.communicate()
    kill_left()
    lines = output.decode("utf8", "replace").splitlines()
    return [json.loads(line[7:]) for line in lines if line.startswith("@@WRAP ")]


def join(worst, run, nodes):
    for file in run["files"]:
        key = nodes.get((file["dev"], file["ino"]))
        access = file["acc"]
        if key is None:  # a copy
            key, access = file["tag"].split(":")[0], "ro"
        if key in KEYS and RANK[access] > RANK[worst["paths"].get(key, "none")]:
            worst["paths"][key] = access
    values = [one.split("=", 1)[1] for one in run["env"] if "=" in one]
    for name, secret in SECRETS.items():
        if any(secret in value for value in values):
            worst["env"].add(name)
        if run["proc_environ"][name]:
            worst["proc"].add(name)
    worst["tcp"] |= run["tcp"]
    worst["unix"] |= any(open_ for path, open_ in run["unix"].items() if not path.startswith("@"))


def record(case):
    worst = {"paths": {}, "env": set(), "proc": set(), "tcp": False, "unix": False}
    for variant in case["variants"]:
        make_home(case)
        undo, directory = prepare(variant)
        nodes = inodes()
        runs = start(case, variant, directory)
        variant["starts"] = bool(runs)
        for run in runs:
            join(worst, run, nodes)
        for path in reversed(undo):
            subprocess.run(["umount", path], check=True)
    worst["env"], worst["proc"] = sorted(worst["env"]), sorted(worst["proc"])
    return worst


def differences_of(recorded, now):
    """The keys that differ, each with both values."""
    found = {key: (recorded[key], now[key]) for key in ("env", "proc", "tcp", "unix")
             if recorded[key] != now[key]}
    for key in sorted(recorded["paths"].keys() | now["paths"].keys()):
        values = recorded["paths"].get(key, "none"), now["paths"].get(key, "none")
        if values[0] != values[1]:
            found[key] = values
    return found


def main():
    words = [word for word in sys.argv[1:] if word != "--write"]
    table_path, wanted = words[0], set(words[1:])
    with open(table_path, encoding="utf-8") as file:
        table = json.load(file)
    os.mkdir("/tmp/ssh-wrap", 0o700)
    os.chown("/tmp/ssh-wrap", UID, UID)
    listen(socket.AF_INET, ("127.0.0.1", 18471))
    for path in ("/run/docker.sock", "/run/user/4711/bus", "/tmp/ssh-wrap/agent.100", b"\0wrapabs"):
        listen(socket.AF_UNIX, path)
    outside = subprocess.Popen(["ip", "netns", "exec", "ext", "/usr/bin/python3", "-c", ACCEPT])
    time.sleep(0.6)
    differences = 0
    for case in table["cases"]:
        if wanted and case["id"] not in wanted:
            continue
        worst = record(case)
        found = differences_of(case["worst"], worst)
        if found:
            differences += 1
            print(case["id"], found, flush=True)
        case["worst"] = worst
    outside.kill()
    print(len(table["cases"]), "cases,", differences, "differences")
    if "--write" in sys.argv:
        with open(table_path, "w", encoding="utf-8") as file:
            json.dump(table, file, indent=1)
    sys.exit(1 if differences else 0)


main()
