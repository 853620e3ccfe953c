"""Assembles the PTX in the *Ptx.h files of a folder, for several chips.

usage: handwritten.py FOLDER OUTPUT
"""

import glob
import os
import re
import subprocess
import sys


def main(folder, output):
    paths = sorted(glob.glob(os.path.join(folder, "*Ptx.h")))
    assert len(paths) >= 3, paths
    for path in paths:
        with open(path) as file:
            ptx = re.search(r'R"\((.*?)\)"', file.read(), flags=re.S).group(1)
        source = os.path.join(output, os.path.basename(path) + ".ptx")
        with open(source, "w") as file:
            file.write(ptx)
        for chip in ("sm_80", "sm_90", "sm_100"):
            subprocess.run(["ptxas", "-arch=" + chip, source, "-o", source + ".cubin"], check=True)


main(*sys.argv[1:])
