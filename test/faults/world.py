"""One run: omie-sim, a store, and the processes that a plan wants."""

import json
import os
import random
import signal
import subprocess
import time
import urllib.request

import account
import history
from plan import BLOCK_S, REFUSAL, TIMEOUT_S, UNHARMED, WINDOW_S, Process
from plan import Start as PlannedStart
from stores import Unreadable, open_store

# No start takes longer than this, in simulated time.
DEADLINE_S = 14400
KEYS = {"OMIE_APP_KEY": "key-of-the-faults", "OMIE_APP_SECRET": "secret-of-it"}
# Clean starts before the faults are taken away, and after that.
PATIENCE, LAST_PATIENCE = 10, 10
# The naive client is given up on sooner.
NAIVE_PATIENCE = 3


class Programs:
    """Where the programs are, and what a run of the command costs in calls."""

    def __init__(self, build, scratch, store):
        here = os.path.dirname(os.path.abspath(__file__))
        self.bin = os.path.join(os.path.abspath(build), "bin")
        self.tool = os.path.join(os.path.abspath(build), "tool")
        self.warp = self.tool + "/warp.so"
        self.naive = os.path.join(here, "naive.sh")
        self.scratch = scratch
        self.calls = (0, 0)
        self.catalog = subprocess.run(
            [self.bin + "/volum-sim", "--companies", "20", "--catalog"],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        self.elsewhere = self.namespace()
        self.store = open_store(self, store)

    def namespace(self):
        """What a command is put behind so that none of another host can see
        whether it is still there; [] without the right to."""
        words = ["unshare", "--pid", "--fork", "--kill-child"]
        return words if subprocess.run(
            words + ["true"], stderr=subprocess.DEVNULL).returncode == 0 \
            else []

    def set_calls(self, one, four):
        each = (four - one) // 3
        self.calls = (one - each, each)

    def calls_of(self, lines):
        return self.calls[0] + self.calls[1] * lines


class World:
    def __init__(self, programs, plan, name, naive=False):
        self.programs, self.plan, self.naive = programs, plan, naive
        self.scale = programs.store.scale
        self.dir = os.path.join(programs.scratch, name)
        os.makedirs(self.dir)
        self.db = programs.store.fresh(self.dir)
        self.rng = random.Random(plan.orders)
        self.starts, self.wrong, self.story = [], [], []
        self.kills, self.count = [], 0
        self.two_hosts = False
        self.may_refuse = any(f[0] == REFUSAL for f in plan.faults)
        self.since = int(time.time())
        self.start_sim()

    def path(self, name):
        return os.path.join(self.dir, name)

    # ---------------------------------------------------------- simulator

    def rule(self, fault):
        kind, method, calls = fault
        if not isinstance(kind, str):
            kind = "%s=%d" % (kind[0], kind[1] * 1000 // self.scale)
        return "%s:%s:%s" % (kind, method, calls)

    def start_sim(self):
        options, latency = self.plan.options
        command = [self.programs.bin + "/omie-sim", "--log", self.path("log"),
                   "--time-scale", str(self.scale),
                   "--latency", str(int(latency * 1000 / self.scale)),
                   *options]
        for fault in self.plan.faults:
            command += ["--fault", self.rule(fault)]
        self.sim = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True,
            stderr=open(self.path("sim.err"), "w"),
            env=dict(os.environ, **KEYS))
        self.url = self.sim.stdout.readline().strip()
        self.base = self.url.split("/api/")[0]
        before = time.time()
        now = json.loads(self.ask("state"))["now"]
        self.sim_at = ((before + time.time()) / 2, history.seconds(now))

    def ask(self, what, body=None):
        request = urllib.request.Request(
            "%s/sim/%s" % (self.base, what),
            data=None if body is None else body.encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def sim_time(self, at):
        return self.sim_at[1] + (at - self.sim_at[0]) * self.scale

    def stop(self):
        self.sim.send_signal(signal.SIGTERM)
        if self.sim.wait(timeout=30) not in (0, -signal.SIGTERM):
            self.wrong.append("omie-sim: exit %d" % self.sim.returncode)
        self.sim.stdout.close()

    # ---------------------------------------------------------- processes

    def environment(self, host):
        state = self.path("host%d" % host)
        os.makedirs(state, exist_ok=True)
        return dict(
            os.environ, OMIE_API_URL=self.url, VOLUM_STATE_DIR=state,
            OMIE_SAME_CALL_WINDOW_S=str(WINDOW_S), OMIE_BLOCK_S=str(BLOCK_S),
            WARP=str(self.scale), WARP_SINCE=str(self.since), **KEYS)

    def command(self, name, end, lines):
        if self.naive:
            run = ["sh", self.programs.naive, self.path(name + ".payloads")]
        else:
            run = [self.programs.bin + "/omie-contract", "--db",
                   self.db.uri, "--rejected",
                   self.path(name + ".rejected"), "--log",
                   self.path(name + ".log")]
        if end.share is None:
            return run, 0
        at = end.share
        if isinstance(at, float):
            at = max(1, int(at * self.programs.calls_of(lines)))
        flags = (["-x"] if end.at_exit else []) + (["-t"] if end.term else [])
        return [self.programs.tool + "/killat", *flags, "-l",
                self.path(name + ".calls"), "-p", self.programs.warp,
                str(at), *run], at

    def launch(self, process, host, lines):
        self.count += 1
        name = "%02d" % self.count
        command, at = self.command(name, process.end, len(lines))
        with open(self.path(name + ".in"), "w") as out:
            out.writelines(line + "\n" for line in lines)
        if self.naive:
            self.write_payloads(name, lines)
        environment = self.environment(host)
        if process.end.share is None:
            environment["LD_PRELOAD"] = self.programs.warp
        elsewhere = []
        if host > 0 and self.programs.store.one_limiter:
            elsewhere = self.programs.elsewhere
        child = subprocess.Popen(
            elsewhere + command, env=environment,
            stdin=open(self.path(name + ".in")),
            stdout=open(self.path(name + ".out"), "w"),
            stderr=open(self.path(name + ".err"), "w"))
        return child, name, process, lines, at

    def read(self, name):
        try:
            with open(self.path(name)) as text:
                return text.read()
        except FileNotFoundError:
            return ""

    def note_stop(self, name):
        """When it was killed or asked to stop, in simulated time."""
        counted = self.read(name + ".calls").split()
        if counted and float(counted[2]) > 0:
            self.kills.append(self.sim_time(float(counted[2])))

    def finish(self, launched):
        child, name, process, lines, at = launched
        try:
            code = child.wait(timeout=DEADLINE_S / self.scale)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
            self.wrong.append("start %s: no end in %d simulated s" % (
                name, DEADLINE_S))
        code = 128 - code if code < 0 else code
        killed = process.end.share is not None and code == account.KILLED
        self.note_stop(name)
        start = account.Start(
            lines, self.read(name + ".out"), self.read(name + ".rejected"),
            self.read(name + ".err"), code, killed,
            process.end.share is not None and process.end.term)
        self.story.append("%s: %d lines, kill at %d%s: exit %d" % (
            name, len(lines), at, " (term)" if process.end.term else "", code))
        self.starts.append(start)
        if not self.naive:
            self.wrong += ["start %s: %s" % (name, why)
                           for why in self.check_start(start)]
            self.check_store(name)
        return start

    def check_start(self, start):
        return account.check_start(start, self.plan.wanted, self.may_refuse)

    # -------------------------------------------------------------- store

    def check_store(self, name):
        """Readable at each stop, whatever the stop."""
        listed = self.programs.store.volum_store(
            self.db.uri, None, "--list", "empresas")
        if listed.returncode != 0 or listed.stdout.count("\n") != 20:
            self.wrong.append("after %s: volum-store --list: exit %d: %s" % (
                name, listed.returncode, listed.stderr))
        try:
            rows = self.db.ledger()
        except Unreadable as why:
            self.wrong.append("after %s: the ledger: %s" % (name, why))
            return
        self.wrong += ["after %s: %s" % (name, why)
                       for why in self.check_ledger(rows)]

    def check_ledger(self, rows):
        return account.check_ledger(rows)

    # ---------------------------------------------------------------- run

    def ordered(self, lines, order):
        lines = list(lines)
        if order == "reversed":
            lines.reverse()
        elif order == "shuffled":
            self.rng.shuffle(lines)
        return lines

    def lines_left(self):
        """As cron would have it: refused lines as they were refused, and those
        that nothing was said of."""
        done = {r["cCodIntCtr"] for s in self.starts
                for r in account.results(s)}
        refused = {account.line_key(line): line for s in self.starts
                   for line in s.rejected.splitlines()}
        left = []
        for line in self.plan.lines:
            key = account.line_key(line)
            if key not in done:
                left.append(refused.get(key, line))
        return left

    def host_of(self, planned, i):
        """Of those that share a limiter any may go on where another stopped."""
        if planned.hosts == 1:
            return 0
        return self.count % 2 if self.programs.store.one_limiter else i

    def run_start(self, planned):
        lines = self.plan.lines
        if planned.feed == "left" and not self.naive:
            lines = self.lines_left() or lines
        elif planned.feed == "first":
            lines = lines[:1]
        launched = []
        for i, process in enumerate(planned.processes):
            if i > 0:
                time.sleep(planned.delay_s / self.scale)
            launched.append(self.launch(
                process, self.host_of(planned, i),
                self.ordered(lines, process.order)))
        if len(launched) == 2 and planned.hosts == 2:
            self.two_hosts = True
        return [self.finish(one) for one in launched]

    def run_clean(self, feed):
        hosts = 2 if self.programs.store.one_limiter else 1
        clean = PlannedStart([Process("as-is", UNHARMED)], hosts, 0, feed)
        return self.run_start(clean)[0]

    def restart_until_done(self):
        most = NAIVE_PATIENCE if self.naive else PATIENCE + LAST_PATIENCE
        for tries in range(most):
            if tries == PATIENCE:
                self.ask("fault", '{"rule":null}')
            feed = self.rng.choice(("all", "left"))
            start = self.run_clean(feed)
            if start.code == account.ALL_DONE:
                return True
            # As long as it said, or as cron would let it rest.
            time.sleep((BLOCK_S + 5 if start.code == account.BLOCKED
                        else self.rng.uniform(0, 30)) / self.scale)
        self.wrong.append("not done after %d starts" % most)
        return False

    def run_once_more(self):
        """Nothing is left to do: nothing is written, all is as it was."""
        before = len(history.writes(self.log()))
        start = self.run_clean("all")
        again = [r["acao"] for r in account.results(start)
                 if r["acao"] == "incluido"]
        if start.code != 0 or again:
            self.wrong.append("once more: exit %d, %d created" % (
                start.code, len(again)))
        if len(history.writes(self.log())) != before:
            self.wrong.append("once more: something was written to Omie")

    def log(self):
        return history.read_lines(self.read("log"))

    def is_serial(self):
        """Did all of its processes share one limiter?"""
        return self.programs.store.one_limiter or not self.two_hosts

    def judge(self):
        contracts = history.read_lines(self.ask("contracts"))
        rules = history.Rules(WINDOW_S, TIMEOUT_S, self.scale,
                              self.is_serial() and not self.naive,
                              self.kills)
        self.wrong += history.check(
            self.plan.wanted, self.log(), contracts, rules)
        if self.naive:
            return
        self.wrong += account.check_claims(self.starts, contracts)
        self.wrong += account.check_ledger_end(
            self.db.ledger(), self.plan.wanted, contracts)

    def run(self):
        """What is wrong, one line each."""
        try:
            if self.plan.known:
                self.run_clean("first")
            for planned in self.plan.starts:
                self.run_start(planned)
            if self.restart_until_done() and not self.naive:
                self.run_once_more()
            self.judge()
        finally:
            self.stop()
        return self.wrong

    # -------------------------------------------------------- naive client

    def write_payloads(self, name, lines):
        with open(self.path(name + ".payloads"), "w") as out:
            for line in lines:
                if account.line_key(line) not in self.plan.wanted:
                    continue  # nothing to bill
                json.dump(self.payload(line), out, ensure_ascii=False)
                out.write("\n")

    def payload(self, line):
        data = json.loads(line, parse_float=str)["consolidacaoData"]
        key = account.line_key(line)
        want = self.plan.wanted[key]
        items = [{"itemCabecalho": {
            "codIntItem": str(i + 1), "quant": 1, "seq": i + 1,
            "valorUnit": float(p["valor"]), "cNaoGerarFinanceiro": "N",
            "natOperacao": "01", "codServMunic": "0620", "codLC116": "1.06"},
            "itemDescrServ": {"descrCompleta": p["nome"]}}
                 for i, p in enumerate(data["produtos"])]
        return {"call": "IncluirContrato", "app_key": KEYS["OMIE_APP_KEY"],
                "app_secret": KEYS["OMIE_APP_SECRET"],
                "param": [{"cabecalho": {
                    "cCodIntCtr": key, "cNumCtr": key, "cCodSit": "10",
                    "nCodCli": want.customer, "nDiaFat": 5, "cTipoFat": "01",
                    "dVigInicial": "01/12/2026", "dVigFinal": "31/12/2026"},
                    "itensContrato": items}]}
