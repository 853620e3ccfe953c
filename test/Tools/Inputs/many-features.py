"""A model of so many features, of one to four kinds of bags.

usage: many-features.py COUNT
"""

import json
import sys

count = int(sys.argv[1])
print(json.dumps({
    "format": "recflex.model.v1",
    "name": "many",
    "tables": [{"name": "narrow", "rows": 50, "width": 4},
               {"name": "wide", "rows": 20, "width": 24}],
    "features": [{"name": f"f{i}", "table": "wide" if i % 5 == 0 else "narrow",
                  "bags": {"kind": "multi-hot-static", "hotness": 1 + i % 4}}
                 for i in range(count)],
}))
