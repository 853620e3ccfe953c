"""Checks the lines that `recflex tune --json` prints."""

import json
import sys

with open(sys.argv[1]) as file:
    lines = [json.loads(line) for line in file]
steps, result = lines[:-1], lines[-1]

assert steps and all(step["event"] == "step" for step in steps)
stages = [step["stage"] for step in steps]
assert stages == sorted(stages, key=["local", "global", "refine", "final"].index)
local = [step for step in steps if step["stage"] == "local"]
assert [step["done"] for step in local] == list(range(1, local[0]["total"] + 1))

assert result["event"] == "result" and result["estimated"] is True
assert len(result["classes"]) == local[0]["total"]
assert abs(sum(entry["share"] for entry in result["classes"]) - 1) < 1e-6
for entry in result["classes"]:
    assert entry["features"] and entry["chosen"]["schedule"].startswith("#emb.")
    assert entry["chosen"]["cost"] >= entry["cost_model"]["cost"]
assert result["seconds_per_batch"] <= min(
    kernel["seconds_per_batch"] for kernel in result["kernels"])
