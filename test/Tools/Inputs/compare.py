#!/usr/bin/env python3
"""compare.py A B TOLERANCE: whether two files of pooled rows are equal."""

import json
import struct
import sys


def read(path):
    """Shape and numbers of the only tensor, f32."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        header.pop("__metadata__", None)
        (tensor,) = header.values()
        assert tensor["dtype"] == "F32", tensor
        data = file.read()
    return tensor["shape"], struct.unpack(f"<{len(data) // 4}f", data)


(a_shape, a), (b_shape, b) = read(sys.argv[1]), read(sys.argv[2])
tolerance = float(sys.argv[3])
if a_shape != b_shape:
    sys.exit(f"shapes {a_shape} and {b_shape} differ")
if not any(a):
    sys.exit("all zeros: nothing was pooled")
for i, (x, y) in enumerate(zip(a, b)):
    if not abs(x - y) <= tolerance * max(1.0, abs(x), abs(y)):
        sys.exit(f"element {i}: {x} and {y} differ")
print(f"equal: {a_shape}")
