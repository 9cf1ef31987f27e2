"""llama-server's options as a set-up kit gives them, served by llama.cpp's own server out of the Python package. An option
that is not handed on is refused: the kit's command is the claim that is tested.
"""
import argparse
import os
import pathlib
import signal

import xllamacpp


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("--model", "--alias", "--host", "--api-key-file"):
        parser.add_argument(name, required=True)
    for name in ("--port", "--ctx-size", "--parallel"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--n-gpu-layers", type=int, choices=[0])
    parser.add_argument("--threads", type=int)
    parser.add_argument("--flash-attn", choices=["on", "auto"])
    parser.add_argument("--cache-type-k", choices=["f16"])
    parser.add_argument("--cache-type-v", choices=["f16"])
    parser.add_argument("--fit", choices=["off"])
    parser.add_argument("--metrics", action="store_true")
    parser.add_argument("--no-webui", action="store_true")
    return parser.parse_args()


def main() -> None:
    asked = read_options()
    params = xllamacpp.CommonParams()
    params.model.path = asked.model
    params.model_alias = {asked.alias}
    params.hostnames = [asked.host]
    params.port = asked.port
    params.n_ctx = asked.ctx_size
    params.n_parallel = asked.parallel
    params.n_gpu_layers = asked.n_gpu_layers
    params.fit_params = asked.fit != "off"
    params.endpoint_metrics = asked.metrics
    params.ui = not asked.no_webui
    params.api_keys = [line for line in pathlib.Path(asked.api_key_file).read_text().splitlines() if line and not line.startswith("#")]
    if asked.threads:
        # One thread where other programs work beside the test: two would wait for each other.
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(os.environ.get("ENGINE_THREADS", asked.threads))
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    del server


if __name__ == "__main__":
    main()
