/* Companies, proposals and the links between companies and customers. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/ndjson.h"
#include "domain/settings.h"
#include "store/keep_internal.h"

/* Largest id that survives every reader of JSON. */
static const int64_t MAX_ID = INT64_C(9007199254740991);

/* More lines of a catalogue than these are counted, not named. */
enum { MAX_FAULTS = 20 };

static enum status
read_omie_code(struct value company, int64_t *code, struct error *err)
{
	*code = 0;
	if (value_is_empty(value_member(company, "codigoClienteOmie")))
		return DONE;
	return record_integer(
	    company, "codigoClienteOmie", 1, MAX_ID, code, err);
}

enum status
company_read(struct value company, struct company *out, struct error *err)
{
	enum status s;

	if ((s = record_identifier(
		 company, "empresaId", &out->empresa_id, err)) != DONE ||
	    (s = record_optional_text(company, "cnpj", &out->cnpj, err)) !=
		DONE ||
	    (s = read_omie_code(company, &out->omie_code, err)) != DONE)
		return s;
	return settings_check(value_member(company, "configuracao"), err);
}

static enum status
put_company(struct keeper *k, struct company *c, struct error *err)
{
	enum status s;

	c->doc = buf_text(&k->line);
	if (k->write && (s = store_put_company(k->store, c, err)) != DONE)
		return s;
	return DONE;
}

/* The company's document with another codigoClienteOmie. */
static void
write_linked(struct buf *out, struct value root, int64_t code)
{
	static const char *const own[] = { "empresa", "requestId", "test",
		"traceparent", NULL };
	static const char *const code_only[] = { "codigoClienteOmie", NULL };

	buf_reset(out);
	build_open(out, '{');
	build_name(out, "empresa");
	build_open(out, '{');
	build_members_but(out, value_member(root, "empresa"), code_only);
	build_name(out, "codigoClienteOmie");
	build_integer(out, code);
	build_close(out, '}');
	build_members_but(out, root, own);
	build_close(out, '}');
}

/* Whoever leaves the customer out doesn't know it: what a sync result linked
 * stays. A null unlinks. */
static enum status
keep_link(
    struct keeper *k, struct value root, struct company *c, struct error *err)
{
	struct value company = value_member(root, "empresa");
	struct company known;
	bool found = false;
	enum status s;

	if (k->store == NULL ||
	    value_kind(value_member(company, "codigoClienteOmie")) != ABSENT)
		return DONE;
	s = store_get_company(k->store, c->empresa_id, &known, &found, err);
	if (s != DONE || !found || known.omie_code == 0)
		return s;
	/* Another document is another customer: no link is better than his. */
	if (c->cnpj.len > 0 && !text_same(c->cnpj, known.cnpj))
		return DONE;
	c->omie_code = known.omie_code;
	write_linked(&k->line, root, c->omie_code);
	return DONE;
}

enum status
keep_company(struct keeper *k, struct value root, struct error *err)
{
	struct company c = { 0 };
	struct value company;
	enum status s;

	if ((s = record_object(root, "empresa", &company, err)) != DONE ||
	    (s = company_read(company, &c, err)) != DONE)
		return s;
	keep_document(&k->line, root);
	if ((s = keep_link(k, root, &c, err)) != DONE ||
	    (s = put_company(k, &c, err)) != DONE)
		return s;
	keep_pass_on(k, buf_text(&k->line));
	return DONE;
}

static enum status
link_company(struct keeper *k, struct text id, int64_t code, struct error *err)
{
	struct company c;
	bool found = false;
	enum status s;

	if (k->store == NULL)
		return DONE;
	if ((s = store_get_company(k->store, id, &c, &found, err)) != DONE)
		return s;
	if (!found) {
		reject(err, "empresa_desconhecida",
		    "company %.*s is not in the store", (int)id.len, id.at);
		error_advise(err, "store its `empresa` record first");
		return SOME_REJECTED;
	}
	if (c.omie_code == code)
		return DONE;
	c.empresa_id = id;
	c.omie_code = code;
	c.cnpj = arena_text(&k->scratch, c.cnpj);
	c.doc = arena_text(&k->scratch, c.doc);
	if ((s = ndjson_parse(k->doc, c.doc, err)) != DONE)
		return s;
	write_linked(&k->line, record_root(k->doc), code);
	return put_company(k, &c, err);
}

enum status
keep_sync(struct keeper *k, struct value root, struct error *err)
{
	struct value sync;
	struct text id;
	int64_t code;
	enum status s;

	if ((s = record_object(root, "sync", &sync, err)) != DONE ||
	    (s = record_identifier(sync, "empresaId", &id, err)) != DONE ||
	    (s = read_omie_code(sync, &code, err)) != DONE)
		return s;
	/* What is only planned is no fact yet. */
	if (value_is_text(value_member(sync, "acao"), "planejado"))
		code = 0;
	if (code != 0 && (s = link_company(k, id, code, err)) != DONE)
		return s;
	keep_document(&k->line, root);
	keep_pass_on(k, buf_text(&k->line));
	return DONE;
}

