#!/usr/bin/env python3
"""Volumes and the proposals to price them by: generate.py FOLDER EVENTS

Writes catalog.ndjson, volumes.ndjson (month by month, companies in order),
shuffled.ndjson (the same lines in random order), and two more catalogues for
the same volumes: reported.ndjson, where nothing is calculated, and
models.ndjson, where everything is that a proposal can ask for. The same seed gives the same
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


BANDS = (
    '"faixas":[{"ate":"500","preco_unitario":"0.125"},'
    '{"ate":"2000","preco_unitario":"0.0955","valor_fixo":"12.50"},'
    '{"ate":null,"preco_unitario":"0.055","valor_fixo":"9.90"}]'
)
MODELS = [
    '"metrica":"qtde_titulos","modelo":"unitario","preco_unitario":"1.255",'
    '"franquia":"50"',
    '"metrica":"qtde_titulos","modelo":"graduado","franquia":"100",' + BANDS,
    '"metrica":"qtde_titulos","modelo":"volume","cobra_sem_uso":true,' + BANDS,
    '"metrica":"qtde_titulos","modelo":"pacote","tamanho":"100",'
    '"preco_pacote":"2.505"',
    '"metrica":"valor_total","modelo":"percentual","aliquota":"0.655"',
    '"metrica":"qtde_titulos","modelo":"graduado","franquia":"100",'
    '"franquia_consome_faixa":true,' + BANDS,
]


def priced(company):
    """Bands, limits, discount and adjustment: what a contract may hold."""
    return (
        '{"proposta":{"esquema":1,"empresaId":"%d",'
        '"numeroProposta":"PROP-%05d","vigencia":{"inicio":"2020-01-01"},'
        '"produtos":[{"produto":"cobranca",%s,"minimo":"150.00",'
        '"teto":"9000.00"},{"produto":"pixpay","metrica":"qtde_motoristas",'
        '"modelo":"unitario","preco_unitario":"9.905"}],'
        '"minimo_mensal":"200.00","teto_mensal":"20000.00",'
        '"descontos":[{"tipo":"percentual","valor":"3.33","de":"2020-01"}],'
        '"reajuste":{"indice":"IPCA","so_positivo":true,"aplicado":'
        '[{"competencia":"2022-01","fator":"1.1006"},'
        '{"competencia":"2023-01","fator":"1.0579"}]}}}\n'
        % (company, company, MODELS[company % len(MODELS)])
    )


def reported(company):
    return (
        '{"proposta":{"esquema":1,"empresaId":"%d",'
        '"numeroProposta":"PROP-%05d","vigencia":{"inicio":"2020-01-01"},'
        '"produtos":[{"produto":"cobranca","metrica":"qtde_titulos"},'
        '{"produto":"pixpay","metrica":"qtde_motoristas"}]}}\n'
        % (company, company)
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
    write(folder, "models.ndjson",
          [priced(c) for c in range(1, COMPANIES + 1)])
    write(folder, "reported.ndjson",
          [reported(c) for c in range(1, COMPANIES + 1)])
    lines = [event(i % COMPANIES + 1, i // COMPANIES, rng)
             for i in range(events)]
    write(folder, "volumes.ndjson", lines)
    rng.shuffle(lines)
    write(folder, "shuffled.ndjson", lines)


main()
