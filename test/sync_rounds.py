#!/usr/bin/env python3
"""Both sides edited at random, cnpj-sync run in turns, sometimes killed.

sync_rounds.py SEED ROUNDS COMPANIES, with both services in the environment.
After each round both sides are read and compared with what a three-way
comparison of its own says they are to be; every conflict is to be told once.
"""

import json
import os
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request

from sync_world import cnpj

OWNED = ("razao_social", "inscricao_estadual")  # InAnbetec's
ADDRESS = ("complemento", "bairro")
FIELDS = OWNED + ADDRESS + ("email", "telefone1_numero")
HERE = {"razao_social": "razaoSocial", "email": "email",
        "inscricao_estadual": "inscricaoEstadual",
        "telefone1_numero": "telefone"}


class Wrong(Exception):
    pass


# ------------------------------------------------------------- both services

def company_api(method, path, body=None):
    request = urllib.request.Request(
        os.environ["INANBETEC_API_URL"] + "empresas" + path, method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " +
                 os.environ["INANBETEC_API_KEY"]})
    return json.load(urllib.request.urlopen(request))


def omie(call, param):
    body = {"call": call, "app_key": os.environ["OMIE_APP_KEY"],
            "app_secret": os.environ["OMIE_APP_SECRET"], "param": [param]}
    request = urllib.request.Request(
        os.environ["OMIE_API_URL"] + "geral/clientes/",
        data=json.dumps(body).encode())
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as why:  # an empty list is one, too
        return json.load(why)


def read_here():
    found = {}
    for c in company_api("GET", ""):
        got = {f: c.get(HERE[f]) for f in HERE}
        for f in ADDRESS:
            got[f] = (c.get("endereco") or {}).get(f)
        got["id"] = str(c["id"])
        if c["cnpj"] in found:
            raise Wrong("company %s twice" % c["cnpj"])
        found[c["cnpj"]] = got
    return found


def read_there():
    found, page, pages = {}, 1, 1
    while page <= pages:
        answer = omie("ListarClientes", {"pagina": page, "exibir_obs": "N",
                                         "registros_por_pagina": 50})
        pages = answer.get("total_de_paginas", 0)
        for c in answer.get("clientes_cadastro", []):
            document = "".join(x for x in c["cnpj_cpf"] if x.isalnum())
            got = {f: c.get(f) for f in FIELDS}
            if got["telefone1_numero"] is not None:
                got["telefone1_numero"] = (c.get("telefone1_ddd") or "") + \
                    got["telefone1_numero"]
            got["id"] = c["codigo_cliente_omie"]
            if document in found:
                raise Wrong("customer %s twice" % document)
            found[document] = got
        page += 1
    return found


# -------------------------------------------------------------------- edits

def value_of(rng, field):
    n = rng.randrange(6)
    if field == "razao_social":
        return "Exemplo Comum %d Ltda" % n
    if field in ("email", "complemento") and n == 0:
        return ""
    return {"inscricao_estadual": "11222333%d" % n,
            "complemento": "Sala %d" % n, "bairro": "Bairro %d" % n,
            "email": "caixa%d@example.invalid" % n,
            "telefone1_numero": "1134567%03d" % n}[field]


def edit_here(company, field, value):
    if field in ADDRESS:
        whole = company_api("GET", "/" + company["id"]).get("endereco") or {}
        company_api("PATCH", "/" + company["id"],
                    {"endereco": dict(whole, **{field: value})})
    else:
        company_api("PATCH", "/" + company["id"], {HERE[field]: value})


def edit_there(customer, field, value):
    change = {"codigo_cliente_omie": customer["id"], field: value}
    if field == "telefone1_numero":
        change = {"codigo_cliente_omie": customer["id"],
                  "telefone1_ddd": value[:2], "telefone1_numero": value[2:]}
    answer = omie("AlterarCliente", change)
    if answer.get("codigo_status") != "0":
        raise Wrong("edit: %s" % answer)


def add_here(rng, seen):
    company_api("POST", "", {
        "cnpj": cnpj(rng, seen), "razaoSocial": "Exemplo Comum 0 Ltda",
        "endereco": {"complemento": "", "bairro": "Bairro 0"},
        "email": value_of(rng, "email"), "telefone": "1134567000",
        "inscricaoEstadual": "", "ativo": True})


def add_there(rng, seen):
    omie("IncluirCliente", {
        "cnpj_cpf": cnpj(rng, seen), "razao_social": "Exemplo Comum 1 Ltda",
        "codigo_cliente_integracao": "", "bairro": "Bairro 1",
        "complemento": "", "email": value_of(rng, "email"),
        "telefone1_ddd": "11", "telefone1_numero": "34567001",
        "inscricao_estadual": ""})


# ------------------------------------------------------------ the other view

def fate(base, source, target, owner, from_owner):
    """same, write, keep or conflict; base None: never agreed on. What a side
    leaves out (None) it does not say."""
    if source is None:
        return "skip"
    if source == target:
        return "same"
    if base is None:
        if source == "":
            return "keep"
        if not target:
            return "write"
        return {None: "conflict", True: "write", False: "keep"}[
            None if owner is None else owner == from_owner]
    changed = (source != base, target is not None and target != base)
    if target is None and not changed[0]:
        return "same"
    if changed == (True, True):
        return "conflict"
    if owner is not None:
        return "write" if owner == from_owner else "keep"
    return "write" if changed[0] else "keep"


