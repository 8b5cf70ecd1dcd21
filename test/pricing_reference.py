#!/usr/bin/env python3
"""Prices random proposals slowly and plainly, for `price_check` to compare.

    pricing_reference.py CASES [SEED [SLIP]] | build/tool/price_check

One line is one case: proposals, a month, an element of volumetriaData, and
what must come of it. Decimals of 60 digits, nothing shared with lib/domain.
SLIP makes a mistake on purpose, to show that the comparison would see it:
half_even rounds lines to even, double multiplies as floating point does.
"""
import json
import random
import sys
from calendar import monthrange
from decimal import (Decimal, ROUND_CEILING, ROUND_HALF_EVEN, ROUND_HALF_UP,
                     getcontext)

getcontext().prec = 60

NAMES = {"cobranca": "Cobrança Bancária", "pixpay": "PIX Pay",
         "bolepix": "BolePix", "webcheckout": "Web Checkout",
         "pagamentos": "Pagamentos"}
PRODUCTS = list(NAMES) + ["suporte", "envio_2_via"]
METRICS = ["qtde_titulos", "qtde_motoristas", "valor_total", "valor_pago_2"]
GRAINS = [Decimal(1).scaleb(-places) for places in range(7)]
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
UNITS, MOST = Decimal(10) ** 12, Decimal(10) ** 15
SLIP = None


class Refused(Exception):
    pass


def half_up(x, places):
    return x.quantize(GRAINS[places], ROUND_HALF_UP)


def round_line(x):
    if SLIP == "half_even":
        return x.quantize(GRAINS[2], ROUND_HALF_EVEN)
    return half_up(x, 2)


def times(a, b):
    if SLIP == "double":
        return Decimal(float(a) * float(b))
    return a * b


def number(record, name):
    return Decimal(record.get(name) or 0)


def places_of(text):
    return len(text.partition(".")[2])


# --- the figures -----------------------------------------------------------

def figure(product, metric, data):
    head, *rest = metric.split("_")
    name = head + "".join(part[0].upper() + part[1:] for part in rest)
    if name not in data:
        raise Refused("dados_incompletos")
    value = data[name]
    if value is None and product.get("nulo_e_zero"):
        return ZERO
    if not isinstance(value, Decimal) or abs(value) > 2 * UNITS:
        raise Refused("dados_incompletos")
    value = half_up(value, 2 if metric.startswith("valor") else 6) + ZERO
    if value < 0 or value >= UNITS:
        raise Refused("dados_incompletos")
    return value


def figures(product, element):
    """The quantity and the reported value."""
    model = product.get("modelo") or "informado"
    metric = product.get("metrica")
    zero = ZERO if metric else ONE, ZERO
    if model == "fixo" or model == "gratuito" and not metric:
        return zero
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
    if not (error is None or error is False or error == ""):
        raise Refused("dados_incompletos")
    quantity = figure(product, metric, data) if metric else ONE
    if model == "informado":
        return quantity, figure(product, "valor_total", data)
    return quantity, None


# --- the value of a product, before discount and limits --------------------

def price_in(proposal, month, text):
    terms = proposal.get("reajuste") or {}
    price, places = Decimal(text), max(4, places_of(text))
    for step in terms.get("aplicado") or []:
        if step["competencia"] > month:
            continue
        factor = Decimal(step["fator"])
        if terms["so_positivo"]:
            factor = max(factor, ONE)
        price = half_up(price * factor, places)
        if price >= UNITS:
            raise Refused("proposta_invalida")
    return price


def bands_in(proposal, month, product):
    """Lower edge, upper edge, price, fee."""
    low, found = ZERO, []
    for band in product["faixas"]:
        high = None if band["ate"] is None else Decimal(band["ate"])
        found.append((low, high,
                      price_in(proposal, month, band["preco_unitario"]),
                      price_in(proposal, month,
                               band.get("valor_fixo") or "0")))
        low = high
    return found


def graduated(product, bands, quantity, free):
    """Unit by unit in thought: what of (low, high] is used, and is not free."""
    total = ZERO
    if not product.get("franquia_consome_faixa"):
        quantity, free = max(ZERO, quantity - free), ZERO
    if quantity == 0:
        return bands[0][3] if product.get("cobra_sem_uso") else ZERO
    for low, high, price, fee in bands:
        if quantity > low:
            top = quantity if high is None else min(quantity, high)
            total += fee + times(max(ZERO, top - max(low, free)), price)
    return total


