#!/usr/bin/env python3
"""inspected.py ARTIFACT JSON MANIFEST PTX: whether what `recflex inspect` says of
an artifact, and takes out of it, is what stands in the file."""

import hashlib
import json
import struct
import sys

artifact, inspected, manifest, ptx = (open(path, "rb").read() for path in sys.argv[1:])
said = json.loads(inspected)

magic, version, abi, length, count, zero = struct.unpack_from("<8sIIQII", artifact)
assert magic == b"RECFLEX\0" and zero == 0
assert said["bytes"] == length == len(artifact)
assert (said["formatVersion"], said["abiVersion"]) == (version, abi)
table = artifact[64:64 + 64 * count]
assert artifact[32:64] == hashlib.sha256(artifact[:32] + table).digest()

assert len(said["sections"]) == count
contents = {}
for section, entry in zip(said["sections"], struct.iter_unpack("<II8sQQ32s", table)):
    kind, _, chip, offset, size, digest = entry
    assert section["kind"] == {1: "manifest", 2: "ptx", 3: "cubin"}[kind], section
    assert section.get("chip", "") == chip.rstrip(b"\0").decode(), section
    assert (section["offset"], section["bytes"]) == (offset, size), section
    assert section["sha256"] == digest.hex(), section
    contents[kind] = artifact[offset:offset + size]
    assert digest == hashlib.sha256(contents[kind]).digest(), section
assert contents[1] == manifest and contents[2] == ptx
assert said["manifest"] == json.loads(manifest)
assert list(said["manifest"])[:4] == ["name", "chip", "ptxVersion", "leastDriver"]
