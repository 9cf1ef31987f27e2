"""Reads a task from its folder or its single file, and says what is wrong with it.

docs/tasks.md states the format; this file and that page say the same thing.
"""
import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROLES = ["developer", "engineer", "it_admin", "accountant", "office_admin", "manager"]
CATEGORIES = [
    "infrastructure", "bug-fixing", "security", "erp-integration", "database-administration", "documentation",
    "shell-devops", "content", "analysis-reasoning", "coding-agent",
    "simple-coding", "refactoring", "architecture", "debugging", "multi-file", "reasoning", "non-coding",
]
KINDS = ["code", "text", "translation", "extraction", "choice", "calculation", "agent"]
LANGUAGES = ["cpp", "python", "javascript", "typescript", "bash", "sql", "go", "text"]
PARTS = {"content": 60.0, "compile": 20.0, "completeness": 20.0}
CHECK_PART = {
    "keyword": "content", "regex": "content", "number": "content", "json_schema": "content", "choice": "content",
    "unit_test": "content", "calls": "content", "compile": "compile", "section": "completeness", "length": "completeness",
}
COMMON = {"type", "name", "weight", "must", "of"}
CHECK_KEYS = {
    "keyword": {"groups", "any", "all", "not", "at_least"},
    "regex": {"pattern", "flags", "not", "count", "max"},
    "number": {"value", "tolerance", "rel", "unit", "label"},
    "json_schema": {"schema", "values", "one_of", "tolerance"},
    "choice": {"options", "answer", "answers", "label"},
    "section": {"headings", "min_items", "max_items"},
    "length": {"min_words", "max_words", "min_chars", "max_chars", "max_lines"},
    "compile": set(),
    "unit_test": {"cases", "case"},
    "calls": {"expect", "forbid", "ordered", "max_calls"},
}
CASE_KEYS = {"name", "stdin", "args", "files", "stdout", "exit", "show", "tree", "compare", "tolerance", "after"}
TASK_KEYS = {
    "schema", "id", "role", "title", "category", "kind", "lang", "difficulty", "family", "tags", "license", "authors",
    "source", "created", "canary", "expects", "images", "turns", "pass", "limits", "sampling", "score", "check",
    "sandbox", "agent", "judge",
}
SANDBOX_KEYS = {"language", "file", "outputs", "driver", "cpu_s", "memory_mib"}
FENCE = re.compile(r"^\+\+\+(?: (reference|(?:right|wrong) [a-z0-9-]+))?[ \t]*$", re.M)
FENCE_OF = {"cpp": "cpp", "python": "python", "javascript": "js", "typescript": "ts", "bash": "bash", "sql": "sql",
            "go": "go", "text": ""}


class Broken(Exception):
    """The task cannot be used; the message says why."""


@dataclass
class Task:
    where: Path
    data: dict
    prompt: str
    reference: str = ""
    wrong: dict = field(default_factory=dict)
    right: dict = field(default_factory=dict)
    folder: Path | None = None

    @property
    def id(self):
        return self.data["id"]

    @property
    def sandbox(self):
        return self.data.get("sandbox")

    @property
    def files(self):
        box = self.sandbox
        return [] if not box else box.get("outputs") or [box["file"]]

    def read(self, relative):
        if self.folder is None:
            raise Broken(f"{relative}: a single-file task has no files beside it")
        path = (self.folder / relative).resolve()
        if self.folder.resolve() not in path.parents:
            raise Broken(f"{relative}: leaves the task's folder")
        if not path.is_file():
            raise Broken(f"{relative}: no such file")
        return path.read_bytes()

    def text(self, relative):
        return self.read(relative).decode("utf-8")


def find(root):
    """Every task below `root`: (id, path), in order of id."""
    found = [(f"{p.parent.parent.name}/{p.parent.name}", p.parent) for p in root.glob("*/*/task.toml")]
    found += [(f"{p.parent.name}/{p.name.removesuffix('.task.md')}", p) for p in root.glob("*/*.task.md")]
    return sorted(found)


