/* SPDX-License-Identifier: Apache-2.0 */
#include "format/html_report.h"
#include "base/time.h"
#include "config.h"
#include "format/html_assets.h"
#include "format/html_escape.h"
#include "format/html_private.h"
#include <errno.h>
#include <string.h>

const char *html_class(const struct explained *call)
{
	switch (call->ground) {
	case GROUND_SEEN:
		return "seen";
	case GROUND_INFERRED:
		return "inferred";
	case GROUND_STATED:
		return "stated";
	case GROUND_LEFT_OUT:
	case GROUND_DENIED:
		return "refused";
	default:
		return "other";
	}
}

void html_put_name(struct strbuf *page, const struct explained *call)
{
	html_puts(page, call->name);
	if (call->conditional)
		strbuf_puts(page, "*");
}

void html_put_time(struct strbuf *page, int64_t ms)
{
	char text[32];
	const char *clock;

	if (ms == TIME_UNKNOWN)
		return;
	time_format(ms, text, sizeof(text));
	clock = strchr(text, 'T');
	if (clock)
		strbuf_printf(page, "<time><span>%.*sT</span><wbr><span>%s</span></time>",
			      (int)(clock - text), text, clock + 1);
	else
		html_puts(page, text);
}

static void put_head(struct strbuf *page, const struct html_report *report)
{
	strbuf_puts(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			  "'none'; base-uri 'none'; form-action 'none'; style-src '");
	strbuf_printf(page, "%s'; script-src '%s'\">\n", html_style_hash, html_script_hash);
	strbuf_puts(page,
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	html_puts(page, report->title);
	strbuf_puts(page, ": what it may do, and on what evidence</title>\n<style>");
	strbuf_puts(page, html_style);
	strbuf_puts(page, "</style>\n</head>\n<body>\n<header>\n<h1>What <code>");
	html_puts(page, report->title);
	strbuf_puts(page, "</code> may do, and on what evidence</h1>\n");
}

static void put_foot(struct strbuf *page)
{
	strbuf_puts(page, "</main>\n<footer>Written by " PACKAGE_STRING
			  ". Ranks and sentences about calls are general: whether a program can do "
			  "harm with a call also depends on its user, capabilities, namespaces and "
			  "files.</footer>\n<script>");
	strbuf_puts(page, html_script);
	strbuf_puts(page, "</script>\n</body>\n</html>\n");
}

int html_report(const struct html_report *report, struct strbuf *page, struct error *err)
{
	int r;

	put_head(page, report);
	html_put_summary(page, report);
	strbuf_puts(page, "</header>\n<main>\n");
	html_put_areas(page, report);
	html_put_calls(page, report);
	r = html_put_timeline(page, report);
	if (r == 0)
		r = html_put_grid(page, report);
	put_foot(page);
	return r < 0 || page->failed ? error_memory(err) : 0;
}
