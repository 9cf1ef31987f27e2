"""A load generator as most are written: aiohttp, json, one task a stream, the clock read after each line.

usage: aiohttp_client.py URL MODEL STREAMS REQUESTS PROMPT_TOKENS OUTPUT_TOKENS OUT.jsonl
"""

import asyncio
import json
import sys
import time

import aiohttp


async def one(session, url, model, prompt, output_tokens, name, out):
    body = {"model": model, "stream": True, "max_tokens": output_tokens, "ignore_eos": True,
            "stream_options": {"include_usage": True}, "messages": [{"role": "user", "content": prompt}]}
    sent, stamps, tokens = time.monotonic_ns(), [], 0
    async with session.post(url + "/chat/completions", json=body, headers={"X-Request-Id": name}) as answer:
        async for line in answer.content:
            now = time.monotonic_ns()
            if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                continue
            event = json.loads(line[6:])
            if event["choices"] and event["choices"][0]["delta"].get("content"):
                stamps.append(now)
            if event.get("usage"):
                tokens = event["usage"]["completion_tokens"]
    out.append({"name": name, "sent_ns": sent, "at_ns": stamps, "tokens": tokens})


async def main():
    url, model, streams, requests, prompt_tokens, output_tokens, path = sys.argv[1:]
    prompt, left, out = "word " * int(prompt_tokens), int(requests), []

    async def stream(session):
        nonlocal left
        while left > 0:
            left -= 1
            await one(session, url, model, prompt, int(output_tokens), f"aiohttp-{left}", out)

    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
        await asyncio.gather(*[stream(session) for _ in range(int(streams))])
    with open(path, "w") as file:
        for record in out:
            file.write(json.dumps(record) + "\n")


asyncio.run(main())
