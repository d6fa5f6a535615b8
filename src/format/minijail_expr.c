/* SPDX-License-Identifier: Apache-2.0 */
#include "format/minijail_expr.h"
#include "base/cleanup.h"
#include "format/constants.h"
#include "format/text_lines.h"
#include "model/errno_names.h"
#include <ctype.h>
#include <errno.h>

#define PARENTHESES_MAX 16   /* in one another */
#define ERRNO_MAX	4095 /* MAX_ERRNO, include/linux/err.h */

/* The rest of a line, of which the first token is at the front. */
struct tokens {
	struct slice rest;
	struct slice token; /* empty: no more */
	unsigned int depth; /* of parentheses */
};

void minijail_filter_deinit(struct minijail_filter *filter)
{
	clauses_deinit(&filter->clauses);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '@';
}

/* Two-character operators come first; any other character is a token of its own. */
static size_t token_length(struct slice rest)
{
	static const char *const pairs[] = { "||", "&&", "==", "!=", "<=", ">=" };
	size_t len = 0;

	while (len < rest.len && is_word(rest.data[len]))
		len++;
	if (len > 0 || rest.len == 0)
		return len;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (slice_starts(rest, (struct slice){ pairs[i], 2 }))
			return 2;
	return 1;
}

static void advance(struct tokens *tokens)
{
	struct slice rest = slice_trim(tokens->rest);
	size_t len = token_length(rest);

	tokens->token = (struct slice){ rest.data, len };
	tokens->rest = (struct slice){ rest.data + len, rest.len - len };
}

static bool is_at(const struct tokens *tokens, const char *text)
{
	return slice_is(tokens->token, text);
}

/* The token is what was wanted: goes on behind it. */
static bool accept(struct tokens *tokens, const char *text)
{
	if (!is_at(tokens, text))
		return false;
	advance(tokens);
	return true;
}

static int unexpected(const struct tokens *tokens, const char *wanted, struct error *err)
{
	_cleanup_free_ char *what = NULL;

	if (tokens->token.len == 0)
		return error_set(err, -EBADMSG, "%s is missing", wanted);
	if (asprintf(&what, "%s is wanted, not", wanted) < 0)
		return error_memory(err);
	return text_bad_word(err, what, tokens->token);
}

int minijail_action(struct slice word, enum action *ret)
{
	static const struct {
		const char *name;
		enum action action;
	} actions[] = {
		{ "allow", ACTION_ALLOW },
		{ "kill", ACTION_KILL_PROCESS },
		{ "kill-process", ACTION_KILL_PROCESS },
		{ "kill-thread", ACTION_KILL_THREAD },
		{ "log", ACTION_LOG },
		{ "trace", ACTION_TRACE },
		{ "trap", ACTION_TRAP },
		{ "user-notify", ACTION_NOTIFY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (slice_is(word, actions[i].name)) {
			*ret = actions[i].action;
			return 0;
		}
	}
	return -ENOENT;
}

/* As strtol() with base 0 reads it; a minus gives the two's complement. */
static int read_digits(struct slice word, uint64_t *ret)
{
	bool negative = word.len > 0 && word.data[0] == '-';
	unsigned int base = 10;
	int r;

	if (negative)
		word = (struct slice){ word.data + 1, word.len - 1 };
	if (word.len > 2 && word.data[0] == '0' && (word.data[1] == 'x' || word.data[1] == 'X')) {
		word = (struct slice){ word.data + 2, word.len - 2 };
		base = 16;
	} else if (word.len > 1 && word.data[0] == '0') {
		/* Octal: slice_to_u64() does not do it. */
		*ret = 0;
		for (size_t i = 1; i < word.len; i++) {
			if (word.data[i] < '0' || word.data[i] > '7' || *ret >> 61 != 0)
				return -EINVAL;
			*ret = *ret << 3 | (uint64_t)(word.data[i] - '0');
		}
		*ret = negative ? -*ret : *ret;
		return 0;
	}
	r = slice_to_u64(word, base, ret);
	if (r == 0 && negative)
		*ret = -*ret;
	return r;
}

static int read_value(struct tokens *tokens, uint64_t *ret, struct error *err);

/* A number, a name, or a value in parentheses; '~' in front inverts it. */
static int read_constant(struct tokens *tokens, uint64_t *ret, struct error *err)
{
	bool inverted = accept(tokens, "~");
	int r = 0;

	if (accept(tokens, "(")) {
		if (++tokens->depth > PARENTHESES_MAX)
			return error_set(err, -EBADMSG, "more than %d parentheses",
					 PARENTHESES_MAX);
		r = read_value(tokens, ret, err);
		if (r == 0 && !accept(tokens, ")"))
			r = unexpected(tokens, "')'", err);
		tokens->depth--;
	} else if (read_digits(tokens->token, ret) == 0 ||
		   constant_by_name(tokens->token, ret) == 0) {
		advance(tokens);
	} else {
		r = unexpected(tokens, "a number or the name of a constant", err);
	}
	if (inverted)
		*ret = ~*ret;
	return r;
}

static int read_value(struct tokens *tokens, uint64_t *ret, struct error *err)
{
	uint64_t one = 0;
	int r;

	*ret = 0;
	do {
		r = read_constant(tokens, &one, err);
		*ret |= one;
	} while (r == 0 && accept(tokens, "|"));
	return r;
}

static int read_argument(struct tokens *tokens, unsigned int *ret, struct error *err)
{
	struct slice word = tokens->token;

	if (word.len != 4 || !slice_starts(word, SLICE("arg")) || word.data[3] < '0' ||
	    word.data[3] > '5')
		return unexpected(tokens, "arg0 to arg5", err);
	*ret = (unsigned int)(word.data[3] - '0');
	advance(tokens);
	return 0;
}

static int read_atom(struct tokens *tokens, struct choices *ret, struct error *err)
{
	static const struct {
		const char *sign;
		enum compare op;
	} signs[] = {
		{ "==", COMPARE_EQ }, { "!=", COMPARE_NE }, { "<", COMPARE_LT },
		{ "<=", COMPARE_LE }, { ">", COMPARE_GT },  { ">=", COMPARE_GE },
	};
	unsigned int index = 0;
	uint64_t value = 0;
	struct slice sign;
	int r = read_argument(tokens, &index, err);

	if (r < 0)
		return r;
	sign = tokens->token;
	advance(tokens);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (!slice_is(sign, signs[i].sign))
			continue;
		r = read_value(tokens, &value, err);
		choices_single(ret, index, signs[i].op, value);
		return r;
	}
	if (!slice_is(sign, "&") && !slice_is(sign, "in"))
		return text_bad_word(err, "not a comparison:", sign);
	r = read_value(tokens, &value, err);
	if (slice_is(sign, "&"))
		choices_any_bit(ret, index, value);
	else
		choices_masked(ret, index, ~value, 0);
	return r;
}

