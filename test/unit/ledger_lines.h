/* Lines of the ledger, for its tests. */
#ifndef VOLUM_TEST_LEDGER_LINES_H
#define VOLUM_TEST_LEDGER_LINES_H

#include "store_room.h"

#define CODE "2401-HRZYZC6DHQ4CQBK"

#define ACCOUNT TEXT("conta-a")

static inline struct ledger_line
line_of(const char *code, enum ledger_event event, int64_t after_seq)
{
	struct ledger_line line = { .after_seq = after_seq,
		.account = ACCOUNT,
		.code = text_of(code),
		.key = { 2024 * 12, TEXT("1"), TEXT("PROP-2024-001") },
		.event = event,
		.call = TEXT("IncluirContrato"),
		.nCodCtr = event == LEDGER_CONFIRMED ? 7700000001 : 0,
		.total_cents = 2000000,
		.revision = 3,
		.deadline = event == LEDGER_INTENT ? 99 : 0,
		.request_id = TEXT("req-1"),
		.detail = TEXT("motivo"),
		.payload = TEXT("{\"cabecalho\":{}}") };

	hash_text(TEXT("content"), line.content_hash);
	hash_text(TEXT("payload"), line.payload_hash);
	return line;
}

static inline int64_t
add(struct store *s, const char *code, enum ledger_event event, int64_t after)
{
	struct ledger_line line = line_of(code, event, after);

	OK(ledger_add(s, &line, &err));
	return line.seq;
}

/* How many lines there are, and the first whose link is not as it should be. */
struct chain {
	char link[HASH_TEXT];
	int lines, broken;
};

static inline enum status
check_link(const struct ledger_line *line, void *ctx, struct error *e)
{
	struct chain *chain = ctx;
	char want[HASH_TEXT];

	(void)e;
	ledger_link(line, chain->link, want);
	if (strcmp(want, line->link) != 0 && chain->broken == 0)
		chain->broken = (int)line->seq;
	memcpy(chain->link, line->link, HASH_TEXT);
	chain->lines++;
	return DONE;
}

static inline struct chain
read_chain(struct store *s)
{
	struct chain chain = { 0 };

	OK(ledger_each(s, (struct text){ "", 0 }, check_link, &chain, &err));
	return chain;
}

#endif
