/*
 * What the functions before this program billed is marked `migrado`. Its
 * contract has another code in Omie: without the mark it would be looked for
 * in vain and be made once more, so no record that takes the place of a marked
 * one loses it.
 */
#include "core/ndjson.h"
#include "domain/earlier.h"
#include "store/keep_internal.h"

static bool
parse_marked(struct keeper *k, struct text document, struct value *root)
{
	struct error ignored;

	if (ndjson_parse(k->doc, document, &ignored) != DONE)
		return false;
	*root = record_root(k->doc);
	return earlier_is_marked(*root);
}

struct text
keep_marked(struct keeper *k, struct text document, struct text stored)
{
	static const char *const not_copied[] = { "migrado", NULL };
	struct buf marked = BUF_INIT;
	struct value root;
	struct text mark;

	if (stored.len == 0 ||
	    memmem(stored.at, stored.len, "\"migrado\"", 9) == NULL ||
	    !parse_marked(k, stored, &root))
		return document;
	mark =
	    arena_text(&k->scratch, value_raw(value_member(root, "migrado")));
	if (parse_marked(k, document, &root))
		return document;
	build_open(&marked, '{');
	build_members_but(&marked, root, not_copied);
	build_name(&marked, "migrado");
	build_raw(&marked, mark);
	build_close(&marked, '}');
	document = arena_text(&k->scratch, buf_text(&marked));
	buf_clear(&marked);
	return document;
}
