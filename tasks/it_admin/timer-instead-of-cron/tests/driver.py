"""Prints settings of unit files in one spelling: yes and no for booleans, seconds for spans, calendar without seconds."""
import re
import sys

UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600, "hour": 3600, "minutes": 60, "seconds": 1, "minute": 60, "hours": 3600}


def settings(name, wanted):
    found, section = {}, ""
    for line in open(name, encoding="utf-8"):
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]").lower()
        elif "=" in line and not line.startswith(("#", ";")) and section == wanted.lower():
            key, value = line.split("=", 1)
            found[key.strip().lower()] = value.strip()
    return found


def plain(key, value):
    if key in ("nonewprivileges", "privatetmp", "persistent"):
        return "yes" if value.lower() in ("yes", "true", "1", "on") else "no"
    if key.endswith("sec"):
        parts = re.findall(r"(\d+)\s*([a-z]*)", value.lower())
        return str(sum(int(n) * UNITS.get(u, 10**9) for n, u in parts))
    if key == "oncalendar":
        value = value.lower().replace("*-*-*", " ").replace("mon-fri", "mon..fri").replace("mon,tue,wed,thu,fri", "mon..fri")
        return re.sub(r"\s+", " ", re.sub(r"(\d\d:\d\d):00$", r"\1", value)).strip()
    if key == "environmentfile":
        return value.lstrip("-")
    return value


for line in sys.stdin:
    name, section, *keys = line.split()
    found = settings(name, section)
    for key in map(str.lower, keys):
        print(f"{key}={plain(key, found[key]) if key in found else '-'}")
