"""Unfinished words, paths of one machine, tests that cannot fail, foreign namespaces, files that hold two ideas."""

import re

import house

# Written in halves, so that this file does not accuse itself.
UNFINISHED = re.compile("|".join(["TO" "DO", "FIX" "ME", "\\bXX" "X\\b", "not imple" "mented", "place" "holder", "\\bfor n" "ow\\b"]))
MACHINE_PATH = re.compile("/(?:wo" "rk|ro" "ot|fa" "rm|home/[a-z]+)/[A-Za-z.]")
CANNOT_FAIL = re.compile(r"(?:EXPECT|ASSERT)_TRUE\(true\)|GTEST_S" r"KIP|\bDISABLED_\w|sleep_for|steady_clock::now")
# A machine that forbids namespaces has no box to escape from, and one without Go cannot run Go: these say so and stop.
MAY_SKIP = {"escapes_test.cc", "bundled_scores_test.cc"}
NAMESPACE = re.compile(r"^\s*namespace\s+(\w[\w:]*)\s*\{")

CODE = (".cc", ".h", ".py", ".mjs", ".ts", ".svelte", ".sh", ".cmake")
LONGEST_FILE = 600


def line_faults(path, number, line):
    if UNFINISHED.search(line):
        yield f"{path}:{number}: unfinished: {line.strip()}"
    if MACHINE_PATH.search(line):
        yield f"{path}:{number}: a path of one machine: {line.strip()}"
    if house.is_test(path) and CANNOT_FAIL.search(line) and not (path.name in MAY_SKIP and "GTEST_S" "KIP" in line):
        yield f"{path}:{number}: a test that cannot fail, is skipped or takes the time: {line.strip()}"
    match = NAMESPACE.match(line)
    if match and path.suffix in (".cc", ".h") and not house.is_test(path) and match.group(1) not in ("rigwise", "std"):
        yield f"{path}:{number}: namespace {match.group(1)}: everything is in rigwise"


def check(root, _compiler):
    faults = []
    paths = house.files(root, *CODE) + [p for p in house.files(root, "", folders=("script", ".ci")) if not p.suffix]
    for path in paths:
        lines = house.text_of(path).splitlines()
        for number, line in enumerate(lines, start=1):
            faults.extend(line_faults(path, number, line))
        if len(lines) > LONGEST_FILE and path.suffix in (".cc", ".h", ".py", ".ts"):
            faults.append(f"{path}:{len(lines)}: over {LONGEST_FILE} lines: two ideas in one file?")
    prose = sorted(root.glob("*.md")) + house.files(root, ".md", ".toml", ".json", ".csv", folders=("docs", "catalog", "examples", "calibration"))
    for path in prose:
        for number, line in enumerate(house.text_of(path).splitlines(), start=1):
            if MACHINE_PATH.search(line):
                faults.append(f"{path}:{number}: a path of one machine: {line.strip()[:100]}")
    return f"{len(paths) + len(prose)} files", faults


if __name__ == "__main__":
    house.run(check)
