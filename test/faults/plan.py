"""From a seed to what goes wrong: everything random about a run is drawn here.

Times are simulated seconds; world.py turns them into ours.
"""

import json
import random
from collections import namedtuple

from history import Wanted, key_of

FIRST_CUSTOMER = 4477000001
COMPANIES = 20
WINDOW_S, TIMEOUT_S, BLOCK_S = 60, 90, 300

# How one process ends: kill -9 at a share of its system calls (when: entry or
# exit of it), SIGTERM at that call instead, or not at all (share None).
End = namedtuple("End", "share at_exit term")
UNHARMED = End(None, False, False)
# One process: the order of its lines, and how it ends.
Process = namedtuple("Process", "order end")
# One start: a process, or two at once, on one host or two; delay_s: the second
# starts so much later; feed: all lines, or what is left and was refused.
Start = namedtuple("Start", "processes hosts delay_s feed")
# known: contracts were made before, so that none is listed and whoever starts at
# the same time writes at the same time.
Plan = namedtuple("Plan",
                  "seed lines wanted options faults starts orders known")

WHOLE_ANSWER = ("ok-without-id", "truncated", "latin1", "partial-body",
                "broken-after", "byebye-after", "cut-after", "hang-after")
NO_WRITE = ("broken-before", "cut-before", "hang", "html-502", "rate-429",
            "running-1880", "fault-500", "ok-with-fault")
REFUSAL = "soft-refusal"  # the one fault that says that the data is bad
RARE = ("block-425", "denied-403", REFUSAL)
HANGS_S = (30, 85, 100, 200)


def bill(rng, competencia, empresa, proposta, nothing):
    """A consolidation, and what it adds up to in cents."""
    parts = [rng.randint(1, 9_999_999)
             for _ in range(rng.choice((1, 1, 2, 3)))]
    if nothing:
        parts = [0]
    names = ("Cobrança Bancária", "PIX Pay", "BolePix")

    def money(cents):
        return "%d.%02d" % divmod(cents, 100)

    products = ",".join(
        '{"nome":"%s","quantidade":%d,"valor":%s}' % (
            name, rng.randint(1, 5000), money(part))
        for name, part in zip(names, parts))
    line = ('{"consolidacaoData":{"competencia":"%s","empresaId":"%s",'
            '"numeroProposta":"%s","valorTotal":%s,"produtos":[%s],'
            '"status":"completed"},"trigger":"data-processed"}' % (
                competencia, empresa, proposta, money(sum(parts)), products))
    return line, sum(parts)


def draw_bills(rng, count, nothing):
    lines, wanted = [], {}
    companies = rng.sample(range(1, COMPANIES + 1), count)
    for i, company in enumerate(companies):
        if i > 0 and rng.random() < 0.2:
            company = companies[i - 1]  # a second proposal of one company
        proposta = "PROP-%d-%d" % (company, i)
        line, total = bill(rng, "2024-01", str(company), proposta,
                           count > 1 and i == 0 and rng.random() < nothing)
        lines.append(line)
        if total > 0:
            wanted[key_of("2024-01", str(company), proposta)] = Wanted(
                FIRST_CUSTOMER + company - 1, total)
    return lines, wanted


def draw_options(rng):
    options = [
        "--clients", str(COMPANIES), "--error-window", str(BLOCK_S),
        "--block-seconds", str(BLOCK_S),
        "--redundancy", rng.choices(
            ("second", "third", "off", "reads"), (6, 2, 1, 1))[0],
        "--concurrency", rng.choice(("1", "1", "4"))]
    if rng.random() < 0.2:
        options += ["--block-scope", "key"]
    for switch in ("--alter-texts", "--numbers-as-strings", "--extra-members"):
        if rng.random() < 0.25:
            options.append(switch)
    lag = rng.choices((0, rng.randint(1, 40), rng.randint(61, 300)),
                      (7, 2, 1))[0]
    latency = rng.choices((0, rng.uniform(0.5, 10), rng.uniform(30, 80)),
                          (6, 3, 1))[0]
    options += ["--contract-lag", str(lag)]
    # Where a contract can't be seen for longer than the window, nothing but
    # Omie's own refusal of a known key is left (QUIRKS.md).
    refused = lag >= WINDOW_S or rng.random() < 0.35
    options += ["--duplicate-code", "refuse" if refused else "accept"]
    return options, latency


