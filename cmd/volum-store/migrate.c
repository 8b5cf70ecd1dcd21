/* What the earlier functions stored, reported and taken over. */
#include "volum-store/migrate.h"

#include "domain/money.h"
#include "store/migrate.h"

static enum status
put_line(struct text line, bool refused, void *ctx, struct error *err)
{
	struct filter *f = ctx;

	buf_add_text(filter_out(f), line);
	filter_end_line(f);
	f->counters.read++;
	f->counters.done += !refused;
	/* Each line leaves before the next document is touched. */
	if (filter_flush(f, err) != DONE)
		return OUTPUT_FAILED;
	if (filter_stop)
		return fail(err, TRY_LATER, "stopped by a signal");
	return DONE;
}

static void
tell_sum(struct filter *f, const struct migration_sum *sum, bool apply)
{
	struct buf total = BUF_INIT;

	money_add_br(&total, sum->cents);
	filter_warn(f,
	    apply ? N_("%llu taken over, R$ %s, %llu of them billed before; "
		       "%llu refused, which stay where they are")
		  : N_("%llu can be taken over, R$ %s, %llu of them billed "
		       "before; %llu refused, which stay where they are; "
		       "nothing was changed: --apply does it"),
	    (unsigned long long)sum->taken, buf_cstr(&total),
	    (unsigned long long)sum->billed, (unsigned long long)sum->refused);
	buf_clear(&total);
}

enum status
migrate(struct filter *f, struct store *store, bool apply, struct error *err)
{
	struct migration_sum sum;
	struct day today;
	enum status s = clock_today(&f->clock, &today, err);

	if (s == DONE)
		s = store_migrate(store, apply, today, put_line, f, &sum, err);
	if (s != DONE)
		return s;
	if (sum.refused > 0 || f->options->verbose)
		tell_sum(f, &sum, apply);
	f->status = worst(f->status, sum.refused > 0 ? SOME_REJECTED : DONE);
	return filter_flush(f, err);
}
