#!/usr/bin/env python3
"""Proves the bundled evaluation tasks: tools/prove_tasks.py [ID or start of an ID ...]

For each task: the reference scores at least 0.95, an empty answer at most 0.05, the prompt given back at most 0.2,
at least three wrong answers stay below the pass mark, right answers in
other words score at least 0.8, and unit tests say the same five times.
Exit status 0: all proven; 1: one is not; 3: a tool that a task needs is missing here.
"""
import argparse
import collections
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tasks import agent, grade, load  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent / "tasks"
RUNS = 5
EMPTY_MAX, ECHO_MAX, REFERENCE_MIN, RIGHT_MIN, WRONG_MIN_COUNT = 0.05, 0.2, 0.95, 0.8, 3


class Proof:
    def __init__(self, task_id):
        self.id, self.task = task_id, None
        self.reference = self.empty = self.echo = self.worst = None
        self.faults, self.not_run, self.notes, self.scores = [], [], [], []


def prove(task_id, path, runs):
    proof = Proof(task_id)
    try:
        proof.task = task = load.load(task_id, path)
        if "agent" in task.data:
            agent.transcript_is_sound(task, task.reference)
        judge(proof, task, runs)
    except load.Broken as error:
        proof.faults.append(str(error))
    except Exception as error:  # one broken task stops nothing else
        proof.faults.append(f"{type(error).__name__}: {error}")
    return proof


def judge(proof, task, runs):
    reference = grade.score(task, task.reference, runs)
    proof.not_run = reference.not_run
    if proof.not_run:
        return
    proof.reference = reference.total
    proof.scores.append(("reference", reference.total))
    if reference.total < REFERENCE_MIN:
        proof.faults.append(f"the reference scores {reference.total:.2f}: " + lost(reference))
    proof.empty = grade.score(task, "").total
    if proof.empty > EMPTY_MAX:
        proof.faults.append(f"an empty answer scores {proof.empty:.2f}")
    echo = grade.score(task, task.prompt)
    proof.echo = echo.total
    proof.scores.append(("echo", echo.total))
    if echo.total > ECHO_MAX:
        proof.faults.append(f"the prompt given back scores {echo.total:.2f}: " + shown(echo))
    for name, answer in task.right.items():
        right = grade.score(task, answer)
        proof.scores.append((f"right {name}", right.total))
        if right.total < RIGHT_MIN:
            proof.faults.append(f"right answer {name} scores {right.total:.2f}: {lost(right)}")
    if len(task.wrong) < WRONG_MIN_COUNT:
        proof.faults.append(f"{len(task.wrong)} wrong answers, {WRONG_MIN_COUNT} are needed")
    proof.worst = 0.0
    for name, answer in task.wrong.items():
        wrong = grade.score(task, answer)
        proof.worst = max(proof.worst, wrong.total)
        proof.scores.append((f"wrong {name}", wrong.total))
        proof.notes.append(f"wrong {name} {wrong.total:.2f}: {lost(wrong)}")
        if wrong.total >= task.data["pass"]:
            proof.faults.append(f"wrong answer {name} scores {wrong.total:.2f}: " + shown(wrong))


def lost(score):
    return "; ".join(f"{k} {n} {v:.2f} {note}" for k, n, v, note in score.rows if v is not None and v < 1)[:700]


def shown(score):
    return "; ".join(f"{k} {n} {v}" for k, n, v, _ in score.rows)[:700]


def proof_rows(proofs):
    def cell(value):
        return "-" if value is None else f"{value:.2f}"
    for p in proofs:
        verdict = "FAILED" if p.faults else "not run" if p.not_run else "proven"
        yield f"{p.id:<52}{cell(p.reference):>6}{cell(p.empty):>7}{cell(p.echo):>6}{cell(p.worst):>7}  {verdict}"


def counts(tasks):
    """Markdown tables of what there is: by role and category, language and kind."""
    roles = load.ROLES
    by = collections.Counter((t.data["role"], t.data["category"]) for t in tasks)
    out = ["| category | " + " | ".join(roles) + " | all |", "| --- |" + " ---: |" * (len(roles) + 1)]
    for category in load.CATEGORIES:
        row = [by[(role, category)] for role in roles]
        out.append(f"| {category} | " + " | ".join(str(n or "") for n in row) + f" | {sum(row)} |")
    totals = [sum(t.data["role"] == role for t in tasks) for role in roles]
    out.append("| **all** | " + " | ".join(map(str, totals)) + f" | {len(tasks)} |")
    families = len({t.data["family"] for t in tasks})
    out += ["", f"{len(tasks)} tasks in {families} families.", ""]
    for title, values in (
        ("language of the prompt", [t.data["lang"] for t in tasks]),
        ("kind", [t.data["kind"] for t in tasks]),
        ("difficulty", [str(t.data["difficulty"]) for t in tasks]),
        ("code that is run", [t.sandbox["language"] for t in tasks if t.sandbox]),
        ("needs", [n for t in tasks for n in needs(t)]),
    ):
        tally = sorted(collections.Counter(values).items(), key=lambda kv: (-kv[1], kv[0]))
        out += [f"| {title} | tasks |", "| --- | ---: |"] + [f"| {k} | {v} |" for k, v in tally] + [""]
    return "\n".join(out)


def needs(task):
    found = ["images"] if task.data.get("images") else []
    found += ["tools"] if "agent" in task.data else []
    return found + (["several turns"] if task.data.get("turns") else [])


def write_table(tasks):
    path = ROOT / "README.md"
    begin, end = "<!-- generated: counts -->", "<!-- end -->"
    text = path.read_text(encoding="utf-8")
    head, rest = text.split(begin, 1)
    path.write_text(head + begin + "\n" + counts(tasks) + end + rest.split(end, 1)[1], encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", help="ids, or starts of ids; all without")
    parser.add_argument("--table", action="store_true", help="write the counts into tasks/README.md")
    parser.add_argument("--scores", metavar="FILE", help="write the score of every answer as CSV, for other implementations to compare with")
    parser.add_argument("--verbose", action="store_true", help="show what each wrong answer lost")
    parser.add_argument("--quiet", action="store_true", help="show only what is not proven")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often unit tests of a reference run")
    given = parser.parse_args()
    found = [(i, p) for i, p in load.find(ROOT) if not given.ids or any(i.startswith(s) for s in given.ids)]
    if not found:
        print("no task of that name", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        proofs = list(pool.map(lambda pair: prove(*pair, given.runs), found))
    seen = collections.Counter(p.task.prompt for p in proofs if p.task)
    for p in proofs:
        if p.task and seen[p.task.prompt] > 1 and not p.task.data.get("images"):
            p.faults.append("another task has the same prompt")
    print(f"{'task':<52}{'ref':>6}{'empty':>7}{'echo':>6}{'wrong':>7}")
    for p, row in zip(proofs, proof_rows(proofs)):
        if given.quiet and not p.faults and not p.not_run:
            continue
        print(row)
        for line in p.faults + p.not_run + (p.notes if given.verbose else []):
            print("    " + line)
    failed, skipped = sum(bool(p.faults) for p in proofs), sum(bool(p.not_run) and not p.faults for p in proofs)
    print(f"{len(proofs) - failed - skipped} of {len(proofs)} tasks proven, {failed} failed, {skipped} not run")
    if given.table and not given.ids and not failed:
        write_table([p.task for p in proofs])
    if given.scores and not failed:
        rows = [f"{p.id},{name},{value:.6f}\n" for p in proofs for name, value in p.scores]
        Path(given.scores).write_text("task,answer,score\n" + "".join(rows), encoding="utf-8")
    return 1 if failed else 3 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
