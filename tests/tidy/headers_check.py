"""Headers compile alone. A header with a source of its own is proved by the build when that source includes it first;
the others are compiled here, each in its own translation unit."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import house


def first_include(path):
    return next((name for _, quote, name in house.includes(path)), None)


def compile_alone(root, compiler, header):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", "-I", str(root / "src"), "-"]
    result = subprocess.run(command, input=f'#include "{header}"\n', capture_output=True, text=True)
    return [] if result.returncode == 0 else [f"src/{header}: does not compile alone\n{result.stderr}"]


def check(root, compiler):
    faults, alone = [], []
    headers = house.files(root, ".h", folders=("src",))
    for path in headers:
        name = str(path.relative_to(root / "src"))
        source = path.with_suffix(".cc")
        if not source.exists():
            alone.append(name)
        elif first_include(source) != name:
            faults.append(f'{source}:1: includes "{name}" not first, so nothing proves that header complete')
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda name: compile_alone(root, compiler, name), alone):
            faults.extend(found)
    return f"{len(headers)} headers, {len(alone)} of them compiled alone", faults


if __name__ == "__main__":
    house.run(check)
