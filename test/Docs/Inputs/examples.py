"""Runs the examples of a page, and compares its IR with what they wrote.

usage: examples.py PAGE

Every ```sh block must succeed, in the current folder. Every ```mlir block must
occur in one of the .mlir files that they leave in out/; white space and the
names of values may differ.
"""

import glob
import re
import subprocess
import sys


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.M | re.S)


def squeezed(text):
    """Without white space, so that long lines may be wrapped anywhere, and with
    all values alike."""
    return "".join(re.sub(r"%\w+", "%", text).split())


def run(page):
    return subprocess.run(["bash", "-euxc", "".join(blocks(page, "sh"))]).returncode


def missing(page):
    written = []
    for path in glob.glob("out/*.mlir"):
        with open(path) as file:
            written.append(squeezed(file.read()))
    return [block for block in blocks(page, "mlir")
            if not any(squeezed(block) in text for text in written)]


def main(path):
    with open(path) as file:
        page = file.read()
    if code := run(page):
        return code
    wrong = missing(page)
    for block in wrong:
        print(f"{path}: no file in out/ has this; bring it up to date:\n{block}",
              file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
