#!/usr/bin/env python3
"""Prices random proposals slowly and plainly, for `price_check` to compare.

    pricing_reference.py CASES [SEED] | build/tool/price_check

One line is one case: proposals, a month, an element of volumetriaData, and
what must come of it. Fractions all the way, nothing shared with lib/domain.
"""
import json
import random
import sys
from decimal import Decimal
from fractions import Fraction

NAMES = {"cobranca": "Cobrança Bancária", "pixpay": "PIX Pay",
         "bolepix": "BolePix", "webcheckout": "Web Checkout",
         "pagamentos": "Pagamentos"}
PRODUCTS = list(NAMES) + ["suporte", "envio_2_via"]
METRICS = ["qtde_titulos", "qtde_motoristas", "valor_total", "valor_pago_2"]


class Refused(Exception):
    pass


class Number(Fraction):
    """A JSON number, apart from true, text and the rest."""


def half_up(x, places):
    scaled = abs(x) * 10 ** places
    whole = (2 * scaled.numerator + scaled.denominator) \
        // (2 * scaled.denominator)
    return Fraction(whole, 10 ** places) * (-1 if x < 0 else 1)


def places_of(text):
    return len(text.partition(".")[2])


# --- the rules -------------------------------------------------------------

def figure(product, metric, data):
    head, *rest = metric.split("_")
    name = head + "".join(part[0].upper() + part[1:] for part in rest)
    if name not in data:
        raise Refused("dados_incompletos")
    value = data[name]
    if value is None and product.get("nulo_e_zero"):
        return Fraction(0)
    if not isinstance(value, Number):
        raise Refused("dados_incompletos")
    value = half_up(value, 2 if metric.startswith("valor") else 6)
    if value < 0 or value >= 10 ** 12:
        raise Refused("dados_incompletos")
    return value


def figures(product, element):
    """The quantity and the reported value."""
    metric = product.get("metrica")
    zero = Fraction(0 if metric else 1), Fraction(0)
    if product["produto"] not in element:
        if product.get("ausente_e_zero"):
            return zero
        raise Refused("dados_incompletos")
    data = element[product["produto"]]
    if data is None and product.get("nulo_e_zero"):
        return zero
    if not isinstance(data, dict):
        raise Refused("dados_incompletos")
    error = data.get("error")
    if not (error is None or error is False or error == ""
            and isinstance(error, str)):
        raise Refused("dados_incompletos")
    quantity = figure(product, metric, data) if metric else Fraction(1)
    if (product.get("modelo") or "informado") == "informado":
        return quantity, figure(product, "valor_total", data)
    return quantity, None


def price_in(proposal, month, text):
    terms = proposal.get("reajuste") or {}
    price, places = Fraction(text), max(4, places_of(text))
    for step in terms.get("aplicado") or []:
        if step["competencia"] > month:
            continue
        factor = Fraction(step["fator"])
        if terms["so_positivo"]:
            factor = max(factor, Fraction(1))
        price = half_up(price * factor, places)
        if price >= 10 ** 12:
            raise Refused("proposta_invalida")
    return price


def discount_in(proposal, month):
    for d in proposal.get("descontos") or []:
        if d["de"] <= month <= (d.get("ate") or "9999-12"):
            return Fraction(d["valor"])
    return Fraction(0)


def price_lines(proposal, month, read):
    lines = []
    for product, (quantity, reported) in zip(proposal["produtos"], read):
        name = NAMES.get(product["produto"], product["produto"])
        value = reported
        if value is None:
            free = Fraction(product.get("franquia") or 0)
            value = max(Fraction(0), quantity - free) * price_in(
                proposal, month, product["preco_unitario"])
        if value >= 10 ** 15:
            raise Refused("proposta_invalida")
        value *= (100 - discount_in(proposal, month)) / 100
        if product.get("teto") is not None:
            value = min(value, Fraction(product["teto"]))
        value = half_up(value, 2)
        lines.append([name, quantity, value])
        least = Fraction(product.get("minimo") or 0)
        if least > value:
            lines.append(["Complemento de mínimo - " + name, Fraction(1),
                          least - value])
    return lines


