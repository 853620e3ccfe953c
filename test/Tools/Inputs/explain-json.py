"""Checks what `recflex explain --json` prints of explain.mlir."""

import json
import sys

with open(sys.argv[1]) as file:
    explained = json.load(file)

assert explained["device"] == "Test GPU" and explained["estimated"] is False
assert (explained["threads"], explained["blocks"]) == (128, 10)
classes = {entry["features"][0]: entry for entry in explained["classes"]}
assert sorted(classes) == ["colors", "item", "text", "title", "user", "viewed"]
assert abs(sum(entry["share"] for entry in classes.values()) - 1) < 1e-6
for entry in classes.values():
    assert entry["chosen"]["schedule"] == entry["schedule"]
    assert entry["runner_up"]["schedule"] != entry["schedule"]
    assert entry["cost_model"]["estimate"] <= entry["chosen"]["estimate"]
    assert 1 <= entry["estimated_rank"] <= entry["candidates"]
    assert -1 <= entry["rank_correlation"] <= 1
assert classes["text"]["failed"] == 1 and classes["user"]["failed"] == 0
assert classes["viewed"]["estimated_rank"] == 3

occupancies = explained["occupancies"]
assert [entry["blocks"] for entry in occupancies["promises"]] == [8, 10, 16]
assert all(entry["seconds_per_batch"] > 0 for entry in occupancies["promises"])
chosen = [kernel for kernel in occupancies["kernels"] if kernel["chosen"]]
assert len(chosen) == 1
assert chosen[0]["seconds_per_batch"] == explained["seconds_per_batch"]

check = explained["cost_model"]
assert check["trials"] == 87 and check["groups"] == 18
assert round(check["rank_correlation_median"], 2) == 0.76
assert round(check["rank_correlation_within_classes"], 2) == 0.63
