"""A small TOML writer: deterministic, readable, one way to write each value."""

import re

BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def number(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = repr(round(value, 6))
    if text.endswith(".0"):
        return text if abs(value) < 1e15 else str(int(value))
    return text


def string(value):
    out = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{out}"'


def scalar(value):
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (bool, int, float)):
        return number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(scalar(v) for v in value) + "]"
    raise TypeError(f"cannot write {value!r}")


def key(name):
    return name if BARE.match(name) else string(name)


def pairs(table):
    return "".join(f"{key(k)} = {scalar(v)}\n" for k, v in table.items() if v is not None)


def document(head, tables=(), arrays=()):
    """head: dict; tables: [(name, dict)]; arrays: [(name, [dict])]. Empty ones are left out."""
    parts = [pairs(head)]
    for name, table in tables:
        if table and any(v is not None for v in table.values()):
            parts.append(f"[{name}]\n" + pairs(table))
    for name, items in arrays:
        for item in items:
            parts.append(f"[[{name}]]\n" + pairs(item))
    return "\n".join(parts)
