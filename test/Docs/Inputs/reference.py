"""Fails for IR in a page that no file has.

usage: reference.py PAGE FILE...

Every ```mlir block must occur in one of the files; if it shows IR before and
after a pass, each half must. Three dots and comments leave something out;
white space, the names of values and ways to write a number may differ.
"""

import re
import sys


def squeezed(text):
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"%\w+(?:#\d+)?", "%", text)
    text = re.sub(r"\d+\.\d+(?:[eE][+-]?\d+)?", lambda m: repr(float(m[0])), text)
    return "".join(text.split())


def missing(example, text):
    """How many pieces of the example the text has, in order, and the next one;
    None if it has them all."""
    position = 0
    pieces = re.sub(r"//.*", "...", example).split("...")
    for number, piece in enumerate(map(squeezed, pieces)):
        found = text.find(piece, position)
        if found < 0:
            return number, piece
        position = found + len(piece)
    return None


def main(page, *paths):
    files = []
    for path in paths:
        with open(path) as file:
            files.append(squeezed(file.read()))
    with open(page) as file:
        blocks = re.findall(r"^```mlir\n(.*?)^```", file.read(), flags=re.M | re.S)
    examples = [half for block in blocks
                for half in re.split(r"^// (?:Before|After).*$", block, flags=re.M)
                if half.strip()]
    if not examples:
        return f"{page}: no IR found"
    wrong = 0
    for example in examples:
        lacking = [missing(example, text) for text in files]
        if None in lacking:
            continue
        wrong += 1
        print(f"{page}: no test has this; bring it up to date:\n{example}", file=sys.stderr)
        (_, piece), path = max(zip(lacking, paths))
        print(f"{path}, which has most of it, lacks\n{piece}", file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
