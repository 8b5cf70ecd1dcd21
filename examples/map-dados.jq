# For volum-fetch --map: an API that answers in another shape, such as
#
#   {"resultado":[{"empresa":{"codigo":1},"dados":[
#     {"servico":"COBRANCA","quantidade":150,"valor":15000.00}]}]}
#
# What is wanted is one object per company: idEmpresa, and an object per product
# with its counter and valorTotal. `quantidade` becomes the product's own counter
# by itself; a value that is missing stays null, which is not zero.
.resultado[]
| {idEmpresa: .empresa.codigo}
  + (.dados
    | map({(.servico | ascii_downcase):
        {quantidade: .quantidade, valorTotal: .valor}})
    | add // {})
