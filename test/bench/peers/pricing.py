"""What the Python peers share: proposals, and the price of an event."""
import orjson

NAMES = {"cobranca": "Cobrança Bancária", "pixpay": "PIX Pay"}


def camel(metric):
    first, *others = metric.split("_")
    return first + "".join(o.capitalize() for o in others)


def millionths(price):
    whole, _, places = price.partition(".")
    return int(whole + places.ljust(6, "0"))


def product(p):
    return (
        p["produto"],
        NAMES[p["produto"]],
        camel(p["metrica"]),
        millionths(p["preco_unitario"]) if p["modelo"] == "unitario" else None,
    )


def read_catalog(lines):
    catalog = {}
    for line in lines:
        p = orjson.loads(line)["proposta"]
        catalog.setdefault(p["empresaId"], []).append((
            p["numeroProposta"],
            p["vigencia"]["inicio"][:7],
            p["vigencia"].get("fim", "9999-12")[:7],
            [product(x) for x in p["produtos"]],
        ))
    return catalog


def price(catalog, element, month):
    """Gives (number, total in cents, the content) of each proposal."""
    company = str(element["idEmpresa"])
    for number, begin, end, products in catalog[company]:
        if begin > month or end < month:
            continue
        total, lines = 0, []
        for member, name, figure, unit in products:
            volumes = element[member]
            quantity = volumes[figure]
            if quantity is None or volumes.get("error"):
                raise ValueError("incomplete")
            if unit is None:
                cents = round(volumes["valorTotal"] * 100)
            else:
                cents = (quantity * unit + 5000) // 10000
            total += cents
            lines.append({"nome": name, "quantidade": quantity,
                          "valor": cents / 100})
        yield number, total, {
            "competencia": month,
            "empresaId": company,
            "numeroProposta": number,
            "valorTotal": total / 100,
            "produtos": lines,
        }
