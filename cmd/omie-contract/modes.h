/* What omie-contract does instead of billing: it looks, and changes nothing. */
#ifndef VOLUM_OMIE_CONTRACT_MODES_H
#define VOLUM_OMIE_CONTRACT_MODES_H

#include "omie-contract/billing.h"

/* Options of the modes, part of the command's own. */
struct mode_options {
	bool reconcile, verify, json, all;
	const char *competencia, *show, *expect;
};

/* BAD_USAGE: options that have no meaning together; `for_sending`: one was
 * given that says what is sent. */
enum status modes_check(const struct mode_options *m,
    const struct common_options *common, bool for_sending, struct error *err);
/* The option that makes it a job of its own, or NULL. */
const char *mode_task(const struct mode_options *m, bool plan);
/* One that asks the store alone, so needs neither Omie nor credentials. */
bool mode_is_local(const struct mode_options *m);
/* Text for a person: standard output is a terminal, and no --json. */
bool mode_for_person(const struct mode_options *m);
/* Behind each line: what waits is written once it is much. TRY_LATER: a signal.
 */
enum status mode_flush(struct run *run, struct error *err);

/*
 * One `reconciliacao` line per contract of the month that does not agree, and
 * `resumo`; SOME_REJECTED when there are any. TRY_LATER: Omie can't be listed.
 */
enum status mode_reconcile(
    struct run *run, const struct mode_options *m, struct error *err);
/* verify.c: one `cadeia` line; SOME_REJECTED when the chain is broken, or the
 * expected link is not in it. */
enum status
mode_verify(struct run *run, const struct mode_options *m, struct error *err);
/* show.c: all that is known of one contract; SOME_REJECTED: nothing is. */
enum status
mode_show(struct run *run, const struct mode_options *m, struct error *err);

#endif
