"""Holds load generators against what the scripted server wrote down. perf/peers/bench_peers.sh installs and calls it."""

import argparse
import ctypes
import functools
import http.server
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "build/tools/peers"
BUILD = pathlib.Path(os.environ.get("RIGWISE_BUILD", ROOT / "build/release"))
MODEL, PROMPT_TOKENS = "timed-1", 128
TWO_CORES = (os.cpu_count() or 1) > 1


def write_tokenizer(folder):
    """A tokenizer of single bytes: nothing is fetched from a hub, and all programs count alike."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: i for i, letter in enumerate(alphabet)} | {"<|end|>": len(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|end|>", "pad_token": "<|end|>",
                "model_max_length": 1_000_000}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text('{"model_type": "llama"}')


def book_address(path):
    """Serves a file over HTTP, since one of the programs takes its text from nowhere else."""
    if book_address.server is None:
        handler = functools.partial(QuietFiles, directory=str(path.parent))
        book_address.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=book_address.server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{book_address.server.server_port}/{path.name}"


book_address.server = None


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, math.ceil(q * len(values)) - 1)] if values else None


# --- the programs: how each is asked, and where it says what it measured ------------------------------------------

def ask_rigwise(at, url, streams, requests, tokens):
    return [BUILD / "rigwise", "bench", "--url", f"{url}/v1", "--model", MODEL, "--concurrency", streams, "--requests",
            requests, "--warmup", 0, "--prompt-tokens", PROMPT_TOKENS, "--output-tokens", tokens, "--json", "--out",
            at / "out.json"]


def read_rigwise(at):
    level = json.loads((at / "out.json").read_text())["levels"][0]
    samples, run = level["samples"], json.loads((at / "out.json").read_text())["load"]["run"]
    # The request's name is its run and index.
    named = {f"{run}-{index}": times for index, *times in zip(samples["index"], samples["ttft_s"], samples["tpot_s"])}
    return {"by_name": named, "tokens": sum(samples["output_tokens"]), "requests": len(named),
            "note": "grade " + level["client_health"]["grade"]}


def ask_aiohttp(at, url, streams, requests, tokens):
    return [PEERS / "aiohttp/bin/python", ROOT / "perf/peers/aiohttp_client.py", f"{url}/v1", MODEL, streams, requests,
            PROMPT_TOKENS, tokens, at / "out.jsonl"]


def read_aiohttp(at):
    records = [json.loads(line) for line in (at / "out.jsonl").open()]
    named = {}
    for record in records:
        stamps = record["at_ns"]
        if len(stamps) > 1:
            tpot = (stamps[-1] - stamps[0]) * 1e-9 / (len(stamps) - 1)
            named[record["name"]] = ((stamps[0] - record["sent_ns"]) * 1e-9, tpot)
    return {"by_name": named, "tokens": sum(r["tokens"] for r in records), "requests": len(records)}


def ask_guidellm(at, url, streams, requests, tokens):
    data = f"kind=synthetic_text,prompt_tokens={PROMPT_TOKENS},output_tokens={tokens}"
    return [PEERS / "guidellm/bin/guidellm", "run", "--backend", f"kind=openai_http,target={url},model={MODEL}",
            "--profile", f"kind=concurrent,streams={streams}", "--data", data, "--tokenizer",
            f"kind=huggingface_auto,model={at.parent / 'tokenizer'}", "--constraint",
            f"kind=max_requests,count={requests}", "--output", f"kind=json,path={at / 'out.json'}",
            "--disable-console"]


def read_guidellm(at):
    requests = json.loads((at / "out.json").read_text())["benchmarks"][0]["requests"]["successful"]
    times = [r["time_to_first_token_ms"] * 1e-3 for r in requests if r.get("time_to_first_token_ms")]
    gaps = [r["inter_token_latency_ms"] * 1e-3 for r in requests if r.get("inter_token_latency_ms")]
    return {"ttft": times, "itl": gaps, "tokens": sum(r["output_tokens"] for r in requests), "requests": len(requests)}


def ask_aiperf(at, url, streams, requests, tokens):
    return [PEERS / "aiperf/bin/aiperf", "profile", "-m", MODEL, "--url", url, "--endpoint-type", "chat", "--streaming",
            "--concurrency", streams, "--request-count", requests, "--isl", PROMPT_TOKENS, "--osl", tokens,
            "--tokenizer", at.parent / "tokenizer", "--extra-inputs", "ignore_eos:true", "--output-artifact-dir",
            at / "out", "--export-level", "records", "--no-server-metrics", "--use-server-token-count"]


def read_aiperf(at):
    file = next((at / "out").rglob("profile_export*.jsonl"))
    records = [json.loads(line)["metrics"] for line in file.open()]

    def seconds(record, name):
        metric = record.get(name)
        return metric["value"] * (1e-3 if metric["unit"] == "ms" else 1e-9) if metric else None

    times = [seconds(r, "time_to_first_token") for r in records]
    gaps = [seconds(r, "inter_token_latency") for r in records]
    tokens = sum(r["output_sequence_length"]["value"] for r in records if "output_sequence_length" in r)
    return {"ttft": [t for t in times if t], "itl": [t for t in gaps if t], "tokens": tokens, "requests": len(records)}


def ask_llama_benchy(at, url, streams, requests, tokens):
    runs = max(1, requests // streams)
    return [PEERS / "llama-benchy/bin/llama-benchy", "--base-url", f"{url}/v1", "--model", MODEL, "--tokenizer",
            at.parent / "tokenizer", "--pp", PROMPT_TOKENS, "--tg", tokens, "--concurrency", streams, "--runs", runs,
            "--latency-mode", "none", "--no-warmup", "--skip-coherence", "--no-adapt-prompt", "--exact-tg",
            "--book-url", book_address(at.parent / "book.txt"), "--format", "json", "--save-result", at / "out.json"]


def read_llama_benchy(at):
    found = json.loads((at / "out.json").read_text())["benchmarks"][0]
    each = [v * 1e-3 for v in found["e2e_ttft"]["values"]]  # means of its runs, in milliseconds
    speeds = found["tg_req_throughput"]["values"]
    return {"ttft": each, "itl": [1 / s for s in speeds if s], "tokens": None, "requests": None}


PROGRAMS = {
    "rigwise": (ask_rigwise, read_rigwise),
    "aiohttp": (ask_aiohttp, read_aiohttp),
    "llama-benchy": (ask_llama_benchy, read_llama_benchy),
    "aiperf": (ask_aiperf, read_aiperf),
    "guidellm": (ask_guidellm, read_guidellm),
}


# --- running one ---------------------------------------------------------------------------------------------------

def family_of(root):
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry))
    family, todo = [], [root]
    while todo:
        family.append(todo.pop())
        todo += children.get(family[-1], [])
    return family


def resident_bytes(root):
    total = 0
    for process in family_of(root):
        try:
            total += int(open(f"/proc/{process}/statm").read().split()[1]) * 4096
        except OSError:
            pass
    return total


class Server:
    def __init__(self, at, script):
        self.log = at / "truth.jsonl"
        (at / "script.json").write_text(json.dumps(script))
        pin = ["taskset", "-c", "0"] if TWO_CORES else []
        self.process = subprocess.Popen(pin + [str(BUILD / "fakellm"), "--timed", str(at / "script.json"), "--log",
                                               str(self.log)], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def truth(self):
        self.process.terminate()
        self.process.wait()
        return [json.loads(line) for line in self.log.open()]


def run_one(name, at, streams, requests, tokens, script, limit_s):
    at.mkdir(parents=True)
    server = Server(at, script)
    ask, read = PROGRAMS[name]
    pin = ["taskset", "-c", f"1-{os.cpu_count() - 1}"] if TWO_CORES else []
    command = pin + [str(word) for word in ask(at, server.url, streams, requests, tokens)]
    environment = os.environ | {"AIPERF_HTTP_CONNECTION_LIMIT": "4000", "HF_HOME": str(at / "hf"), "NO_COLOR": "1"}
    if name != "aiperf":  # which then looks for a tokenizer in its cache and not in the folder it is given
        environment |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    before, peak = os.times(), 0
    began = time.monotonic()
    with open(at / "said.txt", "w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=at,
                                   env=environment)
        killer = threading.Timer(limit_s, process.kill)
        killer.start()
        while process.poll() is None:
            peak = max(peak, resident_bytes(process.pid))
            time.sleep(0.2)
        killer.cancel()
    wall = time.monotonic() - began
    # What the program left behind came to us (PR_SET_CHILD_SUBREAPER): its time counts once it is gone.
    for orphan in family_of(os.getpid())[1:]:
        if orphan != server.process.pid:
            try:
                os.waitpid(orphan, os.WNOHANG)
            except ChildProcessError:
                pass
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    truth = [t for t in server.truth() if t["before_ns"]]
    row = {"program": name, "streams": streams, "wall_s": wall, "peak_bytes": peak}
    try:
        row |= compare(read(at), truth, tokens)
        row["cpu_us_per_event"] = cpu * 1e6 / max(1, sum(len(t["before_ns"]) for t in truth))
    except (OSError, KeyError, IndexError, StopIteration, TypeError, ValueError) as fault:
        tail = (at / "said.txt").read_text(errors="replace")[-300:]
        row["failed"] = f"{type(fault).__name__}: {fault}; it said: {tail}"
    return row


def plain_name(name):
    """"run-00000012" and "run-12" are one."""
    run, _, index = name.rpartition("-")
    return f"{run}-{int(index)}" if index.isdigit() else name


def compare(said, truth, tokens):
    """What a program says of ttft and of the time a token takes, less what the server did: request by request where
    they can be told apart, else the quantiles of both. Requests of other lengths are tries, and no part of it."""
    whole = [t for t in truth if t["whole"] and t["output_tokens"] == tokens]
    true = {}
    for record in whole:
        sends = record["before_ns"]
        # From when the kernel had the question: what a busy server takes to read it is part of what a client waits for.
        times = ((sends[0] - (record["arrived_ns"] or record["received_ns"])) * 1e-9, (sends[-1] - sends[0]) * 1e-9 / (len(sends) - 1))
        for name in (record["request_id"], record["answer_id"]):
            true[plain_name(name)] = times
        record["times"] = times
    first, each = {}, {}
    if "by_name" in said:
        pairs = [(times, true[plain_name(name)]) for name, times in said["by_name"].items() if plain_name(name) in true]
        for q in (0.5, 0.99):
            first[q] = quantile([abs(a[0] - b[0]) for a, b in pairs], q) * 1e3
            each[q] = quantile([abs(a[1] - b[1]) for a, b in pairs], q) * 1e3
    else:
        for q in (0.5, 0.99):
            first[q] = abs(quantile(said["ttft"], q) - quantile([t["times"][0] for t in whole], q)) * 1e3
            each[q] = abs(quantile(said["itl"], q) - quantile([t["times"][1] for t in whole], q)) * 1e3
    row = {"ttft_error_p50_ms": first[0.5], "ttft_error_p99_ms": first[0.99], "tpot_error_p50_ms": each[0.5],
           "tpot_error_p99_ms": each[0.99], "requests": said["requests"], "note": said.get("note", "")}
    if said["tokens"] is not None and said["requests"]:
        row["tokens_per_request"] = said["tokens"] / said["requests"]
    return row


def measures_right(row):
    """Of --largest: what is told is within a hundredth of ttft and of a token's time, at p99."""
    return "failed" not in row and row["ttft_error_p99_ms"] <= 2 and row["tpot_error_p99_ms"] <= 0.5