def by_volume(product, bands, quantity, free):
    paid = max(ZERO, quantity - free)
    if not product.get("franquia_consome_faixa"):
        quantity = paid
    if quantity == 0:
        return bands[0][3] if product.get("cobra_sem_uso") else ZERO
    for _, high, price, fee in bands:
        if high is None or quantity <= high:
            return times(paid, price) + fee
    raise AssertionError("no open band")


def days_in(proposal, month):
    """How many days of the month the proposal is in force, of how many."""
    year, number_of = int(month[:4]), int(month[5:])
    length = monthrange(year, number_of)[1]
    first = proposal["vigencia"]["inicio"]
    last = proposal["vigencia"].get("fim") or "9999-12-31"
    return sum(first <= "%s-%02d" % (month, day) <= last
               for day in range(1, length + 1)), length


def fixed(proposal, month, product):
    value = price_in(proposal, month, product["valor_fixo"])
    rule = product.get("pro_rata") or "nenhum"
    days, length = days_in(proposal, month)
    if rule == "nenhum" or days == length:
        return value
    return value * days / (30 if rule == "mes_30" else length)


def value_of(proposal, month, product, quantity, reported):
    model = product.get("modelo") or "informado"
    free = number(product, "franquia")
    paid = max(ZERO, quantity - free)
    if model == "informado":
        return reported
    if model == "unitario":
        return times(paid, price_in(
            proposal, month, product["preco_unitario"]))
    if model == "percentual":
        return times(paid, Decimal(product["aliquota"])) / HUNDRED
    if model == "pacote":
        packs = (paid / Decimal(product["tamanho"])).to_integral_value(
            ROUND_CEILING)
        return packs * price_in(proposal, month, product["preco_pacote"])
    if model == "fixo":
        return fixed(proposal, month, product)
    if model == "gratuito":
        return ZERO
    bands = bands_in(proposal, month, product)
    if model == "graduado":
        return graduated(product, bands, quantity, free)
    return by_volume(product, bands, quantity, free)


# --- the month -------------------------------------------------------------

def discount_in(proposal, month):
    for d in proposal.get("descontos") or []:
        if d["de"] <= month <= (d.get("ate") or "9999-12"):
            return Decimal(d["valor"])
    return ZERO


def price_lines(proposal, month, read):
    lines = []
    for product, (quantity, reported) in zip(proposal["produtos"], read):
        name = NAMES.get(product["produto"], product["produto"])
        value = value_of(proposal, month, product, quantity, reported)
        if value >= MOST:
            raise Refused("proposta_invalida")
        value = times(value, (HUNDRED - discount_in(proposal, month))
                      / HUNDRED)
        if product.get("teto") is not None:
            value = min(value, Decimal(product["teto"]))
        value = round_line(value)
        lines.append([name, quantity, value])
        least = number(product, "minimo")
        if least > value:
            lines.append(["Complemento de mínimo - " + name, ONE,
                          least - value])
    return lines


def consolidate(proposal, month, read):
    lines = price_lines(proposal, month, read)
    total = sum(line[2] for line in lines)
    if total >= MOST:
        raise Refused("proposta_invalida")
    if proposal.get("teto_mensal") is not None:
        excess = max(ZERO, total - Decimal(proposal["teto_mensal"]))
        for line in reversed(lines):
            taken = min(excess, line[2])
            line[2] -= taken
            excess -= taken
    total = sum(line[2] for line in lines)
    least = number(proposal, "minimo_mensal")
    if total < least:
        lines.append(["Complemento de mínimo mensal", ONE, least - total])
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


# --- writing what is expected ----------------------------------------------

def quantity_text(x):
    return format(half_up(x, 6), "f").rstrip("0").rstrip(".")


def money_text(x):
    return format(half_up(x, 2), "f")


def write(consolidations):
    return "[%s]" % ",".join(
        '{"proposta":"%s","valorTotal":%s,"produtos":[%s]}' % (
            number, money_text(sum(line[2] for line in lines)), ",".join(
                '{"nome":"%s","quantidade":%s,"valor":%s}' % (
                    name, quantity_text(q), money_text(v))
                for name, q, v in lines))
        for number, lines in consolidations)


# --- random cases ----------------------------------------------------------

class Dice(random.Random):
    """Cheaper than randint() and choice(), which take most of the time."""

    def below(self, n):
        return int(self.random() * n)

    def one_of(self, items):
        return items[int(self.random() * len(items))]

    def hits(self, chance):
        return self.random() < chance


TAILS = ["", "0", "5", "50", "05", "12", "005", "015", "125", "255", "333",
         "0055", "1005", "9995", "00005", "12345", "000005", "000001",
         "500000", "999999", "123455"]


