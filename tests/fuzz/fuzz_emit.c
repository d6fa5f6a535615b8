/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles of any format through every emitter: a product or a message, text that can be shown, and
 * what can be read is read back.
 */
#include "base/cleanup.h"
#include "format/emitter.h"
#include "format/reader.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZE_MAX_HERE 16384 /* what libseccomp makes of more takes too long to be fuzzed */

static void give_up(const struct emitter *emitter, const struct emission *emission,
		    const char *what)
{
	fprintf(stderr, "%s: %s\n%s\n", emitter->name, what,
		strbuf_text(&emission->body) ? strbuf_text(&emission->body) : "");
	abort();
}

static void check_text(const struct emitter *emitter, const struct emission *emission)
{
	const struct strbuf *body = &emission->body;

	if (body->len == 0 || body->data[body->len - 1] != '\n')
		give_up(emitter, emission, "no newline at the end");
	for (size_t i = 0; i < body->len; i++) {
		unsigned char c = (unsigned char)body->data[i];

		/* JSON strings may hold a delete character as it is. */
		if ((c == 0x7F && emitter->shape != PRODUCT_JSON) ||
		    (c < ' ' && c != '\n' && c != '\t'))
			give_up(emitter, emission, "a control character");
	}
}

/* Losses are one line each. */
static void check_losses(const struct emitter *emitter, const struct emission *emission)
{
	for (size_t i = 0; i < emission->n_losses; i++)
		for (const char *c = emission->losses[i].text; *c; c++)
			if (iscntrl((unsigned char)*c))
				give_up(emitter, emission, emission->losses[i].text);
}

/* Nothing but comments: no format has a profile in that. */
static bool is_empty(const struct strbuf *body)
{
	const char *text = strbuf_text(body);

	while (*text == '#' || *text == '\n')
		text += strcspn(text, "\n") + 1;
	return *text == '\0';
}

static void check_back(const struct emitter *emitter, const struct emission *emission)
{
	const struct reader *reader = reader_by_name(emitter->name);
	const struct slice text = { emission->body.data, emission->body.len };
	_cleanup_profile_ struct profile *profile = NULL;
	struct error err = { 0 };

	if (!reader || is_empty(&emission->body))
		return;
	if (reader->read(text, "product", &profile, &err) < 0)
		give_up(emitter, emission, err.message);
}

static void check_emitter(const struct emitter *emitter, const struct profile *profile,
			  struct syscall_table *names)
{
	const struct emit_request request = { .title = "fuzz\x1b[31m", .names = names };
	_cleanup_emission_ struct emission emission = { 0 };
	struct error err = { 0 };

	if (!emitter->emit)
		return;
	if (emitter_run(emitter, profile, &request, &emission, &err) < 0) {
		if (err.message[0] == '\0')
			abort();
		return;
	}
	check_losses(emitter, &emission);
	if (emitter->shape == PRODUCT_BINARY)
		return;
	check_text(emitter, &emission);
	check_back(emitter, &emission);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_profile_ struct profile *profile = NULL;
	const struct slice text = { (const char *)data, size };
	struct syscall_table names = { 0 };

	if (size > SIZE_MAX_HERE || reader_read(text, "input", &profile, NULL, NULL) < 0)
		return 0;
	for (size_t i = 0; i < emitter_count(); i++)
		check_emitter(emitter_at(i), profile, &names);
	syscall_table_deinit(&names);
	return 0;
}
