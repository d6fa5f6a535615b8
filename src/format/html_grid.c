/* SPDX-License-Identifier: Apache-2.0 */
/* Which program made which call. */
#include "base/cleanup.h"
#include "format/html_escape.h"
#include "format/html_private.h"
#include <errno.h>
#include <stdlib.h>

#define COLUMNS_MAX 40 /* programs that get a column: those that made most calls */

/* The programs that have a column, in the explanation's order. */
struct columns {
	uint32_t programs[COLUMNS_MAX];
	size_t n;
};

static int compare_calls(const void *a, const void *b, void *context)
{
	const struct process *processes = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (processes[x].calls != processes[y].calls)
		return processes[x].calls > processes[y].calls ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int compare_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int choose(const struct explanation *explanation, struct columns *ret)
{
	size_t n = explanation->n_processes;
	_cleanup_free_ uint32_t *order = calloc(n + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n > 0)
		qsort_r(order, n, sizeof(*order), compare_calls, explanation->processes);
	ret->n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
	for (size_t i = 0; i < ret->n; i++)
		ret->programs[i] = order[i];
	if (ret->n > 0)
		qsort(ret->programs, ret->n, sizeof(*ret->programs), compare_index);
	return 0;
}

static void put_legend(struct strbuf *page, const struct explanation *explanation,
		       const struct columns *columns)
{
	strbuf_puts(page, "<ol class=\"legend\">\n");
	for (size_t i = 0; i < columns->n; i++) {
		const struct process *process = &explanation->processes[columns->programs[i]];

		strbuf_puts(page, "<li><code>");
		html_put(page, process->exe.len ? process->exe : SLICE("(no executable)"));
		strbuf_puts(page, "</code> as <code>");
		html_put(page, process->comm);
		strbuf_printf(page, "</code>: %u %s</li>\n", process->calls,
			      process->calls == 1 ? "call" : "calls");
	}
	strbuf_puts(page, "</ol>\n");
	if (explanation->n_processes > columns->n)
		strbuf_printf(page,
			      "<p class=\"soft\">%zu more made fewer calls and have no "
			      "column.</p>\n",
			      explanation->n_processes - columns->n);
}

/* The command names stand upright over their columns, with the number that the legend has. */
static void put_heads(struct strbuf *page, const struct explanation *explanation,
		      const struct columns *columns)
{
	strbuf_puts(page, "<div class=\"scroll grid\" tabindex=\"0\" role=\"region\" "
			  "aria-label=\"Calls by program\"><table>\n<thead><tr>"
			  "<th scope=\"col\">Call</th>");
	for (size_t i = 0; i < columns->n; i++) {
		strbuf_puts(page, "<th scope=\"col\"><span>");
		html_put(page, explanation->processes[columns->programs[i]].comm);
		strbuf_printf(page, "</span>%zu</th>", i + 1);
	}
	strbuf_puts(page, "</tr></thead>\n<tbody>\n");
}

static bool made(const struct explained *call, uint32_t process)
{
	return call->n_processes > 0 && bsearch(&process, call->processes, call->n_processes,
						sizeof(process), compare_index);
}

static void put_row(struct strbuf *page, const struct columns *columns,
		    const struct explained *call)
{
	strbuf_puts(page, "<tr><th scope=\"row\" class=\"call\">");
	html_puts(page, call->name);
	strbuf_puts(page, "</th>");
	for (size_t i = 0; i < columns->n; i++)
		strbuf_puts(page,
			    made(call, columns->programs[i]) ? "<td>\u25cf</td>" : "<td></td>");
	strbuf_puts(page, "</tr>\n");
}

int html_put_grid(struct strbuf *page, const struct html_report *report)
{
	const struct explanation *explanation = report->explanation;
	struct columns columns = { 0 };
	int r;

	if (!explanation->recording || explanation->n_processes == 0)
		return 0;
	r = choose(explanation, &columns);
	if (r < 0)
		return r;
	strbuf_puts(page, "<h2 id=\"programs\">Calls by program</h2>\n");
	put_legend(page, explanation, &columns);
	put_heads(page, explanation, &columns);
	for (size_t i = 0; i < explanation->n_calls; i++)
		if (explanation->calls[i].happened)
			put_row(page, &columns, &explanation->calls[i]);
	strbuf_puts(page, "</tbody>\n</table></div>\n");
	return 0;
}
