#!/usr/bin/env python3
"""cnpj-sync killed at system call after system call: no customer twice.

sync_kill.py BUILD STEP DIRECTION: each STEP-th call of a run is its last once;
then it runs again, to its end. To omie it creates two customers and links a
third. To inanbetec, by what changed since the run before, it creates a company,
links one and changes another. Both programs and omie-sim live 120 times as fast
(faults/warp.c).
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
        self.begun, self.store = 0, {}

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

    def new_store(self):
        """On a server a database of its own; a file goes with its folder."""
        self.begun += 1
        if "VOLUM_DB" in os.environ:
            base, mark, options = os.environ["VOLUM_DB"].partition("?")
            self.store["VOLUM_DB"] = "%s_%d%s%s" % (base, self.begun, mark,
                                                    options)

    def begin(self):
        """New services, which know nothing of each other."""
        self.stop()
        self.new_store()
        for name in os.listdir(self.dir):
            if name != "companies":
                path = self.path(name)
                shutil.rmtree(path) if os.path.isdir(path) else \
                    os.remove(path)
        self.omie = self.start("omie-sim", "--time-scale", str(SCALE))
        self.companies = self.start("volum-sim", "--companies", "0",
                                    "--company-data", self.path("companies"),
                                    "--log", self.path("companies.calls"))

    def add_customer(self, document, **over):
        self.control("client", dict({
            "cnpj_cpf": document, "razao_social": "Exemplo Ltda",
            "email": "a@example.invalid"}, **over))

    def control(self, path, body=None):
        url = self.omie.replace("/api/v1/", "/sim/") + path
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.urlopen(url, data).read().decode()

    def edit(self, **change):
        """Somebody changes a customer in Omie."""
        body = {"call": "AlterarCliente", "param": [change],
                "app_key": KEYS["OMIE_APP_KEY"],
                "app_secret": KEYS["OMIE_APP_SECRET"]}
        urllib.request.urlopen(self.omie + "geral/clientes/",
                               json.dumps(body).encode()).read()

    def inanbetec(self):
        request = urllib.request.Request(
            self.companies + "empresas",
            headers={"Authorization": "Bearer KEY"})
        return json.load(urllib.request.urlopen(request))

    def run(self, at):
        environment = dict(
            os.environ, VOLUM_STATE_DIR=self.path("state"),
            OMIE_API_URL=self.omie, INANBETEC_API_URL=self.companies,
            WARP=str(SCALE), WARP_SINCE=str(self.since), **KEYS,
            **self.store)
        done = subprocess.run(
            [self.tool + "/killat", "-l", self.path("calls"), "-p",
             self.tool + "/warp.so", str(at), self.bin + "/cnpj-sync",
             "--from", self.sides[0], "--to", self.sides[1], "--all",
             "--quiet"],
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


    def check(self, code, out):
        """Each customer once, with its company's code, and all told."""
        results = [json.loads(line)["sync"] for line in out.splitlines()]
        found = Counter(c["cnpj_cpf"] for c in self.customers())
        codes = sorted(c["codigo_cliente_integracao"]
                       for c in self.customers())
        if code != 0 or len(results) != 3:
            return "exit %d, %d results" % (code, len(results))
        if found != Counter(DOCUMENTS) or codes != ["EMP-1", "EMP-2",
                                                    "EMP-3"]:
            return "%s, %s" % (dict(found), codes)
        ids = {c["codigo_cliente_omie"] for c in self.customers()}
        if {r["codigoClienteOmie"] for r in results} != ids:
            return "results name other customers"
        return None


class ToOmie(World):
    sides = ("inanbetec", "omie")
    companies_known = DOCUMENTS

    def prepare(self):
        self.begin()
        self.add_customer(DOCUMENTS[2])


class ToInanbetec(World):
    sides = ("omie", "inanbetec")
    companies_known = DOCUMENTS[:2]

    def prepare(self):
        """One is in step, and the changes up to then were read."""
        self.begin()
        self.add_customer(DOCUMENTS[0], codigo_cliente_integracao="EMP-1")
        self.run(0)
        self.control("advance", {"seconds": 3600})
        self.edit(codigo_cliente_omie=4477000001, email="b@example.invalid",
                  bairro="Novo")
        self.add_customer(DOCUMENTS[1])
        self.add_customer(DOCUMENTS[2], bairro="Velho")

    def check(self, code, out):
        found = {c["cnpj"]: (str(c["id"]), c["email"],
                             (c.get("endereco") or {}).get("bairro"))
                 for c in self.inanbetec()}
        wanted = {DOCUMENTS[0]: ("1", "b@example.invalid", "Novo"),
                  DOCUMENTS[1]: ("2", "a@example.invalid", None),
                  DOCUMENTS[2]: ("3", "a@example.invalid", "Velho")}
        with open(self.path("companies.calls")) as log:
            posts = sum(json.loads(x)["method"] == "POST" for x in log)
        if found != wanted or posts != 1:
            return "%s, created %d times" % (found, posts)
        return super().check(code, out)


def main(build, step, to):
    scratch = tempfile.mkdtemp()
    world = {"omie": ToOmie, "inanbetec": ToInanbetec}[to](build, scratch)
    with open(world.path("companies"), "w") as out:
        for document in world.companies_known:
            out.write(json.dumps({
                "cnpj": document, "razaoSocial": "Exemplo Ltda",
                "email": "a@example.invalid"}) + "\n")
    wrong, kills = [], 0
    try:
        world.prepare()
        world.run(0)
        calls = int(open(world.path("calls")).read().split()[0])
        for at in range(1, calls, int(step)):
            world.prepare()
            kills += world.run(at)[0] == 137
            why = world.check(*world.run_to_the_end())
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
