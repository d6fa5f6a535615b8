/* SPDX-License-Identifier: Apache-2.0 */
#include "model/json_writer.h"
#include "base/time.h"

#include <stdbool.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

static const char hex_digits[] = "0123456789abcdef";

void json_writer_init(struct json_writer *writer, FILE *stream)
{
	writer->stream = stream;
	writer->used = 0;
	writer->day = 0;
	writer->date[0] = '\0';
}

void json_writer_flush(struct json_writer *writer)
{
	if (writer->used > 0)
		fwrite(writer->buffer, 1, writer->used, writer->stream);
	writer->used = 0;
}

void json_put(struct json_writer *writer, struct slice text)
{
	if (text.len > sizeof(writer->buffer) - writer->used)
		json_writer_flush(writer);
	if (text.len > sizeof(writer->buffer)) {
		fwrite(text.data, 1, text.len, writer->stream);
		return;
	}
	if (text.len > 0)
		memcpy(writer->buffer + writer->used, text.data, text.len);
	writer->used += text.len;
}

void json_put_number(struct json_writer *writer, int64_t number)
{
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	char text[24], *at = text + sizeof(text);

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		*--at = '-';
	json_put(writer, (struct slice){ at, (size_t)(text + sizeof(text) - at) });
}

/* Bytes of the UTF-8 character at the start of `text` and which one it is; 0: not UTF-8. */
static size_t decode_utf8(struct slice text, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)text.data[0];
	size_t len = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	uint32_t code = len < 2 ? lead : lead & (0x7Fu >> len);

	if (len == 0 || lead > 0xF4 || len > text.len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if ((byte & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (byte & 0x3F);
	}
	if (code < least[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	*ret = code;
	return len;
}

static bool is_utf8(struct slice text)
{
	size_t i = 0;

	while (i < text.len) {
		uint32_t code;
		size_t len = decode_utf8((struct slice){ text.data + i, text.len - i }, &code);

		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

/* Characters that a terminal would obey (C0, DEL, C1, line separators, bidirectional controls), and
 * the two that JSON needs. All are below 0x10000. */
static bool is_escaped(uint32_t code)
{
	if (code < 0x80)
		return code < 0x20 || code == '"' || code == '\\' || code == 0x7F;
	return code < 0xA0 || code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
	       (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
	       code == 0xFEFF;
}

static void put_escaped(struct json_writer *writer, uint32_t code)
{
	char text[] = { '\\',
			'u',
			hex_digits[code >> 12 & 15],
			hex_digits[code >> 8 & 15],
			hex_digits[code >> 4 & 15],
			hex_digits[code & 15] };

	if (code == '"' || code == '\\') {
		text[1] = (char)code;
		json_put(writer, (struct slice){ text, 2 });
		return;
	}
	json_put(writer, (struct slice){ text, sizeof(text) });
}

static void put_hex(struct json_writer *writer, struct slice text)
{
	json_put_literal(writer, "{\"hex\": \"");
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		char digits[] = { hex_digits[byte >> 4], hex_digits[byte & 15] };

		json_put(writer, (struct slice){ digits, sizeof(digits) });
	}
	json_put_literal(writer, "\"}");
}

void json_put_text(struct json_writer *writer, struct slice text)
{
	size_t i = 0, plain = 0;

	if (!is_utf8(text)) {
		put_hex(writer, text);
		return;
	}
	json_put_literal(writer, "\"");
	while (i < text.len) {
		uint32_t code = 0;
		size_t len = decode_utf8((struct slice){ text.data + i, text.len - i }, &code);

		if (is_escaped(code)) {
			json_put(writer, (struct slice){ text.data + plain, i - plain });
			put_escaped(writer, code);
			plain = i + len;
		}
		i += len;
	}
	json_put(writer, (struct slice){ text.data + plain, i - plain });
	json_put_literal(writer, "\"");
}

static void put_digits(char *at, unsigned int n, uint32_t value)
{
	while (n-- > 0) {
		at[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

void json_put_time(struct json_writer *writer, int64_t ms)
{
	uint32_t rest = (uint32_t)(ms % DAY_MS);
	char text[] = "\"0000-00-00T00:00:00.000Z\"";

	/* The calendar is the slow part, and neighbours are of the same day. */
	if (writer->date[0] == '\0' || ms / DAY_MS != writer->day) {
		char whole[40];

		writer->day = ms / DAY_MS;
		time_format(writer->day * DAY_MS, whole, sizeof(whole));
		memcpy(writer->date, whole, sizeof("0000-00-00T"));
	}
	memcpy(text + 1, writer->date, sizeof("0000-00-00T") - 1);
	put_digits(text + 12, 2, rest / 3600000);
	put_digits(text + 15, 2, rest / 60000 % 60);
	put_digits(text + 18, 2, rest / 1000 % 60);
	put_digits(text + 21, 3, rest % 1000);
	json_put(writer, (struct slice){ text, sizeof(text) - 1 });
}
