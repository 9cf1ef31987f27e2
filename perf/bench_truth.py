"""Holds what `rigwise bench` measured against what the scripted server wrote down.

usage: bench_truth.py RESULT.json EVENTS.jsonl TRUTH.jsonl

Prints a line a level: the error of first-token times and of gaps, token totals, throughput, rate of arrivals, and, where
one stream was measured too, degradation. Both programs read the same clock (CLOCK_MONOTONIC) on one machine. The truth of
an event is the moment before its write; a server that is kept from running between clock and write makes the client look
late, so the share of stamps inside [before, after] of the write is told too.
"""

import json
import sys


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))] if values else float("nan")


def tail(values):
    """p99 in words; of few values it is the worst and says nothing."""
    return f"p99 {quantile(values, 0.99):.1f} us" if len(values) >= 100 else f"p99 - (of {len(values)})"


def read_truth(path, run):
    truth = {}
    for line in open(path):
        if f'"{run}-' not in line:
            continue
        record = json.loads(line)
        truth[int(record["request_id"].rsplit("-", 1)[1])] = record
    return truth


def read_levels(path):
    levels = []
    for line in open(path):
        record = json.loads(line)
        if "window_begin_ns" in record:
            levels.append((record, []))
        else:
            levels[-1][1].append(record)
    return levels


def tokens_inside(stamps, begin, end):
    return sum(count for at, count in stamps if begin <= at < end)


def median_tpot(times_of):
    spans = [(t[-1] - t[0]) / (len(t) - 1) for t in times_of if len(t) > 1]
    return quantile(spans, 0.5)


def hold(level, requests, result, truth):
    begin, end = level["window_begin_ns"], level["window_end_ns"]
    first, gap, inside, both = [], [], 0, 0
    told = counted = unmatched = 0
    window = []
    for request in requests:
        record = truth.get(request["index"])
        if record is None:
            unmatched += request["error"] is None
            continue
        before, after = record["before_ns"], record["after_ns"]
        window.extend(zip(before, record["tokens"]))
        if not begin <= request["planned_ns"] < end or request["error"] is not None:
            continue
        told += request["output_tokens"]
        counted += record["output_tokens"]
        at = request["at_ns"]
        if len(at) != len(before):
            unmatched += 1
            continue
        first.append(abs(at[0] - before[0]) / 1e3)
        both += len(at)
        inside += sum(b - 1000 <= a <= c for a, b, c in zip(at, before, after))
        gap.extend(abs((at[i] - at[i - 1]) - (before[i] - before[i - 1])) / 1e3 for i in range(1, len(at)))
    seconds = (end - begin) / 1e9
    true_rate = tokens_inside(window, begin, end) / seconds
    received = sum(begin <= record["received_ns"] < end for record in truth.values())
    return {
        "load": f"{level['rate']:g}/s" if level["rate"] else f"{level['concurrency']:g}",
        "requests": len(first),
        "ttft_us": (quantile(first, 0.5), tail(first)),
        "gap_us": (quantile(gap, 0.5), tail(gap)),
        "inside": inside / both if both else float("nan"),
        "tokens": (told, counted),
        "rate_error": result["output_tokens_per_s"] / true_rate - 1 if true_rate else float("nan"),
        "arrivals": (result["delivered_per_s"], received / seconds, result["offered_per_s"]),
        "true_tpot": median_tpot([r["before_ns"] for r in truth.values() if begin <= r["received_ns"] < end]),
        "unmatched": unmatched,
    }


def main():
    result = json.load(open(sys.argv[1]))
    truth = read_truth(sys.argv[3], result["load"]["run"])
    alone = None
    for (level, requests), told in zip(read_levels(sys.argv[2]), result["levels"]):
        of_level = {r["index"]: truth[r["index"]] for r in requests if r["index"] in truth}
        line = hold(level, requests, told, of_level)
        health = told["client_health"]
        text = (
            f"{line['load']:>7}: {line['requests']:5d} requests  |ttft error| p50 {line['ttft_us'][0]:.1f} us {line['ttft_us'][1]}"
            f"  |gap error| p50 {line['gap_us'][0]:.1f} us {line['gap_us'][1]}"
            f"  inside the write {100 * line['inside']:.1f} %"
            f"  tokens {line['tokens'][0]}/{line['tokens'][1]}  throughput {100 * line['rate_error']:+.3f} %"
        )
        if level["rate"]:
            delivered, received, offered = line["arrivals"]
            text += f"  arrivals {100 * (delivered / offered - 1):+.3f} % sent, {100 * (received / offered - 1):+.3f} % received"
        if level["concurrency"] == 1:
            alone = line["true_tpot"]
        elif alone and told["degradation"]:
            text += f"  degradation {told['degradation']:.4f}, truth {alone / line['true_tpot']:.4f}"
        text += (
            f"  {1e6 * health['cpu_s_per_token_event']:.1f} us CPU an event"
            f"  wake-up p99 {1e6 * health['wake_delay_s']['p99']:.0f} us"
            f"  client says up to {1e6 * (2e-5 + health['first_blur_p99_s'] + health['send_call_p99_s']):.0f} us of ttft,"
            f" {1e6 * (2e-5 + health['gap_blur_p99_s']):.0f} us of a gap: grade {health['grade']}"
        )
        if line["unmatched"]:
            text += f"  {line['unmatched']} without their match"
        print(text)


if __name__ == "__main__":
    main()
