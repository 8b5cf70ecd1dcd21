"""Keeps consolidations in MongoDB as pymongo does it best: bulks of 500."""

import json
import sys
from datetime import datetime, timezone

import pymongo

BULK = 500

client = pymongo.MongoClient(sys.argv[1])
kept = client.get_default_database().get_collection(
    "consolidacoes",
    write_concern=pymongo.WriteConcern("majority", j=True))


def key(c):
    return "/".join((c["competencia"], c["empresaId"], c["numeroProposta"]))


def keep(batch):
    there = {d["_id"]: d["doc"] for d in kept.find(
        {"_id": {"$in": [i for i, _, _ in batch]}}, {"doc": 1})}
    changes = [
        pymongo.UpdateOne({"_id": i}, {"$set": {
            "competencia": c["competencia"], "empresaId": c["empresaId"],
            "numeroProposta": c["numeroProposta"], "status": c["status"],
            "valorTotal": c["valorTotal"],
            "valorTotalCentavos": round(c["valorTotal"] * 100),
            "atualizado": datetime.now(timezone.utc), "doc": doc}},
            upsert=True)
        for i, c, doc in batch if there.get(i) != doc]
    if changes:
        kept.bulk_write(changes, ordered=False)


batch = []
for line in sys.stdin:
    record = json.loads(line)
    c = record["consolidacaoData"]
    batch.append((key(c), c, line.rstrip("\n")))
    if len(batch) == BULK:
        keep(batch)
        batch = []
if batch:
    keep(batch)
if kept.count_documents({}) == 0:
    sys.exit("nothing was kept")
