"""Reading, naming and writing that all converters share."""

import csv
import re
from pathlib import Path

SEED = re.compile(r"\d{3}_[0-9a-f]{16}\.txt")


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def fold(name):
    return "".join(c for c in name.lower() if c.isalnum() or c in ".+")


def slug(text):
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def number(text):
    if text in ("", None):
        return None
    f = float(text)
    return int(f) if f == int(f) else f


class Names:
    """Every name of a kind belongs to one record."""

    def __init__(self, kind):
        self.kind, self.owner, self.faults = kind, {}, []

    def claim(self, record, name):
        key = fold(name)
        if not key:
            return False
        held = self.owner.get(key)
        if held is None:
            self.owner[key] = record
            return True
        if held != record:
            self.faults.append(f"{self.kind}: {name!r} of {record} is already {held}")
        return False


def source_kind(text):
    low = text.lower()
    if SEED.search(text):
        return "seed"
    if "recalled" in low:
        return "recalled"
    if "config" in low and "transformers" not in low:
        return "config"
    return "table"
