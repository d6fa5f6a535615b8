/* SPDX-License-Identifier: Apache-2.0 */
/* Every call with its ground: the table that can be sorted and searched. */
#include "base/time.h"
#include "format/html_escape.h"
#include "format/html_private.h"
#include "model/rule_text.h"
#include <inttypes.h>
#include <string.h>

/* A call that is both, in the classes that the filter knows. */
static const struct {
	const char *class, *words;
} filters[] = {
	{ "seen", "allowed, recorded" },  { "inferred", "allowed, added for a reason" },
	{ "stated", "allowed, neither" }, { "refused", "recorded, not allowed" },
	{ "other", "denied by name" },
};

static size_t count_class(const struct explanation *explanation, const char *class)
{
	size_t n = 0;

	for (size_t i = 0; i < explanation->n_calls; i++)
		n += strcmp(html_class(&explanation->calls[i]), class) == 0;
	return n;
}

/* What the table can be narrowed to; the orders are the script's to fill in. */
static void put_tools(struct strbuf *page, const struct explanation *explanation)
{
	strbuf_puts(page, "<div class=\"tools\" id=\"tools\" hidden>\n<label>Search"
			  "<input type=\"search\" id=\"search\" autocomplete=\"off\"></label>\n"
			  "<label>Ground<select id=\"ground\"><option value=\"\">all</option>");
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		size_t n = count_class(explanation, filters[i].class);

		if (n > 0)
			strbuf_printf(page, "<option value=\"%s\">%s (%zu)</option>",
				      filters[i].class, filters[i].words, n);
	}
	strbuf_puts(page, "</select></label>\n<label class=\"narrow\">Order<select id=\"order\">"
			  "</select></label>\n<span id=\"shown\" class=\"soft\" role=\"status\">"
			  "</span>\n</div>\n");
}

/* Why it was added, for this very call; or what the profile itself has to say. */
static void put_reason(struct strbuf *page, const struct explained *call)
{
	const char *reason = NULL;

	if (call->ground == GROUND_SEEN)
		return;
	if (call->set >= 0) {
		reason = policy_reason((enum policy_set)call->set, call->name);
		strbuf_puts(page, "<small>");
		if (call->ground != GROUND_ANSWERED) {
			html_puts(page, policy_set_name((enum policy_set)call->set));
			strbuf_puts(page, reason ? ": " : "");
		}
		html_puts(page, reason);
		strbuf_puts(page, "</small>");
	}
	for (size_t i = 0; i < call->n_rules && call->set < 0; i++) {
		const char *comment = call->rules[i]->comment;

		if (!comment || !*comment)
			continue;
		strbuf_puts(page, "<small>\u201c");
		html_puts(page, comment);
		strbuf_puts(page, "\u201d</small>");
	}
}

/* Only where there is more to a rule than its name. */
static void put_conditions(struct strbuf *page, const struct explained *call)
{
	for (size_t i = 0; i < call->n_rules && call->conditional; i++) {
		_cleanup_strbuf_ struct strbuf body = { 0 };

		rule_put_body(&body, call->rules[i]);
		page->failed = page->failed || body.failed;
		strbuf_puts(page, "<small>");
		html_puts(page, strbuf_text(&body));
		strbuf_puts(page, "</small>");
	}
}

/* Where, as far as there is more than one place. */
static void put_places(struct strbuf *page, const struct html_report *report,
		       const struct explained *call)
{
	const struct explanation *explanation = report->explanation;
	uint64_t all = 0;
	bool any = false;

	for (size_t i = 0; i < explanation->n_calls; i++)
		all |= explanation->calls[i].arches;
	for (size_t a = 0; (all & (all - 1)) && a < arch_count(); a++) {
		if (!(call->arches >> a & 1))
			continue;
		strbuf_printf(page, "%s%s", any ? ", " : "<small>", arch_at(a)->name);
		any = true;
	}
	strbuf_puts(page, any ? "</small>" : "");
	if (explanation->recording->n_groups > 1 && call->n_groups > 0)
		strbuf_printf(page, "<small>%" PRIu32 " of %zu groups</small>", call->n_groups,
			      explanation->recording->n_groups);
}

