#!/usr/bin/env python3
"""Writes damaged copies of files, and batches that are wrong.

  corrupt.py truncate IN OUT         all but the last 16 bytes
  corrupt.py flip IN OUT             one bit of the middle byte flipped
  corrupt.py batch OUT DTYPE VALUES OFFSETS   a batch of those numbers
"""

import json
import struct
import sys

mode, *rest = sys.argv[1:]
if mode == "batch":
    out, dtype, *lists = rest
    code = {"I32": "i", "I64": "q", "F32": "f"}[dtype]
    header, data = {}, b""
    for name, text in zip(("values", "offsets"), lists):
        numbers = [int(field) for field in text.split(",")]
        piece = struct.pack(f"<{len(numbers)}{code}", *numbers)
        header[name] = {"dtype": dtype, "shape": [len(numbers)],
                        "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header).encode()
    data = struct.pack("<Q", len(text)) + text + data
else:
    source, out = rest
    with open(source, "rb") as file:
        data = bytearray(file.read())
    if mode == "truncate":
        data = data[:-16]
    else:
        data[len(data) // 2] ^= 1
with open(out, "wb") as file:
    file.write(data)
