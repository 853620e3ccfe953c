#!/usr/bin/env python3
"""Assembles what recflex emits, and fails where ptxas refuses it or spills.

  assemble.py schedules CHIP FOLDER   bodies of every kind, width and type
  assemble.py schedules CHIP FOLDER K/N
                                      every N-th combination of types and
                                      pooling, from number K on
  assemble.py ptx CHIP FILE...        PTX files
"""

import itertools
import os
import re
import subprocess
import sys

from candidates import candidates, model

WIDTHS = (1, 3, 4, 7, 8, 16, 32, 64, 128, 256, 1000, 1024)
POOLINGS = (("sum", False), ("sum", True), ("mean", False), ("mean", True),
            ("max", False))
# Dozens of bodies that each take all 48 registers may cost the kernel around
# them two more: stores and loads of eight bytes. None may spill alone.
SPILLED_TOGETHER = 16

# Schedules that the untuned rule does not take: a tuner sees what they spill in
# the kernel at hand, and what it costs.
TUNED = ("segmented_scan", "multi_block")
SPILLED_TUNED = 1024


# The kernels that check and that write any format hold a little more; what they
# spill is stored once a tile and loaded behind its loops.
SPILLED_BY_CHECKS = 512
CHECKING = ("recflex_forward_checked", "recflex_forward_any")


def assemble(chip, path):
    """Registers of the PTX file's heaviest kernel, and the bytes that kernels
    spill, those that check past SPILLED_BY_CHECKS."""
    done = subprocess.run(
        ["ptxas", "-v", f"-arch={chip}", path, "-o", os.devnull],
        capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{path}: ptxas failed:\n{done.stdout}{done.stderr}")
    kernels = re.split(r"Compiling entry function '(\w+)'", done.stderr)[1:]
    registers, spilled = [], 0
    for name, report in zip(kernels[::2], kernels[1::2]):
        spills = re.findall(r"(\d+) bytes spill (?:stores|loads)", report)
        used = re.findall(r"Used (\d+) registers", report)
        if not spills or not used:
            sys.exit(f"{path}: ptxas says nothing of {name}:\n{done.stderr}")
        registers += map(int, used)
        allowed = SPILLED_BY_CHECKS if name in CHECKING else 0
        spilled += max(0, sum(map(int, spills)) - allowed)
    return max(registers), spilled


def compile_and_assemble(chip, folder, key, bodies):
    row_type, index_type, pooling, weighted, rows = key
    source, ptx = os.path.join(folder, "model.mlir"), os.path.join(folder, "model.ptx")
    with open(source, "w", encoding="utf-8") as file:
        file.write(model(row_type, index_type, pooling, weighted, bodies, rows))
    done = subprocess.run(
        ["recflex", "compile", source, "--emit=ptx", f"--arch={chip}", "-o", ptx],
        capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{key}: recflex failed:\n{done.stderr}")
    return assemble(chip, ptx)


def pick(key, turn):
    """A body of each kind, vector and unroll; another one in every turn, so that
    all of them see every width in the end."""
    row_type, index_type, pooling, weighted, _ = key
    classes = {}
    for width in WIDTHS:
        for name, schedule in candidates(
                row_type, width, pooling, weighted, index_type):
            classes.setdefault(name, []).append((width, schedule))
    # 7 has no factor in common with most counts: the turns differ widely.
    return [bodies[turn * 7 % len(bodies)] for bodies in classes.values()]


def spilling_alone(chip, folder, key, bodies):
    """Those of the bodies that spill in a kernel of their own."""
    culprits = []
    for body in bodies:
        spilled = compile_and_assemble(chip, folder, key, [body])[1]
        if spilled:
            culprits.append(f"width {body[0]}, {body[1]}: {spilled} bytes")
    return culprits


def assemble_schedules(chip, folder, part="0/1"):
    os.makedirs(folder, exist_ok=True)
    keys = [(row, index, pooling, weighted, 1000)
            for row, index, (pooling, weighted) in itertools.product(
                ("f32", "f16", "bf16"), ("i32", "i64"), POOLINGS)]
    # Tables past 2^31 rows are addressed by 64-bit row numbers.
    keys += [("f32", "i64", "sum", True, 3 << 30), ("f16", "i64", "mean", True, 3 << 30)]
    culprits, total = [], 0
    print(f"{'rows':5} {'index':5} {'pooling':13} {'bodies':>6} {'registers':>9} {'spilled':>7}")
    first, step = map(int, part.split("/"))
    for turn, key in list(enumerate(keys))[first::step]:
        picked = pick(key, turn)
        tuned = [body for body in picked if body[1].startswith(TUNED)]
        ruled = [body for body in picked if not body[1].startswith(TUNED)]
        for bodies, allowed in (ruled, SPILLED_TOGETHER), (tuned, SPILLED_TUNED):
            total += len(bodies)
            registers, spilled = compile_and_assemble(chip, folder, key, bodies)
            pooling = key[2] + (" weighted" if key[3] else "")
            print(f"{key[0]:5} {key[1]:5} {pooling:13} {len(bodies):6} {registers:9} "
                  f"{spilled:7}{'  wide' if key[4] > 1 << 31 else ''}", flush=True)
            alone = spilling_alone(chip, folder, key, bodies) if spilled and bodies is ruled else []
            culprits += alone
            if spilled > allowed and not alone:
                culprits.append(f"{key}: {spilled} bytes together")
    for culprit in culprits:
        print(f"  {culprit}")
    print(f"{chip}: {total} bodies, {len(culprits)} spill")
    return not culprits


def assemble_files(chip, paths):
    passed = True
    for path in paths:
        registers, spilled = assemble(chip, path)
        print(f"{path}: {registers} registers, {spilled} bytes spilled")
        passed &= spilled == 0
    return passed


if __name__ == "__main__":
    mode, chip, *rest = sys.argv[1:]
    ok = assemble_schedules(chip, *rest) if mode == "schedules" else assemble_files(chip, rest)
    sys.exit(0 if ok else 1)
