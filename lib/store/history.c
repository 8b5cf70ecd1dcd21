/* A line of history, as it is listed. */
#include "core/record.h"
#include "store/backend.h"

void
history_write(struct buf *b, const struct history_line *line)
{
	char when[INSTANT_TEXT];

	instant_format_ms(line->at, when);
	build_open(b, '{');
	build_name(b, "historico");
	build_open(b, '{');
	build_text_member(b, "competencia", line->month);
	build_text_member(b, "empresaId", line->empresa_id);
	build_text_member(b, "numeroProposta", line->proposta);
	build_text_member(b, "de", line->from);
	build_text_member(b, "para", line->to);
	build_name(b, "revisao");
	build_integer(b, line->revision);
	build_text_member(b, "quando", text_of(when));
	build_text_member(b, "requestId", line->request_id);
	build_text_member(b, "motivo", line->why);
	build_close(b, '}');
	build_close(b, '}');
}