def show(row):
    if "failed" in row:
        return f"| {row['program']} | {row['streams']} | failed: {row['failed'][:120]!r} |"
    count = row.get("tokens_per_request")
    return (f"| {row['program']} | {row['streams']} | {row['cpu_us_per_event']:.1f} | {row['peak_bytes'] / 1e6:.0f} | "
            f"{row['wall_s']:.1f} | {row['ttft_error_p50_ms']:.3g} | {row['ttft_error_p99_ms']:.3g} | "
            f"{row['tpot_error_p50_ms']:.3g} | {row['tpot_error_p99_ms']:.3g} | "
            f"{'-' if count is None else format(count, '.4g')} | {row['note']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", default="64,512,2000")
    parser.add_argument("--requests-per-stream", type=int, default=4)
    parser.add_argument("--output-tokens", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--only", default=",".join(PROGRAMS))
    parser.add_argument("--largest", action="store_true")
    parser.add_argument("--limit-s", type=float, default=600, help="for one run")
    parser.add_argument("--out", help="all rows as JSON")
    asked = parser.parse_args()
    unknown = [name for name in asked.only.split(",") if name not in PROGRAMS]
    if unknown:
        parser.error(f"no program {', '.join(unknown)}: {', '.join(PROGRAMS)}")
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    script = {"ttft_ms": 200, "token_ms": 50, "output_tokens": 0}
    rows = []
    with tempfile.TemporaryDirectory(prefix="rigwise-peers-") as folder:
        folder = pathlib.Path(folder)
        write_tokenizer(folder / "tokenizer")
        (folder / "book.txt").write_text("The river turns slowly past the old mill and the fields. " * 4000)
        runs = iter(range(10_000))

        def run(name, streams):
            row = run_one(name, folder / f"run-{next(runs)}", streams, streams * asked.requests_per_stream,
                          asked.output_tokens, script, asked.limit_s)
            row["load_average"] = os.getloadavg()[0]
            rows.append(row)
            print(show(row), flush=True)
            return row

        print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; answers of {asked.output_tokens} tokens, "
              "first token after 200 ms, then one every 50 ms\n")
        print("| program | streams | CPU us an event | peak MB | wall s | ttft p50 off by ms | p99 | tpot p50 off by ms "
              "| p99 | tokens a request | note |\n|---|---|---|---|---|---|---|---|---|---|---|")
        names = asked.only.split(",")
        for turn in range(asked.repeats):
            for streams in map(int, asked.streams.split(",")):
                for name in names if turn % 2 == 0 else reversed(names):  # ABBA
                    run(name, streams)
        if asked.largest:
            for name in names:
                best, streams = 0, 16
                while streams <= 8192 and measures_right(run(name, streams)):
                    best, streams = streams, streams * 2
                print(f"{name}: {best} streams at 20 tok/s measured right")
    if asked.out:
        pathlib.Path(asked.out).write_text(json.dumps(rows, indent=1) + "\n")
    return 0 if all("failed" not in row for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
