#!/usr/bin/env python3
"""Writes the record of the demonstration (tasks/demo): who gives which of a task's own answers, and what two judges
say of them. No model is asked and none is meant: the rule is this file, and the same seed gives the same bytes.

    tools/demo_answers.py              writes tasks/demo/answers.csv and verdicts.csv beside players.csv
    tools/demo_answers.py --check      writes nothing; exit 1 if they differ from what the rule gives

The rule
  Every task is hard by its difficulty (1 to 5) and by a draw that all players share. A player answers rightly with
  probability 1 / (1 + exp(hardness - skill)), its skill being a base and what it has or lacks for a role.
  Rightly means: the reference (7 of 10), one of the task's other right answers where it has any, or the reference
  after a courtesy. Not rightly means: one of the task's wrong answers (8 of 10), else half of the reference, the
  reference cut off at a limit, nothing at all, a refusal, the prompt, or a sentence in another language.
  "stand-in-27b" is "stand-in-27b-cloud" with one answer in twelve drawn again: the same model in a smaller format.
  Judges give 2-2-2 to right answers and less to others; each now and then departs by one grade, seldom by two,
  seldom quotes what is not there, and very seldom replies what cannot be read. References are always correct to
  them, and wrong answers seldom, so that the canaries pass.
Of the tasks whose answers are run only those in CODE are taken, which run fast, so that the demonstration takes seconds.
"""
import argparse
import csv
import hashlib
import io
import math
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TASKS = ROOT / "tasks"
SEED = "rigwise-demo-1"
CODE = {
    "accountant/budget-formula-refactored",
    "accountant/three-way-match",
    "developer/account-ledger",
    "developer/bump-the-version",
    "developer/pagination-off-by-one",
    "developer/shipping-rules-table",
    "developer/time-sheet-durations",
    "engineer/downtime-by-machine",
    "it_admin/column-that-may-not-be-null",
    "it_admin/duplicate-contacts",
    "it_admin/script-copied-four-times",
}

# base skill, and what is added for a role
SKILLS = {
    "stand-in-8b": (0.2, {"developer": -0.9, "engineer": -0.6, "office_admin": 0.7, "manager": 0.3}),
    "stand-in-12b": (1.2, {"developer": -0.3, "office_admin": 0.9, "accountant": 0.2}),
    "stand-in-27b": (2.1, {"developer": 0.2, "office_admin": 0.6}),
    "stand-in-27b-cloud": (2.1, {"developer": 0.2, "office_admin": 0.6}),
    "stand-in-120b": (2.6, {"developer": 0.4, "engineer": 0.3}),
    "stand-in-cloud": (3.4, {}),
}
SAME_WEIGHTS = {"stand-in-27b": ("stand-in-27b-cloud", 1 / 12)}
JUDGES = {"judge-north": 0.10, "judge-south": 0.14}  # how often a grade departs


