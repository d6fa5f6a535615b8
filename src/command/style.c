/* SPDX-License-Identifier: Apache-2.0 */
#include "command/style.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define INDENT 13 /* where the words behind a label begin */

struct style style_for(FILE *stream)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	struct style style = { "", "", "", "", "", 100 };
	struct winsize size;

	if (!isatty(fileno(stream)))
		return style;
	if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		style.width = size.ws_col;
	if ((no_color && *no_color) || !term || strcmp(term, "dumb") == 0)
		return style;
	style.bold = "\033[1m";
	style.good = "\033[32m";
	style.bad = "\033[1;31m";
	style.dim = "\033[2m";
	style.off = "\033[0m";
	return style;
}

void style_words(FILE *stream, const struct style *style, const char *label, char *const *words,
		 int whole)
{
	size_t column = INDENT;

	if (!words || !words[0])
		return;
	fprintf(stream, "  %s%-10s%s", style->dim, label, style->off);
	for (size_t i = 0; words[i]; i++) {
		size_t len = strlen(words[i]) + 1;
		size_t reserve = words[i + 1] && !whole ? 2 : 0;

		if (column + len + reserve > style->width && column > INDENT) {
			if (!whole) {
				fputs(" …", stream);
				break;
			}
			fprintf(stream, "\n%*s", INDENT - 1, "");
			column = INDENT;
		}
		fprintf(stream, " %s", words[i]);
		column += len;
	}
	putc('\n', stream);
}
