"""Checks that the files of a `recflex explain` report are whole: plots are
well-formed, with finite numbers inside of the picture, and the page needs no
other file.

usage: explain-report.py FOLDER
"""

import os
import re
import sys
import xml.etree.ElementTree as xml

PLOTS = ["estimates.svg", "occupancy.svg", "schedules.svg", "shares.svg"]
folder = sys.argv[1]
assert sorted(os.listdir(folder)) == sorted(PLOTS + ["index.html"])


def read(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


page = read("index.html")
for name in PLOTS:
    text = read(name)
    root = xml.fromstring(text)
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        for attribute, most in (("x", width), ("cx", width), ("x1", width),
                                ("x2", width), ("y", height), ("cy", height),
                                ("y1", height), ("y2", height)):
            if element.get(attribute) is not None:
                assert 0 <= float(element.get(attribute)) <= most, name
        for number in re.split(r"[ MLh]+", element.get("d") or ""):
            float(number or 0)
    texts = [element.text for element in root.iter() if element.tag.endswith("}text")]
    assert any(": us a batch" in text or ": block-us a batch" in text
               or ": %" in text or ": elements" in text for text in texts), name
    assert "prefers-color-scheme: dark" in text
    assert text in page

assert not re.search(r"(src|href)=|url\(|@import", page)