def tail(dice, places):
    if dice.hits(0.3):
        return str(dice.below(10 ** places)) if places else ""
    return dice.one_of(TAILS)[:places]


def decimal_text(dice, places, digits=4):
    if dice.hits(0.01):
        whole = dice.one_of([10 ** 12 - 1, dice.below(10 ** 12)])
    else:
        whole = dice.one_of([0, dice.below(10), dice.below(10 ** digits)])
    end = tail(dice, places)
    return "%d.%s" % (whole, end) if end else str(whole)


FIGURES = ["null", '"12"', "true", "[]", "{}", "-1", "-0", "1e12", "1e11",
           "999999999999.9999994", "999999999999.9999995", "1e300",
           "999999999999.995", "-0.0000004", "-0.0000005", "0e99", "1e9"]


def figure_text(dice):
    if dice.hits(0.02):
        return dice.one_of(FIGURES)
    if dice.hits(0.1):
        return "0"
    if dice.hits(0.5):
        return str(dice.below(10 ** (1 + dice.below(7))))
    text = decimal_text(dice, 6, 7)
    if "." in text and dice.hits(0.2):
        text += str(dice.below(1000))
    if dice.hits(0.05):
        text += dice.one_of(["e0", "E1", "e-3", "e+2"])
    return text


def month_text(dice):
    return "%d-%02d" % (2025 + dice.below(4), 1 + dice.below(12))


def in_order(dice, record, low, high, places, digits):
    """Two limits, the lower one not above the other."""
    chance = dice.random()
    if chance > 0.45:
        return
    texts = sorted([decimal_text(dice, places, digits) for _ in range(2)],
                   key=Decimal)
    if chance < 0.3:
        record[low] = texts[0]
    if chance > 0.15:
        record[high] = texts[1]


def random_bands(dice):
    edges = sorted({Decimal(decimal_text(dice, 2, 5))
                    for _ in range(dice.below(4))} - {ZERO})
    bands = []
    for edge in edges + [None]:
        band = {"ate": None if edge is None else format(edge, "f"),
                "preco_unitario": decimal_text(dice, 6, 1)}
        if dice.hits(0.4):
            band["valor_fixo"] = decimal_text(dice, 4, 3)
        bands.append(band)
    return bands


def fill_unit(dice, product):
    product["preco_unitario"] = decimal_text(dice, 6, 2)


def fill_bands(dice, product):
    product["faixas"] = random_bands(dice)
    for flag in "franquia_consome_faixa", "cobra_sem_uso":
        if dice.hits(0.5):
            product[flag] = dice.one_of([True, True, False, None])


def fill_pack(dice, product):
    product["tamanho"] = decimal_text(dice, 6, 4)
    if Decimal(product["tamanho"]) == 0:
        product["tamanho"] = "1000"
    product["preco_pacote"] = decimal_text(dice, 6, 3)


def fill_rate(dice, product):
    product["aliquota"] = dice.one_of(["0", "100", "0.65", "1.5", "4.65"]) \
        if dice.hits(0.3) else "%d.%s" % (dice.below(100), dice.below(10 ** 6))


def fill_fixed(dice, product):
    product["valor_fixo"] = decimal_text(dice, 6, 4)
    if dice.hits(0.8):
        product["pro_rata"] = dice.one_of(
            ["dias_corridos", "mes_30", "nenhum", None])


def fill_nothing(dice, product):
    pass


MODELS = [("unitario", fill_unit), ("graduado", fill_bands),
          ("volume", fill_bands), ("pacote", fill_pack),
          ("percentual", fill_rate), ("fixo", fill_fixed),
          ("gratuito", fill_nothing), ("informado", fill_nothing)]
NO_METRIC = ("gratuito", "informado")


def random_product(dice, name):
    model, fill = dice.one_of(MODELS)
    product = {"produto": name, "modelo": model}
    fill(dice, product)
    if model == "informado" and dice.hits(0.6):
        product["modelo"] = None
    if model != "gratuito":
        in_order(dice, product, "minimo", "teto", 2, 5)
    if model == "fixo":
        return product
    if model not in NO_METRIC or dice.hits(0.7):
        product["metrica"] = dice.one_of(METRICS)
    if model not in NO_METRIC and dice.hits(0.4):
        product["franquia"] = decimal_text(dice, 6, 5)
    for flag in "nulo_e_zero", "ausente_e_zero":
        if dice.hits(0.7):
            product[flag] = dice.one_of([True, True, True, False, None])
    return product


