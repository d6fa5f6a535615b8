/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void texts_add_up(void **state)
{
	_cleanup_strbuf_ struct strbuf buf = { 0 };

	(void)state;
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_puts(&buf, "one");
	strbuf_putc(&buf, ' ');
	strbuf_append(&buf, "twofold", 3);
	strbuf_printf(&buf, " %d", 3);
	assert_string_equal(strbuf_text(&buf), "one two 3");
	assert_int_equal(buf.len, 9);
	strbuf_clear(&buf);
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_puts(&buf, "x");
	assert_string_equal(strbuf_text(&buf), "x");
}

static void printf_of_every_length_is_whole(void **state)
{
	(void)state;
	for (int len = 0; len < 400; len++) {
		_cleanup_strbuf_ struct strbuf buf = { 0 };

		strbuf_puts(&buf, "[");
		strbuf_printf(&buf, "%*d", len, 7);
		strbuf_puts(&buf, "]");
		assert_int_equal(buf.len, (len < 1 ? 1 : len) + 2);
		assert_int_equal(strlen(strbuf_text(&buf)), buf.len);
		assert_int_equal(buf.data[buf.len - 2], '7');
	}
}

static void steal_leaves_it_empty(void **state)
{
	struct strbuf buf = { 0 };
	char *text;

	(void)state;
	strbuf_puts(&buf, "mine");
	text = strbuf_steal(&buf);
	assert_string_equal(text, "mine");
	assert_null(buf.data);
	free(text);
	text = strbuf_steal(&buf);
	assert_string_equal(text, "");
	free(text);
}

static void failure_is_remembered(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	strbuf_puts(&buf, "before");
	strbuf_append(&buf, "", SIZE_MAX - 2);
	assert_true(buf.failed);
	strbuf_puts(&buf, "after");
	strbuf_printf(&buf, "%d", 1);
	assert_int_equal(buf.len, 6);
	assert_null(strbuf_text(&buf));
	assert_null(strbuf_steal(&buf));
	assert_null(buf.data);
}

static void hostile_bytes_are_shown_as_escapes(void **state)
{
	static const struct {
		struct slice text;
		const char *shown;
	} cases[] = {
		{ { "plain", 5 }, "plain" },
		{ { "a\nb\tc", 5 }, "a\\x0ab\\x09c" },
		{ { "\x1b[2J", 4 }, "\\x1b[2J" },
		{ { "a\0b", 3 }, "a\\x00b" },
		{ { "\x7F", 1 }, "\\x7f" },
		{ { "\\x41", 4 }, "\\x5cx41" },
		{ { "gr\xC3\xBC\xC3\x9F", 6 }, "gr\xC3\xBC\xC3\x9F" },
		{ { "\xE2\x82\xAC", 3 }, "\xE2\x82\xAC" },
		{ { "\xF0\x9F\x90\xA7", 4 }, "\xF0\x9F\x90\xA7" },
		{ { "\xC2\x9B", 2 }, "\\xc2\\x9b" },		       /* C1: a one-character CSI */
		{ { "\xE2\x80\xAE", 3 }, "\\xe2\\x80\\xae" },	       /* right-to-left override */
		{ { "\xE2\x81\xA6", 3 }, "\\xe2\\x81\\xa6" },	       /* isolate */
		{ { "\xD8\x9C", 2 }, "\\xd8\\x9c" },		       /* Arabic letter mark */
		{ { "\xE2\x80\xA8", 3 }, "\\xe2\\x80\\xa8" },	       /* line separator */
		{ { "\xE2\x80\x8B", 3 }, "\\xe2\\x80\\x8b" },	       /* space of no width */
		{ { "\xEF\xBB\xBF", 3 }, "\\xef\\xbb\\xbf" },	       /* byte order mark */
		{ { "\xC2\xAD", 2 }, "\\xc2\\xad" },		       /* soft hyphen */
		{ { "\xE2\x80\x8A", 3 }, "\xE2\x80\x8A" },	       /* hair space is seen */
		{ { "\xF3\xA0\x81\x81", 4 }, "\\xf3\\xa0\\x81\\x81" }, /* tag */
		{ { "\xC3", 1 }, "\\xc3" },			       /* torn */
		{ { "\xE2\x82", 2 }, "\\xe2\\x82" },
		{ { "\xC3(", 2 }, "\\xc3(" },
		{ { "\x80z", 2 }, "\\x80z" },	     /* no lead */
		{ { "\xC0\xAF", 2 }, "\\xc0\\xaf" }, /* overlong */
		{ { "\xE0\x80\xAF", 3 }, "\\xe0\\x80\\xaf" },
		{ { "\xED\xA0\x80", 3 }, "\\xed\\xa0\\x80" },	       /* surrogate */
		{ { "\xF4\x90\x80\x80", 4 }, "\\xf4\\x90\\x80\\x80" }, /* beyond the last */
		{ { "\xF8\x88\x80\x80\x80", 5 }, "\\xf8\\x88\\x80\\x80\\x80" },
		{ { "\xFF", 1 }, "\\xff" },
		{ { NULL, 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct strbuf buf = { 0 };

		strbuf_put_shown(&buf, cases[i].text);
		assert_string_equal(strbuf_text(&buf), cases[i].shown);
	}
}

/* Whatever goes in, nothing that a terminal acts upon comes out. */
static void no_pair_of_bytes_gets_through(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 0x10000; pair++) {
		_cleanup_strbuf_ struct strbuf buf = { 0 };
		char bytes[2] = { (char)(pair >> 8), (char)pair };

		strbuf_put_shown(&buf, (struct slice){ bytes, 2 });
		for (size_t i = 0; i < buf.len; i++) {
			unsigned char c = (unsigned char)buf.data[i];

			if (c < ' ' || c == 0x7F ||
			    (c == 0xC2 && (unsigned char)buf.data[i + 1] < 0xA0))
				fail_msg("byte %02x of pair %04x came through", c, pair);
		}
	}
}

/* A file with `text` in it, to be read from its start. */
static int file_of(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void reading_ends_where_it_may(void **state)
{
	_cleanup_strbuf_ struct strbuf buf = { 0 };
	int fd = file_of("abcdef");

	(void)state;
	strbuf_puts(&buf, "before ");
	assert_int_equal(strbuf_read(&buf, fd, 6), 0);
	assert_string_equal(strbuf_text(&buf), "before abcdef");
	assert_int_equal(strbuf_read(&buf, fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(strbuf_read(&buf, fd, 5), -EFBIG);
	close(fd);
	assert_int_equal(strbuf_read(&buf, fd, 5), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_add_up),
		cmocka_unit_test(printf_of_every_length_is_whole),
		cmocka_unit_test(steal_leaves_it_empty),
		cmocka_unit_test(failure_is_remembered),
		cmocka_unit_test(reading_ends_where_it_may),
		cmocka_unit_test(hostile_bytes_are_shown_as_escapes),
		cmocka_unit_test(no_pair_of_bytes_gets_through),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
