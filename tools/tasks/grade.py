"""Scores an answer: each check gives 0 to 1, parts are weighed, what must hold caps the whole."""
import json
import re

from . import agent, sandbox, schema, text
from .load import CHECK_PART, PARTS

MUST_FLOOR = 0.2  # what an answer can reach that has nothing of what it must have


class Score:
    def __init__(self):
        self.total, self.rows, self.not_run = 0.0, [], []


def score(task, answer, runs=1):
    """The score of one answer. `runs` repeats the unit tests; they must agree."""
    result = Score()
    calls, turns = agent.play(task, text.visible(answer)) if "agent" in task.data or "turns" in task.data else ([], [text.visible(answer)])
    if not any(t.strip() for t in turns) and not calls:
        return result
    code = Code(task, turns[-1], runs)
    sums, least = {}, 1.0
    has_tests = any(c["type"] == "unit_test" for c in task.data["check"])
    for check in task.data["check"]:
        value, note = run_check(task, check, turns[-1], calls, code)
        result.rows.append((check["type"], check.get("name", ""), value, note))
        if value is None:
            result.not_run.append(note)
            continue
        least = min(least, value) if check.get("must") else least
        part = CHECK_PART[check["type"]]
        if part == "content" and has_tests and check["type"] != "unit_test":
            continue
        weight = check.get("weight", 1.0)
        got, of = sums.get(part, (0.0, 0.0))
        sums[part] = (got + weight * value, of + weight)
    weights = {**PARTS, **{k: v for k, v in task.data.get("score", {}).items() if k in PARTS}}
    over = sum(weights[p] for p in sums)
    result.total = sum(weights[p] * got / of for p, (got, of) in sums.items() if of) / over if over else 0.0
    if least < 1.0:
        cap = task.data.get("score", {}).get("cap", 0.5)
        result.total = min(result.total, MUST_FLOOR + (cap - MUST_FLOOR) * least)
    code.close()
    return result


class Code:
    """The answer's code, compiled at most once."""

    def __init__(self, task, answer, runs):
        self.task, self.runs, self.build, self.tool = task, runs, None, None
        self.files = text.code_files(answer, task.sandbox["language"], task.files) if task.sandbox else {}
        self.whole = bool(task.sandbox) and set(self.files) == set(task.files)
        self.joined = "\n".join(self.files.values())
        if task.sandbox:
            self.tool = sandbox.missing_tool(task.sandbox["language"])

    def ready(self):
        if self.build is None:
            self.build = sandbox.Build(self.task, self.files)
            self.linked, self.message = self.build.compile(candidate_only=False)
        return self.linked

    def close(self):
        if self.build:
            self.build.__exit__()


def run_check(task, check, answer, calls, code):
    kind = check["type"]
    if kind in ("compile", "unit_test"):
        return CODE_CHECKS[kind](check, code)
    if kind == "calls":
        return agent.check_calls(check, calls)
    of = check.get("of", "answer")
    subject = answer if of == "answer" else code.joined if of == "code" else code.files.get(of, "")
    if not subject.strip():
        return 0.0, "nothing to check"
    return TEXT_CHECKS[kind](check, subject)


def keyword(check, answer):
    hay = text.normal(answer)
    groups = list(check.get("groups", [])) + [[t] for t in check.get("all", [])]
    if "any" in check:
        groups.append(check["any"])
    missing = [g[0] for g in groups if not any(text.has_term(hay, t) for t in g)]
    needed = check.get("at_least", len(groups))
    value = min(1.0, (len(groups) - len(missing)) / needed) if needed else 1.0
    banned = [t for t in check.get("not", []) if text.has_term(hay, t)]
    value = max(0.0, value - len(banned) / max(1, needed))
    return value, "; ".join(["lacks " + m for m in missing] + ["has " + b for b in banned])


def regex(check, answer):
    flags = re.M
    for letter in check.get("flags", ""):
        flags |= {"i": re.I, "s": re.S}[letter]
    hits = len(list(re.finditer(check["pattern"].replace(r"\z", r"\Z"), answer, flags)))
    least = 0 if "max" in check else 1
    good = hits == 0 if check.get("not") else check.get("count", least) <= hits <= check.get("max", 1 << 30)
    return float(good), "" if good else f"{hits} matches of {check['pattern']}"


def number(check, answer):
    where = text.folded(answer)
    if "label" in check:
        where = text.after_label(answer, check["label"])
        if where is None:
            return 0.0, f"no line {check['label']}"
    found = text.numbers(where)
    if "label" in check:
        found = found[:1]
    want = check["value"]
    slack = max(check.get("tolerance", 0.0), abs(want) * check.get("rel", 0.0)) + 1e-9
    for values, start, end in found:
        if any(abs(v - want) <= slack for v in values) and unit_near(check, where, start, end):
            return 1.0, ""
    return 0.0, f"no {want} in {[sorted(v) for v, _, _ in found][:6]}"


def unit_near(check, where, start, end):
    near = text.normal(where[max(0, start - 5):start] + " " + where[end:end + 16])
    return not check.get("unit") or any(text.normal(u) in near for u in check["unit"])


def choice(check, answer):
    wanted = sorted(check.get("answers", [check.get("answer")]))
    rest = text.after_label(answer, check.get("label", "Answer"))
    if rest is None:
        rest = text.folded(answer).strip().strip(".()")
        if rest not in check["options"]:
            return 0.0, "no line with the choice"
    pattern = r"(?<!\w)(" + "|".join(re.escape(o) for o in sorted(check["options"], key=len, reverse=True)) + r")(?!\w)"
    got = re.findall(pattern, rest)
    got = sorted(set(got)) if "answers" in check else got[:1]
    return float(got == wanted), "" if got == wanted else f"chose {got}"


