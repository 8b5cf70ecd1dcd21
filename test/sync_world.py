#!/usr/bin/env python3
"""Companies and customers from a seed that knows what is to become of each.

sync_world.py make SEED COMPANIES: data.ndjson for volum-sim --company-data,
customers.ndjson for omie-sim, expected.json.
sync_world.py load URL: customers.ndjson into the simulator.
sync_world.py judge OUT REJECTED: what was done against what was to be.
"""

import json
import random
import sys
import urllib.request
from collections import Counter

SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digit(text):
    rest = sum((ord(c) - 48) * (2 + i % 8)
               for i, c in enumerate(reversed(text))) % 11
    return "0" if rest < 2 else str(11 - rest)


def cnpj(rng, seen):
    while True:
        symbols = SYMBOLS if rng.random() < 0.3 else SYMBOLS[:10]
        base = "".join(rng.choice(symbols) for _ in range(12))
        base += digit(base)
        base += digit(base)
        if base not in seen and len(set(base)) > 1:
            seen.add(base)
            return base


def typed(rng, document):
    """As somebody types it: bare, with its mask, in lower case."""
    kind = rng.randrange(3)
    if kind == 0:
        return document
    masked = "%s.%s.%s/%s-%s" % (document[:2], document[2:5], document[5:8],
                                 document[8:12], document[12:])
    return masked if kind == 1 else masked.lower()


def company(rng, number, document):
    return {
        "cnpj": typed(rng, document),
        "razaoSocial": "Transportes %05d São João Ltda" % number,
        "nomeFantasia": "Exemplo %05d" % number,
        "endereco": {
            "logradouro": "Rua da Concórdia", "numero": str(number),
            "complemento": "", "bairro": "Sé", "cidade": "São Paulo",
            "estado": "SP",
            "cep": rng.choice(["01310100", "01310-100"])},
        "telefone": rng.choice(["11926130149", "(11) 92613-0149",
                                "+55 11 92613-0149"]),
        "email": "fiscal%05d@example.invalid" % number,
        "inscricaoEstadual": "", "ativo": True}


def customer(rng, number, document):
    """The same company, as Omie would have it."""
    return {
        "cnpj_cpf": typed(rng, document),
        "razao_social": "Transportes %05d São João Ltda" % number,
        "nome_fantasia": "Exemplo %05d" % number,
        "endereco": "Rua da Concórdia", "endereco_numero": str(number),
        "complemento": "", "bairro": "Sé",
        "cidade": rng.choice(["SAO PAULO (SP)", "São Paulo"]),
        "estado": "SP", "cep": rng.choice(["01310100", "01310-100"]),
        "telefone1_ddd": "11", "telefone1_numero": "926130149",
        "email": "fiscal%05d@example.invalid" % number,
        "inscricao_estadual": ""}


# What may be the matter with a company, with its weight; the customers in Omie
# are about four for five companies.
KINDS = [("new", 200), ("linked", 350), ("same", 220), ("owned", 60),
         ("missing", 60), ("conflict", 30), ("address", 20), ("twins", 10),
         ("shared", 10), ("shops", 20), ("inactive", 5), ("blocked", 5),
         ("invalid", 5), ("other-name", 5), ("switched-off", 5)]


