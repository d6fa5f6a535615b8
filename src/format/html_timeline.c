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

#define WIDTH	  1000 /* of the drawing, in its own units */
#define HEIGHT	  100
#define FOLD	  30 /* of a pause that is not drawn to scale */
#define FOLDS_MAX 10

/* A call with a time. */
struct first {
	const struct explained *call;
	unsigned int x; /* 0 to WIDTH */
	bool folded;	/* the pause before it is */
};

/* In the order in which they appeared. */
struct firsts {
	struct first *at;
	size_t n, n_folded;
	int64_t drawn_ms; /* without what is folded */
};

static int compare_first(const void *a, const void *b)
{
	const struct explained *x = ((const struct first *)a)->call;
	const struct explained *y = ((const struct first *)b)->call;

	if (x->first_ms != y->first_ms)
		return x->first_ms < y->first_ms ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int collect(const struct explanation *explanation, struct firsts *ret)
{
	ret->at = calloc(explanation->n_calls + 1, sizeof(*ret->at));
	if (!ret->at)
		return -ENOMEM;
	for (size_t i = 0; i < explanation->n_calls; i++)
		if (explanation->calls[i].happened &&
		    explanation->calls[i].first_ms != TIME_UNKNOWN)
			ret->at[ret->n++].call = &explanation->calls[i];
	if (ret->n > 0)
		qsort(ret->at, ret->n, sizeof(*ret->at), compare_first);
	return 0;
}

/* Between the runs that the recording was merged from. */
static size_t pauses(const struct explanation *explanation)
{
	size_t runs = explanation->recording->incidence.runs.n_keys;

	return runs > 0 ? runs - 1 : 0;
}

/* How long nothing new appeared before the call. */
static int64_t pause_before(const struct firsts *firsts, size_t i)
{
	return i == 0 ? 0 : firsts->at[i].call->first_ms - firsts->at[i - 1].call->first_ms;
}

/* Folds the longest pause when it is most of what is drawn. */
static bool fold_longest(struct firsts *firsts)
{
	size_t longest = 0;

	for (size_t i = 1; i < firsts->n; i++)
		if (!firsts->at[i].folded &&
		    pause_before(firsts, i) > pause_before(firsts, longest))
			longest = i;
	if (pause_before(firsts, longest) <= firsts->drawn_ms / 2)
		return false;
	firsts->at[longest].folded = true;
	firsts->n_folded++;
	firsts->drawn_ms -= pause_before(firsts, longest);
	return true;
}

/*
 * Time runs to the right. Between runs that were merged nothing was recorded: a pause that takes
 * most of the room would press all that was into two lines, and says nothing.
 */
static void place(const struct explanation *explanation, struct firsts *firsts)
{
	double unit, at = 0;

	firsts->drawn_ms = explanation->last_ms - explanation->first_ms;
	while (firsts->n_folded < pauses(explanation) && firsts->n_folded < FOLDS_MAX &&
	       fold_longest(firsts))
		;
	unit = WIDTH - (double)FOLD * (double)firsts->n_folded;
	unit = firsts->drawn_ms > 0 ? unit / (double)firsts->drawn_ms : 0;
	at = (double)(firsts->at[0].call->first_ms - explanation->first_ms) * unit;
	for (size_t i = 0; i < firsts->n; i++) {
		at += firsts->at[i].folded ? FOLD : (double)pause_before(firsts, i) * unit;
		firsts->at[i].x = (unsigned int)(at + 0.001);
	}
}

static size_t height(const struct firsts *firsts, size_t n)
{
	return HEIGHT - n * HEIGHT / firsts->n;
}

static void put_steps(struct strbuf *page, const struct firsts *firsts)
{
	strbuf_printf(page, "M0 %d", HEIGHT);
	for (size_t i = 0; i < firsts->n; i++)
		strbuf_printf(page, "H%uV%zu", firsts->at[i].x, height(firsts, i + 1));
	strbuf_printf(page, "H%d", WIDTH);
}

static void put_folds(struct strbuf *page, const struct firsts *firsts)
{
	for (size_t i = 0; i < firsts->n; i++)
		if (firsts->at[i].folded)
			strbuf_printf(page, "<path class=\"fold\" d=\"M%u 0H%uV%dH%uZ\"/>\n",
				      firsts->at[i].x - FOLD, firsts->at[i].x, HEIGHT,
				      firsts->at[i].x - FOLD);
}

static void put_curve(struct strbuf *page, const struct firsts *firsts)
{
	strbuf_printf(page, "<div class=\"ends\">%zu calls</div>\n", firsts->n);
	strbuf_printf(page,
		      "<svg viewBox=\"-2 -3 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
		      "aria-label=\"Number of different calls seen, over time\">\n",
		      WIDTH + 4, HEIGHT + 6);
	strbuf_puts(page, "<path class=\"fill\" d=\"");
	put_steps(page, firsts);
	strbuf_printf(page, "V%dZ\"/>\n", HEIGHT);
	put_folds(page, firsts);
	strbuf_printf(page,
		      "<path class=\"edge\" vector-effect=\"non-scaling-stroke\" "
		      "d=\"M0 %d H%d\"/>\n",
		      HEIGHT, WIDTH);
	strbuf_puts(page, "<path class=\"curve\" vector-effect=\"non-scaling-stroke\" d=\"");
	put_steps(page, firsts);
	strbuf_puts(page, "\"/>\n</svg>\n");
}

/* Exact as long as milliseconds can matter. */
static void put_span(struct strbuf *page, int64_t ms)
{
	int64_t minutes = ms / 60000;

	if (minutes < 10)
		strbuf_printf(page, "%" PRId64 ".%03d s", ms / 1000, (int)(ms % 1000));
	else if (minutes < 600)
		strbuf_printf(page, "%" PRId64 " min", minutes);
	else
		strbuf_printf(page, "%" PRId64 " h", minutes / 60);
}

/* How much of the time passed without anything new. */
static void put_caption(struct strbuf *page, const struct explanation *explanation,
			const struct firsts *firsts)
{
	const struct explained *last = firsts->at[firsts->n - 1].call;

	strbuf_printf(page, "<figcaption>%zu different calls; the last new one, <code>", firsts->n);
	html_puts(page, last->name);
	strbuf_puts(page, "</code>, came after ");
	put_span(page, last->first_ms - explanation->first_ms);
	strbuf_puts(page, ", and then ");
	put_span(page, explanation->last_ms - last->first_ms);
	strbuf_puts(page, " passed without another. A curve that still rises at its end speaks for "
			  "a longer recording.");
	if (pauses(explanation) > 0)
		strbuf_puts(page, " Pauses between the runs count as time");
	if (firsts->n_folded > 0)
		strbuf_puts(page, "; the long ones, shaded, are not drawn to scale");
	strbuf_puts(page, pauses(explanation) ? ".</figcaption>\n" : "</figcaption>\n");
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
		int64_t ms = firsts->at[i].call->first_ms;
		bool first = i == 0 || pause_before(firsts, i) > 0;

		if (first) {
			strbuf_puts(page, i ? "</td></tr>\n" : "");
			strbuf_puts(page, "<tr><td class=\"n\">");
			put_span(page, ms - explanation->first_ms);
			strbuf_puts(page, "</td><td>");
		}
		strbuf_puts(page, first ? "<code>" : " <code>");
		html_puts(page, firsts->at[i].call->name);
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
		place(explanation, &firsts);
		strbuf_puts(page, "<figure>\n");
		put_curve(page, &firsts);
		strbuf_puts(page, "<div class=\"ends\">");
		html_put_time(page, explanation->first_ms);
		html_put_time(page, explanation->last_ms);
		strbuf_puts(page, "</div>\n");
		put_caption(page, explanation, &firsts);
		strbuf_puts(page, "</figure>\n");
		put_moments(page, explanation, &firsts);
	}
	free(firsts.at);
	return 0;
}
