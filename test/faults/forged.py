#!/usr/bin/env python3
"""The judges judged: a good history passes, each forged one is refused."""

import copy
import json
import unittest

import account
import history
from history import Rules, Wanted, key_of

RULES = Rules(60, 90, 1, True, [])
KEYS = [key_of("2024-01", str(i), "PROP-%d" % i) for i in (1, 2, 3)]
WANTED = {key: Wanted(4477000001 + i, 1010 + i) for i, key in enumerate(KEYS)}


def at(second):
    return "2026-11-24T05:%02d:%06.3fZ" % divmod(second, 60)


def call(number, index, begin, end, made=None, **members):
    want = WANTED[KEYS[index]]
    note = {} if made is None else {"note": "contrato %d" % made}
    item = {"itemCabecalho": {
        "quant": 1, "valorUnit": history.Decimal(want.cents) / 100}}
    return {"number": number, "call": "IncluirContrato", "status": 200,
            "received": at(begin), "time": at(end), **note,
            "body": {"param": [{
                "cabecalho": {"cCodIntCtr": KEYS[index],
                              "nCodCli": want.customer},
                "itensContrato": [item]}]}, **members}


def contract(index, number):
    want = WANTED[KEYS[index]]
    return {"nCodCtr": number, "cCodIntCtr": KEYS[index], "cCodSit": "10",
            "nCodCli": want.customer,
            "nValTotMes": history.Decimal(want.cents) / 100}


class Forged(unittest.TestCase):
    def setUp(self):
        # The second of three is lost at first, and sent again.
        self.log = [call(1, 0, 0, 1, 71), call(2, 1, 2, 3),
                    call(3, 1, 66, 67, 72), call(4, 2, 68, 69, 73)]
        self.contracts = [contract(i, 71 + i) for i in range(3)]

    def judge(self, rules=RULES):
        return history.check(WANTED, self.log, self.contracts, rules)

    def refused(self, words, rules=RULES):
        wrong = self.judge(rules)
        self.assertTrue(any(words in why for why in wrong), wrong)

    def test_a_good_history(self):
        self.assertEqual([], self.judge())

    def test_the_key_of_the_design(self):
        self.assertEqual("2401-HRZYZC6DHQ4CQBK",
                         key_of("2024-01", "1", "PROP-2024-001"))

    def test_a_duplicate(self):
        self.log.append(call(5, 2, 140, 141, 74))
        self.contracts.append(contract(2, 74))
        self.refused("a duplicate, 74 after 73")
        self.refused("a duplicate, there are 2")

    def test_a_duplicate_that_is_gone_in_the_end(self):
        self.log.append(call(5, 2, 140, 141, 74))
        self.refused("a duplicate, 74 after 73")

    def test_a_missing_one(self):
        del self.log[3], self.contracts[2]
        self.refused(KEYS[2] + ": missing")

    def test_one_that_the_log_has_not(self):
        del self.log[3]
        self.refused("contract 73 is in the account only")

    def test_a_wrong_total(self):
        self.contracts[1]["nValTotMes"] += history.Decimal("0.01")
        self.refused("total 10.12, not 1011 cents")

    def test_a_wrong_total_on_its_way(self):
        item = self.log[1]["body"]["param"][0]["itensContrato"][0]
        item["itemCabecalho"]["quant"] = 2
        self.refused("call 2 (IncluirContrato %s): total 2022" % KEYS[1])

    def test_a_wrong_customer(self):
        self.contracts[0]["nCodCli"] = 4477000002
        self.refused("customer 4477000002, not 4477000001")

    def test_a_wrong_customer_on_its_way(self):
        head = self.log[0]["body"]["param"][0]["cabecalho"]
        head["nCodCli"] = 4477000003
        self.refused("call 1 (IncluirContrato %s): customer" % KEYS[0])

    def test_an_unknown_key(self):
        self.log.append(call(5, 0, 70, 71, 74))
        self.log[4]["body"]["param"][0]["cabecalho"]["cCodIntCtr"] = "X"
        self.contracts.append(dict(contract(0, 74), cCodIntCtr="X"))
        self.refused("nobody asked for this key")
        self.refused("unknown key X")

    def test_a_cancelled_one(self):
        self.contracts[0]["cCodSit"] = "99"
        self.refused("cancelled")

    def test_an_identical_write_in_the_window(self):
        self.log[2]["received"] = at(61)
        self.refused("identical to call 2, 59.0 s after it")

    def test_an_identical_write_that_was_turned_away(self):
        self.log[1]["status"] = 429
        self.log[2]["received"] = at(61)
        self.refused("identical to call 2, 59.0 s after it")
        self.assertEqual([], self.judge(RULES._replace(serial=False)))
        self.log[1]["status"] = 500
        self.refused("identical to call 2", RULES._replace(serial=False))

    def read(self, second, **members):
        self.log.append({
            "number": 5, "call": "ListarContratos", "status": 500,
            "received": at(second), "time": at(second),
            "body": {"param": [{"pagina": 1}]}, **members})

    def test_a_call_that_a_limit_turned_away(self):
        for turned_away in ({"status": 429, "note": "rate"},
                            {"status": 425, "fault": "MISUSE_API_PROCESS"},
                            {"note": "fault-500; blocked from now on"}):
            self.read(70, **turned_away)
            self.refused("call 5 (ListarContratos): over a limit")
            self.assertEqual([], self.judge(RULES._replace(serial=False)))
            del self.log[4:]

    def test_a_call_beside_one_of_its_method(self):
        self.read(70)
        self.read(75, fault=history.BUSY)
        self.refused("over a limit: 500 " + history.BUSY)
        dead = RULES._replace(kills=[history.seconds(at(72))])
        self.assertEqual([], self.judge(dead))
        self.log[4]["hangMs"] = 200000
        self.assertEqual([], self.judge())

    def test_faults_that_were_asked_for(self):
        self.read(70, status=429, note="rate-429")
        self.read(71, status=425, note="block-425")
        self.read(72, fault=history.BUSY, note="running-1880")
        self.assertEqual([], self.judge())

    def test_an_identical_read_in_the_window(self):
        self.read(70)
        self.read(99, fault=history.REDUNDANT)
        self.refused("over a limit: 500 " + history.REDUNDANT)
        self.log[5]["received"] = at(129)  # it can't know
        self.assertEqual([], self.judge())

    def test_overlapping_writes(self):
        self.log[3]["received"] = at(66.5)
        self.refused("came 0.500 s before call 3 was over")
        two_hosts = RULES._replace(serial=False)
        self.assertEqual([], self.judge(two_hosts))

    def test_a_write_during_a_hanging_one(self):
        self.log[0]["hangMs"] = 5000
        self.refused("came 4.000 s before call 1 was over")
        dead = RULES._replace(kills=[history.seconds(at(6.5))])
        self.assertEqual([], self.judge(dead))
        later = RULES._replace(kills=[history.seconds(at(20))])
        self.refused("before call 1 was over", later)


