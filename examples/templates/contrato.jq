# The contract that ships: one consolidation, bounded to one billing.
#
# in:  {consolidacao, empresa, proposta, cCodIntCtr, hoje}
# out: the param object of IncluirContrato (volum-records(5), omie-contract(1))
#
# The fiscal values below are placeholders of the kind every account has. They
# belong to the accountant: set them per company in empresa.configuracao, or
# copy this file, change `padrao`, and give it with --template.
def padrao:
  {natOperacao: "01", codServMunic: "0620", codLC116: "1.06"};

def dois: tostring | if length < 2 then "0" + . else . end;
def bissexto: (. % 4 == 0 and . % 100 != 0) or . % 400 == 0;
def dias_do_mes($ano; $mes):
  if $mes == 2 then (if $ano | bissexto then 29 else 28 end)
  elif $mes == 4 or $mes == 6 or $mes == 9 or $mes == 11 then 30
  else 31 end;

# Months are counted from year 0, so that "the month after" is + 1.
def mes_de($texto): ($texto[0:4] | tonumber) * 12 + ($texto[5:7] | tonumber) - 1;
def data($mes; $dia):
  (($mes / 12) | floor) as $ano | ($mes % 12 + 1) as $m
  | ($dia | dois) + "/" + ($m | dois) + "/" + ($ano | tostring);
def ultimo($mes): dias_do_mes(($mes / 12) | floor; $mes % 12 + 1);

# 1234 -> "1.234", 12.5 -> "12,5": for people.
def numero:
  (tostring / ".") as $p
  | ($p[0] | [range(length % 3; length + 1; 3) as $i
      | .[(if $i < 3 then 0 else $i - 3 end):$i]] | map(select(. != ""))
      | join("."))
    + (if ($p | length) > 1 then "," + $p[1] else "" end);

. as {consolidacao: $c, empresa: $e, $cCodIntCtr, $hoje}
| ($e.configuracao // {}) as $cfg
# jq sets every text above every number, so that `min` would take "5" for 28.
| ([[$cfg.diaFaturamento // 5 | tonumber, 1] | max, 28] | min) as $dia
| ($hoje[8:10] | tonumber) as $dia_hoje
# The first billing day that is still to come, in the month after the
# competencia at the earliest.
| ([mes_de($c.competencia) + 1,
    mes_de($hoje) + (if $dia_hoje > $dia then 1 else 0 end)] | max) as $mes
| ($c.competencia[5:7] + "/" + $c.competencia[0:4]) as $periodo
| (if $cfg.codServico then {codServico: $cfg.codServico}
   else padrao + ($cfg.servico // {}) end) as $servico
| {
    cabecalho: {
      cCodIntCtr: $cCodIntCtr,
      cNumCtr: $cCodIntCtr,
      nCodCli: $e.codigoClienteOmie,
      cCodSit: "10",
      dVigInicial: data($mes; 1),
      dVigFinal: data($mes; ultimo($mes)),
      nDiaFat: $dia,
      cTipoFat: ($cfg.tipoFaturamento // "01")
    },
    itensContrato: [
      $c.produtos | map(select(.valor > 0)) | to_entries[]
      | {
          itemCabecalho: ({
            codIntItem: (.key + 1 | tostring),
            seq: (.key + 1),
            quant: 1,
            valorUnit: .value.valor,
            cNaoGerarFinanceiro: "N"
          } + $servico
            + (if $cfg.categoria then {cCodCategItem: $cfg.categoria}
               else {} end)),
          itemDescrServ: {
            descrCompleta: (.value.nome + ": " + (.value.quantidade | numero)
              + " em " + $periodo)
          },
          itemImpostos: ($cfg.impostos // {}),
          # Billed by the next billing only, whatever the validity says.
          itemOutrasInf: {nTipoItVigFinal: 3}
        }
    ],
    infAdic: ({}
      + (if $cfg.categoria then {cCodCateg: $cfg.categoria} else {} end)
      + (if $cfg.contaCorrente then {nCodCC: $cfg.contaCorrente} else {} end)
      + (if $cfg.cidadePrestacao then {cCidPrestServ: $cfg.cidadePrestacao}
         else {} end)),
    # 002 puts the month before the billing on the invoice. Billed later than
    # that, it would name a wrong one: the items name the right one anyway.
    vencTextos: ((if $mes == mes_de($c.competencia) + 1
        then {cCodPerRef: "002", cAdPeriodo: "S"}
        else {cAdPeriodo: "N"} end)
      + ($cfg.vencimento // {})),
    observacoes: {
      cObsContrato: ("Competência " + $periodo + ", proposta "
        + $c.numeroProposta)
    }
  }
