"""Serves a GGUF file with llama.cpp's own server on 127.0.0.1 until it is told to stop.

usage: serve_model.py FILE.gguf PORT
"""
import signal
import sys

import xllamacpp


def main() -> None:
    path, port = sys.argv[1], int(sys.argv[2])
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 8192
    params.n_parallel = 2
    params.cpuparams.n_threads = 2
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
