/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "base/array.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void strbuf_deinit(struct strbuf *buf)
{
	free(buf->data);
	*buf = (struct strbuf){ 0 };
}

/* Room for `len` more bytes and the NUL. */
static bool make_room(struct strbuf *buf, size_t len)
{
	size_t wanted;

	if (buf->failed)
		return false;
	if (__builtin_add_overflow(buf->len, len, &wanted) || wanted == SIZE_MAX ||
	    array_reserve(&buf->data, &buf->allocated, wanted + 1, 1) < 0)
		buf->failed = true;
	return !buf->failed;
}

void strbuf_append(struct strbuf *buf, const void *data, size_t len)
{
	if (!make_room(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_append(buf, text, strlen(text));
}

void strbuf_putc(struct strbuf *buf, char c)
{
	strbuf_append(buf, &c, 1);
}

static bool try_printf(struct strbuf *buf, size_t *need, const char *format, va_list args)
	_printf_(3, 0);

/* False when it did not fit; `*need` then says how much it takes. */
static bool try_printf(struct strbuf *buf, size_t *need, const char *format, va_list args)
{
	size_t room = buf->allocated - buf->len;
	int len = vsnprintf(buf->data + buf->len, room, format, args);

	if (len < 0) {
		buf->data[buf->len] = '\0';
		buf->failed = true;
		return true;
	}
	*need = (size_t)len;
	if (*need >= room)
		return false;
	buf->len += *need;
	return true;
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	size_t need = 64;
	bool done = false;

	while (!done && make_room(buf, need)) {
		va_list args;

		va_start(args, format);
		done = try_printf(buf, &need, format, args);
		va_end(args);
	}
}

int strbuf_read(struct strbuf *buf, int fd, size_t max)
{
	const size_t had = buf->len;
	char block[16384];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if ((size_t)n > max - (buf->len - had))
			return -EFBIG;
		strbuf_append(buf, block, (size_t)n);
		if (buf->failed)
			return -ENOMEM;
	}
	return 0;
}

void strbuf_clear(struct strbuf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

/* The length of the UTF-8 character at the start of `text`, its code point in `*ret`; 0: it is
 * none. */
static size_t utf8_decode(struct slice text, uint32_t *ret)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)text.data[0];
	size_t len = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
	uint32_t point = len == 1 ? lead : lead & (0x7Fu >> len);

	if (len == 0 || lead > 0xF7 || len > text.len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		unsigned char follow = (unsigned char)text.data[i];

		if ((follow & 0xC0) != 0x80)
			return 0;
		point = point << 6 | (follow & 0x3F);
	}
	if (point < smallest[len] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
		return 0;
	*ret = point;
	return len;
}

static bool is_safe_to_show(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x00, 0x1F },	      { '\\', '\\' },
		{ 0x7F, 0x9F },	      { 0x00AD, 0x00AD }, /* soft hyphen */
		{ 0x061C, 0x061C },			  /* Arabic letter mark */
		{ 0x180E, 0x180E },			  /* Mongolian vowel separator */
		{ 0x200B, 0x200F },   /* of zero width; left-to-right and right-to-left marks */
		{ 0x2028, 0x202E },   /* line and paragraph separators, embeddings, overrides */
		{ 0x2060, 0x206F },   /* invisible operators, isolates, shaping */
		{ 0xFEFF, 0xFEFF },   /* byte order mark */
		{ 0xFFF9, 0xFFFB },   /* annotations */
		{ 0xE0000, 0xE007F }, /* tags */
	};

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return false;
	return true;
}

void strbuf_put_shown(struct strbuf *buf, struct slice text)
{
	size_t i = 0;

	while (i < text.len) {
		struct slice rest = { text.data + i, text.len - i };
		uint32_t point = 0;
		size_t len = utf8_decode(rest, &point);

		if (len > 0 && is_safe_to_show(point)) {
			strbuf_append(buf, rest.data, len);
			i += len;
			continue;
		}
		for (size_t end = i + (len > 0 ? len : 1); i < end; i++)
			strbuf_printf(buf, "\\x%02x", (unsigned char)text.data[i]);
	}
}

const char *strbuf_text(const struct strbuf *buf)
{
	if (buf->failed)
		return NULL;
	return buf->data ? buf->data : "";
}

char *strbuf_steal(struct strbuf *buf)
{
	char *text;

	strbuf_append(buf, NULL, 0);
	text = buf->failed ? NULL : buf->data;
	if (text)
		buf->data = NULL;
	strbuf_deinit(buf);
	return text;
}
