"""Loads a model file with llama.cpp's own server, asks it for tokens, and says what came.

usage: generate.py FILE.gguf

The prompt has one token for every letter, as synthetic tokenizers promise, and the answer has as many as are asked for.
Prints "PROMPT_TOKENS ANSWER_TOKENS CHAT_TOKENS".
"""
import sys

import xllamacpp

PROMPT = "a prompt of letters"
TOKENS = 4


def main() -> None:
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    params.n_ctx = 512
    params.n_parallel = 1
    # One thread: two would wait for each other wherever something else runs.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup = False
    params.no_extra_bufts = True  # weights stay where they are mapped: files larger than what is read cost nothing
    server = xllamacpp.Server(params)
    raw = server.handle_completions({"prompt": PROMPT, "max_tokens": TOKENS, "ignore_eos": True})
    chat = server.handle_chat_completions(
        {"messages": [{"role": "user", "content": PROMPT}], "max_tokens": TOKENS, "ignore_eos": True})
    print(raw["usage"]["prompt_tokens"], raw["usage"]["completion_tokens"], chat["usage"]["completion_tokens"])


if __name__ == "__main__":
    main()
