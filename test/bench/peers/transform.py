"""transform.py CATALOG VOLUMES OUT"""
import sys

import orjson
from pricing import price, read_catalog


def main():
    with open(sys.argv[1], "rb") as lines:
        catalog = read_catalog(lines)
    newline = orjson.OPT_APPEND_NEWLINE
    with open(sys.argv[2], "rb") as lines, open(sys.argv[3], "wb") as out:
        for line in lines:
            event = orjson.loads(line)
            for element in event["volumetriaData"]:
                for _, _, content in price(
                        catalog, element, event["competencia"]):
                    content["status"] = "completed"
                    out.write(orjson.dumps({
                        "consolidacaoData": content,
                        "trigger": "data-processed",
                        "requestId": event["requestId"],
                    }, option=newline))


main()
