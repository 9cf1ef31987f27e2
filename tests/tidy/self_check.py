"""The checks beside this one find what they are for: each is shown a small wrong house and must complain, and a small
right one and must not."""

import subprocess
import sys
import tempfile
from pathlib import Path

import house

GOOD = {
    "src/core/base/units.h": "#pragma once\n#include <string>\nnamespace rigwise {\nstruct Unit {};\nstd::string unit();\n}\n",
    "src/core/perf/speed.h": '#pragma once\n#include "core/base/units.h"\n',
    "src/core/perf/speed.cc": '#include "core/perf/speed.h"\n',
}
# check, file, text that must not be there, words of the complaint
WRONG = [
    ("arrows", "src/core/base/low.h", '#include "core/perf/speed.h"\n', "stands further out"),
    ("arrows", "src/core/capacity/a.cc", '#include "core/cost/b.h"\n', "neighbour"),
    ("arrows", "src/core/perf/c.cc", '#include "core/measure/d.h"\n', "never"),
    ("arrows", "src/verbs/e.cc", '#include "host/files/f.h"\n', "stands further out"),
    ("arrows", "src/attic/g.h", "", "not in ranks.txt"),
    ("purity", "src/core/base/clock.cc", "#include <chrono>\n", "<chrono>"),
    ("purity", "src/codec/reader.cc", "#include <fstream>\n", "<fstream>"),
    ("purity", "src/codec/json.cc", "#include <toml++/toml.h>\n", "toml++"),
    ("purity", "src/verbs/env.cc", 'auto home = getenv("HOME");\n', "getenv"),
    ("purity", "src/core/base/thrower.cc", "void f() { throw 1; }\n", "throw"),
    ("headers", "src/core/base/open.h", "std::string missing_include();\n", "does not compile alone"),
    ("headers", "src/core/base/units.cc", '#include <string>\n#include "core/perf/speed.h"\n', "not first"),
    ("names", "src/core/perf/twice.h", "struct Unit {\n};\n", "is also in"),
    ("words", "src/core/base/later.cc", "// TO" "DO: later\n", "unfinished"),
    ("words", "src/core/base/path.cc", '// see /ro' 'ot/notes\n', "path of one machine"),
    ("words", "docs/path.md", "in /ro" "ot/notes\n", "path of one machine"),
    ("words", "src/core/base/lazy_test.cc", "EXPECT_TRUE" "(true);\n", "cannot fail"),
    ("words", "src/core/base/long.cc", "\n" * 601, "two ideas"),
    ("words", "src/core/base/other.h", "namespace other {\n}\n", "everything is in rigwise"),
    ("must_not_compile", "tests/must_not_compile/fine.cc", "int x;\n", "the mistake compiles"),
]


def complaint(check, compiler, extra):
    """Output of a check shown the good house with some files more; empty when it found no fault."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**GOOD, **extra}.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        program = Path(__file__).parent / f"{check}_check.py"
        result = subprocess.run([sys.executable, "-B", program, folder, compiler], capture_output=True, text=True)
        return result.stdout + result.stderr if result.returncode else ""


def check(root, compiler):
    faults = []
    for name in sorted({check for check, *_ in WRONG}):
        words = complaint(name, compiler, {})
        if words:
            faults.append(f"{name}: complains about a house in order: {words}")
    for name, path, text, expected in WRONG:
        words = complaint(name, compiler, {path: text})
        if expected not in words or path not in words:
            faults.append(f'{name}: does not say "{expected}" of {path}: {words or "nothing"}')
    return f"{len(WRONG)} wrong houses", faults


if __name__ == "__main__":
    house.run(check)
