#!/usr/bin/env python3
"""sarif.py place FILE ROOT: FILE with the place of its root and without its line hashes.
sarif.py check DIR: are all *.sarif files in DIR what the schema says, did the validator find nothing
(validated.json), and are the hashes of rewritten.sarif those of example.sarif?"""

import json
import pathlib
import sys

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE / "node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json"
HASH = "primaryLocationLineHash"


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8-sig"))


def place(file, root):
    log = load(file)
    run = log["runs"][0]
    run["originalUriBaseIds"]["%SRCROOT%"]["uri"] = pathlib.Path(root).resolve().as_uri() + "/"
    for result in run["results"]:
        del result["partialFingerprints"][HASH]
    print(json.dumps(log))


def complaints(work):
    validator = jsonschema.Draft202012Validator(load(SCHEMA))
    for name in ("example", "hostile", "empty"):
        for error in validator.iter_errors(load(work / f"{name}.sarif")):
            yield f"{name}: {error.message[:200]} at {list(error.path)}"
    run = load(work / "validated.json")["runs"][0]
    for result in run["results"]:
        yield f"{result['ruleId']}: {json.dumps(result['message'])} {json.dumps(result['locations'])}"
    for invocation in run.get("invocations", []):
        for kind in ("toolExecutionNotifications", "toolConfigurationNotifications"):
            for note in invocation.get(kind, []):
                if note.get("level") in ("error", "warning"):
                    yield f"{kind}: {note['message']['text']}"


def hashes(file):
    return [result["partialFingerprints"].get(HASH) for result in load(file)["runs"][0]["results"]]


def check(work):
    found = list(complaints(work))
    ours, theirs = hashes(work / "example.sarif"), hashes(work / "rewritten.sarif")
    if not ours or ours != theirs:
        found.append(f"line hashes differ: {ours} {theirs}")
    sys.exit("\n".join(found) or 0)


if sys.argv[1] == "place":
    place(*sys.argv[2:])
else:
    check(pathlib.Path(sys.argv[2]))
