"""Fails unless the LLVM IR has a body of each schedule for each type of row,
in the usual format and in any.

usage: bodies.py FILE SCHEDULE...
"""

import itertools
import re
import sys

with open(sys.argv[1]) as file:
    names = re.findall(r"body\d+_(\w+?)_w\d+_(f32|f16|bf16)_(\w+)", file.read())
found = {(schedule, row, rest.endswith("_any")) for schedule, row, rest in names}
wanted = set(itertools.product(sys.argv[2:],
                               ["f32", "f16", "bf16"], [False, True]))
for missing in sorted(wanted - found):
    print("no body of", missing, file=sys.stderr)
sys.exit(1 if wanted - found else 0)