def line(index, text="10.10"):
    return json.dumps({"consolidacaoData": {
        "competencia": "2024-01", "empresaId": str(index + 1),
        "numeroProposta": "PROP-%d" % (index + 1), "valorTotal": text}})


def result(index, **members):
    return json.dumps({"contrato": {
        "competencia": "2024-01", "empresaId": str(index + 1),
        "numeroProposta": "PROP-%d" % (index + 1), "acao": "incluido",
        "cCodIntCtr": KEYS[index], "nCodCtr": 71 + index,
        "valorTotal": WANTED[KEYS[index]].cents / 100, **members}}) + "\n"


def refusal(index, number, class_="servico"):
    return json.dumps({"rejeitado": {
        "codigo": "x", "classe": class_, "mensagem": "", "linha": number},
        "registro": json.loads(line(index))}) + "\n"


class ForgedAccount(unittest.TestCase):
    def setUp(self):
        self.good = account.Start(
            [line(0), line(1), line(2)], result(0) + result(2), refusal(1, 2),
            "omie-contract: 1 of 3", 1, False, False)

    def refused(self, words, **members):
        wrong = account.check_start(self.good._replace(**members), WANTED)
        self.assertTrue(any(words in why for why in wrong), wrong)

    def test_a_good_one(self):
        self.assertEqual([], account.check_start(self.good, WANTED))

    def test_a_line_of_which_nothing_is_said(self):
        self.refused("exit 1 with 0 refused and 1 left of 3", rejected="")
        self.refused("a line before it is not", rejected="")

    def test_a_line_that_is_answered_twice(self):
        self.refused("more answers than lines",
                     out=self.good.out + result(1))

    def test_exit_codes(self):
        self.refused("exit 0 with 1 refused", code=0)
        self.refused("exit 139", code=139)
        self.refused("exit 75, and all is done", code=75, rejected="",
                     out=result(0) + result(1) + result(2))
        self.refused("without a word", err="")

    def test_a_result_that_is_not_so(self):
        self.refused("total", out=result(0) + result(2, valorTotal=1.1))
        self.refused("planejado", out=result(0) + result(2, acao="planejado"))
        self.refused("the key should be",
                     out=result(0) + result(2, cCodIntCtr=KEYS[1]))
        wrong = list(account.check_claims([self.good], [contract(0, 71)]))
        self.assertEqual(1, len(wrong), wrong)

    def test_good_data_refused(self):
        self.refused("good data refused", rejected=refusal(1, 2, "dados"))

    def test_a_refusal_of_another_line(self):
        self.refused("is of another line", rejected=refusal(1, 3))

    def test_half_a_line(self):
        self.refused("a line is cut off", out=self.good.out + '{"contra')

    def test_killed(self):
        dead = self.good._replace(code=137, killed=True, rejected="", err="",
                                  out=result(0))
        self.assertEqual([], account.check_start(dead, WANTED))
        self.refused("more answers than lines", code=137, killed=True,
                     out=result(0) + result(0))


class ForgedLedger(unittest.TestCase):
    good = [(KEYS[0], "intencao", 0), (KEYS[0], "incerto", 0),
            (KEYS[0], "nao_enviado", 0), (KEYS[0], "intencao", 0),
            (KEYS[0], "confirmado", 71)]
    wanted = {KEYS[0]: WANTED[KEYS[0]]}

    def test_a_good_one(self):
        self.assertEqual([], list(account.check_ledger(self.good)))
        self.assertEqual([], list(account.check_ledger_end(
            self.good, self.wanted, [contract(0, 71)])))

    def test_a_blind_repeat(self):
        for open_event in ("intencao", "incerto", "confirmado"):
            rows = copy.copy(self.good)
            rows[2] = (KEYS[0], open_event, 0)
            self.assertNotEqual([], list(account.check_ledger(rows)))

    def test_what_was_confirmed_is_taken_back(self):
        rows = self.good + [(KEYS[0], "nao_enviado", 0)]
        self.assertNotEqual([], list(account.check_ledger(rows)))

    def test_two_numbers(self):
        rows = self.good + [(KEYS[0], "confirmado", 72)]
        self.assertNotEqual([], list(account.check_ledger(rows)))

    def test_another_end(self):
        for rows, made in ((self.good[:4], 71), (self.good, 72), ([], 71)):
            self.assertNotEqual([], list(account.check_ledger_end(
                rows, self.wanted, [contract(0, made)])))


if __name__ == "__main__":
    unittest.main()
