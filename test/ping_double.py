#!/usr/bin/env python3
"""A dead man's switch on loopback, as healthchecks.io is: it notes what it is
told.

usage: ping_double.py LOG STATUS|FAULT [SECONDS]

The address is the first line printed. Each request becomes a JSON line of LOG:
path and body. It is answered with STATUS after SECONDS, or a FAULT is done:
close (no answer), garbage (no HTTP), cut (half a header), drip (a byte now and
then, without an end), endless (a body without an end), redirect (to itself).
"""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG, ANSWER = sys.argv[1], sys.argv[2]
DELAY = float(sys.argv[3]) if len(sys.argv) > 3 else 0


class Switch(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        line = {"path": self.path, "body": body.decode()}
        with open(LOG, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")
        time.sleep(DELAY)
        self.close_connection = True
        if ANSWER.isdigit():
            self.send_response(int(ANSWER))
            self.end_headers()
            self.wfile.write(b"OK")
        else:
            getattr(self, ANSWER)()

    do_GET = do_POST

    def close(self):
        pass

    def garbage(self):
        self.wfile.write(b"\x00\xff" * 5000)

    def cut(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")

    def drip(self):
        self.endless(b"x", 0.2)

    def endless(self, piece=b"x" * 65536, pause=0):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            pass  # whoever asked has gone

    def redirect(self):
        self.send_response(307)
        self.send_header("Location", self.path + "/again")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Switch)
server.daemon_threads = True
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
