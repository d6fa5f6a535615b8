/* SPDX-License-Identifier: Apache-2.0 */
#include "command/report.h"
#include "base/strbuf.h"
#include <stdarg.h>
#include <stdio.h>

static void say(const char *message)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, slice_from(message));
	fprintf(stderr, "audit-seccomp-gen: %s\n",
		strbuf_text(&shown) ? strbuf_text(&shown) : "out of memory");
}

int report_failure(const struct error *err, int code, int status)
{
	say(error_message(err, code));
	return status;
}

void report_note(const char *format, ...)
{
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	say(message);
}
