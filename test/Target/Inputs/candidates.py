#!/usr/bin/env python3
"""The schedules that lib/Schedules offers, as fused lookups to compile.

`candidates` says the same as the functions add...Candidates there.
"""

import itertools

ROW_BYTES = {"f32": 4, "f16": 2, "bf16": 2}


def power_of_two_ceil(value):
    return 1 << (value - 1).bit_length()


def vectors(row_type, width):
    """From the widest load that tiles the row down to single elements."""
    vector = min(16 // ROW_BYTES[row_type], width & -width)
    while vector >= 1:
        yield vector
        vector //= 2


def candidates(row_type, width, pooling, weighted, index_type, threads=128):
    """Pairs ((kind, vector, unroll), schedule) of all that a lookup is offered."""
    for vector in vectors(row_type, width):
        lanes = min(32, power_of_two_ceil(-(-width // vector)))
        long_mean = pooling == "mean" and index_type == "i64"
        for unroll in (4, 2, 1):
            if vector * unroll > (8 if long_mean else 16):
                continue
            yield ("gather", vector, unroll), (
                f"gather<vector = {vector}, lanes = {lanes}, unroll = {unroll}>")
        for group in sorted({lanes, max(1, lanes // 2)}):
            for unroll in (8, 4, 2, 1):
                if unroll > (4 if weighted else 8) or vector * unroll > (16 if weighted else 32):
                    continue
                yield ("sub_warp", vector, unroll), (
                    f"sub_warp<vector = {vector}, lanes = {group}, "
                    f"unroll = {unroll}>")
        for group in sorted({lanes, max(1, lanes // 2)}):
            for samples, unroll in itertools.product(
                    (128 // group, 512 // group), (8, 4, 2, 1)):
                limit = 64 >> (weighted + (pooling == "mean") + long_mean)
                if vector == 8:
                    limit = 0 if weighted or pooling == "mean" else 32
                if unroll > 1 and vector * unroll * ROW_BYTES[row_type] > limit:
                    continue
                yield ("segmented_scan", vector, unroll), (
                    f"segmented_scan<vector = {vector}, lanes = {group}, "
                    f"samples = {samples}, unroll = {unroll}>")
        for rows, parts, unroll in itertools.product(
                (32 // lanes, 128 // lanes), (2, 4, 8, 16), (8, 4, 2, 1)):
            heavy = weighted or long_mean
            if unroll > (4 if heavy else 8) or vector * unroll > (8 if long_mean else 16 if weighted else 32):
                continue
            yield ("multi_block", vector, unroll), (
                f"multi_block<vector = {vector}, lanes = {lanes}, rows = {rows}, "
                f"parts = {parts}, unroll = {unroll}>")
        rows = 2
        while rows * lanes <= threads:
            for unroll in (4, 2, 1):
                yield ("block_reduce", vector, unroll), (
                    f"block_reduce<vector = {vector}, lanes = {lanes}, "
                    f"rows = {rows}, unroll = {unroll}>")
            rows *= 2


def model(row_type, index_type, pooling, weighted, bodies, rows=1000):
    """One fused lookup; `bodies` are pairs (width, schedule)."""
    widths = sorted({width for width, _ in bodies})
    tables = [f"%t{width}" for width in widths]
    types = [f"tensor<{rows}x{width}x{row_type}>" for width in widths]
    kjt = f"!emb.kjt<{len(bodies)} x {index_type}>"
    features, column = [], 0
    for key, (width, schedule) in enumerate(bodies):
        features.append(
            f"#emb.fused_feature<key = {key}, table = {widths.index(width)}, "
            f"pooling = {pooling}, weighted = {str(weighted).lower()}, "
            f"column = {column}, schedule = #emb.{schedule}>")
        column += width
    result = f"tensor<?x{column}xf32>"
    arguments = ", ".join(
        [f"%kjt: {kjt}"] + (["%w: tensor<?xf32>"] if weighted else []) +
        [f"{name}: {kind}" for name, kind in zip(tables, types)])
    return (f"func.func @model({arguments}) -> {result} {{\n"
            f"  %0 = emb.fused_lookup %kjt tables({', '.join(tables)})"
            f"{' weights(%w)' if weighted else ''} [\n    "
            + ",\n    ".join(features) +
            f"\n  ] occupancy <threads = 128, blocks = 10>\n"
            f"    : {kjt}, {', '.join(types)}"
            f"{' weights tensor<?xf32>' if weighted else ''} -> {result}\n"
            f"  return %0 : {result}\n}}\n")