static int read_conjunction(struct tokens *tokens, struct clauses *ret, struct error *err)
{
	struct choices choices;
	int r = clauses_begin(ret, err);

	if (r < 0)
		return r;
	do {
		r = read_atom(tokens, &choices, err);
		if (r == 0)
			r = clauses_and(ret, &choices, err);
	} while (r == 0 && accept(tokens, "&&"));
	return r;
}

static int read_disjunction(struct tokens *tokens, struct clauses *ret, struct error *err)
{
	int r;

	do {
		struct clauses one = { 0 };

		r = read_conjunction(tokens, &one, err);
		if (r == 0)
			r = clauses_or(ret, &one, err);
		clauses_deinit(&one);
	} while (r == 0 && accept(tokens, "||"));
	return r;
}

/* Behind "return": an error by name or number. */
static int read_errno(struct tokens *tokens, uint32_t *ret, struct error *err)
{
	_cleanup_free_ char *name = slice_copy(tokens->token);
	uint64_t number;

	if (!name)
		return error_memory(err);
	if (strlen(name) == tokens->token.len && errno_from_name(name, ret) == 0) {
		advance(tokens);
		return 0;
	}
	if (read_digits(tokens->token, &number) < 0 || number > ERRNO_MAX)
		return unexpected(tokens, "an error number", err);
	*ret = (uint32_t)number;
	advance(tokens);
	return 0;
}

/* Without conditions: "1", "return N", or one of the words. */
static int read_plain(struct tokens *tokens, struct minijail_filter *filter, struct error *err)
{
	if (accept(tokens, "1")) {
		filter->action = ACTION_ALLOW;
		return 0;
	}
	if (accept(tokens, "return")) {
		filter->action = ACTION_ERRNO;
		return read_errno(tokens, &filter->errno_ret, err);
	}
	if (minijail_action(tokens->token, &filter->action) < 0)
		return unexpected(tokens, "1, return or a condition", err);
	filter->compiled = true;
	advance(tokens);
	return 0;
}

static int read_conditions(struct tokens *tokens, struct minijail_filter *filter, struct error *err)
{
	int r = read_disjunction(tokens, &filter->clauses, err);

	filter->has_clauses = true;
	filter->action = ACTION_ALLOW;
	if (r < 0 || !accept(tokens, ";"))
		return r;
	if (!accept(tokens, "return"))
		return unexpected(tokens, "return", err);
	filter->has_else = true;
	return read_errno(tokens, &filter->else_errno, err);
}

int minijail_filter_read(struct slice text, struct minijail_filter *ret, struct error *err)
{
	struct tokens tokens = { .rest = text };
	int r;

	advance(&tokens);
	if (slice_starts(tokens.token, SLICE("arg")))
		r = read_conditions(&tokens, ret, err);
	else
		r = read_plain(&tokens, ret, err);
	if (r == 0 && tokens.token.len > 0)
		r = unexpected(&tokens, "the end of the line", err);
	return r;
}
