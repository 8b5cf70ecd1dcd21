"""The judge of what Omie saw: the simulator's log and the contracts it holds.

Knows nothing of how a client works: each key created at most once at any time
and by the end exactly once, customers and totals right to the cent, no write
repeated inside the window of the identical call, never two writes at a time,
nothing turned away by a limit.
"""

import datetime
import hashlib
import json
import re
from collections import namedtuple
from decimal import Decimal

# What is to be there in the end: key -> Wanted.
Wanted = namedtuple("Wanted", "customer cents")
# window_s, timeout_s and kills are in simulated time; scale: simulated seconds
# per second; serial: one host, so no two writes at a time.
Rules = namedtuple("Rules", "window_s timeout_s scale serial kills")

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WRITES = ("IncluirContrato", "AlterarContrato", "UpsertContrato")
CANCELLED = "99"
AT_THE_DOOR = (403, 425, 429)
REDUNDANT, BUSY = "SOAP-ENV:Client-6", "SOAP-ENV:Client-1880"
CREATED = re.compile(r"(?:^|; )contrato (\d+)")
# A client's clock begins its timeout before the simulator has the call.
TIMEOUT_SLACK_S = 10
# What it sent just before it was killed is read that much later at most, and
# the moment of the kill is known as exactly as two clocks can be compared.
KILL_SLACK_S, CLOCK_SLACK_S = 30, 5
# So much later than its client noted it may a busy machine let a call arrive: of
# the next one, the client can't know.
LATE_S = 30
# No read is waited for much longer.
READ_S = 50


def key_of(competencia, empresa, proposta):
    """cCodIntCtr as the design says it, written down a second time."""
    text = "\n".join((competencia, empresa, proposta)).encode()
    bits = int.from_bytes(hashlib.sha256(text).digest(), "big")
    code = "".join(CROCKFORD[bits >> 251 - 5 * i & 31] for i in range(15))
    return competencia[2:4] + competencia[5:7] + "-" + code


def seconds(instant):
    at = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00"))
    return at.timestamp()


def cents(value):
    exact = Decimal(str(value)) * 100
    if exact != exact.to_integral_value():
        raise ValueError("%s has fractions of a cent" % value)
    return int(exact)


class Call:
    """One line of the log that is a write of contracts."""

    def __init__(self, line):
        param = line["body"]["param"][0]
        head = param.get("cabecalho", {})
        note = line.get("note", "")
        made = CREATED.search(note)
        self.turned_away = (line["status"] in AT_THE_DOOR
                            or "soft-refusal" in note)
        self.number = line["number"]
        self.method = line["call"]
        self.begin = seconds(line["received"])
        self.end = seconds(line["time"])
        self.hang_s = line.get("hangMs", 0) / 1000
        self.key = head.get("cCodIntCtr", "")
        self.customer = head.get("nCodCli")
        self.param = json.dumps(param, sort_keys=True, default=str)
        self.made = int(made.group(1)) if made else None
        self.cents = sum(
            cents(item["itemCabecalho"]["quant"]
                  * item["itemCabecalho"]["valorUnit"])
            for item in param.get("itensContrato", []))

    def __str__(self):
        return "call %d (%s %s)" % (self.number, self.method, self.key)

    def busy_until(self, rules):
        """When its client had done with it: answered, given up, or dead."""
        end = self.end + self.hang_s * rules.scale
        if end > self.begin + rules.timeout_s - TIMEOUT_SLACK_S:
            end = self.begin + rules.timeout_s - TIMEOUT_SLACK_S
        dead = [kill - CLOCK_SLACK_S for kill in rules.kills
                if kill >= self.begin - KILL_SLACK_S]
        return max(self.begin, min([end] + dead))


def read_lines(text):
    return [json.loads(line, parse_float=Decimal)
            for line in text.splitlines() if line]


def writes(log):
    """The writes among the lines of the log, in the order they came."""
    calls = [Call(line) for line in log if line.get("call") in WRITES]
    return sorted(calls, key=lambda c: (c.begin, c.number))


def check_sent(wanted, calls):
    for call in calls:
        want = wanted.get(call.key)
        if want is None:
            yield "%s: nobody asked for this key" % call
        elif call.customer != want.customer:
            yield "%s: customer %s, not %d" % (
                call, call.customer, want.customer)
        elif call.cents != want.cents:
            yield "%s: total %d cents, not %d" % (call, call.cents, want.cents)


