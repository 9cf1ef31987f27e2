#!/usr/bin/env python3
"""rigwise eval run beside promptfoo: the same questions, the same server, the same machine, one after the other.

usage: perf/peers/promptfoo.py [--build build/release] [--tasks 1000] [--models 10] [--concurrency 64] [--delay-ms 50]

Prints a Markdown table: wall time and peak memory of the first run, of a second with nothing left to do, and what is
there after kill -9 in the middle and going on. promptfoo comes from npm into build/tools/peers.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASK = """+++
schema = 1
title = "Task {i}"
category = "content"
kind = "text"
difficulty = 1
expects = ["a word"]
license = "Apache-2.0"
created = 2026-11-22
canary = "perf"
[limits]
max_output_tokens = 64
[[check]]
type = "keyword"
all = ["answer"]
+++
Write the answer to question number {i} in one line.
+++ reference
Answer
+++ wrong one
no
+++ wrong two
nothing
+++ wrong three
none
"""


class Server:
    """fakellm with one answer for everything."""

    def __init__(self, build, folder, delay_ms):
        script = folder / "script.json"
        script.write_text(json.dumps({"answer": "the answer: {hash}", "delay_ms": delay_ms}))
        self.process = subprocess.Popen([build / "fakellm", "--script", script], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def stop(self):
        """Its last line: calls, pairs, ..."""
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate()[0].strip().splitlines()[-1]
        return {name: int(count) for name, count in (part.rsplit(" ", 1) for part in said.split(", "))}


class Rigwise:
    name = "rigwise"

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        tasks = folder / "tasks" / "manager"
        tasks.mkdir(parents=True)
        for i in range(args.tasks):
            (tasks / f"task-{i}.task.md").write_text(TASK.format(i=i))

    def command(self, url):
        models = [word for i in range(self.args.models) for word in ("--model", f"model-{i}")]
        return [self.args.build / "rigwise", "eval", "run", "--endpoint", f"{url}/v1", "--store", self.folder / "store.db",
                "--tasks", self.folder / "tasks", "--concurrency", str(self.args.concurrency), "--json", *models]

    resume = command

    def rows(self):
        answered = "SELECT COUNT(*) FROM item WHERE chosen IS NOT NULL"
        return sqlite3.connect(self.folder / "store.db").execute(answered).fetchone()[0]

    def repeated_rows(self):
        return 0  # an item is a row's key


class Promptfoo:
    name = "promptfoo"

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        tools = ROOT / "build/tools/peers"
        if not (tools / "node_modules/.bin/promptfoo").exists():
            tools.mkdir(parents=True, exist_ok=True)
            (tools / "package.json").write_text("{}")
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "promptfoo@0.121.20"], cwd=tools, check=True)
        self.program = tools / "node_modules/.bin/promptfoo"
        package = json.loads((tools / "node_modules/promptfoo/package.json").read_text())
        self.name = f"promptfoo {package['version']}"
        os.environ.update(PROMPTFOO_CONFIG_DIR=str(folder), PROMPTFOO_DISABLE_TELEMETRY="1", PROMPTFOO_DISABLE_UPDATE="1",
                          PROMPTFOO_DISABLE_REMOTE_GENERATION="1", OPENAI_API_KEY="none")

    def write_config(self, url):
        (self.folder / "config.json").write_text(json.dumps({
            "prompts": ["Write the answer to question number {{i}} in one line."],
            "providers": [{"id": f"openai:chat:model-{i}", "config": {"apiBaseUrl": f"{url}/v1", "max_tokens": 64}}
                          for i in range(self.args.models)],
            "tests": [{"vars": {"i": str(i)}, "assert": [{"type": "icontains", "value": "answer"}]}
                      for i in range(self.args.tasks)]}))

    def command(self, url):
        self.write_config(url)
        return [self.program, "eval", "-c", self.folder / "config.json", "-j", str(self.args.concurrency),
                "--no-progress-bar", "--no-table"]

    def resume(self, url):
        self.write_config(url)
        return [self.program, "eval", "--resume", "-j", str(self.args.concurrency), "--no-progress-bar", "--no-table"]

    def table(self, query):
        try:
            return sqlite3.connect(self.folder / "promptfoo.db").execute(query).fetchone()[0] or 0
        except sqlite3.OperationalError:  # killed before it made its tables
            return 0

    def rows(self):
        """Different pairs: its own indices are no identity, they repeat after a resume."""
        return self.table("SELECT COUNT(*) FROM (SELECT DISTINCT json_extract(test_case, '$.vars.i'), "
                          "json_extract(provider, '$.id') FROM eval_results)")

    def repeated_rows(self):
        return self.table("SELECT COUNT(*) FROM eval_results") - self.rows()


def timed(command, folder):
    """Wall seconds, peak MiB of the largest process of its tree, status."""
    begin = time.monotonic()
    with open(folder / "log", "a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - begin, used.ru_maxrss / 1024, process.returncode


def killed(command, folder, after_s):
    with open(folder / "log", "a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        time.sleep(after_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def measure(kind, args):
    """One program, in a process of its own so that peaks of memory do not mix."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rigwise-peer-"))
    try:
        peer = kind(args, folder)
        server = Server(args.build, folder, args.delay_ms)
        first = timed(peer.command(server.url), folder)
        second = timed(peer.command(server.url), folder)
        calls = server.stop()["calls"]
        fresh = pathlib.Path(tempfile.mkdtemp(prefix="rigwise-peer-"))
        peer = kind(args, fresh)
        server = Server(args.build, fresh, args.delay_ms)
        killed(peer.command(server.url), fresh, first[0] / 2)
        left = peer.rows()
        subprocess.run(peer.resume(server.url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        result = {"name": peer.name, "first": first, "second": second, "calls": calls, "left": left, "rows": peer.rows(),
                  "repeated": peer.repeated_rows(), "calls_killed": server.stop()["calls"]}
        shutil.rmtree(fresh)
        return result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--models", type=int, default=10)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--delay-ms", type=float, default=50)
    parser.add_argument("--only", choices=["rigwise", "promptfoo"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.build = args.build.resolve()
    kinds = {"rigwise": Rigwise, "promptfoo": Promptfoo}
    if args.only:
        print(json.dumps(measure(kinds[args.only], args)))
        return
    pairs = args.tasks * args.models
    print(f"{pairs:,} pairs, {args.concurrency} at once, {args.delay_ms:g} ms each: at best "
          f"{pairs * args.delay_ms / 1000 / args.concurrency:.1f} s\n")
    print("| | first run | peak memory | run again | killed half way: rows left | rows in the end | rows twice "
          "| requests in all |\n|---|---|---|---|---|---|---|---|")
    for kind in kinds:
        said = subprocess.run([sys.executable, __file__, *sys.argv[1:], "--only", kind], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        it = json.loads(said.splitlines()[-1])
        print(f"| {it['name']} | {it['first'][0]:.1f} s | {it['first'][1]:.0f} MiB | {it['second'][0]:.1f} s "
              f"| {it['left']:,} | {it['rows']:,} | {it['repeated']:,} | {it['calls_killed']:,} |", flush=True)


if __name__ == "__main__":
    main()
