"""Checks the object that recflex doctor --json prints.

usage: doctor.py FILE NAME...   the findings NAME must be ok, and necessary
"""

import json
import sys


def main(path, names):
    with open(path) as file:
        report = json.load(file)
    assert report["ok"] is True
    for finding in report["findings"]:
        assert finding["health"] in ("ok", "missing", "failed")
        assert finding["detail"]
        assert (finding["health"] == "ok") == (finding["remedy"] == "")
    ok = {f["name"]: f for f in report["findings"] if f["health"] == "ok"}
    for name in names:
        assert ok[name]["necessary"] is True, name
    facts = ok["recflex"]["facts"]
    assert "sm_90" in facts["chips"] and facts["artifact_format"] >= 1


main(sys.argv[1], sys.argv[2:])
