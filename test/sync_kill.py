#!/usr/bin/env python3
"""cnpj-sync killed at system call after system call: no customer twice.

sync_kill.py BUILD STEP: each STEP-th call of a run that creates two customers
and links a third is its last once; then it runs again, to its end. Both
programs and omie-sim live 120 times as fast (faults/warp.c).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter

SCALE = 120
DOCUMENTS = ["11222333000181", "12ABC34501DE35", "10527452000180"]
KEYS = {"OMIE_APP_KEY": "key-of-the-kills", "OMIE_APP_SECRET": "secret-of-it",
        "INANBETEC_API_KEY": "KEY"}


class World:
    def __init__(self, build, scratch):
        self.bin = os.path.join(os.path.abspath(build), "bin")
        self.tool = os.path.join(os.path.abspath(build), "tool")
        self.dir, self.services = scratch, []
        self.since = int(time.time())

    def path(self, name):
        return os.path.join(self.dir, name)

    def start(self, *command):
        service = subprocess.Popen(
            [self.bin + "/" + command[0], *command[1:]], text=True,
            stdout=subprocess.PIPE, env=dict(os.environ, **KEYS))
        self.services.append(service)
        return service.stdout.readline().strip()

    def stop(self):
        for service in self.services:
            service.terminate()
            service.wait()
        self.services = []

    def begin(self):
        """A new account, and the same three companies."""
        self.stop()
        for name in os.listdir(self.dir):
            if name != "companies":
                path = self.path(name)
                shutil.rmtree(path) if os.path.isdir(path) else \
                    os.remove(path)
        self.omie = self.start("omie-sim", "--time-scale", str(SCALE))
        self.companies = self.start("volum-sim", "--companies", "0",
                                    "--company-data", self.path("companies"))
        self.control("client", {"cnpj_cpf": DOCUMENTS[2],
                                "razao_social": "Exemplo Ltda"})

    def control(self, path, body=None):
        url = self.omie.replace("/api/v1/", "/sim/") + path
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.urlopen(url, data).read().decode()

    def run(self, at):
        environment = dict(
            os.environ, VOLUM_STATE_DIR=self.path("state"),
            OMIE_API_URL=self.omie, INANBETEC_API_URL=self.companies,
            WARP=str(SCALE), WARP_SINCE=str(self.since), **KEYS)
        done = subprocess.run(
            [self.tool + "/killat", "-l", self.path("calls"), "-p",
             self.tool + "/warp.so", str(at), self.bin + "/cnpj-sync",
             "--from", "inanbetec", "--to", "omie", "--all", "--quiet"],
            env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=120, text=True)
        return done.returncode, done.stdout

    def run_to_the_end(self):
        """Held up for two warped seconds, which is soon, it gives up."""
        code, out = self.run(0)
        for _ in range(10):
            if code != 75:
                break
            code, out = self.run(0)
        return code, out

    def customers(self):
        return [json.loads(x) for x in self.control("clients").splitlines()]


def check(world, code, out):
    results = [json.loads(line)["sync"] for line in out.splitlines()]
    found = Counter(c["cnpj_cpf"] for c in world.customers())
    codes = sorted(c["codigo_cliente_integracao"] for c in world.customers())
    if code != 0 or len(results) != 3:
        return "exit %d, %d results" % (code, len(results))
    if found != Counter(DOCUMENTS) or codes != ["EMP-1", "EMP-2", "EMP-3"]:
        return "%s, %s" % (dict(found), codes)
    ids = {c["codigo_cliente_omie"] for c in world.customers()}
    if {r["codigoClienteOmie"] for r in results} != ids:
        return "results name other customers"
    return None


def main(build, step):
    scratch = tempfile.mkdtemp()
    world = World(build, scratch)
    with open(world.path("companies"), "w") as out:
        for document in DOCUMENTS:
            out.write(json.dumps({
                "cnpj": document, "razaoSocial": "Exemplo Ltda",
                "email": "a@example.invalid"}) + "\n")
    wrong, kills = [], 0
    try:
        world.begin()
        world.run(0)
        calls = int(open(world.path("calls")).read().split()[0])
        for at in range(1, calls, int(step)):
            world.begin()
            kills += world.run(at)[0] == 137
            why = check(world, *world.run_to_the_end())
            if why is not None:
                wrong.append("killed at call %d: %s" % (at, why))
    finally:
        world.stop()
        shutil.rmtree(scratch)
    print("\n".join(wrong[:20] + ["%d calls, %d kills, %d wrong" % (
        calls, kills, len(wrong))]))
    return 1 if wrong or kills < 10 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
