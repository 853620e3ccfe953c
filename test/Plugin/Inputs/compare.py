"""Compiles emb IR in mlir-opt, which gets RecFlex as a plugin, and in recflex-opt:
what they print and the artifacts that they write must be the same, byte for byte,
and the artifact the one of `recflex compile`, with the PTX that was printed.

usage: compare.py PLUGIN IMPORTED.mlir SAMPLES.safetensors COMPILED.recflex
"""

import glob
import re
import subprocess
import sys
import tempfile

PIPELINE = ("builtin.module(func.func(emb-import-stats{{batches={samples}}}),"
            "recflex-schedule,recflex-lower{{chip=sm_90}},"
            "emb-write-artifacts{{folder={folder}}},"
            "gpu-module-to-binary{{format=isa}})")


def run(tool, options, imported, samples):
    """What is printed, and the one artifact."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = PIPELINE.format(samples=samples, folder=folder)
        printed = subprocess.run([tool, *options, imported, f"--pass-pipeline={pipeline}"],
                                 check=True, capture_output=True).stdout
        [path] = glob.glob(f"{folder}/*.recflex")
        with open(path, "rb") as file:
            return printed, file.read()


def assembly(printed):
    """The PTX of the one gpu.binary. MLIR prints what is not printable, quotes
    and backslashes as two hexadecimal digits."""
    [text] = re.findall(rb'#gpu\.object<#nvvm\.target<chip = "sm_90">, '
                        rb'properties = \{O = 4 : i32\}, assembly = '
                        rb'"((?:[^"\\]|\\.)*)">', printed)
    return re.sub(rb"\\(\\|[0-9A-F]{2})",
                  lambda m: b"\\" if m[1] == b"\\" else bytes.fromhex(m[1].decode()),
                  text)


def main(plugin, imported, samples, compiled):
    load = [f"--load-dialect-plugin={plugin}", f"--load-pass-plugin={plugin}"]
    printed, artifact = run("mlir-opt", load, imported, samples)
    if (printed, artifact) != run("recflex-opt", [], imported, samples):
        return "mlir-opt with the plugin and recflex-opt differ"
    with open(compiled, "rb") as file:
        if artifact != file.read():
            return f"the artifact differs from {compiled}"
    ptx = assembly(printed)
    if ptx not in artifact:
        return "the PTX in the IR is not the artifact's"
    print(f"{len(printed)} bytes of IR, {len(artifact)} of artifact, {len(ptx)} of PTX: the same")
    return 0


sys.exit(main(*sys.argv[1:]))
