/* How a consolidation came about, kept beside it; never without it. */
#include "domain/memo.h"

#include "core/ndjson.h"
#include "store/keep_internal.h"

static enum status
refuse_unknown(const struct billing_key *key, struct error *err)
{
	char month[COMPETENCIA_TEXT];

	competencia_format(key->month, month);
	reject(err, "consolidacao_desconhecida",
	    "memoria: consolidation %s/%.*s/%.*s is not in the store", month,
	    (int)key->empresa_id.len, key->empresa_id.at,
	    (int)key->proposta.len, key->proposta.at);
	error_advise(err, "store its `consolidacaoData` record first");
	return SOME_REJECTED;
}

/* The stored consolidation, read as one that arrives would be. */
static enum status
read_stored(struct keeper *k, const struct stored_consolidation *stored,
    struct consolidation *out, struct error *err)
{
	enum status s;

	buf_reset(&k->content);
	consolidation_write_stored(
	    &k->content, stored->content, stored->status, stored->revision);
	if ((s = ndjson_parse(k->doc, buf_text(&k->content), err)) != DONE)
		return s;
	return consolidation_read(record_root(k->doc), out, &k->scratch, err);
}

static enum status
check(struct keeper *k, struct value memoria, struct billing_key *key,
    struct error *err)
{
	struct stored_consolidation stored;
	struct consolidation c;
	bool found;
	enum status s;

	if ((s = billing_key_read(memoria, key, err)) != DONE ||
	    (s = keep_find_consolidation(k, key, &stored, &found, err)) != DONE)
		return s;
	/* In a dry run it may stand in the lines before, which are not kept. */
	if (!found)
		return k->write ? refuse_unknown(key, err) : DONE;
	if ((s = read_stored(k, &stored, &c, err)) != DONE)
		return s;
	return memo_read(memoria, &c, err);
}

enum status
keep_memo(struct keeper *k, struct value root, struct error *err)
{
	struct value memoria;
	struct billing_key key;
	enum status s;

	if ((s = record_object(root, "memoria", &memoria, err)) != DONE ||
	    (s = check(k, memoria, &key, err)) != DONE)
		return s;
	buf_reset(&k->memo);
	memo_keep(&k->memo, memoria);
	if (k->write &&
	    (s = store_put_memo(k->store, &key, buf_text(&k->memo), err)) !=
		DONE)
		return s;
	keep_document(&k->line, root);
	keep_pass_on(k, buf_text(&k->line));
	return DONE;
}
