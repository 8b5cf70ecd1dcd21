// Keeps consolidations in MongoDB as its node driver does it best: bulks of 500.
'use strict';
const readline = require('readline');
const { MongoClient } = require('mongodb');

const BULK = 500;

async function keep(kept, batch) {
	const there = new Map();
	const ids = batch.map((b) => b.id);
	for await (const d of kept.find({ _id: { $in: ids } }, { projection: { doc: 1 } }))
		there.set(d._id, d.doc);
	const changes = batch
		.filter((b) => there.get(b.id) !== b.doc)
		.map(({ id, c, doc }) => ({
			updateOne: {
				filter: { _id: id },
				update: {
					$set: {
						competencia: c.competencia,
						empresaId: c.empresaId,
						numeroProposta: c.numeroProposta,
						status: c.status,
						valorTotal: c.valorTotal,
						valorTotalCentavos: Math.round(c.valorTotal * 100),
						atualizado: new Date(),
						doc,
					},
				},
				upsert: true,
			},
		}));
	if (changes.length > 0)
		await kept.bulkWrite(changes, { ordered: false });
}

async function main() {
	const client = new MongoClient(process.argv[2]);
	const kept = client.db().collection('consolidacoes', {
		writeConcern: { w: 'majority', journal: true },
	});
	let batch = [];
	for await (const line of readline.createInterface({ input: process.stdin })) {
		const c = JSON.parse(line).consolidacaoData;
		batch.push({ id: [c.competencia, c.empresaId, c.numeroProposta].join('/'), c, doc: line });
		if (batch.length === BULK) {
			await keep(kept, batch);
			batch = [];
		}
	}
	if (batch.length > 0)
		await keep(kept, batch);
	if ((await kept.countDocuments({})) === 0)
		throw new Error('nothing was kept');
	await client.close();
}

main().catch((e) => {
	console.error(e.message);
	process.exit(1);
});
