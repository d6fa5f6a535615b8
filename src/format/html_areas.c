/* SPDX-License-Identifier: Apache-2.0 */
/* What is allowed, by area, and what deserves a second look. */
#include "format/html_escape.h"
#include "format/html_private.h"

#define LOOK_AT_SHOWN 12 /* the rest is folded */

static void put_key(struct strbuf *page, const struct html_report *report)
{
	strbuf_puts(page, "<ul class=\"key\">\n<li class=\"seen\">seen: recorded</li>\n"
			  "<li class=\"inferred\">inferred: added for a reason</li>\n");
	if (report->explanation->by_ground[GROUND_STATED])
		strbuf_puts(page, report->explanation->recording
					  ? "<li class=\"stated\">stated: neither recorded nor "
					    "marked as added</li>\n"
					  : "<li class=\"stated\">stated: in the profile, without "
					    "a reason</li>\n");
	strbuf_puts(page, "<li>* under arguments or conditions only</li>\n</ul>\n");
}

static size_t count_allowed(const struct explanation *explanation, enum area area)
{
	size_t n = 0;

	for (size_t i = 0; i < explanation->n_calls; i++)
		n += explanation->calls[i].area == area &&
		     ground_allows(explanation->calls[i].ground);
	return n;
}

static void put_chips(struct strbuf *page, const struct explanation *explanation, enum area area)
{
	strbuf_puts(page, "<ul class=\"chips\">\n");
	for (size_t i = 0; i < explanation->n_calls; i++) {
		const struct explained *call = &explanation->calls[i];

		if (call->area != area || !ground_allows(call->ground))
			continue;
		strbuf_printf(page, "<li class=\"call %s\">", html_class(call));
		html_put_name(page, call);
		if (call->fact && call->fact->risk >= RISK_HIGH)
			strbuf_printf(page, " <b>%s</b>", risk_name(call->fact->risk));
		strbuf_puts(page, "</li>\n");
	}
	strbuf_puts(page, "</ul>\n");
}

static void put_area(struct strbuf *page, const struct explanation *explanation, enum area area)
{
	size_t n = count_allowed(explanation, area);

	if (n == 0)
		return;
	strbuf_puts(page, "<section class=\"area\"><h3>");
	html_puts(page, area < AREA_COUNT ? area_fact(area)->title : "unknown calls");
	strbuf_printf(page, " <span>%zu</span></h3>\n<p>Opens ", n);
	html_puts(page, area < AREA_COUNT ? area_fact(area)->surface : "what nobody here can say");
	strbuf_puts(page, ".</p>\n");
	put_chips(page, explanation, area);
	strbuf_puts(page, "</section>\n");
}

static bool deserves_look(const struct explained *call, enum risk risk)
{
	return call->fact && call->fact->risk == risk && ground_allows(call->ground) &&
	       policy_look_at(call->name);
}

static void put_look_at(struct strbuf *page, const struct explanation *explanation)
{
	size_t n = 0;

	for (int risk = RISK_COUNT - 1; risk >= RISK_LOW; risk--)
		for (size_t i = 0; i < explanation->n_calls; i++) {
			const struct explained *call = &explanation->calls[i];

			if (!deserves_look(call, (enum risk)risk))
				continue;
			if (n++ == 0)
				strbuf_puts(page, "<h2>Look at these</h2>\n<ul>\n");
			else if (n == LOOK_AT_SHOWN + 1)
				strbuf_puts(page,
					    "</ul>\n<details><summary>And more</summary>\n<ul>\n");
			strbuf_puts(page, "<li><code>");
			html_put_name(page, call);
			strbuf_printf(page,
				      "</code> (<span class=\"%s\">%s</span>, "
				      "<span class=\"%s\">%s</span>): ",
				      risk_name((enum risk)risk), risk_name((enum risk)risk),
				      html_class(call), ground_name(call->ground));
			html_puts(page, policy_look_at(call->name));
			strbuf_puts(page, "</li>\n");
		}
	strbuf_puts(page, n > 0 ? "</ul>\n" : "");
	strbuf_puts(page, n > LOOK_AT_SHOWN ? "</details>\n" : "");
}

void html_put_areas(struct strbuf *page, const struct html_report *report)
{
	put_look_at(page, report->explanation);
	strbuf_puts(page, "<h2 id=\"areas\">What is allowed, by area</h2>\n");
	put_key(page, report);
	strbuf_puts(page, "<div class=\"areas\">\n");
	for (int area = 0; area <= AREA_COUNT; area++)
		put_area(page, report->explanation, (enum area)area);
	strbuf_puts(page, "</div>\n");
}
