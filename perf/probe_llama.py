"""Decode speed of a GGUF file in llama.cpp's own server: tokens a second, the median of three answers of 64 tokens.

usage: probe_llama.py FILE.gguf THREADS
"""
import statistics
import sys

import xllamacpp


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx = 512
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[2])
    server = xllamacpp.Server(params)
    rates = []
    for number in range(3):
        answer = server.handle_completions({"prompt": f"{number} abcdefghijklmn", "max_tokens": 64, "ignore_eos": True})
        rates.append(answer["timings"]["predicted_per_second"])
    print(statistics.median(rates))


if __name__ == "__main__":
    main()
