#!/usr/bin/env python3
"""A dead man's switch on loopback, as healthchecks.io is: it notes what it is
told.

usage: ping_double.py LOG STATUS [SECONDS]

The address is the first line printed. Each request becomes a JSON line of LOG:
path and body. It is answered with STATUS after SECONDS.
"""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG, STATUS = sys.argv[1], int(sys.argv[2])
DELAY = float(sys.argv[3]) if len(sys.argv) > 3 else 0


class Switch(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        line = {"path": self.path, "body": body.decode()}
        with open(LOG, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")
        time.sleep(DELAY)
        self.send_response(STATUS)
        self.end_headers()
        self.wfile.write(b"OK")

    do_GET = do_POST

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Switch)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
