/* SPDX-License-Identifier: Apache-2.0 */
/* When calls were first seen: a curve that is flat at its end speaks for a long enough recording.
 */
#include "base/cleanup.h"
#include "base/time.h"
#include "format/html_escape.h"
#include "format/html_private.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH  1000 /* of the drawing, in its own units */
#define HEIGHT 100

/* Calls with a time, in the order in which they appeared. */
struct firsts {
	const struct explained **calls;
	size_t n;
};

static int compare_first(const void *a, const void *b)
{
	const struct explained *x = *(const struct explained *const *)a;
	const struct explained *y = *(const struct explained *const *)b;

	if (x->first_ms != y->first_ms)
		return x->first_ms < y->first_ms ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int collect(const struct explanation *explanation, struct firsts *ret)
{
	ret->calls = calloc(explanation->n_calls + 1, sizeof(*ret->calls));
	if (!ret->calls)
		return -ENOMEM;
	for (size_t i = 0; i < explanation->n_calls; i++)
		if (explanation->calls[i].happened &&
		    explanation->calls[i].first_ms != TIME_UNKNOWN)
			ret->calls[ret->n++] = &explanation->calls[i];
	if (ret->n > 0)
		qsort(ret->calls, ret->n, sizeof(*ret->calls), compare_first);
	return 0;
}

/* Where a time lies between the first and the last, 0 to WIDTH. */
static unsigned int position(const struct explanation *explanation, int64_t ms)
{
	double span = (double)(explanation->last_ms - explanation->first_ms);

	return span <= 0 ? 0 : (unsigned int)((double)(ms - explanation->first_ms) * WIDTH / span);
}

static void put_steps(struct strbuf *page, const struct explanation *explanation,
		      const struct firsts *firsts)
{
	strbuf_printf(page, "M0 %d", HEIGHT);
	for (size_t i = 0; i < firsts->n; i++)
		strbuf_printf(page, "H%uV%zu", position(explanation, firsts->calls[i]->first_ms),
			      HEIGHT - (i + 1) * HEIGHT / firsts->n);
	strbuf_printf(page, "H%d", WIDTH);
}

static void put_curve(struct strbuf *page, const struct explanation *explanation,
		      const struct firsts *firsts)
{
	strbuf_printf(page,
		      "<svg viewBox=\"-2 -3 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
		      "aria-label=\"Number of different calls seen, over time\">\n",
		      WIDTH + 4, HEIGHT + 6);
	strbuf_puts(page, "<path class=\"fill\" d=\"");
	put_steps(page, explanation, firsts);
	strbuf_printf(page, "V%dZ\"/>\n", HEIGHT);
	strbuf_printf(page,
		      "<path class=\"edge\" vector-effect=\"non-scaling-stroke\" "
		      "d=\"M0 %d H%d\"/>\n",
		      HEIGHT, WIDTH);
	strbuf_puts(page, "<path class=\"curve\" vector-effect=\"non-scaling-stroke\" d=\"");
	put_steps(page, explanation, firsts);
	strbuf_puts(page, "\"/>\n</svg>\n");
}

static void put_seconds(struct strbuf *page, int64_t ms)
{
	strbuf_printf(page, "%" PRId64 ".%03d s", ms / 1000, (int)(ms % 1000));
}

/* How much of the time passed without anything new. */
static void put_caption(struct strbuf *page, const struct explanation *explanation,
			const struct firsts *firsts)
{
	int64_t last_new = firsts->calls[firsts->n - 1]->first_ms;

	strbuf_printf(page, "<figcaption>%zu different calls; the last new one, <code>", firsts->n);
	html_puts(page, firsts->calls[firsts->n - 1]->name);
	strbuf_puts(page, "</code>, came after ");
	put_seconds(page, last_new - explanation->first_ms);
	strbuf_puts(page, ", and then ");
	put_seconds(page, explanation->last_ms - last_new);
	strbuf_puts(page, " passed without another. A curve that still rises at its end speaks for "
			  "a longer recording.</figcaption>\n");
}

/* A row for each moment: calls of the same millisecond share it. */
static void put_moments(struct strbuf *page, const struct explanation *explanation,
			const struct firsts *firsts)
{
	strbuf_puts(page,
		    "<details><summary>In order of appearance</summary>\n<div class=\"scroll\">"
		    "<table><thead><tr><th scope=\"col\">After</th><th scope=\"col\">New calls"
		    "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < firsts->n; i++) {
		int64_t ms = firsts->calls[i]->first_ms;
		bool first = i == 0 || firsts->calls[i - 1]->first_ms != ms;

		if (first) {
			strbuf_puts(page, i ? "</td></tr>\n" : "");
			strbuf_puts(page, "<tr><td class=\"n\">");
			put_seconds(page, ms - explanation->first_ms);
			strbuf_puts(page, "</td><td>");
		}
		strbuf_puts(page, first ? "<code>" : " <code>");
		html_puts(page, firsts->calls[i]->name);
		strbuf_puts(page, "</code>");
	}
	strbuf_puts(page, "</td></tr>\n</tbody></table></div></details>\n");
}

int html_put_timeline(struct strbuf *page, const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	struct firsts firsts = { 0 };
	int r;

	if (!explanation->recording)
		return 0;
	r = collect(explanation, &firsts);
	if (r < 0)
		return r;
	strbuf_puts(page, "<h2 id=\"first\">First seen</h2>\n");
	if (firsts.n == 0) {
		strbuf_puts(page, "<p>The records have no times.</p>\n");
	} else {
		strbuf_puts(page, "<figure>\n");
		put_curve(page, explanation, &firsts);
		strbuf_puts(page, "<div class=\"ends\">");
		html_put_time(page, explanation->first_ms);
		html_put_time(page, explanation->last_ms);
		strbuf_puts(page, "</div>\n");
		put_caption(page, explanation, &firsts);
		strbuf_puts(page, "</figure>\n");
		put_moments(page, explanation, &firsts);
	}
	free(firsts.calls);
	return 0;
}