def consolidate(proposal, month, read):
    lines = price_lines(proposal, month, read)
    total = sum(line[2] for line in lines)
    if total >= 10 ** 15:
        raise Refused("proposta_invalida")
    if proposal.get("teto_mensal") is not None:
        excess = max(Fraction(0), total - Fraction(proposal["teto_mensal"]))
        for line in reversed(lines):
            taken = min(excess, line[2])
            line[2] -= taken
            excess -= taken
    total = sum(line[2] for line in lines)
    least = Fraction(proposal.get("minimo_mensal") or 0)
    if total < least:
        lines.append(["Complemento de mínimo mensal", Fraction(1),
                      least - total])
    return lines


def expected(proposals, month, element):
    in_force = [p for p in proposals
                if p["vigencia"]["inicio"][:7] <= month
                <= (p["vigencia"].get("fim") or "9999-12-31")[:7]]
    in_force.sort(key=lambda p: str(p["numeroProposta"]).encode())
    if not in_force:
        raise Refused("proposta_desconhecida")
    read = [[figures(product, element) for product in p["produtos"]]
            for p in in_force]
    return [(p["numeroProposta"], consolidate(p, month, r))
            for p, r in zip(in_force, read)]


# --- writing what is expected ---------------------------------------------

def money(x):
    cents = x * 100
    assert cents.denominator == 1
    return "%d.%02d" % divmod(int(cents), 100)


def quantity_text(x):
    micro = x * 10 ** 6
    assert micro.denominator == 1
    text = "%d.%06d" % divmod(int(micro), 10 ** 6)
    return text.rstrip("0").rstrip(".")


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def write(consolidations):
    return "[%s]" % ",".join(
        '{"proposta":%s,"valorTotal":%s,"produtos":[%s]}' % (
            quoted(number), money(sum(line[2] for line in lines)),
            ",".join('{"nome":%s,"quantidade":%s,"valor":%s}' % (
                quoted(name), quantity_text(q), money(v))
                for name, q, v in lines))
        for number, lines in consolidations)


# --- random cases ----------------------------------------------------------

def decimal_text(rng, places, digits=4):
    whole = rng.choice([0, rng.randrange(10), rng.randrange(10 ** digits)])
    if rng.random() < 0.01:
        whole = rng.choice([10 ** 12 - 1, rng.randrange(10 ** 12)])
    places = rng.randint(0, places)
    tail = "".join(rng.choice("0000123455559") for _ in range(places))
    return str(whole) + ("." + tail if tail else "")


def figure_text(rng):
    if rng.random() < 0.01:
        return rng.choice([
            "null", '"12"', "true", "[]", "{}", "-1", "-0", "1e12", "1e11",
            "999999999999.9999994", "999999999999.9999995",
            "999999999999.995", "-0.0000004", "-0.0000005", "0e99"])
    text = decimal_text(rng, 8, 7)
    if rng.random() < 0.05:
        text += rng.choice(["e0", "E1", "e-3", "e+2"])
    return text


def month_text(rng):
    return "%04d-%02d" % (rng.randint(2025, 2028), rng.randint(1, 12))


def in_order(rng, record, low, high, places, digits):
    """Two limits, the lower one not above the other."""
    texts = sorted([decimal_text(rng, places, digits) for _ in range(2)],
                   key=Fraction)
    if rng.random() < 0.25:
        record[low] = texts[0]
    if rng.random() < 0.25:
        record[high] = texts[1]


def random_product(rng, name):
    product = {"produto": name}
    per_unit = rng.random() < 0.6
    if per_unit or rng.random() < 0.7:
        product["metrica"] = rng.choice(METRICS)
    if per_unit:
        product["modelo"] = "unitario"
        product["preco_unitario"] = decimal_text(rng, 6, 2)
        if rng.random() < 0.3:
            product["franquia"] = decimal_text(rng, 6, 5)
    elif rng.random() < 0.5:
        product["modelo"] = rng.choice([None, "informado"])
    for flag in "nulo_e_zero", "ausente_e_zero":
        if rng.random() < 0.5:
            product[flag] = rng.choice([True, True, False, None])
    in_order(rng, product, "minimo", "teto", 2, 5)
    return product


def random_discounts(rng):
    months = sorted({month_text(rng) for _ in range(4)})
    pairs = list(zip(months[::2], months[1::2]))
    found = [{"tipo": "percentual", "de": a, "ate": b,
              "valor": rng.choice(["0", "100", "33.33", "50.0",
                                   "%.2f" % rng.uniform(0, 100)])}
             for a, b in pairs]
    rng.shuffle(found)
    return found


