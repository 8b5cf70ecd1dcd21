"""transform_duckdb.py CATALOG VOLUMES OUT: one thread, all work in SQL."""
import sys

import duckdb

SQL = """
SET threads = 1;
CREATE TEMP TABLE product AS
SELECT p.empresaId AS company, p.numeroProposta AS number,
    p.vigencia.inicio[:7] AS since, p.vigencia.fim[:7] AS until,
    [x.preco_unitario FOR x IN p.produtos IF x.modelo = 'unitario'][1]
        ::DECIMAL(12, 6) AS price
FROM (SELECT proposta AS p FROM read_ndjson('{catalog}', columns = {{
    proposta: 'STRUCT(empresaId VARCHAR, numeroProposta VARCHAR,
        vigencia STRUCT(inicio VARCHAR, fim VARCHAR),
        produtos STRUCT(produto VARCHAR, metrica VARCHAR, modelo VARCHAR,
            preco_unitario VARCHAR)[])' }}));

COPY (
WITH element AS (
    SELECT unnest(volumetriaData) AS e, competencia, requestId
    FROM read_ndjson('{volumes}', columns = {{
        volumetriaData: 'STRUCT(idEmpresa BIGINT,
            cobranca STRUCT(qtdeTitulos BIGINT, error VARCHAR),
            pixpay STRUCT(qtdeMotoristas BIGINT, valorTotal DECIMAL(15, 2),
                error VARCHAR))[]',
        competencia: 'VARCHAR', requestId: 'VARCHAR' }})),
priced AS (
    SELECT e, competencia, requestId, company, number,
        round(e.cobranca.qtdeTitulos::DECIMAL(12, 0) * price, 2)
            ::DECIMAL(15, 2) AS titulos,
        e.pixpay.valorTotal AS pix
    FROM element JOIN product ON company = e.idEmpresa::VARCHAR
    WHERE competencia >= since AND competencia <= coalesce(until, '9999-12'))
SELECT {{
        competencia: competencia, empresaId: company, numeroProposta: number,
        valorTotal: titulos + pix,
        produtos: [
            {{ nome: 'Cobrança Bancária',
               quantidade: e.cobranca.qtdeTitulos, valor: titulos }},
            {{ nome: 'PIX Pay',
               quantidade: e.pixpay.qtdeMotoristas, valor: pix }}],
        status: 'completed' }} AS consolidacaoData,
    'data-processed' AS "trigger", requestId
FROM priced
WHERE coalesce(e.cobranca.error, '') = '' AND coalesce(e.pixpay.error, '') = ''
) TO '{out}' (FORMAT JSON);
"""

duckdb.sql(SQL.format(
    catalog=sys.argv[1], volumes=sys.argv[2], out=sys.argv[3]))