def random_discounts(dice):
    months = sorted({month_text(dice) for _ in range(4)})
    found = [{"tipo": "percentual", "de": a, "ate": b,
              "valor": dice.one_of(["0", "100", "33.33", "50.0",
                                    "%.2f" % (dice.random() * 100)])}
             for a, b in zip(months[::2], months[1::2])]
    dice.shuffle(found)
    if found and dice.hits(0.2):
        max(found, key=lambda d: d["de"])["ate"] = None
    return found


def random_terms(dice):
    months = sorted({month_text(dice) for _ in range(dice.below(4))})
    return {"indice": "IPCA", "so_positivo": dice.hits(0.5),
            "aplicado": [{"competencia": m, "fator": dice.one_of(
                ["1.0463", "0.98", "1", "0.000001",
                 "1." + str(dice.below(10 ** 6))])} for m in months]}


def random_proposal(dice, number):
    first, last = sorted((month_text(dice), month_text(dice)))
    if dice.hits(0.7):
        first = "2025-01"
    proposal = {"esquema": 1, "empresaId": "7", "numeroProposta": number,
                "vigencia": {"inicio": "%s-%02d" % (
                    first, 1 + dice.below(28))},
                "produtos": [random_product(dice, name) for name in
                             dice.sample(PRODUCTS, 1 + dice.below(4))]}
    if dice.hits(0.4):
        length = monthrange(int(last[:4]), int(last[5:]))[1]
        proposal["vigencia"]["fim"] = "%s-%02d" % (
            last, length if first == last or dice.hits(0.3)
            else 1 + dice.below(length))
    in_order(dice, proposal, "minimo_mensal", "teto_mensal", 2, 6)
    if dice.hits(0.4):
        proposal["descontos"] = random_discounts(dice)
    if dice.hits(0.4):
        proposal["reajuste"] = random_terms(dice)
    return proposal


def random_element(dice):
    parts = ['"idEmpresa":7,"razaoSocial":"x"']
    for name in PRODUCTS:
        chance = dice.random()
        if chance < 0.01:
            parts.append('"%s":%s' % (name, dice.one_of(
                ["null", "[]", "5", '""', "false", "{}"])))
        elif chance < 0.98:
            data = '"qtdeTitulos":%s,"qtdeMotoristas":%s,"valorTotal":%s,' \
                '"valorPago2":%s' % (figure_text(dice), figure_text(dice),
                                     figure_text(dice), figure_text(dice))
            if dice.hits(0.1):
                data = '"error":%s,%s' % (dice.one_of(
                    ["null", "false", '""'] * 8 + ["0", "true", '"x"']), data)
            parts.append('"%s":{%s}' % (name, data))
    return "{%s}" % ",".join(parts)


def spoil(dice, proposal):
    """Breaks one rule of the schema."""
    product = dice.one_of(proposal["produtos"])
    bands = product.get("faixas") or [{}]
    dice.one_of([
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
        lambda: product.update(faixas=bands + bands),
        lambda: product.update(faixas=[dict(bands[-1], ate="9")]),
        lambda: product.update(faixas=[dict(bands[-1], preco_unitario=None)]),
        lambda: product.update(tamanho="0"),
        lambda: product.update(aliquota="100.000001"),
        lambda: product.update(valor_fixo="0.0000001"),
        lambda: product.update(pro_rata="dias"),
        lambda: product.update(agregacao="max"),
        lambda: product.update(modelo="nenhum"),
        lambda: proposal.pop("vigencia"),
    ])()


def random_case(dice):
    proposals = [random_proposal(dice, number) for number in
                 dice.sample(["P-1", "P-10", "p", "Á", "A"],
                             dice.one_of([1, 1, 1, 1, 2, 3]))]
    month, element = month_text(dice), random_element(dice)
    try:
        if dice.hits(0.03):
            spoil(dice, dice.one_of(proposals))
            raise Refused("proposta_invalida")
        read = json.loads(element, parse_int=Decimal, parse_float=Decimal)
        want = write(expected(proposals, month, read))
    except Refused as why:
        want = '{"codigo":"%s"}' % why
    return '{"propostas":%s,"competencia":"%s","elemento":%s,"espera":%s}' % (
        json.dumps(proposals, ensure_ascii=False), month, element, want)


def main():
    global SLIP
    cases = int(sys.argv[1])
    dice = Dice(sys.argv[2] if len(sys.argv) > 2 else "volum")
    SLIP = sys.argv[3] if len(sys.argv) > 3 else None
    for _ in range(cases):
        print(random_case(dice))


if __name__ == "__main__":
    main()
