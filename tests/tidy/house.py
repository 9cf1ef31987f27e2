"""What the checks of tests/tidy share: the files of the house, their includes, and how faults are told."""

import re
import sys
from pathlib import Path

SOURCE_FOLDERS = ("src", "tests", "fuzz", "perf", "tools", "script", ".ci", "cmake", "web")
SKIPPED = {"build", "node_modules", "__pycache__", ".git", "dist"}
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def files(root, *suffixes, folders=SOURCE_FOLDERS):
    """Files under the given folders whose names end in one of the suffixes ("" for any), sorted."""
    found = []
    for folder in folders:
        for path in (root / folder).rglob("*"):
            parts = path.relative_to(root).parts
            if path.is_file() and path.name.endswith(suffixes) and not SKIPPED.intersection(parts):
                found.append(path)
    return sorted(found)


def is_test(path):
    """Tests, and the headers that only tests include."""
    return path.name.endswith(("_test.cc", "_for_tests.h", "_for_tests.cc"))


def includes(path):
    """(line number, quote or angle bracket, name) of each include."""
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def text_of(path):
    return path.read_text(encoding="utf-8", errors="replace")


def room_of(name):
    """Room of a path below src: "core/perf/speed.h" -> "core/perf", "verbs/fit.h" -> "verbs"."""
    parts = Path(name).parts
    return "/".join(parts[:2]) if parts[0] in ("core", "host") and len(parts) > 2 else parts[0]


def run(check):
    """Runs check(root, compiler) -> (what was checked, faults) as a program; faults are lines "file:line: words"."""
    root = Path(sys.argv[1]).resolve()
    compiler = sys.argv[2] if len(sys.argv) > 2 else "g++"
    checked, faults = check(root, compiler)
    for fault in faults:
        print(str(fault).replace(f"{root}/", ""))
    print(f"{checked}: {len(faults)} faults")
    sys.exit(1 if faults else 0)
