# jq -cn --slurpfile catalog CATALOG -f transform.jq VOLUMES
# Prices are held in thousandths: all arithmetic is on whole numbers that a
# double holds exactly.
def names: { cobranca: "Cobrança Bancária", pixpay: "PIX Pay" };
def figures: { qtde_titulos: "qtdeTitulos", qtde_motoristas: "qtdeMotoristas" };
def thousandths: (tonumber * 1000 + 0.5) | floor;

(reduce $catalog[].proposta as $p ({};
  .[$p.empresaId] += [$p | {
    number: .numeroProposta,
    from: .vigencia.inicio[:7],
    until: ((.vigencia.fim // "9999-12")[:7]),
    products: [.produtos[] | {
      product: .produto,
      name: names[.produto],
      figure: figures[.metrica],
      price: (if .modelo == "unitario"
        then .preco_unitario | thousandths else null end) }] }])) as $known
| inputs
| . as $event
| .competencia as $month
| .volumetriaData[] as $element
| ($element.idEmpresa | tostring) as $company
| $known[$company][]
| select(.from <= $month and .until >= $month)
| .number as $number
| [.products[] | . as $p | $element[$p.product] as $volumes
  | if $volumes[$p.figure] == null or ($volumes.error // "") != ""
    then error("incomplete") else . end
  | { nome: $p.name,
      quantidade: $volumes[$p.figure],
      cents: (if $p.price
        then ($volumes[$p.figure] * $p.price + 5) / 10 | floor
        else $volumes.valorTotal * 100 + 0.5 | floor end) }]
| { consolidacaoData: {
      competencia: $month,
      empresaId: $company,
      numeroProposta: $number,
      valorTotal: ((map(.cents) | add) / 100),
      produtos: map({ nome, quantidade, valor: (.cents / 100) }),
      status: "completed" },
    trigger: "data-processed",
    requestId: $event.requestId }
