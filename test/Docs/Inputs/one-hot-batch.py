"""Writes a batch of one feature, 512 samples with a row each, 398 different ones.

usage: one-hot-batch.py FILE.safetensors
"""

import json
import struct
import sys


def main(path):
    arrays = {"values": [sample % 398 for sample in range(512)], "offsets": list(range(513))}
    header, data = {}, b""
    for name, numbers in arrays.items():
        begin = len(data)
        data += struct.pack(f"<{len(numbers)}i", *numbers)
        header[name] = {"dtype": "I32", "shape": [len(numbers)], "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


main(*sys.argv[1:])
