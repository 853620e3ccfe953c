"""assemble.py PTXAS MODULE: assembles the PTX of every gpu.binary of a module.

Prints a line for each: its name, its chip and its kernels.
"""

import re
import subprocess
import sys
import tempfile

ptxas, path = sys.argv[1:]
with open(path, encoding="utf-8") as module:
    text = module.read()


def assemble(ptx, chip):
    with tempfile.NamedTemporaryFile("w", suffix=".ptx") as source:
        source.write(ptx.rstrip("\0"))
        source.flush()
        subprocess.run([ptxas, f"-arch={chip}", source.name, "-o", "/dev/null"],
                       check=True)


pattern = r'gpu\.binary @(\w+) .*?chip = "(\w+)".*?assembly = "((?:[^"\\]|\\.)*)"'
assembled = set()
for name, chip, escaped in re.findall(pattern, text):
    ptx = re.sub(r"\\([0-9A-F]{2}|.)",
                 lambda m: chr(int(m[1], 16)) if len(m[1]) == 2 else m[1], escaped)
    if ptx not in assembled:
        assemble(ptx, chip)
        assembled.add(ptx)
    kernels = re.findall(r"\.entry (\w+)\(", ptx)
    print(f"{name} {chip}: {' '.join(kernels)}")