def random_terms(rng):
    months = sorted({month_text(rng) for _ in range(rng.randint(0, 3))})
    steps = [{"competencia": m,
              "fator": rng.choice(["1.0463", "0.98", "1", "0.000001",
                                   "1." + str(rng.randrange(10 ** 6))])}
             for m in months]
    return {"indice": "IPCA", "so_positivo": rng.random() < 0.5,
            "aplicado": steps}


def random_proposal(rng, number):
    first, last = sorted(month_text(rng) for _ in range(2))
    if rng.random() < 0.5:
        first = "2025-01"
    proposal = {"esquema": 1, "empresaId": "7", "numeroProposta": number,
                "vigencia": {"inicio": first + "-%02d" % rng.randint(1, 28)},
                "produtos": [random_product(rng, name) for name in
                             rng.sample(PRODUCTS, rng.randint(1, 4))]}
    if rng.random() < 0.5:
        proposal["vigencia"]["fim"] = last + "-%02d" % (
            28 if first == last else rng.randint(1, 28))
    in_order(rng, proposal, "minimo_mensal", "teto_mensal", 2, 6)
    if rng.random() < 0.4:
        proposal["descontos"] = random_discounts(rng)
    if rng.random() < 0.4:
        proposal["reajuste"] = random_terms(rng)
    return proposal


def random_element(rng):
    parts = ['"idEmpresa":7', '"razaoSocial":"x"']
    for name in PRODUCTS:
        chance = rng.random()
        if chance < 0.02:
            parts.append('"%s":%s' % (name, rng.choice(
                ["null", "[]", "5", '""', "false", "{}"])))
        elif chance < 0.97:
            data = ['"%s":%s' % (key, figure_text(rng)) for key in
                    ("qtdeTitulos", "qtdeMotoristas", "valorTotal",
                     "valorPago2")]
            if rng.random() < 0.2:
                data.append('"error":' + rng.choice(
                    ["null", "false", '""'] * 8 + ["0", "true", '"x"']))
            rng.shuffle(data)
            parts.append('"%s":{%s}' % (name, ",".join(data)))
    return "{%s}" % ",".join(parts)


def spoil(rng, proposal):
    """Breaks one rule of the schema."""
    product = rng.choice(proposal["produtos"])
    rng.choice([
        lambda: proposal.update(esquema=2),
        lambda: proposal.update(moeda="USD"),
        lambda: proposal.update(extra=None),
        lambda: proposal.update(produtos=[]),
        lambda: proposal.update(minimo_mensal="2", teto_mensal="1.99"),
        lambda: proposal["produtos"].append(dict(product)),
        lambda: proposal["vigencia"].update(fim="2020-01-01"),
        lambda: product.update(minimo="0.1", teto="0"),
        lambda: product.update(minimo=1),
        lambda: product.update(teto="1.000"),
        lambda: product.update(metrica="Qtde"),
        lambda: product.update(faixas=[]),
        lambda: product.update(agregacao="max"),
        lambda: product.update(modelo="nenhum"),
        lambda: proposal.pop("vigencia"),
    ])()


def random_case(rng):
    proposals = [random_proposal(rng, number) for number in
                 rng.sample(["P-1", "P-10", "p", "Á", "A"],
                            rng.choice([1, 1, 1, 2, 3]))]
    month, element = month_text(rng), random_element(rng)
    try:
        if rng.random() < 0.03:
            spoil(rng, rng.choice(proposals))
            raise Refused("proposta_invalida")
        read = json.loads(element, parse_int=lambda t: Number(Decimal(t)),
                          parse_float=lambda t: Number(Decimal(t)))
        want = write(expected(proposals, month, read))
    except Refused as why:
        want = '{"codigo":"%s"}' % why
    return '{"propostas":%s,"competencia":"%s","elemento":%s,"espera":%s}' % (
        json.dumps(proposals, ensure_ascii=False), month, element, want)


def main():
    cases = int(sys.argv[1])
    rng = random.Random(sys.argv[2] if len(sys.argv) > 2 else "volum")
    for _ in range(cases):
        print(random_case(rng))


if __name__ == "__main__":
    main()
