#!/usr/bin/env python3
"""Volumes and the proposals to price them by: generate.py FOLDER EVENTS

Writes catalog.ndjson, volumes.ndjson (month by month, companies in order) and
shuffled.ndjson (the same lines in random order). The same seed gives the same
bytes on every machine.
"""
import os
import random
import sys

COMPANIES = 10000
SEED = 20240131


def proposal(company, rng):
    # Half a cent at every odd quantity.
    price = "%d.%02d5" % (rng.randrange(0, 4), rng.randrange(100))
    return (
        '{"proposta":{"esquema":1,"empresaId":"%d",'
        '"numeroProposta":"PROP-%05d","vigencia":{"inicio":"2020-01-01"},'
        '"produtos":[{"produto":"cobranca","metrica":"qtde_titulos",'
        '"modelo":"unitario","preco_unitario":"%s"},'
        '{"produto":"pixpay","metrica":"qtde_motoristas",'
        '"modelo":"informado"}]}}\n' % (company, company, price)
    )


def event(company, month, rng):
    bills, drivers = rng.randrange(5000), rng.randrange(400)
    return (
        '{"volumetriaData":[{"idEmpresa":%d,"cobranca":{"qtdeTitulos":%d,'
        '"valorTotal":%d.%02d,"quantidade":null,"error":null},'
        '"pixpay":{"qtdeMotoristas":%d,"valorTotal":%d.%02d}}],'
        '"competencia":"%04d-%02d","trigger":"volumetria-fetch",'
        '"requestId":"req-0123456789abcdef"}\n'
        % (company, bills, bills * 3, rng.randrange(100), drivers,
           drivers * 20, rng.randrange(100),
           2021 + month // 12, month % 12 + 1)
    )


def write(folder, name, lines):
    with open(os.path.join(folder, name), "w", encoding="ascii") as out:
        out.writelines(lines)


def main():
    folder, events = sys.argv[1], int(sys.argv[2])
    rng = random.Random(SEED)
    write(folder, "catalog.ndjson",
          [proposal(c, rng) for c in range(1, COMPANIES + 1)])
    lines = [event(i % COMPANIES + 1, i // COMPANIES, rng)
             for i in range(events)]
    write(folder, "volumes.ndjson", lines)
    rng.shuffle(lines)
    write(folder, "shuffled.ndjson", lines)


main()
