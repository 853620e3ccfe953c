"""Fails for blocks of code in a page that no test looks at.

usage: covered.py TESTS PAGE...

TESTS is the folder of the tests: their RUN lines say which script takes which page,
and here is what each script takes of it.
"""

import glob
import os
import re
import sys

TAKES = {
    "examples.py": {"sh", "mlir"},
    "reference.py": {"mlir"},
    "snippets.py": {"c++", "tablegen", "cmake"},
}


def find_covered(tests):
    """Page's name -> languages of the blocks that are tested."""
    covered = {}
    for path in glob.glob(os.path.join(tests, "**", "*"), recursive=True):
        if not path.endswith((".test", ".mlir")):
            continue
        with open(path) as file:
            runs = re.findall(r"RUN: .*/(\w+\.py) %docs/(\S+)", file.read())
        for script, page in runs:
            covered.setdefault(os.path.basename(page), set()).update(TAKES.get(script, set()))
    return covered


def main(tests, *pages):
    covered = find_covered(tests)
    wrong = 0
    for path in pages:
        with open(path) as file:
            # Every other fence begins a block; one without a language is a list
            # of options, or what a program prints.
            languages = set(re.findall(r"^ *```(.*)$", file.read(), flags=re.M)[::2])
        languages.discard("")
        if not languages:
            return f"{path}: no code found"
        untested = languages - covered.get(os.path.basename(path), set())
        for language in sorted(untested):
            print(f"{path}: no test takes its ```{language} blocks; see {__file__}",
                  file=sys.stderr)
        wrong += len(untested)
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
