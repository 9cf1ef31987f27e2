"""Mistakes that the types must catch: each file of tests/must_not_compile compiles, and does not with -DWRONG."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import house


def compiles(root, compiler, path, *options):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-I", str(root / "src"), *options, str(path)]
    return subprocess.run(command, capture_output=True).returncode == 0


def faults_of(root, compiler, path):
    if not compiles(root, compiler, path):
        return [f"{path}: does not compile even without the mistake"]
    if compiles(root, compiler, path, "-DWRONG"):
        return [f"{path}: the mistake compiles"]
    return []


def check(root, compiler):
    paths = house.files(root, ".cc", folders=("tests/must_not_compile",))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: faults_of(root, compiler, path), paths)
    return f"{len(paths)} mistakes", [fault for faults in results for fault in faults]


if __name__ == "__main__":
    house.run(check)