class World:
    def __init__(self, seed, count):
        self.rng, self.seen = random.Random(seed), set()
        self.companies, self.customers, self.expected = [], [], {}
        names = [k for k, _ in KINDS]
        weights = [w for _, w in KINDS]
        while len(self.companies) < count:
            self.add(self.rng.choices(names, weights)[0])

    def expect(self, action, fields=(), conflicts=()):
        number = len(self.companies)
        self.expected[str(number)] = [action, sorted(fields),
                                      sorted(conflicts)]

    def put_company(self, document, **over):
        number = len(self.companies) + 1
        self.companies.append(
            dict(company(self.rng, number, document), **over))
        return number

    def put_customer(self, number, document, **over):
        self.customers.append(
            dict(customer(self.rng, number, document), **over))

    def add(self, kind):
        document = cnpj(self.rng, self.seen)
        if kind == "shared":
            for _ in range(2):
                self.put_company(document)
                self.expect("cnpj_compartilhado")
            return
        if kind == "shops":
            for _ in range(2):
                n = self.put_company(document)
                self.put_customer(
                    n, document, codigo_cliente_integracao="EMP-%d" % n)
                self.expect("inalterado")
            return
        n = self.put_company(document)
        getattr(self, "add_" + kind.replace("-", "_"))(n, document)

    def add_new(self, n, document):
        self.expect("incluido", [
            "razao_social", "nome_fantasia", "endereco", "endereco_numero",
            "bairro", "cidade", "estado", "cep", "telefone1_numero", "email"])

    def add_linked(self, n, document):
        self.put_customer(n, document,
                          codigo_cliente_integracao="EMP-%d" % n)
        self.expect("inalterado")

    def add_same(self, n, document):
        self.put_customer(n, document)
        self.expect("alterado")

    def add_owned(self, n, document):
        self.put_customer(n, document, nome_fantasia="Antigo %05d" % n,
                          codigo_cliente_integracao="EMP-%d" % n)
        self.expect("alterado", ["nome_fantasia"])

    def add_missing(self, n, document):
        self.put_customer(n, document, email="", telefone1_ddd="",
                          telefone1_numero="")
        self.expect("alterado", ["email", "telefone1_numero"])

    def add_conflict(self, n, document):
        self.put_customer(n, document, email="other@example.invalid",
                          codigo_cliente_integracao="EMP-%d" % n)
        self.expect("divergente", [], ["email"])

    def add_address(self, n, document):
        self.put_customer(n, document, bairro="", cidade="PETROPOLIS (RJ)",
                          estado="RJ",
                          codigo_cliente_integracao="EMP-%d" % n)
        self.expect("divergente", [], ["bairro", "cidade", "estado"])

    def add_twins(self, n, document):
        self.put_customer(n, document)
        self.put_customer(n, document)
        self.expect("cliente_ambiguo")

    def add_inactive(self, n, document):
        self.put_customer(n, document, inativo="S")
        self.expect("cliente_inativo")

    def add_blocked(self, n, document):
        self.put_customer(n, document, bloquear_faturamento="S")
        self.expect("cliente_bloqueado")

    def add_invalid(self, n, document):
        wrong = document[:13] + str((int(document[13]) + 1) % 10)
        self.companies[-1]["cnpj"] = wrong
        self.expect("cnpj_invalido")

    def add_other_name(self, n, document):
        self.put_customer(n, document, razao_social="Padaria da Praia ME")
        self.expect("nome_diferente")

    def add_switched_off(self, n, document):
        self.companies[-1]["ativo"] = False
        self.put_customer(n, document)
        self.expect("dispensado")


def make(seed, count):
    world = World(int(seed), int(count))
    with open("data.ndjson", "w") as out:
        for record in world.companies:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    with open("customers.ndjson", "w") as out:
        for record in world.customers:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
    with open("expected.json", "w") as out:
        json.dump(world.expected, out)
    print("%d companies, %d customers" % (len(world.companies),
                                          len(world.customers)))


def load(base):
    for line in open("customers.ndjson"):
        request = urllib.request.Request(
            base + "/sim/client", data=line.encode(), method="POST")
        urllib.request.urlopen(request).read()


def judge(out, rejected):
    expected = json.load(open("expected.json"))
    got, refused = {}, Counter()
    for line in map(json.loads, open(out)):
        sync = line["sync"]
        got[sync["empresaId"]] = [sync["acao"], sorted(sync["campos"]),
                                  sorted(sync.get("conflitos", []))]
    for line in map(json.loads, open(rejected)):
        number = line["registro"]["empresa"]["empresaId"]
        code = line["rejeitado"]["codigo"]
        refused[number] += 1
        if code != "divergente":
            got[number] = [code, [], []]
    wrong = [n for n in expected if got.get(n) != expected[n]]
    wrong += [n for n in got if n not in expected]
    wrong += [n for n, times in refused.items() if times != 1]
    for n in wrong[:10]:
        print("company %s: %s, not %s" % (n, got.get(n), expected.get(n)))
    print(dict(Counter(e[0] for e in expected.values())))
    return 1 if wrong else 0


if __name__ == "__main__":
    COMMANDS = {"make": make, "load": load, "judge": judge}
    sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
