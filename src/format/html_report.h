/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An explanation as one page for the security review: what may this program do, and on what
 * evidence? Self-contained: no address in it leads anywhere, nothing is loaded, it can be read
 * without its script, and the same input gives the same bytes.
 */
#ifndef ASG_FORMAT_HTML_REPORT_H
#define ASG_FORMAT_HTML_REPORT_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/explanation.h"

struct html_report {
	const char *title;    /* what it is about, any bytes */
	char *const *sources; /* what was read, a line each, safe to show; NULL-terminated */
	bool derived;	      /* the profile was made from the recording */
	const struct explanation *explanation; /* with a profile */
	struct syscall_table *names;
};

/* Appends the page. -ENOMEM. */
int html_report(const struct html_report *report, struct strbuf *page, struct error *err)
	_must_check_;

#endif
