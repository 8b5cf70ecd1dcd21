"""upsert.py DB VOLUMES: sqlite3 and orjson, 500 events a transaction."""
import sqlite3
import sys
import time

import orjson
from pricing import price, read_catalog

BATCH = 500

PUT_VOLUMES = """
INSERT INTO volumetria(competencia, empresaId, doc, criado, alterado)
VALUES(?1, ?2, ?3, ?4, ?4)
ON CONFLICT(competencia, empresaId) DO UPDATE
SET doc = excluded.doc, alterado = excluded.alterado
WHERE doc <> excluded.doc"""

PUT_CONSOLIDATION = """
INSERT INTO consolidacoes(competencia, empresaId, numeroProposta, status,
    revisao, valorTotalCentavos, conteudo, extra, criado, alterado)
VALUES(?1, ?2, ?3, 'completed', 1, ?4, ?5, '{"trigger":"data-processed"}',
    ?6, ?6)
ON CONFLICT(competencia, empresaId, numeroProposta) DO UPDATE
SET valorTotalCentavos = excluded.valorTotalCentavos,
    conteudo = excluded.conteudo, alterado = excluded.alterado
WHERE conteudo <> excluded.conteudo
    OR valorTotalCentavos <> excluded.valorTotalCentavos"""


def put_batch(db, volumes, consolidations):
    db.execute("BEGIN IMMEDIATE")
    db.executemany(PUT_VOLUMES, volumes)
    db.executemany(PUT_CONSOLIDATION, consolidations)
    db.execute("COMMIT")
    volumes.clear()
    consolidations.clear()


def main():
    db = sqlite3.connect(sys.argv[1], isolation_level=None)
    db.executescript("PRAGMA synchronous = FULL; PRAGMA cache_size = -6000;")
    catalog = read_catalog(
        row[0] for row in db.execute("SELECT doc FROM propostas"))
    volumes, consolidations = [], []
    with open(sys.argv[2], "rb") as lines:
        for line in lines:
            event = orjson.loads(line)
            del event["requestId"]
            now, month = int(time.time() * 1000), event["competencia"]
            for element in event["volumetriaData"]:
                company = str(element["idEmpresa"])
                event["volumetriaData"] = [element]
                volumes.append(
                    (month, company, orjson.dumps(event).decode(), now))
                for number, total, content in price(catalog, element, month):
                    consolidations.append(
                        (month, company, number, total,
                         orjson.dumps(content).decode(), now))
            if len(volumes) >= BATCH:
                put_batch(db, volumes, consolidations)
    put_batch(db, volumes, consolidations)
    db.close()


main()
