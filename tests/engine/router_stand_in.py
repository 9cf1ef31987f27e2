"""Stands in for the router's administration: keys are made by the master key alone, and ask for models.

usage: router_stand_in.py PORT_FILE
"""
import http.server
import json
import pathlib
import sys

keys = set()
master = []


class Router(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def key(self):
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def do_GET(self):
        if self.path == "/health/liveliness":
            # Who asks first is the one who manages it.
            master.append(self.key())
            self.answer(200, "alive")
        else:
            self.answer(200 if self.key() in keys else 401, {})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/key/generate" or self.key() != master[0]:
            self.answer(401, {})
        elif not (asked["key"].startswith("sk-") and asked["key"] != master[0] and "fast" in asked["models"]):
            self.answer(400, {})
        else:
            keys.add(asked["key"])
            self.answer(200, asked)

    def log_message(self, *words):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Router)
pathlib.Path(sys.argv[1]).write_text(str(server.server_port))
server.serve_forever()