def json_schema(check, answer):
    value = text.find_json(answer)
    if value is None:
        return 0.0, "no JSON"
    wrong = schema.errors(value, check.get("schema", {}))
    good, total, notes = (not wrong), 1, wrong[:3]
    wants = [(p, [w]) for p, w in check.get("values", {}).items()] + list(check.get("one_of", {}).items())
    for pointer, accepted in wants:
        total += 1
        found, got = schema.at_pointer(value, pointer)
        if found and any(same(got, w, check.get("tolerance", 0.005)) for w in accepted):
            good += 1
        else:
            notes.append(f"{pointer} is {json.dumps(got, ensure_ascii=False)}")
    return good / total, "; ".join(notes)


def same(got, want, slack):
    if isinstance(want, (int, float)) and not isinstance(want, bool):
        return isinstance(got, (int, float)) and not isinstance(got, bool) and abs(got - want) <= slack + 1e-9
    if isinstance(want, str):
        return isinstance(got, str) and text.normal(got) == text.normal(want)
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(same(g, w, slack) for g, w in zip(got, want))
    return got == want


HEADING = re.compile(r"^\s*(?:#{1,6}\s+|\d+[.)]\s+|[-+]\s+)?(.+?)\s*:?\s*$")


def section(check, answer):
    lines = text.folded(answer).split("\n")
    wanted = check.get("headings", [])
    found, missing = 0, []
    for names in wanted:
        if any(heading_at(lines, i, names) for i in range(len(lines))):
            found += 1
        else:
            missing.append(names[0])
    scores = [found / len(wanted)] if wanted else []
    items = sum(1 for line in answer.split("\n") if re.match(r"^\s*(?:[-*+•]|\d+[.)])\s+\S", line))
    if "min_items" in check or "max_items" in check:
        scores.append(float(check.get("min_items", 0) <= items <= check.get("max_items", 1 << 30)))
    note = ("no section " + ", ".join(missing)) if missing else ""
    return (sum(scores) / len(scores) if scores else 1.0), note or f"{items} items"


def heading_at(lines, i, names):
    """Line i starts with one of the names, is no longer than a heading, and something follows it."""
    match = HEADING.match(lines[i])
    if not match:
        return False
    bare = text.normal(match.group(1))
    for name in names:
        name = text.normal(name)
        rest = bare[len(name):]
        if bare.startswith(name) and (not rest or not text.is_word(rest[0])):
            inline = rest.startswith(":") and len(rest) > 2
            if inline or (len(rest) < 40 and any(line.strip() for line in lines[i + 1:])):
                return True
    return False


def length(check, answer):
    words, lines = len(answer.split()), len([line for line in answer.split("\n") if line.strip()])
    chars = len(answer.strip())
    good = (check.get("min_words", 0) <= words <= check.get("max_words", 1 << 30)
            and check.get("min_chars", 0) <= chars <= check.get("max_chars", 1 << 30)
            and lines <= check.get("max_lines", 1 << 30))
    return float(good), f"{words} words, {chars} characters, {lines} lines"


def compiles(_check, code):
    if code.tool:
        return None, f"{code.tool} is not installed"
    if not code.whole:
        return 0.0, "no code found: " + ", ".join(n for n in code.task.files if n not in code.files)
    with sandbox.Build(code.task, code.files) as build:
        good, message = build.compile(candidate_only=code.task.sandbox["language"] not in ("typescript", "go") or bool(code.task.sandbox.get("driver")))
    return float(good), message


def unit_test(check, code):
    if code.tool:
        return None, f"{code.tool} is not installed"
    if not code.whole:
        return 0.0, "no code found"
    if not code.ready():
        return 0.0, "does not build: " + code.message
    verdicts = [[passes(code.build, case) for case in check["case"]] for _ in range(code.runs)]
    if any([g for g, _ in v] != [g for g, _ in verdicts[0]] for v in verdicts):
        return 0.0, "flaky"
    failed = [f"{case['name']}: {note}" for case, (good, note) in zip(check["case"], verdicts[0]) if not good]
    return 1 - len(failed) / len(check["case"]), " | ".join(failed)


def passes(build, case):
    out, code, error = build.run(case)
    if code != case.get("exit", 0):
        return False, f"exit {code}: {error.strip()[-300:]}"
    if equal(out, case["stdout"], case.get("compare", "lines"), case.get("tolerance", 1e-6)):
        return True, ""
    return False, f"got {out[:300]!r}, expected {case['stdout'][:300]!r}"


def equal(got, want, how, tolerance):
    if how == "json":
        try:
            return close_json(json.loads(got), json.loads(want), tolerance)
        except ValueError:
            return False
    if how == "tokens":
        a, b = re.split(r"[\s|,;]+", got.strip()), re.split(r"[\s|,;]+", want.strip())
        return len(a) == len(b) and all(close_token(x, y, tolerance) for x, y in zip(a, b))
    a, b = lines_of(got), lines_of(want)
    return sorted(a) == sorted(b) if how == "unordered" else a == b


def lines_of(out):
    lines = [line.rstrip() for line in out.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def close_token(a, b, tolerance):
    try:
        return abs(float(a) - float(b)) <= tolerance
    except ValueError:
        return a == b


def close_json(a, b, tolerance):
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(close_json(a[k], b[k], tolerance) for k in b)
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(close_json(x, y, tolerance) for x, y in zip(a, b))
    if isinstance(b, (int, float)) and not isinstance(b, bool):
        return isinstance(a, (int, float)) and not isinstance(a, bool) and abs(a - b) <= tolerance
    return a == b


TEXT_CHECKS = {"keyword": keyword, "regex": regex, "number": number, "choice": choice, "json_schema": json_schema,
               "section": section, "length": length}
CODE_CHECKS = {"compile": compiles, "unit_test": unit_test}
