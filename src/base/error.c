/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Leaves out what a cut has left of a UTF-8 character at the end of `text`. */
static void drop_torn_character(char *text, size_t len)
{
	size_t start = len;

	while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;

	unsigned char lead = (unsigned char)text[start - 1];
	size_t follow = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;

	if (len - start < follow)
		text[start - 1] = '\0';
}

/* Messages quote names from outside: one must neither start a new line nor speak to the terminal.
 */
static void defuse(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			*text = '?';
}

static void write_message(char *text, size_t size, const char *format, va_list args) _printf_(3, 0);

static void write_message(char *text, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(text, size, format, args);

	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= size)
		drop_torn_character(text, size - 1);
	defuse(text);
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;

	if (!err || err->message[0])
		return code;
	va_start(args, format);
	write_message(err->message, sizeof(err->message), format, args);
	va_end(args);
	return code;
}

int error_prefix(struct error *err, int code, const char *format, ...)
{
	/* The cause is what helps: a context of any length leaves half of the room to it. */
	char context[sizeof(err->message) / 2];
	char cause[sizeof(err->message)];
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	write_message(context, sizeof(context), format, args);
	va_end(args);

	snprintf(cause, sizeof(cause), "%s", error_message(err, code));
	err->message[0] = '\0';
	return error_set(err, code, "%s: %s", context, cause);
}

int error_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "out of memory");
}

const char *error_message(const struct error *err, int code)
{
	const char *text;

	if (err && err->message[0])
		return err->message;
	text = strerrordesc_np(code < 0 ? -code : code);
	return text ? text : "unknown error";
}
