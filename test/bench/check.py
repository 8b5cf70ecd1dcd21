#!/usr/bin/env python3
"""Puts results into one form, so that cmp(1) tells whether they are the same.

check.py lines FILE: consolidations, one a line; check.py db FILE: both tables.
Money becomes cents, members lose their order, the caller sorts the lines.
"""
import json
import sqlite3
import sys


def cents(value):
    amount = round(value * 100)
    if abs(value * 100 - amount) > 1e-4:
        raise ValueError("%r is no amount in cents" % value)
    return amount


def products(content):
    return [(p["nome"], p["quantidade"], cents(p["valor"]))
            for p in content["produtos"]]


def key(content):
    return (content["competencia"], content["empresaId"],
            content["numeroProposta"], cents(content["valorTotal"]))


def from_lines(path):
    with open(path, "rb") as lines:
        for line in lines:
            event = json.loads(line)
            content = event["consolidacaoData"]
            yield (key(content), products(content), content["status"],
                   event["trigger"], event["requestId"], len(event))


def from_db(path):
    db = sqlite3.connect(path)
    for row in db.execute(
            "SELECT competencia, empresaId, numeroProposta,"
            " valorTotalCentavos, status, revisao, extra, conteudo,"
            " criado = alterado FROM consolidacoes"):
        content = json.loads(row[7])
        if key(content) != row[:4]:
            raise ValueError("%r: the key is not its content's" % (row[:4],))
        yield row[:7], products(content), row[8]
    for month, company, doc, untouched in db.execute(
            "SELECT competencia, empresaId, doc, criado = alterado"
            " FROM volumetria"):
        yield (month, company, untouched,
               json.dumps(json.loads(doc), sort_keys=True))


def main():
    read = {"lines": from_lines, "db": from_db}[sys.argv[1]]
    for row in read(sys.argv[2]):
        print(row)


main()