def load(task_id, path):
    try:
        task = load_folder(path) if path.is_dir() else load_file(path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Broken(str(error)) from error
    fill_in(task, task_id)
    lint(task)
    return task


def load_file(path):
    text = path.read_text(encoding="utf-8")
    marks = list(FENCE.finditer(text))
    if len(marks) < 2 or marks[0].start() != 0 or marks[0].group(1) or marks[1].group(1):
        raise Broken("starts with +++, then TOML, then +++, then the prompt")
    task = Task(path, tomllib.loads(text[marks[0].end():marks[1].start()]), "")
    for i, mark in enumerate(marks[1:], 1):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(text)
        body = text[mark.end():end].strip("\n") + "\n"
        name = mark.group(1)
        if i == 1:
            task.prompt = body
        elif name == "reference":
            task.reference = body
        elif name:
            side, key = name.split()
            (task.right if side == "right" else task.wrong)[key] = body
        else:
            raise Broken("a third bare +++ line")
    return task


def load_folder(folder):
    data = tomllib.loads((folder / "task.toml").read_text(encoding="utf-8"))
    task = Task(folder, data, (folder / "prompt.md").read_text(encoding="utf-8"), folder=folder)
    box = data.get("sandbox", {})
    fence = FENCE_OF.get(box.get("language"), "")
    for side, answers in (("wrong", task.wrong), ("right", task.right)):
        for path in sorted((folder / side).glob("*")):
            answers[path.name.split(".")[0]] = as_answer(path, fence, box)
    if (folder / "reference.md").is_file():
        task.reference = (folder / "reference.md").read_text(encoding="utf-8")
    else:
        task.reference = as_answer(folder / "solution", fence, box)
    return task


def as_answer(path, fence, box):
    """An answer as a model would write it: Markdown as it stands, code in fences."""
    if path.is_file() and path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    if path.is_file():
        return fenced(fence, box.get("file", path.name), path)
    return "\n".join(fenced(fence, p.relative_to(path).as_posix(), p) for p in sorted(path.rglob("*")) if p.is_file())


def fenced(fence, name, path):
    return f"`{name}`\n\n```{fence}\n{path.read_text(encoding='utf-8').rstrip()}\n```\n"


def fill_in(task, task_id):
    data = task.data
    if data.get("id", task_id) != task_id:
        raise Broken(f"id: {data['id']} lies where {task_id} belongs")
    data["id"] = task_id
    role = task_id.split("/")[0]
    if data.get("role", role) != role:
        raise Broken(f"role: {data['role']} lies in the folder {role}")
    data["role"] = role
    data.setdefault("family", task_id)
    data.setdefault("lang", "en")
    data.setdefault("pass", 0.6)
    for check in data.get("check", []):
        if check.get("type") == "unit_test":
            if "cases" in check:
                check["case"] = tomllib.loads(task.text(check["cases"]))["case"]
            for i, case in enumerate(check.get("case", [])):
                case.setdefault("name", f"case {i + 1}")
        if check.get("type") == "json_schema" and isinstance(check.get("schema"), str):
            name = check["schema"]
            check["schema"] = json.loads(task.text(name) if not name.lstrip().startswith("{") else name)
    for tool in data.get("agent", {}).get("tool", []):
        if isinstance(tool.get("parameters"), str):
            tool["parameters"] = json.loads(tool["parameters"])


def need(condition, message):
    if not condition:
        raise Broken(message)


def lint(task):
    d = task.data
    need(re.fullmatch(r"[a-z_]+/[a-z0-9]+(-[a-z0-9]+)*", task.id), "id: role/slug, the slug in lower case with hyphens")
    need(d.get("schema") == 1, "schema: this format is 1")
    for key in ("title", "category", "kind", "difficulty", "license", "created", "canary", "expects", "check"):
        need(key in d, f"{key}: missing")
    unknown = set(d) - TASK_KEYS
    need(not unknown, f"unknown key: {', '.join(sorted(unknown))}")
    need(d["role"] in ROLES, f"role: one of {', '.join(ROLES)}")
    need(d["category"] in CATEGORIES, f"category: one of {', '.join(CATEGORIES)}")
    need(d["kind"] in KINDS, f"kind: one of {', '.join(KINDS)}")
    need(d["difficulty"] in (1, 2, 3, 4, 5), "difficulty: 1 to 5")
    need(len(task.prompt.strip()) > 0, "the prompt is empty")
    need(len(task.reference.strip()) > 0, "no reference answer")
    need(d["expects"], "expects: at least one line, the judges read it")
    need(not task.sandbox or set(task.sandbox) <= SANDBOX_KEYS, "sandbox: unknown key")
    need(not task.sandbox or task.sandbox.get("language") in LANGUAGES, f"sandbox.language: one of {', '.join(LANGUAGES)}")
    need(not task.sandbox or task.files, "sandbox: file or outputs")
    need(not task.sandbox or Path(task.sandbox.get("driver", "-")).name not in task.files, "sandbox: the driver has the name of a file of the answer")
    need((d["kind"] == "agent") == ("agent" in d), "kind agent and [agent] go together")
    for image in d.get("images", []):
        need(task.read(image)[:8] == b"\x89PNG\r\n\x1a\n", f"{image}: not a PNG")
    for check in d["check"]:
        lint_check(task, check)
    need(any(CHECK_PART[c["type"]] == "content" for c in d["check"]), "no check of the content")


def lint_check(task, check):
    kind = check.get("type")
    need(kind in CHECK_KEYS, f"check: type is one of {', '.join(CHECK_KEYS)}")
    unknown = set(check) - COMMON - CHECK_KEYS[kind]
    need(not unknown, f"{kind}: unknown key {', '.join(sorted(unknown))}")
    need(check.get("of", "answer") in ["answer", "code"] + task.files, f"{kind}: of is answer, code or a file of [sandbox]")
    if kind in ("compile", "unit_test") or check.get("of", "answer") != "answer":
        need(task.sandbox, f"{kind}: needs [sandbox]")
    if kind == "compile":
        need(task.sandbox["language"] not in ("sql", "text"), "compile: sql and text are not compiled; leave the check out")
    if kind == "unit_test":
        need(check.get("case"), "unit_test: no cases")
        for case in check["case"]:
            need(set(case) <= CASE_KEYS and "stdout" in case, f"unit_test: {case['name']}: stdout is needed; keys are {sorted(CASE_KEYS)}")
    if kind == "regex":
        lint_pattern(check["pattern"])
    if kind == "calls":
        need("agent" in task.data, "calls: needs [agent]")
        tools = {t["name"] for t in task.data["agent"]["tool"]}
        for item in check.get("expect", []) + check.get("forbid", []):
            need(item["tool"] in tools, f"calls: no tool {item['tool']}")


def lint_pattern(pattern):
    """RE2 has no look-around, no back reference, no possessive repetition and no \\Z."""
    bad = re.search(r"\(\?(?:=|!|<[=!]|>)|\\[1-9]|[*+?]\+|\\Z", re.sub(r"\[\^?\]?[^\]]*\]", "[]", pattern))
    need(not bad, f"regex: RE2 has no {bad.group(0) if bad else ''}")
    try:
        re.compile(pattern.replace(r"\z", r"\Z"))
    except re.error as error:
        raise Broken(f"regex: {pattern}: {error}") from error
