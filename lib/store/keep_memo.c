/* How a consolidation came about, kept beside it; never without it. */
#include "domain/memo.h"

#include "core/ndjson.h"
#include "store/keep_internal.h"
#include "store/memo.h"

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

/* `*known`: what is stored explains it in these words already. */
static enum status
compare(struct keeper *k, const struct consolidation *c, bool *known,
    struct error *err)
{
	struct memo_finder finder;
	struct buf told = BUF_INIT;
	enum status s;

	memo_finder_init(&finder, k->store);
	s = memo_find(&finder, c, &told, err);
	*known = s == DONE && text_same(buf_text(&told), buf_text(&k->memo));
	memo_finder_clear(&finder);
	buf_clear(&told);
	return s;
}

static enum status
put_memo(struct keeper *k, struct value memoria, const struct billing_key *key,
    struct error *err)
{
	struct stored_consolidation stored;
	struct consolidation c;
	bool found, known;
	enum status s;

	s = keep_find_consolidation(k, key, &stored, &found, err);
	if (s != DONE)
		return s;
	/* In a dry run it may stand in the lines before, which are not kept. */
	if (!found)
		return k->write ? refuse_unknown(key, err) : DONE;
	if ((s = read_stored(k, &stored, &c, err)) != DONE ||
	    (s = memo_read(memoria, &c, err)) != DONE ||
	    (s = compare(k, &c, &known, err)) != DONE)
		return s;
	k->filter->counters.unchanged += known;
	if (known || !k->write)
		return DONE;
	return store_put_memo(k->store, key, buf_text(&k->memo), err);
}

enum status
keep_memo(struct keeper *k, struct value root, struct error *err)
{
	struct value memoria;
	struct billing_key key;
	enum status s;

	if ((s = record_object(root, "memoria", &memoria, err)) != DONE ||
	    (s = billing_key_read(memoria, &key, err)) != DONE)
		return s;
	buf_reset(&k->memo);
	memo_keep(&k->memo, memoria);
	if ((s = put_memo(k, memoria, &key, err)) != DONE)
		return s;
	keep_document(&k->line, root);
	keep_pass_on(k, buf_text(&k->line));
	return DONE;
}
