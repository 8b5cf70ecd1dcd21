/*
 * How the lines of a consolidation came about, the memoria_de_calculo: written
 * when it is priced, kept beside it, told to people. It is no part of what is
 * billed: two consolidations of the same money are the same, whatever the memo.
 */
#ifndef VOLUM_DOMAIN_MEMO_H
#define VOLUM_DOMAIN_MEMO_H

#include "domain/consolidation.h"
#include "domain/pricing.h"

/*
 * The object {"vigencia":...,"linhas":[...]} of one that was just priced:
 * c->memo, its proposal and lines are still there. In every line valor +
 * desconto + acima_do_teto + arredondamento + teto_mensal, as far as they
 * stand, make total; amounts are exact, but a pro rata that has no end is
 * rounded to six decimals, and then arredondamento fits what is written.
 */
void memo_write(struct buf *b, const struct consolidation *c);
/*
 * What is kept of c->memo where each byte counts: which version of the proposal
 * it was, and what the lines don't tell. memo_rebuild() prices once more and
 * appends what memo_write() gave; false, and nothing is appended, when `p` is
 * not that version or the lines are not those of `c`.
 */
void memo_write_short(struct buf *b, const struct consolidation *c);
bool memo_is_short(struct text memo);
bool memo_rebuild(struct buf *b, const struct consolidation *c,
    struct text short_memo, const struct proposal *p, struct arena *scratch);

/* The same of one that was priced elsewhere: its lines alone. */
void memo_write_plain(struct buf *b, const struct consolidation *c);

/* The record {"memoria":{...}} of key, total and a written object. */
void memo_write_record(struct buf *b, const struct billing_key *key,
    int64_t total_cents, struct text memo);

/* What has become of the consolidation. */
struct memo_state {
	enum consolidation_status status;
	int64_t revision;
	bool partial; /* of a month that is not over */
};

/* The member `memoria` of a record, as text for people, 80 columns wide. */
void memo_tell(
    struct buf *out, struct value memoria, const struct memo_state *state);
/* One more row of that page: what its proposals make together. */
void memo_tell_sum(struct buf *out, int64_t cents);

/*
 * Reads one back: its key, and the object to be kept, appended to `memo`.
 * `c` is what is stored under that key: "total_divergente" when its lines are
 * not those of the memo.
 */
enum status memo_read(
    struct value memoria, const struct consolidation *c, struct error *err);
void memo_keep(struct buf *memo, struct value memoria);

#endif