def fates(base, source, target, from_owner):
    out = {f: fate(base.get(f), source[f], target[f],
                   "here" if f in OWNED else None, from_owner)
           for f in FIELDS}
    parts = [f for f in ADDRESS if out[f] not in ("same", "skip")]
    mixed = {out[f] for f in parts if f in base} >= {"write", "keep"}
    if mixed or "conflict" in [out[f] for f in parts]:
        out.update({f: "conflict" for f in parts})
    return out


class Rounds:
    def __init__(self, seed, companies):
        self.rng, self.seen = random.Random(seed), set()
        self.base, self.kills, self.conflicts, self.written = {}, 0, 0, 0
        for _ in range(companies):
            add_here(self.rng, self.seen)

    def edit(self):
        here, there = read_here(), read_there()
        for document in sorted(here):
            if self.rng.random() < 0.4:
                f = self.rng.choice(FIELDS)
                edit_here(here[document], f, value_of(self.rng, f))
        for document in sorted(there):
            if self.rng.random() < 0.4:
                f = self.rng.choice(FIELDS)
                edit_there(there[document], f, value_of(self.rng, f))
        if self.rng.random() < 0.3:
            add_here(self.rng, self.seen)
        if self.rng.random() < 0.3:
            add_there(self.rng, self.seen)

    def command(self, to_omie, ids):
        sides = ("inanbetec", "omie") if to_omie else ("omie", "inanbetec")
        args = ["cnpj-sync", "--quiet", "--from", sides[0], "--to", sides[1],
                "--rejected", "round.rejected", "--timeout", "2"]
        if ids is not None:
            return args, "".join('{"empresaId":"%s"}\n' % i for i in ids)
        return args + (["--all"] if to_omie else ["--all", "--full"]), ""

    def run(self, to_omie, here):
        ids = None
        if to_omie and self.rng.random() < 0.3:
            ids = [c["id"] for c in here.values()]
            self.rng.shuffle(ids)
        args, lines = self.command(to_omie, ids)
        while self.rng.random() < 0.4:
            child = subprocess.Popen(args, stdin=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, text=True)
            try:
                child.communicate(lines, timeout=self.rng.random() * 0.05)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
                self.kills += 1
        if os.path.exists("round.rejected"):
            os.remove("round.rejected")
        done = subprocess.run(args, input=lines, stdout=subprocess.PIPE,
                              text=True)
        if done.returncode not in (0, 1):
            raise Wrong("exit %d" % done.returncode)
        return [json.loads(x)["sync"] for x in done.stdout.splitlines()]

    def expect(self, to_omie, here, there):
        """What both sides will be, and the conflicts, by document."""
        told = {}
        for document in set(here) | set(there):
            h, t = here.get(document), there.get(document)
            source, target = (h, t) if to_omie else (t, h)
            if source is None:
                continue
            base = self.base.setdefault(document, {})
            if target is None:
                base.update({f: source[f] for f in FIELDS if source[f]})
                (there if to_omie else here)[document] = {
                    f: source[f] or None for f in FIELDS}
                continue
            out = fates(base, source, target, "here" if to_omie else "there")
            told[document] = sorted(
                f for f in FIELDS if out[f] == "conflict")
            for f in FIELDS:
                if out[f] in ("same", "write"):
                    self.written += out[f] == "write"
                    base[f] = source[f]
                if out[f] == "write":
                    target[f] = source[f]
        return told

    def compare(self, side, want, got):
        if set(want) != set(got):
            raise Wrong("%s: %s" % (side, set(want) ^ set(got)))
        for document in want:
            for f in FIELDS:
                if want[document][f] != got[document][f]:
                    raise Wrong("%s %s %s: %r, not %r" % (
                        side, document, f, got[document][f],
                        want[document][f]))

    def judge(self, told, results):
        got = {}
        for r in results:
            if r["cnpj"] in got:
                raise Wrong("%s is told twice" % r["cnpj"])
            got[r["cnpj"]] = sorted(r.get("conflitos", []))
        for document, fields in told.items():
            if got.get(document) != fields:
                raise Wrong("%s: conflicts %s, not %s" % (
                    document, got.get(document), fields))
        refused = [] if not os.path.exists("round.rejected") else [
            json.loads(x)["rejeitado"] for x in open("round.rejected")]
        wanted = sum(1 for fields in told.values() if fields)
        if [r["codigo"] for r in refused] != ["divergente"] * wanted:
            raise Wrong("refused: %s, not %d conflicts" % (refused, wanted))
        self.conflicts += wanted

    def round(self, to_omie, edits=True):
        if edits:
            self.edit()
        here, there = read_here(), read_there()
        told = self.expect(to_omie, here, there)
        results = self.run(to_omie, read_here())
        self.judge(told, results)
        self.compare("InAnbetec", here, read_here())
        self.compare("Omie", there, read_there())

    def end(self):
        """Without further edits only conflicts are left."""
        for to_omie in (True, False, True, False):
            self.round(to_omie, edits=False)
        here, there = read_here(), read_there()
        for document in here:
            for f in FIELDS:
                h = here[document][f] or ""
                t = there[document][f] or ""
                b = self.base[document].get(f)
                if h != t and f not in ADDRESS and b in (h, t):
                    raise Wrong("%s %s: %r and %r" % (document, f, h, t))


def main(seed, rounds, companies):
    began = time.time()
    world = Rounds(int(seed), int(companies))
    for n in range(int(rounds)):
        try:
            world.round(n % 2 == 0)
        except Wrong as why:
            print("seed %s, round %d: %s" % (seed, n + 1, why))
            return 1
    world.end()
    print("%s rounds, %d kills, %d fields written, %d conflicts told, %.0f s"
          % (rounds, world.kills, world.written, world.conflicts,
             time.time() - began))
    return 0 if world.conflicts and world.written else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
