-- cd FOLDER; sqlite3 DB <upsert.sql: reads the file `volumes` there, in one
-- transaction.
.bail on
PRAGMA synchronous = FULL;
PRAGMA cache_size = -6000;
CREATE TEMP TABLE line(text TEXT);
.mode ascii
.separator "\037" "\n"
.import volumes line
CREATE TEMP TABLE price AS
SELECT empresaId, numeroProposta, substr(inicio, 1, 7) AS since,
	substr(fim, 1, 7) AS until,
	CAST(replace(json_extract(doc, '$.proposta.produtos[0].preco_unitario'),
		'.', '') AS INTEGER) AS thousandths
FROM propostas;
CREATE INDEX temp.price_company ON price(empresaId);

BEGIN IMMEDIATE;
INSERT INTO volumetria(competencia, empresaId, doc, criado, alterado)
SELECT json_extract(text, '$.competencia'),
	CAST(json_extract(text, '$.volumetriaData[0].idEmpresa') AS TEXT),
	json_remove(text, '$.requestId'),
	unixepoch() * 1000, unixepoch() * 1000
FROM line WHERE true
ON CONFLICT(competencia, empresaId) DO UPDATE
SET doc = excluded.doc, alterado = excluded.alterado
WHERE doc <> excluded.doc;

INSERT INTO consolidacoes(competencia, empresaId, numeroProposta, status,
	revisao, valorTotalCentavos, conteudo, extra, criado, alterado)
SELECT month, empresaId, numeroProposta, 'completed', 1, titulos + pix,
	json_object('competencia', month, 'empresaId', empresaId,
		'numeroProposta', numeroProposta,
		'valorTotal', (titulos + pix) / 100.0,
		'produtos', json_array(
			json_object('nome', 'Cobrança Bancária',
				'quantidade', quantity,
				'valor', titulos / 100.0),
			json_object('nome', 'PIX Pay', 'quantidade', drivers,
				'valor', pix / 100.0))),
	'{"trigger":"data-processed"}', unixepoch() * 1000, unixepoch() * 1000
FROM (
	SELECT month, empresaId, numeroProposta, quantity, drivers,
		(quantity * thousandths + 5) / 10 AS titulos,
		CAST(round(pix * 100) AS INTEGER) AS pix
	FROM (
		SELECT json_extract(text, '$.competencia') AS month,
			CAST(json_extract(text, '$.volumetriaData[0].idEmpresa')
				AS TEXT) AS company,
			json_extract(text,
				'$.volumetriaData[0].cobranca.qtdeTitulos')
				AS quantity,
			json_extract(text,
				'$.volumetriaData[0].pixpay.qtdeMotoristas')
				AS drivers,
			json_extract(text,
				'$.volumetriaData[0].pixpay.valorTotal') AS pix
		FROM line) AS v
	JOIN temp.price AS p ON p.empresaId = v.company
	WHERE month >= since AND month <= until) AS priced
WHERE true
ON CONFLICT(competencia, empresaId, numeroProposta) DO UPDATE
SET valorTotalCentavos = excluded.valorTotalCentavos,
	conteudo = excluded.conteudo, alterado = excluded.alterado
WHERE conteudo <> excluded.conteudo
	OR valorTotalCentavos <> excluded.valorTotalCentavos;
COMMIT;
