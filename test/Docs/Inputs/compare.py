"""Fails, with a difference, if a checked-in page is not what the tools generate.

usage: compare.py CHECKED_IN GENERATED
"""

import difflib
import sys


def main(checked_in, generated):
    with open(checked_in) as old, open(generated) as new:
        difference = list(difflib.unified_diff(
            old.readlines(), new.readlines(), checked_in, "generated now"))
    if not difference:
        return 0
    sys.stderr.writelines(difference)
    print(f"\n{checked_in} is out of date: build the target emb-docs, "
          "which writes it again (ninja -C build emb-docs)", file=sys.stderr)
    return 1


sys.exit(main(*sys.argv[1:]))
