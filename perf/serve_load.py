#!/usr/bin/env python3
"""1,000 connections at once against `rigwise serve`: each sends requests one after another and reads the answers.
Prints requests per second and how long answers took; fails when one connection or answer is lost.

usage: perf/serve_load.py RIGWISE [CONNECTIONS] [REQUESTS A CONNECTION]
"""

import json
import resource
import selectors
import signal
import socket
import subprocess
import sys
import time

QUESTION = b'{"model": "llama-3.1-8b", "quant": "Q4_K_M", "setup": "rtx 4090"}'


def request_bytes(path, body):
    method = b"POST" if body else b"GET"
    head = b"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (method, path, len(body)) + body


class Asker:
    """One connection: what it has heard so far, and when it asked."""

    def __init__(self, port, request):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.request, self.heard, self.answered, self.bad = request, b"", 0, 0

    def ask(self):
        self.begun = time.perf_counter()
        self.socket.sendall(self.request)

    def listen(self):
        """Seconds that an answer took once it is whole; None while it is not. Raises when the server hangs up."""
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise ConnectionError("the server ended a connection")
        self.heard += piece
        end = self.heard.find(b"\r\n\r\n")
        if end < 0:
            return None
        at = self.heard.index(b"Content-Length: ") + 16
        length = int(self.heard[at : self.heard.index(b"\r\n", at)])
        if len(self.heard) < end + 4 + length:
            return None
        self.bad += not self.heard.startswith(b"HTTP/1.1 200")
        self.heard = b""
        self.answered += 1
        return time.perf_counter() - self.begun


def measure(name, port, request, connections, rounds):
    selector = selectors.DefaultSelector()
    askers = [Asker(port, request) for _ in range(connections)]
    begun = time.perf_counter()
    for asker in askers:
        selector.register(asker.socket, selectors.EVENT_READ, asker)
        asker.ask()
    took, open_count = [], connections
    while open_count:
        for key, _ in selector.select():
            seconds = key.data.listen()
            if seconds is None:
                continue
            took.append(seconds)
            if key.data.answered < rounds:
                key.data.ask()
            else:
                selector.unregister(key.data.socket)
                open_count -= 1
    whole = time.perf_counter() - begun
    for asker in askers:
        asker.socket.close()
    took.sort()
    bad = sum(asker.bad for asker in askers)
    at = lambda share: 1000 * took[min(len(took) - 1, int(share * len(took)))]
    print(f"{name:<9} {connections} connections, {len(took)} answers, {bad} not 200: {len(took) / whole:,.0f} a second; "
          f"p50 {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, longest {at(1):.0f} ms")
    return bad


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("--help", "-h"):
        print(__doc__)
        return 0 if len(sys.argv) > 1 else 2
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = subprocess.Popen([sys.argv[1], "serve", "--listen", "127.0.0.1:0", "--json"], stdout=subprocess.PIPE)
    text = b""
    while not text.endswith(b"}\n"):
        text += server.stdout.readline()
    port = int(json.loads(text)["urls"][0].rsplit(":", 1)[1].rstrip("/"))
    bad = measure("/healthz", port, request_bytes(b"/healthz", b""), connections, rounds)
    bad += measure("predict", port, request_bytes(b"/api/v1/predict", QUESTION), connections, rounds)
    server.send_signal(signal.SIGTERM)
    status = server.wait()
    print(f"server ended with {status}")
    return 1 if bad or status else 0


if __name__ == "__main__":
    sys.exit(main())
