"""exports.py LIBRARY HEADER LIST SONAME [NEEDED...]: the library exports the
functions of the header and of the list, and nothing else; it needs the C library
and those named alone."""

import re
import subprocess
import sys

library, header, expected, soname, *others = sys.argv[1:]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def compare(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: missing {sorted(wanted - found)}, unexpected {sorted(found - wanted)}")


symbols = run("llvm-nm", "-D", "--defined-only", "--format=just-symbols", library).split()
exported = {name.split("@")[0] for name in symbols}
# The version's own name is listed as a symbol too.
exported -= {name for name in exported if re.fullmatch(r"RECFLEX_(COMPILER_)?\d+", name)}
with open(expected) as file:
    compare("symbols that are exported", exported, set(file.read().split()))
with open(header) as file:
    text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
declared = set(re.findall(r"\bRECFLEX_API\b[^;(]*?\b(recflex\w+)\(", text))
compare("functions that the header declares", declared, exported)

dynamic = run("llvm-readelf", "-d", library)
needed = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic))
allowed = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2"}
allowed |= set(others)
if needed - allowed:
    sys.exit(f"the library needs {sorted(needed - allowed)}")
if f"soname: [{soname}]" not in dynamic:
    sys.exit(f"the library's soname is not {soname}")