def check_made_once(calls):
    made = {}
    for call in calls:
        if call.made is None or call.made in made.values():
            continue
        if call.key in made:
            yield "%s: a duplicate, %d after %d" % (
                call, call.made, made[call.key])
        made.setdefault(call.key, call.made)


def check_window(calls, rules):
    """Hosts that share no limiter can't know what was turned away elsewhere."""
    last = {}
    for call in calls:
        before = last.get((call.method, call.param))
        known = before and (rules.serial or not before.turned_away)
        if known and call.begin - before.begin < rules.window_s:
            yield "%s: identical to call %d, %.1f s after it" % (
                call, before.number, call.begin - before.begin)
        last[call.method, call.param] = call


def check_serial(calls, rules):
    for before, call in zip(calls, calls[1:]):
        until = before.busy_until(rules)
        if call.begin < until:
            yield "%s: came %.3f s before call %d was over" % (
                call, until - call.begin, before.number)


def is_turned_away(line):
    """By Omie's own count; a fault that was asked for has a note."""
    note = line.get("note", "")
    return note == "rate" or "blocked from now on" in note or (
        not note and (line["status"] == 425 or
                      line.get("fault") in (REDUNDANT, BUSY)))


def check_limits(log, rules):
    """One limiter keeps all of them, for reads as well. What it can't know: how
    long Omie goes on with a call that was given up, or whose client was killed."""
    calls = [(seconds(line["received"]), line) for line in log
             if line.get("call")]
    last, hangs = {}, set()
    for began, line in sorted(calls, key=lambda call: call[0]):
        same = line["call"], str(line["body"]["param"])
        known = {REDUNDANT: began - last.get(same, began) <
                 rules.window_s - LATE_S,
                 BUSY: line["call"] not in hangs and not any(
                     -CLOCK_SLACK_S < began - kill < rules.timeout_s
                     for kill in rules.kills)}
        if is_turned_away(line) and known.get(line.get("fault"), True):
            yield "call %d (%s): over a limit: %d %s %s" % (
                line["number"], line["call"], line["status"],
                line.get("fault", ""), line.get("note", ""))
        last[same] = began
        if "hangMs" in line or seconds(line["time"]) - began > READ_S:
            hangs.add(line["call"])


def check_contract(wanted, contract):
    key, number = contract["cCodIntCtr"], contract["nCodCtr"]
    want = wanted.get(key)
    if want is None:
        yield "contract %d: unknown key %s" % (number, key)
        return
    if contract["nCodCli"] != want.customer:
        yield "contract %d (%s): customer %s, not %d" % (
            number, key, contract["nCodCli"], want.customer)
    if cents(contract["nValTotMes"]) != want.cents:
        yield "contract %d (%s): total %s, not %d cents" % (
            number, key, contract["nValTotMes"], want.cents)
    if contract["cCodSit"] == CANCELLED:
        yield "contract %d (%s): cancelled" % (number, key)


def check_end(wanted, contracts):
    there = [c["cCodIntCtr"] for c in contracts]
    for key in wanted:
        if there.count(key) == 0:
            yield "%s: missing" % key
        elif there.count(key) > 1:
            yield "%s: a duplicate, there are %d" % (key, there.count(key))
    for contract in contracts:
        yield from check_contract(wanted, contract)


def check_whole(calls, contracts):
    """Log and contracts tell the same story, or one of them can't be used."""
    logged = {c.made for c in calls if c.made is not None}
    there = {c["nCodCtr"] for c in contracts}
    for number in sorted(logged ^ there):
        yield "contract %d is in the %s only" % (
            number, "log" if number in logged else "account")


def check(wanted, log, contracts, rules):
    """What is wrong with a history, one line each; [] when nothing is.

    wanted: key -> Wanted; log: the lines of omie-sim --log; contracts: those of
    """
    calls = writes(log)
    wrong = list(check_sent(wanted, calls))
    wrong += check_made_once(calls)
    wrong += check_window(calls, rules)
    if rules.serial:
        wrong += check_serial(calls, rules)
        wrong += check_limits(log, rules)
    wrong += check_end(wanted, contracts)
    wrong += check_whole(calls, contracts)
    return wrong
