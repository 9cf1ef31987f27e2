"""The pure ring stays pure: core, codec and verbs touch no file, clock, environment, locale, thread or random device.

The wasm build proves it for what it links (the module imports nothing); this finds it in the line that did it."""

import re

import house

# What the core may take from the standard library. Anything else is a decision: add it here with the commit that needs it.
CORE_HEADERS = set(
    """algorithm array bit charconv cmath compare concepts cstddef cstdint cstdlib cstring functional initializer_list
    iterator limits map memory numbers numeric optional queue set span string string_view tuple type_traits
    unordered_map unordered_set utility variant vector deque tl/expected.hpp fast_float/fast_float.h""".split()
)
# What codec and verbs must not: the outside world, and what differs between machines.
WORLDLY_HEADERS = set(
    """atomic chrono clocale condition_variable csignal cstdio ctime filesystem format fstream future iostream istream
    locale mutex ostream random regex shared_mutex sstream stop_token streambuf syncstream thread unistd.h""".split()
)
WORLDLY_WORDS = re.compile(
    r"\b(getenv|setlocale|strtod|stod|stof|atof|printf|fopen|system|std::time|std::rand|srand|random_device|throw|try|catch"
    r"|thread_local)\b(?=\s*[({\w]|\s*$)"
)
COMMENT_OR_TEXT = re.compile(r'//.*|"(?:\\.|[^"\\])*"')

# A broken promise of our own is the one thing the core says aloud, on a machine that has somewhere to say it.
EXEMPT = {"core/base/check.cc"}


def include_fault(name, is_core, is_toml):
    if is_core and name not in CORE_HEADERS:
        return f"<{name}> is not among the headers the core may use"
    if not is_core and name in WORLDLY_HEADERS and not (is_toml and name == "sstream"):  # toml++ prints its errors so
        return f"<{name}> belongs to the outer ring"
    if name.startswith("toml++") and not is_toml:
        return "toml++ belongs to codec/toml_*.cc, which the browser does without"
    return ""


def check(root, _compiler):
    faults, count = [], 0
    for path in house.files(root, ".h", ".cc", folders=("src/core", "src/codec", "src/verbs")):
        name = str(path.relative_to(root / "src"))
        if house.is_test(path) or name in EXEMPT:
            continue
        count += 1
        is_core, is_toml = name.startswith("core/"), name.startswith("codec/toml_")
        for number, quote, header in house.includes(path):
            fault = include_fault(header, is_core, is_toml) if quote == "<" else ""
            if fault:
                faults.append(f"{path}:{number}: {fault}")
        for number, line in enumerate(house.text_of(path).splitlines(), start=1):
            match = WORLDLY_WORDS.search(COMMENT_OR_TEXT.sub("", line))
            if match and not is_toml:
                faults.append(f"{path}:{number}: `{match.group(1)}` has no place in the pure ring")
    return f"{count} files of the pure ring", faults


if __name__ == "__main__":
    house.run(check)
