#!/usr/bin/python3
"""Runs the commands of docs/tutorial.md, and writes what they print, and the pictures that they make, into it.

usage: make-tutorial.py FOLDER   where the folder has coordinator and gpu-worker, as `dotnet publish src/Coordinator -c Release -o FOLDER` leaves it

The blocks marked `sh` run one after the other in one shell, in a temporary folder. A block marked `text` is what the `sh` block before it printed.
The picture of the report needs Chromium.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

DOCS = os.path.dirname(os.path.abspath(__file__))
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
WIDTH = 120


def run(commands, programs, folder):
    """What each block printed."""
    environment = {**os.environ, "PATH": f"{os.path.abspath(programs)}:{os.environ['PATH']}", "COLUMNS": str(WIDTH), "TERM": "dumb"}
    script = "set -eu\n" + "".join(f"{{\n{block}\n}} > {number}.out 2>&1\n" for number, block in enumerate(commands))
    if (result := subprocess.run(["bash", "-c", script], cwd=folder, env=environment)).returncode != 0:
        for name in sorted(name for name in os.listdir(folder) if name.endswith(".out")):
            sys.stderr.write(open(os.path.join(folder, name)).read())
        sys.exit(f"a command failed with exit code {result.returncode}")
    return [open(os.path.join(folder, f"{number}.out")).read() for number in range(len(commands))]


def screenshot(page, picture):
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,1500", "--virtual-time-budget=5000",
         f"--screenshot={picture}", f"file://{page}"], check=True, capture_output=True)


def main():
    path = os.path.join(DOCS, "tutorial.md")
    text = open(path).read()
    commands = [body for kind, body in BLOCK.findall(text) if kind == "sh"]
    with tempfile.TemporaryDirectory() as folder:
        printed = run(commands, sys.argv[1], folder)
        for picture in re.findall(r"\]\(pictures/(.*?)\)", text):
            if os.path.exists(os.path.join(folder, picture)):
                shutil.copy(os.path.join(folder, picture), os.path.join(DOCS, "pictures", picture))
        screenshot(os.path.join(folder, "runs", "second", "report.html"), os.path.join(DOCS, "pictures", "report.png"))
        number = -1

        def fill(match):
            nonlocal number
            if match[1] == "sh":
                number += 1
                return match[0]
            lines = [line.rstrip() for line in printed[number].replace(folder + "/", "").splitlines()]
            return "```text\n" + "\n".join(lines).strip("\n") + "\n```\n"

        filled = BLOCK.sub(fill, text)
    open(path, "w").write(filled)


if __name__ == "__main__":
    main()
