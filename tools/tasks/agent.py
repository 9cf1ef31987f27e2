"""Plays an answer with tool calls through a task's scripted tools.

An answer is text in which a line `>>> tool {"json": "arguments"}` is a call and `=== turn` parts the turns.
"""
import json
import re

from .load import Broken
from .schema import errors
from .text import normal


def play(task, answer):
    """(calls, text of each turn). A call is {"tool", "args", "reply"}."""
    calls, turns, lines = [], [], []
    used = {}
    for line in answer.split("\n"):
        if line.startswith(">>> "):
            name, _, text = line[4:].partition(" ")
            calls.append(call(task, name, json.loads(text or "{}"), used, calls))
        elif line.strip() == "=== turn":
            turns.append("\n".join(lines))
            lines = []
        else:
            lines.append(line)
    turns.append("\n".join(lines))
    return calls, turns


def call(task, name, args, used, earlier):
    tool = next((t for t in task.data.get("agent", {}).get("tool", []) if t["name"] == name), None)
    if tool is None:
        return {"tool": name, "args": args, "reply": f"error: no tool named {name}", "ok": False}
    wrong = errors(args, tool["parameters"])
    if wrong:
        return {"tool": name, "args": args, "reply": f"error: {wrong[0]}", "ok": False}
    for i, reply in enumerate(tool.get("reply", [])):
        key = (name, i)
        if used.get(key, 0) >= reply.get("times", 1 << 30) or not matches(args, reply.get("when", {})):
            continue
        if "after" in reply and not was_made(reply["after"], earlier):
            continue
        used[key] = used.get(key, 0) + 1
        return {"tool": name, "args": args, "reply": reply["content"], "ok": True}
    return {"tool": name, "args": args, "reply": "error: nothing found", "ok": True}


def was_made(wanted, calls):
    return any(c["ok"] and c["tool"] == wanted["tool"] and matches(c["args"], wanted.get("args", {})) for c in calls)


def matches(args, wanted):
    return all(key in args and value_matches(args[key], value) for key, value in wanted.items())


def value_matches(value, wanted):
    """Numbers by value, texts when normalised, `~pattern` as a regular expression anywhere in the text."""
    if isinstance(wanted, str) and wanted.startswith("~"):
        return re.search(wanted[1:], value if isinstance(value, str) else json.dumps(value), re.I) is not None
    if isinstance(wanted, str):
        return isinstance(value, str) and normal(value) == normal(wanted)
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value - wanted) < 1e-6
    return value == wanted


def check_calls(check, calls):
    """Share of the expected calls that were made; 0 when a forbidden one was."""
    done = [c for c in calls if c["ok"]]
    for item in check.get("forbid", []):
        if any(c["tool"] == item["tool"] and matches(c["args"], item.get("args", {})) for c in calls):
            return 0.0, f"called {item['tool']}"
    if len(calls) > check.get("max_calls", 1 << 30):
        return 0.0, f"{len(calls)} calls"
    met, at, missing = 0, 0, []
    for item in check.get("expect", []):
        hits = [i for i, c in enumerate(done) if c["tool"] == item["tool"] and matches(c["args"], item.get("args", {}))]
        if check.get("ordered"):
            hits = [i for i in hits if i >= at]
        if item.get("min", 1) <= len(hits) <= item.get("max", 1 << 30):
            met += 1
            at = hits[0] + 1 if hits else at
        else:
            missing.append(item["tool"])
    total = len(check.get("expect", []))
    return (met / total if total else 1.0), "no call of " + ", ".join(missing) if missing else ""


def transcript_is_sound(task, answer):
    for made in play(task, answer)[0]:
        if not made["ok"] or made["reply"].startswith("error: nothing"):
            raise Broken(f"the reference's call {made['tool']} {json.dumps(made['args'])} gets: {made['reply']}")
