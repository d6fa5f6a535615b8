/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any words as a command line, one a line of the input: taken within their bounds, or refused with
 * a message. The first byte says whose: the default verb's, or a verb's with its table.
 */
#include "base/slice.h"
#include "command/option_values.h"
#include "command/options.h"
#include "command/options_verb.h"
#include "command/runtime_args.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORDS_MAX 64

/* Words of the input, with a program's name in front; texts borrowed from `text`. */
struct words {
	char *argv[WORDS_MAX + 2];
	int argc;
};

static void split(char *text, struct words *words)
{
	static char name[] = "audit-seccomp-gen";

	words->argc = 1;
	words->argv[0] = name;
	while (text && words->argc <= WORDS_MAX)
		words->argv[words->argc++] = strsep(&text, "\n");
	words->argv[words->argc] = NULL;
}

static void check_error(int r, const struct error *err)
{
	if ((r < 0) != (err->message[0] != '\0'))
		abort();
}

static void check_options(struct words *words)
{
	struct options options;
	struct error err = { 0 };
	int r = options_parse(&options, words->argc, words->argv, &err);

	check_error(r, &err);
	if (r == 0 && options.request == REQUEST_RECORD) {
		if (!options.format || options.source == SOURCE_NONE ||
		    options.emit.n_arches > EMIT_ARCHES_MAX || options.timeout_ms < 0 ||
		    options.receive_buffer < 4096 || options.backlog == 0)
			abort();
		if (options.source != SOURCE_LIVE && options.n_operands == 0)
			abort();
	}
	options_deinit(&options);
}

enum { OPTION_FORMAT = 256, OPTION_ARCH, OPTION_BARE };

static const struct verb_option facts[] = {
	{ OPTION_FORMAT, "format", 'f', "FORMAT", "a value" },
	{ OPTION_ARCH, "arch", 0, "ARCH", "a list" },
	{ OPTION_BARE, "bare", 'b', NULL, "nothing" },
};

static int take(void *context, int id, const char *value, struct error *err)
{
	struct emit_request *request = context;
	const struct emitter *format;

	if ((id == OPTION_BARE) != (value == NULL))
		abort();
	if (id == OPTION_FORMAT)
		return value_format(value, &format, err);
	return id == OPTION_ARCH ? value_arches(value, request, err) : 0;
}

static void check_verb(struct words *words, bool takes_command)
{
	static const char *const usage[] = { "verb", NULL };
	const struct verb_syntax syntax = {
		.usage = usage,
		.summary = "Tries.",
		.status = "0",
		.options = facts,
		.n_options = ARRAY_SIZE(facts),
		.confined = true,
		.takes_command = takes_command,
	};
	struct emit_request request = { .n_arches = 0 };
	struct verb_words parsed;
	struct error err = { 0 };
	int r = verb_options_parse(&syntax, words->argc, words->argv, take, &request, &parsed,
				   &err);

	check_error(r, &err);
	if (parsed.n_operands > (size_t)words->argc || (parsed.command && !takes_command) ||
	    parsed.operands[parsed.n_operands] || request.n_arches > EMIT_ARCHES_MAX)
		abort();
	verb_words_deinit(&parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words words;
	char *text;

	if (size == 0 || memchr(data + 1, '\0', size - 1))
		return 0;
	text = slice_copy((struct slice){ (const char *)data + 1, size - 1 });
	if (!text)
		return 0;
	split(text, &words);
	if (data[0] % 3 == 0)
		check_options(&words);
	else
		check_verb(&words, data[0] % 3 == 1);
	free(text);
	return 0;
}