/* No month may have two versions of one proposal: the later record loses. */
static enum status
check_versions(struct keeper *k, const struct proposal *p, struct error *err)
{
	struct catalog *versions = catalog_new(0);
	struct proposal *const *known;
	size_t count = 0, i;
	enum status s;

	s = keep_load_proposals(k, proposal_company(p), versions, err);
	if (s == DONE &&
	    !catalog_find(versions, proposal_company(p), &known, &count))
		count = 0;
	for (i = 0; s == DONE && i < count; i++)
		if (!proposal_compatible(known[i], p))
			s = reject(err, "proposta_invalida",
			    "vigencia: has a month in common with the version "
			    "of %04d-%02d-%02d",
			    proposal_from(known[i]).year,
			    proposal_from(known[i]).month,
			    proposal_from(known[i]).day);
	catalog_free(versions);
	return s;
}

static enum status
store_proposal(struct keeper *k, const struct proposal *p, struct error *err)
{
	struct stored_proposal put = { .empresa_id = proposal_company(p),
		.number = proposal_number(p),
		.from = proposal_from(p),
		.until = proposal_until(p),
		.doc = buf_text(&k->line) };
	enum status s;

	if (k->store == NULL)
		return DONE;
	if ((s = check_versions(k, p, err)) != DONE)
		return s;
	catalog_forget(k->known, proposal_company(p));
	return k->write ? store_put_proposal(k->store, &put, err) : DONE;
}

enum status
keep_proposal(struct keeper *k, struct value root, struct error *err)
{
	struct proposal *p = NULL;
	enum status s;

	s = proposal_read(value_member(root, "proposta"), &p, err);
	if (s != DONE)
		return s;
	keep_document(&k->line, root);
	s = store_proposal(k, p, err);
	proposal_free(p);
	if (s == DONE)
		keep_pass_on(k, buf_text(&k->line));
	return s;
}

/* ------------------------------------------------------------- --catalog */

static enum status
catalog_line(struct keeper *k, struct text line, struct error *err)
{
	struct proposal *p;
	struct value root;
	enum status s;

	if ((s = ndjson_parse(k->doc, line, err)) != DONE)
		return s;
	root = record_root(k->doc);
	if (value_kind(value_member(root, "empresa")) != ABSENT)
		return DONE;
	s = proposal_read(value_member(root, "proposta"), &p, err);
	return s == DONE ? catalog_add(k->catalog, p, err) : s;
}

/* Lines of a catalogue that can't be used. */
struct faults {
	struct filter *filter;
	const char *path;
	uint64_t count;
	struct error first;
};

/* The first is told with the second: alone it ends the run itself. */
static void
note_fault(struct faults *faults, uint64_t line, const char *why)
{
	struct error fault;

	fail(&fault, BAD_CONFIG, "--catalog %s, line %llu: %s", faults->path,
	    (unsigned long long)line, why);
	if (faults->count++ == 0) {
		faults->first = fault;
		return;
	}
	if (faults->count > MAX_FAULTS)
		return;
	if (faults->count == 2)
		filter_warn(faults->filter, "%s", faults->first.text);
	filter_warn(faults->filter, "%s", fault.text);
}

static enum status
end_faults(const struct faults *faults, struct error *err)
{
	if (faults->count > 1)
		return fail(err, BAD_CONFIG,
		    "--catalog %s: %llu lines are refused", faults->path,
		    (unsigned long long)faults->count);
	*err = faults->first;
	return faults->count > 0 ? BAD_CONFIG : DONE;
}

static enum status
catalog_lines(struct keeper *k, int fd, const char *path, struct error *err)
{
	struct ndjson_reader *reader = ndjson_open(fd);
	struct faults faults = { .filter = k->filter, .path = path };
	struct ndjson_line line;
	struct error why;
	int got, cause;

	while ((got = ndjson_next(reader, &line)) != 0 && got != -1) {
		if (got == -2)
			continue;
		if (line.too_long)
			note_fault(&faults, line.number, "too long");
		else if (catalog_line(k, line.text, &why) != DONE)
			note_fault(&faults, line.number, why.text);
	}
	cause = errno;
	ndjson_close(reader);
	if (got < 0)
		return fail(
		    err, BAD_CONFIG, "--catalog %s: %s", path, strerror(cause));
	return end_faults(&faults, err);
}

enum status
keep_read_catalog(struct keeper *k, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum status s;

	if (fd < 0)
		return fail(
		    err, BAD_CONFIG, "--catalog %s: %s", path, strerror(errno));
	s = catalog_lines(k, fd, path, err);
	close(fd);
	return s;
}
