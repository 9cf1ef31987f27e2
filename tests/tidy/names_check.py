"""One name, one thing: no two headers define a type of the same name. Everything is in one namespace, so the linker
would take one of them for both and say nothing; the program then frees what it never made."""

import re

import house

DEFINITION = re.compile(r"^(?:struct|class|enum class|enum) (\w+)(?: final)?(?: : [^;]*)?\s*\{")


def check(root, _compiler):
    faults, where = [], {}
    paths = [p for p in house.files(root, ".h", folders=("src",)) if not house.is_test(p)]
    for path in paths:
        for number, line in enumerate(house.text_of(path).splitlines(), start=1):
            match = DEFINITION.match(line)
            if not match:
                continue
            first = where.setdefault(match.group(1), path)
            if first != path:
                faults.append(f"{path}:{number}: {match.group(1)} is also in {first}")
    return f"{len(where)} types of {len(paths)} headers", faults


if __name__ == "__main__":
    house.run(check)