static void put_records(struct strbuf *page, const struct html_report *report,
			const struct explained *call)
{
	strbuf_printf(page, "<td class=\"n\" data-l=\"Records\" data-k=\"%" PRIu64 "\">",
		      call->happened + call->denied);
	if (call->happened || !call->denied)
		strbuf_printf(page, "%" PRIu64, call->happened);
	if (call->denied)
		strbuf_printf(page, "%s<span class=\"refused\">%" PRIu64 " denied</span>",
			      call->happened ? ", " : "", call->denied);
	put_places(page, report, call);
	strbuf_puts(page, "</td>");
}

static void put_programs(struct strbuf *page, const struct html_report *report,
			 const struct explained *call)
{
	size_t n = call->n_processes;

	strbuf_printf(page, "<td data-l=\"Programs\" data-k=\"%zu\">", n);
	for (size_t i = 0; i < n && i < 2; i++) {
		strbuf_puts(page, i ? ", <bdi>" : "<bdi>");
		html_put(page, report->explanation->processes[call->processes[i]].comm);
		strbuf_puts(page, "</bdi>");
	}
	if (n > 2)
		strbuf_printf(page, " and %zu more", n - 2);
	if (call->more_processes)
		strbuf_puts(page, n ? " and others" : "not remembered");
	strbuf_puts(page, "</td>");
}

/* An answer is named by its set, which says what the answer is. */
static const char *ground_words(const struct explained *call)
{
	return call->ground == GROUND_ANSWERED && call->set >= 0
		       ? policy_set_name((enum policy_set)call->set)
		       : ground_name(call->ground);
}

static void put_call(struct strbuf *page, const struct html_report *report,
		     const struct explained *call)
{
	enum risk risk = call->fact ? call->fact->risk : RISK_CRITICAL;

	strbuf_printf(page, "<tr data-ground=\"%s\"><td class=\"call\"><b>", html_class(call));
	html_put_name(page, call);
	strbuf_puts(page, "</b><small>");
	html_puts(page, call->fact ? call->fact->does : "nobody here can say what it can do");
	strbuf_puts(page, "</small></td><td data-l=\"Area\">");
	html_puts(page, call->area < AREA_COUNT ? area_fact(call->area)->name : "unknown");
	strbuf_printf(page,
		      "</td><td data-l=\"Risk\" data-k=\"%d\"><span class=\"%s\">%s</span></td>",
		      (int)risk, risk_name(risk), call->fact ? risk_name(risk) : "unknown");
	strbuf_printf(page, "<td data-l=\"Ground\"><span class=\"%s\">%s</span>", html_class(call),
		      ground_words(call));
	put_reason(page, call);
	put_conditions(page, call);
	strbuf_puts(page, "</td>");
	if (report->explanation->recording) {
		put_records(page, report, call);
		strbuf_printf(page, "<td data-l=\"First seen\" data-k=\"%" PRId64 "\">",
			      call->first_ms == TIME_UNKNOWN ? INT64_MAX : call->first_ms);
		html_put_time(page, call->first_ms);
		strbuf_puts(page, "</td>");
		put_programs(page, report, call);
	}
	strbuf_puts(page, "</tr>\n");
}

void html_put_calls(struct strbuf *page, const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;

	strbuf_puts(page, "<h2 id=\"every\">Every call</h2>\n");
	put_tools(page, explanation);
	strbuf_puts(page, "<div class=\"scroll\"><table id=\"calls\">\n<thead><tr>"
			  "<th scope=\"col\">Call</th><th scope=\"col\">Area</th>"
			  "<th scope=\"col\">Risk</th>"
			  "<th scope=\"col\">Ground</th>");
	if (explanation->recording)
		strbuf_puts(page,
			    "<th scope=\"col\" class=\"n\">Records</th>"
			    "<th scope=\"col\">First seen</th><th scope=\"col\">Programs</th>");
	strbuf_puts(page, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < explanation->n_calls; i++)
		put_call(page, report, &explanation->calls[i]);
	strbuf_puts(page, "</tbody>\n</table></div>\n");
}
