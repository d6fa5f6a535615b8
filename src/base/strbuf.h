/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text. Like a stdio stream it remembers that it failed: append at will, ask at the end.
 * After a failure the text is incomplete and appending does nothing.
 */
#ifndef ASG_BASE_STRBUF_H
#define ASG_BASE_STRBUF_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdbool.h>

struct strbuf {
	char *data; /* NUL-terminated once anything was appended; NULL before */
	size_t len, allocated;
	bool failed;
};

void strbuf_deinit(struct strbuf *buf);
#define _cleanup_strbuf_ _cleanup_(strbuf_deinit)

void strbuf_append(struct strbuf *buf, const void *data, size_t len);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_putc(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...) _printf_(2, 3);

/*
 * Appends what there is to read from `fd`, up to its end. 0, or -errno: -EFBIG when that is more
 * than `max` bytes, -ENOMEM.
 */
int strbuf_read(struct strbuf *buf, int fd, size_t max) _must_check_;

/* Forgets the text, keeps the memory. */
void strbuf_clear(struct strbuf *buf);

/*
 * Appends text from outside so that it is safe to show: control characters, backslashes, bytes that
 * are not UTF-8 and the bidirectional controls come out as \xNN.
 */
void strbuf_put_shown(struct strbuf *buf, struct slice text);

/* The text, "" when empty; borrowed until the next append. NULL after a failure. */
const char *strbuf_text(const struct strbuf *buf);

/* The text, to be freed by the caller; the buffer is empty again. NULL after a failure. */
char *strbuf_steal(struct strbuf *buf) _must_check_;

#endif
