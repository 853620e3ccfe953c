"""Fails for code in a page that no file of the example has.

usage: snippets.py PAGE FOLDER

Every ```c++, ```c, ```tablegen and ```cmake block must occur in one file of the
folder, white space apart. A comment of nothing but three dots leaves something
out.
"""

import glob
import os
import re
import sys


def squeezed(text):
    return "".join(text.split())


def occurs(block, text):
    """All pieces of the block, in order."""
    position = 0
    for piece in re.split(r"^ *(?://|#|/\*) \.\.\.(?: \*/)?$", block, flags=re.M):
        position = text.find(squeezed(piece), position)
        if position < 0:
            return False
        position += len(squeezed(piece))
    return True


def main(page, folder):
    files = []
    for path in glob.glob(os.path.join(folder, "*")):
        if os.path.isfile(path):
            with open(path) as file:
                files.append(squeezed(file.read()))
    with open(page) as file:
        blocks = re.findall(r"^```(?:c\+\+|c|tablegen|cmake)\n(.*?)^```",
                            file.read(), flags=re.M | re.S)
    wrong = [block for block in blocks
             if not any(occurs(block, text) for text in files)]
    for block in wrong:
        print(f"{page}: no file of {folder} has this; bring it up to date:\n{block}",
              file=sys.stderr)
    if not blocks:
        return f"{page}: no code found"
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
