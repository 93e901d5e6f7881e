#!/usr/bin/env python3
"""Whole runs of sandlint against their budgets: time of the process, and memory.

    scripts/measure.py SANDLINT
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parents[1]
# name, FILES, milliseconds, megabytes, runs
BUDGETS = [("the example tree", 0, 15, 60, 30), ("200 files", 200, None, None, 5),
           ("2,000 files", 2000, 400, 60, 5)]


def once(words):
    """Milliseconds and megabytes of one run; what it found is of no interest."""
    begin = time.perf_counter()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"measure: {' '.join(words)} ended with {child.returncode}")
    return (time.perf_counter() - begin) * 1000, usage.ru_maxrss / 1024


def measure(sandlint, tree, runs, options):
    results = [once([sandlint, "check", *options, str(tree)]) for _ in range(runs)]
    times = sorted(result[0] for result in results)
    return times[len(times) // 2], max(result[1] for result in results)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    over = False
    with tempfile.TemporaryDirectory() as work:
        for name, files, most_time, most_memory, runs in BUDGETS:
            tree = HOME / "examples" / "notes-app"
            if files:
                tree = pathlib.Path(work) / str(files)
                subprocess.run([sys.executable, HOME / "scripts" / "make-tree.py", tree, str(files)], check=True)
            for options in (["--quiet"], ["--format", "sarif"], ["--format", "json"]):
                took, memory = measure(sys.argv[1], tree, runs, options)
                late = most_time is not None and took > most_time
                fat = most_memory is not None and memory > most_memory
                over = over or late or fat
                budget = f"  (budget {most_time} ms, {most_memory} MB)" if most_time else ""
                print(f"{name:18} {' '.join(options):16} {took:8.1f} ms {memory:7.1f} MB{budget}"
                      f"{'  OVER' if late or fat else ''}")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
