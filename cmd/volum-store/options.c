/* Which options go together. */
#include "volum-store/options.h"

#include <string.h>

#include "core/record.h"

static enum status
check_explain(const struct options *o, struct error *err)
{
	if (o->json && !o->explain)
		return fail(err, BAD_USAGE, "--json goes with --explain");
	if (!o->explain)
		return DONE;
	if (o->list != NULL || o->catalog != NULL || o->revise)
		return fail(err, BAD_USAGE,
		    "--explain reads the store: no --list, --catalog or "
		    "--revise with it");
	if (o->competencia == NULL || o->empresa == NULL)
		return fail(err, BAD_USAGE,
		    "--explain needs --competencia and --empresa");
	return DONE;
}

static enum status
check_guards(const struct options *o, struct error *err)
{
	struct error why;

	if (o->max_change < 0 && o->dia_corte == 0 && o->reopen == NULL)
		return DONE;
	if (o->list != NULL || o->explain || o->catalog != NULL)
		return fail(err, BAD_USAGE,
		    "--max-change, --dia-corte and --reopen guard what is "
		    "stored: not with --list, --explain or --catalog");
	if (o->reopen != NULL && o->dia_corte == 0)
		return fail(err, BAD_USAGE,
		    "--reopen: no month is closed without --dia-corte");
	if (o->reopen != NULL &&
	    identifier_check(text_of(o->reopen), &why) != DONE)
		return fail(err, BAD_USAGE, "--reopen: %s", why.text);
	if (o->max_change >= 0 && o->proposta != NULL)
		return fail(err, BAD_USAGE,
		    "--max-change is about all proposals of a company: not "
		    "with --proposta");
	return DONE;
}

static enum status
check_migrate(const struct options *o, struct error *err)
{
	if (o->apply && !o->migrate)
		return fail(err, BAD_USAGE, "--apply goes with --migrate");
	if (!o->migrate)
		return DONE;
	if (o->apply && o->common.dry_run)
		return fail(err, BAD_USAGE,
		    "--migrate changes nothing without --apply: --dry-run "
		    "and --apply contradict each other");
	if (o->list != NULL || o->explain || o->catalog != NULL || o->revise ||
	    o->batch != 0 || o->max_change >= 0 || o->dia_corte != 0 ||
	    o->proposta != NULL || o->competencia != NULL ||
	    o->empresa != NULL || o->status != NULL)
		return fail(err, BAD_USAGE,
		    "--migrate takes over all that the earlier functions "
		    "stored: it goes with --apply and --db alone");
	return DONE;
}

enum status
check_options(const void *options, struct error *err)
{
	const struct options *o = options;
	struct error why;

	if (check_migrate(o, err) != DONE)
		return BAD_USAGE;
	if (o->catalog != NULL && !o->common.dry_run)
		return fail(err, BAD_USAGE,
		    "--catalog prices without a store: give --dry-run too");
	if (o->catalog != NULL && o->list != NULL)
		return fail(err, BAD_USAGE,
		    "--list reads the store, not a "
		    "--catalog");
	if (o->list != NULL && o->revise)
		return fail(err, BAD_USAGE,
		    "--list changes nothing: --revise "
		    "has no meaning with it");
	if (o->list == NULL && !o->explain &&
	    (o->competencia != NULL || o->empresa != NULL || o->status != NULL))
		return fail(err, BAD_USAGE,
		    "--competencia, --empresa and --status go with --list");
	if (o->list == NULL && o->status != NULL)
		return fail(err, BAD_USAGE, "--status goes with --list");
	if (o->status != NULL && strcmp(o->list, "consolidacoes") != 0)
		return fail(err, BAD_USAGE,
		    "--status: only --list consolidacoes has one");
	if (o->list != NULL && o->competencia != NULL &&
	    (strcmp(o->list, "empresas") == 0 ||
		strcmp(o->list, "propostas") == 0))
		return fail(err, BAD_USAGE,
		    "--competencia: --list %s has no months", o->list);
	if (o->empresa != NULL &&
	    identifier_check(text_of(o->empresa), &why) != DONE)
		return fail(err, BAD_USAGE, "--empresa: %s", why.text);
	if (o->list != NULL && o->proposta != NULL)
		return fail(err, BAD_USAGE,
		    "--proposta is for prices and --explain, not for --list");
	if (check_guards(o, err) != DONE)
		return BAD_USAGE;
	return check_explain(o, err);
}
