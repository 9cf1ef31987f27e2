"""llama-server's arguments, served by llama.cpp's own server out of the Python package: what `rigwise synth --run` starts.

usage: llama-server -m FILE.gguf --host HOST --port PORT -c TOKENS -np STREAMS
"""
import argparse
import os
import signal

import xllamacpp


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("-c", type=int, required=True)
    parser.add_argument("-np", type=int, required=True)
    asked = parser.parse_args()
    params = xllamacpp.CommonParams()
    params.model.path = asked.m
    params.hostnames = [asked.host]
    params.port = asked.port
    params.n_ctx = asked.c
    params.n_parallel = asked.np
    # One thread unless told otherwise: two would wait for each other wherever something else runs.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(os.environ.get("ENGINE_THREADS", "1"))
    params.warmup = False
    server = xllamacpp.Server(params)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    del server


if __name__ == "__main__":
    main()