def draw(*key):
    """Even in 0 .. 1, by the seed and a key alone."""
    digest = hashlib.sha256("\n".join((SEED, *key)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def chosen(items, *key):
    return items[int(draw(*key) * len(items))]


def single_file(path):
    """Settings and names of answers of a .task.md file."""
    settings, names, inside = [], {"wrong": [], "right": []}, True
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        if line == "+++":
            inside = False
        elif line.startswith(("+++ wrong ", "+++ right ")):
            names[line.split()[1]].append(line.split()[2])
        elif inside:
            settings.append(line)
    return tomllib.loads("\n".join(settings)), names


def folder(path):
    names = {kind: sorted(p.stem for p in (path / kind).glob("*")) for kind in ("wrong", "right")}
    return tomllib.loads((path / "task.toml").read_text(encoding="utf-8")), names


def tasks():
    """(id, settings, names of its wrong and right answers), by id."""
    found = {}
    for path in TASKS.glob("*/*.task.md"):
        found[f"{path.parent.name}/{path.name.removesuffix('.task.md')}"] = single_file(path)
    for path in TASKS.glob("*/*/task.toml"):
        found[f"{path.parent.parent.name}/{path.parent.name}"] = folder(path.parent)
    return [(task, *found[task]) for task in sorted(found)]


def is_recorded(task, settings):
    return "sandbox" not in settings or task in CODE


def answer_of(player, task, settings, names):
    base, roles = SKILLS[player]
    role = task.split("/")[0]
    shared = sum(draw("hardness", task, str(i)) for i in range(12)) - 6  # near to a normal draw
    hardness = 0.6 * (settings["difficulty"] - 3) + 0.9 * shared
    skill = base + roles.get(role, 0)
    if player in SAME_WEIGHTS:
        twin, anew = SAME_WEIGHTS[player]
        if draw("anew", player, task) >= anew:
            return answer_of(twin, task, settings, names)
    talks = "agent" in settings or bool(settings.get("turns"))
    how = draw("how", player, task)
    if draw("right", player, task) < 1 / (1 + math.exp(hardness - skill)):
        if how < 0.7 or talks:
            return "reference"
        if how < 0.85 and names["right"]:
            return "right " + chosen(names["right"], "which", player, task)
        return "chatty" if "sandbox" not in settings else "reference"
    if how < 0.8 or talks:
        return "wrong " + chosen(names["wrong"], "which", player, task)
    for limit, name in ((0.86, "half"), (0.91, "cut"), (0.94, "empty"), (0.96, "refusal"), (0.98, "echo")):
        if how < limit:
            return name
    return "language"


def grades_of(answer, task):
    """What an unerring judge would say."""
    kind = answer.split()[0]
    if kind in ("reference", "right"):
        return [2, 2, 2]
    if kind == "chatty":
        return [2, 2, 1]
    if kind == "wrong":
        return chosen([[0, 1, 0], [0, 2, 1], [1, 1, 1], [1, 2, 1], [0, 1, 1]], "grades", task, answer)
    return [1, 0, 1] if kind in ("half", "cut") else [0, 0, 0]


def verdict_of(judge, task, answer):
    key = (judge, task, answer)
    is_reference = answer == "reference"
    if not is_reference and draw("error", *key) < 0.006:
        return "error"
    grades = grades_of(answer, task)
    for criterion, departs in enumerate((0.7, 1.0, 1.3)):
        if is_reference and criterion == 0:
            continue
        at = draw("departs", *key, str(criterion))
        step = 2 if at < 0.012 else 1 if at < JUDGES[judge] * departs else 0
        down = grades[criterion] == 2 or (grades[criterion] == 1 and judge == "judge-south")
        grades[criterion] = min(2, max(0, grades[criterion] + (-step if down else step)))
    invents = "?" if not is_reference and draw("quote", *key) < 0.01 else ""
    return "".join(map(str, grades)) + invents


def record():
    """File name -> text."""
    answers, verdicts = io.StringIO(), io.StringIO()
    to_answers = csv.writer(answers, lineterminator="\n")
    to_verdicts = csv.writer(verdicts, lineterminator="\n")
    to_answers.writerow(["task", *SKILLS])
    to_verdicts.writerow(["task", "answer", *JUDGES])
    for task, settings, names in tasks():
        if not is_recorded(task, settings):
            continue
        given = [answer_of(player, task, settings, names) for player in SKILLS]
        to_answers.writerow([task, *given])
        # What canaries are made of stands here too, whether anybody gave it or not.
        for answer in sorted({*given, "reference", "wrong " + names["wrong"][0]} - {"empty"}):
            to_verdicts.writerow([task, answer, *(verdict_of(judge, task, answer) for judge in JUDGES)])
    return {"answers.csv": answers.getvalue(), "verdicts.csv": verdicts.getvalue()}


def main():
    parser = argparse.ArgumentParser(description="writes the record of the demonstration by its rule")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the files are what it gives")
    check = parser.parse_args().check
    differing = []
    for name, text in record().items():
        path = TASKS / "demo" / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                differing.append(str(path.relative_to(ROOT)))
        else:
            path.write_text(text, encoding="utf-8")
    for name in differing:
        print(f"{name} is not what tools/demo_answers.py gives: run it, or take back what was changed")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
