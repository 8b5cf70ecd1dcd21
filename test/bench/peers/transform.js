// node transform.js CATALOG VOLUMES OUT
// Whole blocks in and out, lines cut at their ends; prices in millionths, so
// that all arithmetic is on whole numbers that a double holds exactly.
'use strict';
const fs = require('fs');
const BLOCK = 1 << 16;
const NAMES = { cobranca: 'Cobrança Bancária', pixpay: 'PIX Pay' };

function eachLine(path, take) {
	const fd = fs.openSync(path, 'r');
	const block = Buffer.allocUnsafe(BLOCK);
	let rest = '';
	let got;
	while ((got = fs.readSync(fd, block, 0, BLOCK, null)) > 0) {
		// The volumes are ASCII: no character is cut by a block's end.
		const text = rest + block.latin1Slice(0, got);
		let from = 0;
		let at;
		while ((at = text.indexOf('\n', from)) >= 0) {
			take(JSON.parse(text.slice(from, at)));
			from = at + 1;
		}
		rest = text.slice(from);
	}
	fs.closeSync(fd);
}

function millionths(price) {
	const [whole, places = ''] = price.split('.');
	return Number(whole + places.padEnd(6, '0'));
}

const catalog = new Map();
eachLine(process.argv[2], ({ proposta: p }) => {
	const known = catalog.get(p.empresaId) || [];
	known.push({
		number: p.numeroProposta,
		from: p.vigencia.inicio.slice(0, 7),
		until: (p.vigencia.fim || '9999-12').slice(0, 7),
		products: p.produtos.map((x) => ({
			product: x.produto,
			name: NAMES[x.produto],
			figure: x.metrica.replace(/_([a-z])/g,
				(_, c) => c.toUpperCase()),
			price: x.modelo === 'unitario' ?
				millionths(x.preco_unitario) : null,
		})),
	});
	catalog.set(p.empresaId, known);
});

const out = fs.openSync(process.argv[4], 'w');
let lines = '';

function flush() {
	fs.writeSync(out, lines);
	lines = '';
}

function price(element, p) {
	const volumes = element[p.product];
	const quantity = volumes && volumes[p.figure];
	if (typeof quantity !== 'number' || volumes.error)
		throw new Error('incomplete');
	const cents = p.price !== null ?
		Math.floor((quantity * p.price + 5000) / 10000) :
		Math.round(volumes.valorTotal * 100);
	return { nome: p.name, quantidade: quantity, valor: cents };
}

eachLine(process.argv[3], (event) => {
	const month = event.competencia;
	for (const element of event.volumetriaData) {
		const company = String(element.idEmpresa);
		for (const p of catalog.get(company)) {
			if (p.from > month || p.until < month)
				continue;
			const products = p.products.map(
				(x) => price(element, x));
			let cents = 0;
			for (const line of products) {
				cents += line.valor;
				line.valor /= 100;
			}
			lines += JSON.stringify({
				consolidacaoData: {
					competencia: month,
					empresaId: company,
					numeroProposta: p.number,
					valorTotal: cents / 100,
					produtos: products,
					status: 'completed',
				},
				trigger: 'data-processed',
				requestId: event.requestId,
			}) + '\n';
			if (lines.length >= BLOCK)
				flush();
		}
	}
});
flush();
