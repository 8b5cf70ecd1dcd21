"""Runs in which bills are revised between two starts, as cron would have it.

Everything goes through the store: it is fed, its list is what the command gets,
and the command's results go back into it. Where a refusal says what to do, it
is done. In the end there is one contract per key, with the latest total.
"""

import json
import random
from collections import namedtuple

import account
import history
import plan as plans
from plan import BLOCK_S, UNHARMED, Process
from world import World

# The latest content of a bill; parts: cents of each product.
Bill = namedtuple("Bill", "customer parts")
METHODS = ("IncluirContrato", "AlterarContrato", "AlterarContrato",
           "ExcluirItem", "ConsultarContrato", "*")
NAMES = ("Cobrança Bancária", "PIX Pay", "BolePix")
MADE = ("incluido", "alterado", "inalterado")
# Refusals that a revision may meet, though nothing is wrong with it.
EXPECTED = ("divergente", "desatualizada", "em_andamento")


def line_of(key, parts):
    competencia, empresa, proposta = key
    return json.dumps({"consolidacaoData": {
        "competencia": competencia, "empresaId": empresa,
        "numeroProposta": proposta, "valorTotal": sum(parts) / 100,
        "produtos": [{"nome": name, "quantidade": 1, "valor": part / 100}
                     for name, part in zip(NAMES, parts)],
        "status": "completed"}, "trigger": "data-processed"},
        ensure_ascii=False)


def draw_parts(rng):
    return [rng.randint(1, 999_999) for _ in range(rng.choice((1, 2, 3)))]


def draw(seed):
    """The plan of a run without revisions, with faults of changes as well."""
    rng = random.Random("revised %d" % seed)
    plan = plans.draw(rng.getrandbits(32))
    options, latency = plan.options
    options = list(options)
    lag = options.index("--contract-lag") + 1
    options[lag] = str(min(int(options[lag]), 40))
    faults = []
    for kind, _, calls in plan.faults + [plans.draw_fault(rng, 2)]:
        if kind != plans.REFUSAL:
            faults.append((kind, rng.choice(METHODS), calls))
    starts = [plans.draw_start(rng)._replace(feed="all")
              for _ in range(rng.randint(2, 5))]
    return plan._replace(seed=seed, options=(options, latency), faults=faults,
                         starts=starts, orders=rng.getrandbits(32))


class RevisedWorld(World):
    def __init__(self, programs, plan, name):
        super().__init__(programs, plan, name)
        self.bills, self.totals, self.keys = {}, {}, {}
        companies = self.rng.sample(range(1, plans.COMPANIES + 1),
                                    self.rng.randint(1, 4))
        for company in companies:
            key = ("2024-01", str(company), "PROP-%d" % company)
            self.keys[history.key_of(*key)] = key
            self.set_bill(key, draw_parts(self.rng))

    # -------------------------------------------------------------- store

    def store(self, text, *options):
        return self.programs.store.volum_store(
            self.db.uri, text, "--rejected", self.path("store.rejected"),
            *options)

    def set_bill(self, key, parts, revision=None):
        line = json.loads(line_of(key, parts))
        if revision is not None:
            line["consolidacaoData"]["revisao"] = revision
        run = self.store(json.dumps(line) + "\n", "--revise")
        if run.returncode != 0:
            self.wrong.append("volum-store --revise: %s" % run.stderr)
        code = history.key_of(*key)
        customer = plans.FIRST_CUSTOMER + int(key[1]) - 1
        self.bills[code] = Bill(customer, parts)
        self.totals.setdefault(code, set()).add(sum(parts))

    def listed(self):
        run = self.store(None, "--list", "consolidacoes")
        return run.stdout.splitlines()

    def keep_results(self, starts):
        """Some are lost on their way to the store."""
        for start in starts:
            whole = start.out[:start.out.rfind("\n") + 1]
            if whole and self.rng.random() < 0.8:
                run = self.store(whole)
                if "total_divergente" in run.stderr:
                    self.wrong.append("a result of another total: "
                                      + run.stderr)

    def follow_advice(self, starts):
        """A refusal says with which `revisao` its bill is to be stored."""
        for refusal in (r for s in starts for r in account.refusals(s)):
            advice = refusal["rejeitado"].get("conselho", "")
            if '"revisao":' in advice:
                code = account.record_key(refusal)
                revision = int(advice.split('"revisao":')[1].split()[0])
                self.set_bill(self.keys[code], self.bills[code].parts,
                              revision)

    # ---------------------------------------------------------------- run

    def lines_left(self):
        return self.plan.lines  # the store knows what is left

    def run_start(self, planned):
        self.plan = self.plan._replace(lines=self.listed())
        starts = super().run_start(planned)
        self.keep_results(starts)
        self.follow_advice(starts)
        return starts

    def revise_some(self):
        for code, bill in self.bills.items():
            if self.rng.random() < 0.5:
                parts = list(bill.parts)
                if self.rng.random() < 0.7:
                    parts = draw_parts(self.rng)
                else:  # back to what it was once, or one cent
                    parts[0] += self.rng.choice((1, 1, 100))
                if self.rng.random() < 0.15:
                    parts = self.first[code]
                self.set_bill(self.keys[code], parts)

    def run(self):
        self.first = {code: bill.parts for code, bill in self.bills.items()}
        try:
            for planned in self.plan.starts:
                self.run_start(planned)
                self.revise_some()
            if self.restart_until_done():
                self.run_once_more()
            self.judge()
        finally:
            self.stop()
        return self.wrong

    # -------------------------------------------------------------- judge

    def check_start(self, start):
        fed = {account.line_key(line): history.cents(
            json.loads(line, parse_float=str)["consolidacaoData"]
            ["valorTotal"]) for line in start.lines}
        for result in account.results(start):
            code = result["cCodIntCtr"]
            if result["acao"] not in MADE or not result.get("nCodCtr"):
                yield "result %s: %s" % (code, result["acao"])
            if history.cents(result["valorTotal"]) != fed.get(code):
                yield "result %s: total %s, fed %s" % (
                    code, result["valorTotal"], fed.get(code))
        for refusal in account.refusals(start):
            why = refusal["rejeitado"]
            if why["classe"] == "dados" and why["codigo"] not in EXPECTED:
                yield "refused: %s: %s" % (why["codigo"], why["mensagem"])
        yield from account.check_lines(start)
        done, refused = account.results(start), account.refusals(start)
        yield from account.check_code(
            start, len(done), len(refused),
            len(start.lines) - len(done) - len(refused))

    def check_ledger(self, rows):
        """One number per key, and no create after it is confirmed."""
        number = {}
        for key, event, made in rows:
            if event == "confirmado" and number.setdefault(key, made) != made:
                yield "ledger: %s: confirmed as %d and as %d" % (
                    key, number[key], made)

    def judge(self):
        contracts = history.read_lines(self.ask("contracts"))
        calls = history.writes(self.log())
        created = [c for c in calls if c.method == "IncluirContrato"]
        self.wrong += history.check_made_once(created)
        for call in created:
            if call.cents not in self.totals.get(call.key, ()):
                self.wrong.append("%s: total %d" % (call, call.cents))
        wanted = {code: history.Wanted(bill.customer, sum(bill.parts))
                  for code, bill in self.bills.items()}
        self.wrong += history.check_end(wanted, contracts)
        self.wrong += account.check_claims(self.starts, contracts)
        self.wrong += account.check_ledger_end(
            self.db.ledger(), wanted, contracts)
