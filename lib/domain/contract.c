#include "domain/contract.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "domain/money.h"

enum { SHA256_BYTES = 32, CODE_DIGITS = 15 };

static void
sha256(struct text t, unsigned char out[SHA256_BYTES])
{
	/* One call fails for want of memory only, which ends the process. */
	if (EVP_Digest(t.at, t.len, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void
hash_text(struct text t, char out[HASH_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_BYTES];

	sha256(t, digest);
	for (int i = 0; i < SHA256_BYTES; i++) {
		*out++ = digits[digest[i] >> 4];
		*out++ = digits[digest[i] & 15];
	}
	*out = '\0';
}

/* Five bits at a time, from the front of `bytes`. */
static void
write_base32(char *out, int count, const unsigned char *bytes)
{
	static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned int bits = 0;
	int held = 0;

	while (count-- > 0) {
		if (held < 5) {
			bits = bits << 8 | *bytes++;
			held += 8;
		}
		held -= 5;
		*out++ = crockford[bits >> held & 31];
	}
}

void
contract_code(const struct billing_key *key, char out[INT_CTR_TEXT])
{
	struct buf b = BUF_INIT;
	char month[COMPETENCIA_TEXT];
	unsigned char digest[SHA256_BYTES];

	competencia_format(key->month, month);
	buf_add_str(&b, month);
	buf_add_byte(&b, '\n');
	buf_add_text(&b, key->empresa_id);
	buf_add_byte(&b, '\n');
	buf_add_text(&b, key->proposta);
	sha256(buf_text(&b), digest);
	buf_clear(&b);
	memcpy(out, month + 2, 2);
	memcpy(out + 2, month + 5, 2);
	out[4] = '-';
	write_base32(out + 5, CODE_DIGITS, digest);
	out[5 + CODE_DIGITS] = '\0';
}

static const char *const action_names[] = {
	[CONTRACT_INCLUDED] = "incluido",
	[CONTRACT_CHANGED] = "alterado",
	[CONTRACT_UNCHANGED] = "inalterado",
	[CONTRACT_DISPENSED] = "dispensado",
	[CONTRACT_DIVERGENT] = "divergente",
	[CONTRACT_PLANNED] = "planejado",
};

enum { ACTION_COUNT = sizeof(action_names) / sizeof(action_names[0]) };

const char *
contract_action_name(enum contract_action a)
{
	return action_names[a];
}

void
contract_write(struct buf *b, const struct contract_result *r)
{
	build_open(b, '{');
	billing_key_write(b, &r->key);
	build_text_member(b, "acao", text_of(action_names[r->action]));
	build_text_member(b, "cCodIntCtr", text_of(r->code));
	if (r->nCodCtr != 0) {
		build_name(b, "nCodCtr");
		build_integer(b, r->nCodCtr);
	}
	build_name(b, "valorTotal");
	money_add(b, r->total_cents);
	build_text_member(
	    b, "status", text_of(consolidation_status_name(r->status)));
	build_close(b, '}');
}

static enum status
read_action(struct value contrato, enum contract_action *out, struct error *err)
{
	struct text name;
	enum status s = record_text(contrato, "acao", &name, err);

	if (s != DONE)
		return s;
	for (int i = 0; i < ACTION_COUNT; i++)
		if (text_is(name, action_names[i])) {
			*out = (enum contract_action)i;
			return DONE;
		}
	return value_reject(
	    value_member(contrato, "acao"), err, "is no action of a contract");
}

/* Never other than the key's own: a result under another code would say of
 * this customer what was done for another. */
static enum status
read_code(struct value contrato, const struct billing_key *key,
    char code[INT_CTR_TEXT], struct error *err)
{
	struct text t;
	enum status s = record_text(contrato, "cCodIntCtr", &t, err);

	if (s != DONE)
		return s;
	contract_code(key, code);
	if (!text_is(t, code))
		return value_reject(value_member(contrato, "cCodIntCtr"), err,
		    "must be %s, the code of competencia, empresaId and "
		    "numeroProposta",
		    code);
	return DONE;
}

static enum status
read_omie_id(struct value contrato, int64_t *id, struct error *err)
{
	*id = 0;
	if (value_is_empty(value_member(contrato, "nCodCtr")))
		return DONE;
	return record_integer(contrato, "nCodCtr", 1, INT64_MAX, id, err);
}

enum status
contract_read(struct value contrato, struct contract_result *out,
    char code[INT_CTR_TEXT], struct error *err)
{
	enum status s;

	if (value_is_empty(contrato))
		return reject(err, "campo_ausente", "contrato is missing");
	if (value_kind(contrato) != IS_OBJECT)
		return value_reject(contrato, err, "must be an object");
	out->code = code;
	if ((s = billing_key_read(contrato, &out->key, err)) != DONE ||
	    (s = read_action(contrato, &out->action, err)) != DONE ||
	    (s = read_code(contrato, &out->key, code, err)) != DONE ||
	    (s = read_omie_id(contrato, &out->nCodCtr, err)) != DONE)
		return s;
	s = record_money(contrato, "valorTotal", &out->total_cents, err);
	if (s != DONE)
		return s;
	return record_status(contrato, &out->status, err);
}