def draw_fault(rng, count):
    """(kind, method, calls): a rule of omie-sim; a hang's kind is a pair."""
    after = rng.random() < 0.5
    kind = rng.choice(WHOLE_ANSWER if after else NO_WRITE)
    if rng.random() < 0.08:
        kind = rng.choice(RARE)
    if kind.startswith("hang"):
        kind = (kind, rng.choice(HANGS_S))
    method = "IncluirContrato"
    if rng.random() < 0.35:
        method = rng.choice(("ConsultarContrato", "*"))
    first = rng.randint(1, count + 2)
    calls = rng.choice((str(first), str(first),
                        "%d-%d" % (first, first + rng.randint(1, 3)),
                        "every=%d" % rng.randint(2, 4)))
    return kind, method, calls


def draw_end(rng):
    if rng.random() < 0.25:
        return UNHARMED
    # Before half of its calls a process has but loaded its libraries.
    share = rng.uniform(0, 1) if rng.random() < 0.15 else rng.uniform(0.5, 1.1)
    return End(share, rng.random() < 0.3, rng.random() < 0.1)


def draw_start(rng):
    first = rng.choice(("as-is", "as-is", "reversed", "shuffled"))
    processes = [Process(first, draw_end(rng))]
    if rng.random() < 0.4:
        second = first if rng.random() < 0.4 else "reversed"
        processes.append(Process(second, draw_end(rng)))
    return Start(processes, rng.choice((1, 2)),
                 rng.choice((0, 0, rng.uniform(0, 10))),
                 rng.choice(("all", "left")))


def draw(seed):
    rng = random.Random(seed)
    count = rng.randint(1, 6)
    lines, wanted = draw_bills(rng, count, 0.1)
    options, latency = draw_options(rng)
    faults = [draw_fault(rng, count)
              for _ in range(rng.choices((0, 1, 2, 3), (2, 4, 3, 1))[0])]
    starts = [draw_start(rng) for _ in range(rng.randint(1, 3))]
    return Plan(seed, lines, wanted, (options, latency), faults, starts,
                rng.getrandbits(32), rng.random() < 0.4)


def contended(plan):
    """Half of the plans with hosts that write at the same time, which is what
    they share a limiter for."""
    rng = random.Random("contended %d" % plan.seed)
    if rng.random() < 0.5:
        return plan
    options, latency = plan.options
    starts = [start._replace(hosts=2, processes=[
        start.processes[0], Process("reversed", draw_end(rng))])
        for start in plan.starts]
    return plan._replace(
        options=(options, latency or rng.uniform(1, 20)), starts=starts,
        known=True)


def recorded(count=3, faults=()):
    """The plain plan of one process, of which all calls can be counted."""
    rng = random.Random("recorded")
    lines, wanted = draw_bills(rng, count, 0)
    options = ["--clients", str(COMPANIES), "--duplicate-code", "accept",
               "--error-window", str(BLOCK_S), "--block-seconds", str(BLOCK_S)]
    return Plan("recorded", lines, wanted, (options, 0), list(faults),
                [], 0, False)


# What every call is killed in: a run in which nothing goes wrong, and one that
# has to look two up, of which one is there and one is not.
RECORDED = (("plain", ()),
            ("looking up", (("cut-after", "IncluirContrato", "2"),
                            ("broken-before", "IncluirContrato", "3"))))


def describe(plan):
    """For whoever has to find out what happened."""
    options, latency = plan.options
    return json.dumps({
        "lines": len(plan.lines), "sim": " ".join(options),
        "latency_s": round(latency, 1), "faults": plan.faults,
        "known": plan.known,
        "starts": plan.starts}, ensure_ascii=False)
