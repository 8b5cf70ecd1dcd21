#!/usr/bin/env python3
"""One fixed answer over HTTP on loopback, for what no simulator would say.

usage: http_double.py LOG STATUS BODY-FILE [HEADER: VALUE]...

The address is the first line printed. Each request becomes a JSON line of LOG:
method, target, authorization, traceparent, and how many were in work beside it. In the body
@COMPANIES@ becomes an array with one element per id asked for. A DELAY in the
environment (seconds) keeps every answer back. A POST of Omie's envelope gets
BODY-FILE.METHOD where that is there, with 500 when it is a fault.
"""
import json
import os
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG, STATUS, BODY = sys.argv[1], int(sys.argv[2]), sys.argv[3]
HEADERS = [h.split(": ", 1) for h in sys.argv[4:]]
LOCK = threading.Lock()
in_work = 0


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        named = BODY + "." + json.loads(asked)["call"]
        self.answer(named if os.path.exists(named) else BODY)

    def do_GET(self):
        self.answer(BODY)

    def answer(self, path):
        global in_work
        with LOCK:
            in_work += 1
            self.note(in_work)
        time.sleep(float(os.environ.get("DELAY", "0")))
        query = urllib.parse.urlparse(self.path).query
        ids = urllib.parse.parse_qs(query).get("empresas", [""])[0]
        made = [{"idEmpresa": i} for i in ids.split(",") if i]
        with open(path, encoding="latin-1") as f:
            text = f.read().replace("@COMPANIES@", json.dumps(made))
        body = text.encode("latin-1")
        with LOCK:
            in_work -= 1
        named = 500 if "faultstring" in text else 200
        self.send_response(STATUS if path == BODY else named)
        for name, value in HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self, beside):
        line = {
            "method": self.command,
            "target": self.path,
            "authorization": self.headers.get("Authorization"),
            "traceparent": self.headers.get("traceparent"),
            "beside": beside,
        }
        with open(LOG, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
