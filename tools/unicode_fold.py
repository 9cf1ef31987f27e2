#!/usr/bin/env python3
"""Writes src/core/grade/fold_table.cc from Python's Unicode data: tools/unicode_fold.py > src/core/grade/fold_table.cc

The part of NFKC and of case folding that answers in European languages need: Latin, Greek, Cyrillic, full-width forms,
ligatures, super- and subscripts, spaces. Scripts without case and with thousands of compatibility forms are left alone.
"""
import sys
import unicodedata

# Where compatibility forms are folded; letters beyond stay as they are.
BLOCKS = [(0xA0, 0x52F), (0x1E00, 0x1FFF), (0x2000, 0x218F), (0x2460, 0x24FF), (0x3000, 0x3000), (0xFB00, 0xFB06), (0xFF01, 0xFF5E)]


def points():
    return [c for first, last in BLOCKS for c in range(first, last + 1) if unicodedata.category(chr(c)) != "Cn"]


def compatible():
    """code point -> its compatibility form, where that is another text."""
    return {c: unicodedata.normalize("NFKC", chr(c)) for c in points() if unicodedata.normalize("NFKC", chr(c)) != chr(c)}


def composed():
    """(base, mark) -> letter, for the canonical compositions of the blocks."""
    found = {}
    for c in points():
        parts = unicodedata.decomposition(chr(c)).split()
        if len(parts) == 2 and not parts[0].startswith("<") and unicodedata.normalize("NFC", chr(c)) == chr(c):
            found[(int(parts[0], 16), int(parts[1], 16))] = c
    return found


def case_runs():
    """[first, last, step, shift]: capitals that fold by adding the shift."""
    folds = [(c, ord(chr(c).casefold())) for c in points() if chr(c).casefold() != chr(c) and len(chr(c).casefold()) == 1]
    runs = []
    for c, folded in folds:
        run = runs[-1] if runs else None
        step = c - run[1] if run else 0
        if run and folded - c == run[3] and step in (1, 2) and run[2] in (0, step):
            run[1], run[2] = c, step
        else:
            runs.append([c, c, 0, folded - c])
    return [(first, last, step or 1, shift) for first, last, step, shift in runs]


def literal(text):
    out = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\{b:03o}" for b in text.encode("utf-8"))
    return f'"{out}"'


def rows(cells):
    line = "   "
    for cell in cells:
        if len(line) + len(cell) + 2 > 118:
            yield line
            line = "   "
        line += " " + cell + ","
    yield line


def table(declaration, cells):
    print(f"{declaration} = {{")
    print("\n".join(rows(cells)))
    print("};\n")


def main():
    print("// Written by tools/unicode_fold.py from Unicode " + unicodedata.unidata_version + "; not edited by hand.")
    print('#include "core/grade/fold_table.h"\n\nnamespace rigwise {\nnamespace {\n')
    print("// clang-format off")
    table("constexpr CompatibleForm kCompatible[]", [f"{{0x{c:X}, {literal(t)}}}" for c, t in sorted(compatible().items())])
    table("constexpr Composition kComposed[]", [f"{{0x{b:X}, 0x{m:X}, 0x{c:X}}}" for (b, m), c in sorted(composed().items())])
    table("constexpr CaseRun kCases[]", [f"{{0x{a:X}, 0x{b:X}, {s}, {d}}}" for a, b, s, d in case_runs()])
    print("// clang-format on\n\n}  // namespace\n")
    print("std::span<const CompatibleForm> compatible_forms() { return kCompatible; }")
    print("std::span<const Composition> compositions() { return kComposed; }")
    print("std::span<const CaseRun> case_runs() { return kCases; }\n\n}  // namespace rigwise")
    return 0


if __name__ == "__main__":
    sys.exit(main())
