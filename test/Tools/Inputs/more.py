#!/usr/bin/env python3
"""more.py IN OUT: a model with one more table and feature, in front of all."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    model = json.load(file)
model["tables"].insert(0, {"name": "more", "rows": 7, "width": 3})
model["features"].insert(0, {"name": "more", "table": "more"})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(model, file)
