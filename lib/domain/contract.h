/* A contract in Omie's terms: its key, and what must hold before it is sent. */
#ifndef VOLUM_DOMAIN_CONTRACT_H
#define VOLUM_DOMAIN_CONTRACT_H

#include "domain/consolidation.h"

enum { INT_CTR_TEXT = 21, HASH_TEXT = 65 };

/*
 * cCodIntCtr (design section 6): `YYMM-` and the first 15 characters of the
 * Crockford base32 of SHA-256 over competencia LF empresaId LF numeroProposta.
 * 20 characters, never changes.
 */
void contract_code(const struct billing_key *key, char out[INT_CTR_TEXT]);

/* SHA-256 as 64 lower-case hex digits. */
void hash_text(struct text t, char out[HASH_TEXT]);

/*
 * Checks what the template made against the consolidation, before any call:
 * cabecalho.cCodIntCtr equals `code`, cabecalho.nCodCli equals `customer`,
 * validity not inverted and not over on `today`, nDiaFat, cTipoFat and cCodSit
 * there, each item's quant x valorUnit exact in cents before and after its
 * discount (only the one that cTpDesconto names), none of 0.00, their sum =
 * valorTotal, nothing beside them that changes what is billed, no second
 * billing (validity of one month, or items for the next billing only), the
 * codes of the service or codServico there, nothing that Omie computes, not
 * both cEnviarRecibo and cEnviarLinkNfse, lengths of omie-api 5.2 in
 * characters. "contrato_invalido" names the path.
 */
enum status contract_check(struct value contract, const struct consolidation *c,
    const char *code, int64_t customer, struct day today, struct error *err);

/*
 * The total of a contract as Omie holds it, in cents: sum over the items of
 * quant x valorUnit - discount, each rounded half-up (omie-api 10.5). Numbers
 * may come as strings. False: it can't be read.
 */
bool contract_total(struct value contrato_cadastro, int64_t *cents);

/*
 * How the contract that Omie holds (contratoCadastro) differs from one that was
 * sent: each member that was sent is looked for, computed ones aside. `out`
 * (may be NULL) gets one JSON string per difference, "path: sent X, in Omie Y";
 * the number of them is returned. What Omie leaves out of its answer counts
 * only where it decides who pays what and when; what it has beyond what was
 * sent, only where it makes an item cheaper or dearer.
 */
size_t
contract_differences(struct value sent, struct value held, struct buf *out);

/* The items that Omie holds and `sent` has not, one by one; how many. */
typedef void (*contract_item_fn)(struct value item, void *ctx);
size_t contract_surplus(
    struct value sent, struct value held, contract_item_fn each, void *ctx);

/* The item of Omie's that was sent as `sent`, the `place`-th: by codIntItem,
 * by place where Omie holds none. Absent: it has none. */
struct value
contract_held_item(struct value held_items, struct value sent, size_t place);

/* The param object of AlterarContrato: all that Omie holds but what it
 * computes, with what is `sent` in its place; by nCodCtr alone (omie-api 5.4).
 */
void contract_merge(
    struct buf *out, struct value held, struct value sent, int64_t nCodCtr);

/* `v` as it is, less the members that `leave_out` says, at any level. */
typedef bool (*contract_name_fn)(struct text name, void *ctx);
void contract_without(
    struct buf *out, struct value v, contract_name_fn leave_out, void *ctx);

/* SHA-256 of who pays what and when: the same as long as nobody changes it,
 * whatever call the contract was read by. */
void contract_fingerprint(struct value held, char out[HASH_TEXT]);

/* The actions of a result. */
enum contract_action {
	CONTRACT_INCLUDED,
	CONTRACT_CHANGED,
	CONTRACT_UNCHANGED,
	CONTRACT_DISPENSED,
	CONTRACT_DIVERGENT,
	CONTRACT_PLANNED
};
const char *contract_action_name(enum contract_action a);

struct contract_result {
	struct billing_key key;
	enum contract_action action;
	const char *code; /* cCodIntCtr */
	int64_t nCodCtr;  /* 0: none */
	int64_t total_cents;
	enum consolidation_status status;
};

/* The member `contrato` as an object, in the order of design section 2. */
void contract_write(struct buf *b, const struct contract_result *r);
/* Reads one back (the record that volum-store gets); cCodIntCtr must be that of
 * its key. */
enum status contract_read(struct value contrato, struct contract_result *out,
    char code[INT_CTR_TEXT], struct error *err);

#endif
