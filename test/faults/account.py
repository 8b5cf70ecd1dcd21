"""The judge of what the command said and kept: results, refusals, ledger."""

import json
from collections import Counter, namedtuple
from decimal import Decimal

from history import cents, key_of

# One start of the command: the lines it was fed, the text that came out, and
# how it ended. stopped: killed or asked to stop from outside.
Start = namedtuple("Start", "lines out rejected err code killed stopped")

ALL_DONE, SOME_REJECTED, BLOCKED, TRY_LATER, NOT_ALLOWED = 0, 1, 69, 75, 77
KILLED, TERMINATED = 137, 143
MADE = ("incluido", "inalterado")


def record_key(record):
    record = record.get("registro", record)
    data = record["consolidacaoData"]
    return key_of(data["competencia"], data["empresaId"],
                  data["numeroProposta"])


def line_key(line):
    return record_key(json.loads(line))


def objects(text):
    """The whole lines of `text`, and whether something else was there."""
    whole = text.endswith("\n") or text == ""
    lines = text.split("\n")[:-1]
    return [json.loads(line, parse_float=Decimal) for line in lines], whole


def results(start):
    return [line["contrato"] for line in objects(start.out)[0]]


def refusals(start):
    return objects(start.rejected)[0]


def check_result(result, wanted):
    key = key_of(result["competencia"], result["empresaId"],
                 result["numeroProposta"])
    want = wanted.get(key)
    if result["cCodIntCtr"] != key:
        yield "result %s: the key should be %s" % (result["cCodIntCtr"], key)
    if want is None:
        if result["acao"] != "dispensado" or cents(result["valorTotal"]) != 0:
            yield "result %s: %s, but nothing was to bill" % (
                key, result["acao"])
        return
    if result["acao"] not in MADE or not result.get("nCodCtr"):
        yield "result %s: %s, nCodCtr %s" % (
            key, result["acao"], result.get("nCodCtr"))
    if cents(result["valorTotal"]) != want.cents:
        yield "result %s: total %s, not %d cents" % (
            key, result["valorTotal"], want.cents)


def check_refusal(line, start, may_refuse):
    why = line["rejeitado"]
    number = why.get("linha", 0)
    if why["classe"] == "dados" and not may_refuse:
        yield "line %d: good data refused: %s: %s" % (
            number, why["codigo"], why["mensagem"])
    if not 1 <= number <= len(start.lines) or \
            line_key(start.lines[number - 1]) != record_key(line):
        yield "refusal of line %d is of another line" % number


def check_code(start, done, refused, left):
    """done, refused, left (neither of both): numbers of lines."""
    code = start.code
    if start.killed and code == KILLED:
        return
    if start.stopped and code == TERMINATED and not done and not refused:
        return  # before it had begun
    if code == ALL_DONE:
        if refused or left or start.err:
            yield "exit 0 with %d refused, %d left, stderr %r" % (
                refused, left, start.err[-300:])
    elif code in (SOME_REJECTED, BLOCKED, NOT_ALLOWED):
        if not refused or (left and not start.stopped):
            yield "exit %d with %d refused and %d left of %d" % (
                code, refused, left, done + refused + left)
    elif code == TRY_LATER:
        if not refused and not left and not start.stopped:
            yield "exit 75, and all is done"
    else:
        yield "exit %d: %s" % (code, start.err[-300:])
    if code != ALL_DONE and not start.err:
        yield "exit %d without a word on stderr" % code


def check_lines(start):
    """Each line of the input once at most, those without an answer last."""
    answered = Counter(r["cCodIntCtr"] for r in results(start))
    answered.update(record_key(line) for line in refusals(start))
    left = 0
    for line in start.lines:
        key = line_key(line)
        if answered[key] > 0:
            answered[key] -= 1
            if left and not start.killed:
                yield "%s is answered, a line before it is not" % key
        else:
            left += 1
    for key in +answered:
        yield "%s: more answers than lines" % key


def check_start(start, wanted, may_refuse=False):
    """What is wrong with one start, one line each. may_refuse: the service was
    made to refuse good data."""
    _, whole = objects(start.out)
    _, whole_rejected = objects(start.rejected)
    done, refused = results(start), refusals(start)
    wrong = []
    if not (whole and whole_rejected):
        wrong.append("a line is cut off")
    for result in done:
        wrong += check_result(result, wanted)
    for line in refused:
        wrong += check_refusal(line, start, may_refuse)
    wrong += check_lines(start)
    left = len(start.lines) - len(done) - len(refused)
    wrong += check_code(start, len(done), len(refused), left)
    return wrong


def check_claims(starts, contracts):
    """What was said to be there is there, under the number that was said."""
    there = {}
    for contract in contracts:
        there.setdefault(contract["cCodIntCtr"], contract["nCodCtr"])
    for result in (r for start in starts for r in results(start)):
        if result.get("nCodCtr") and \
                there.get(result["cCodIntCtr"]) != result["nCodCtr"]:
            yield "result %s: nCodCtr %s, in Omie %s" % (
                result["cCodIntCtr"], result["nCodCtr"],
                there.get(result["cCodIntCtr"]))


# What may stand before an intent: nothing that leaves the outcome open.
MAY_TRY = (None, "nao_enviado", "recusado")


def check_ledger(rows):
    """rows: (key, event, nCodCtr), oldest first. An intent after an open one is
    a blind repeat; what is confirmed stays so, under one number."""
    last, number = {}, {}
    for key, event, made in rows:
        if event == "intencao" and last.get(key) not in MAY_TRY:
            yield "ledger: %s: intencao after %s" % (key, last[key])
        if last.get(key) == "confirmado" and event != "confirmado":
            yield "ledger: %s: %s after confirmado" % (key, event)
        if event == "confirmado" and number.setdefault(key, made) != made:
            yield "ledger: %s: confirmed as %d and as %d" % (
                key, number[key], made)
        last[key] = event


def check_ledger_end(rows, wanted, contracts):
    """In the end each contract is confirmed, as the one that is there."""
    last = {key: (event, made) for key, event, made in rows}
    there = {c["cCodIntCtr"]: c["nCodCtr"] for c in contracts}
    for key in wanted:
        if last.get(key) != ("confirmado", there.get(key)):
            yield "ledger: %s ends with %s, in Omie %s" % (
                key, last.get(key), there.get(key))
