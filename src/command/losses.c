/* SPDX-License-Identifier: Apache-2.0 */
#include "command/losses.h"
#include "command/input.h"
#include "command/report.h"
#include <string.h>
#include <unistd.h>

#define INDENT 13 /* of everything behind the label, as in a summary */

/* Word by word; on a terminal, in lines that fit. */
static void put_words(FILE *stream, const struct style *style, size_t column, const char *text)
{
	bool wraps = isatty(fileno(stream)) == 1;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (wraps && column > INDENT && column + 1 + len > style->width) {
			fprintf(stream, "\n%*s", INDENT, "");
			column = INDENT;
		} else {
			putc(' ', stream);
			column++;
		}
		fwrite(text, 1, len, stream);
		column += len;
		text += len + (text[len] == ' ');
	}
	putc('\n', stream);
}

void losses_write(FILE *stream, const struct style *style, const struct emitter *emitter,
		  const struct emission *emission, bool only_wider)
{
	const char *label = emitter->name;

	for (size_t i = 0; i < emission->n_losses; i++) {
		const struct loss *loss = &emission->losses[i];
		const char *word = loss_word(loss->kind);

		if (only_wider && loss->kind != LOSS_WIDER)
			continue;
		fprintf(stream, "  %s%-10s%s %s%s%s:", style->dim, label, style->off,
			loss->kind == LOSS_WIDER ? style->bad : "", word,
			loss->kind == LOSS_WIDER ? style->off : "");
		put_words(stream, style, INDENT + strlen(word) + 1, loss->text);
		label = "";
	}
}

void losses_note_settings(const char *path, const struct profile *profile)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (!profile || name_list_count(profile->settings) == 0)
		return;
	input_put_name(&text, path);
	strbuf_puts(&text, ": what these settings of the unit deny is not looked at:");
	for (char **name = profile->settings; *name; name++)
		strbuf_printf(&text, " %s", *name);
	if (strbuf_text(&text))
		report_note("%s", strbuf_text(&text));
}
