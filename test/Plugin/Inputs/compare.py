"""Compiles emb IR to PTX in mlir-opt, which gets RecFlex as a plugin, and in
recflex-opt: what they print must be the same, byte for byte, and the PTX in it
what `recflex compile --emit=ptx` has written.

usage: compare.py PLUGIN IMPORTED.mlir SAMPLES.safetensors COMPILED.ptx
"""

import re
import subprocess
import sys

PIPELINE = ("builtin.module(func.func(emb-import-stats{{batches={samples}}}),"
            "recflex-schedule,recflex-lower{{chip=sm_90}},"
            "gpu-module-to-binary{{format=isa}})")


def run(tool, options, imported, samples):
    pipeline = PIPELINE.format(samples=samples)
    return subprocess.run([tool, *options, imported, f"--pass-pipeline={pipeline}"],
                          check=True, capture_output=True).stdout


def assembly(printed):
    """The PTX of the one gpu.binary. MLIR prints what is not printable, quotes
    and backslashes as two hexadecimal digits."""
    [text] = re.findall(rb'#gpu\.object<#emb\.target<chip = "sm_90">, assembly = '
                        rb'"((?:[^"\\]|\\..)*)">', printed)
    return re.sub(rb"\\(\\|[0-9A-F]{2})",
                  lambda m: b"\\" if m[1] == b"\\" else bytes.fromhex(m[1].decode()),
                  text)


def main(plugin, imported, samples, compiled):
    load = [f"--load-dialect-plugin={plugin}", f"--load-pass-plugin={plugin}"]
    guest = run("mlir-opt", load, imported, samples)
    if guest != run("recflex-opt", [], imported, samples):
        return "mlir-opt with the plugin and recflex-opt print different IR"
    with open(compiled, "rb") as file:
        if assembly(guest) != file.read():
            return f"the PTX differs from {compiled}"
    print(f"{len(guest)} bytes of IR, {len(assembly(guest))} of PTX: the same")
    return 0


sys.exit(main(*sys.argv[1:]))
