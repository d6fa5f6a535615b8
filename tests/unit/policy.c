/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "policy.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The text behind the token that was read last. */
struct input {
	const char *at;
	int line;
	char token[128]; /* empty: the end, of the line where newlines count */
	bool newlines;	 /* a newline is a token of its own: "\n" */
};

#define refuse(input, what)                                                                        \
	fail_msg("line %d: %s at '%s'", (input)->line, what,                                       \
		 (input)->token[0] == '\n' ? "the end of the line" : (input)->token)

static struct policy_entry *add_entry(struct policy *policy)
{
	assert_int_equal(array_reserve(&policy->entries, &policy->allocated, policy->n + 1,
				       sizeof(*policy->entries)),
			 0);
	policy->entries[policy->n] = (struct policy_entry){ .number = -1 };
	return &policy->entries[policy->n++];
}

void policy_forget(struct policy *policy)
{
	free(policy->entries);
	*policy = (struct policy){ 0 };
}

static bool atom_holds(const struct policy_atom *atom, const uint64_t args[6])
{
	uint64_t value = args[atom->index] & atom->mask;

	switch (atom->op) {
	case POLICY_EQ:
		return value == atom->value;
	case POLICY_NE:
		return value != atom->value;
	case POLICY_LT:
		return value < atom->value;
	case POLICY_LE:
		return value <= atom->value;
	case POLICY_GT:
		return value > atom->value;
	case POLICY_GE:
		return value >= atom->value;
	case POLICY_ANY_BIT:
		return (value & atom->value) != 0;
	case POLICY_WITHIN:
		return (value & ~atom->value) == 0;
	}
	return false;
}

enum action policy_ask(const struct policy *policy, const char *name, int32_t number,
		       const uint64_t args[6], uint32_t *ret_data)
{
	for (size_t i = 0; i < policy->n; i++) {
		const struct policy_entry *entry = &policy->entries[i];
		bool fits = entry->number >= 0 ? entry->number == number
					       : strcmp(entry->name, name) == 0;

		for (size_t j = 0; j < entry->n_atoms; j++)
			fits = fits && atom_holds(&entry->atoms[j], args);
		if (fits) {
			*ret_data = entry->data;
			return entry->action;
		}
	}
	*ret_data = policy->default_data;
	return policy->default_action;
}

static size_t word_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

static size_t sign_length(const char *text)
{
	static const char *const signs[] = { "==", "!=", "<=", ">=", "&&", "||" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strncmp(text, signs[i], 2) == 0)
			return 2;
	return 1;
}

static void next(struct input *input)
{
	size_t n;

	while (*input->at == ' ' || *input->at == '\t' ||
	       (*input->at == '\n' && !input->newlines)) {
		input->line += *input->at == '\n';
		input->at++;
	}
	if (*input->at == '\0') {
		input->token[0] = '\0';
		return;
	}
	if (*input->at == '\n') {
		memcpy(input->token, "\n", 2);
		input->at++;
		return;
	}
	n = word_length(input->at);
	if (n == 0)
		n = sign_length(input->at);
	if (n >= sizeof(input->token))
		fail_msg("line %d: a word of %zu letters", input->line, n);
	memcpy(input->token, input->at, n);
	input->token[n] = '\0';
	input->at += n;
}

static bool is_at(const struct input *input, const char *token)
{
	return strcmp(input->token, token) == 0;
}

static bool accept(struct input *input, const char *token)
{
	if (!is_at(input, token))
		return false;
	next(input);
	return true;
}

static void expect(struct input *input, const char *token)
{
	if (!accept(input, token))
		fail_msg("line %d: '%s' instead of '%s'", input->line, input->token, token);
}

static void take_identifier(struct input *input, char ret[64])
{
	if (!isalpha((unsigned char)input->token[0]) && input->token[0] != '_')
		refuse(input, "no name");
	if (strlen(input->token) >= 64)
		refuse(input, "a name too long");
	memcpy(ret, input->token, strlen(input->token) + 1);
	next(input);
}

/* Decimal without zeroes in front, or hexadecimal with 0x. */
static uint64_t take_number(struct input *input)
{
	const char *text = input->token;
	int base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
	uint64_t number;
	char *end;

	if (!isdigit((unsigned char)text[0]) || (base == 10 && text[0] == '0' && text[1] != '\0') ||
	    (base == 16 && text[2] == '\0'))
		refuse(input, "no number");
	errno = 0;
	number = strtoull(text, &end, base);
	if (errno != 0 || *end != '\0')
		refuse(input, "no number");
	next(input);
	return number;
}

static enum policy_op take_comparison(struct input *input)
{
	static const struct {
		const char *sign;
		enum policy_op op;
	} signs[] = {
		{ "==", POLICY_EQ }, { "!=", POLICY_NE }, { "<", POLICY_LT },
		{ "<=", POLICY_LE }, { ">", POLICY_GT },  { ">=", POLICY_GE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (accept(input, signs[i].sign))
			return signs[i].op;
	refuse(input, "no comparison");
	return POLICY_EQ;
}

static struct policy_atom *add_atom(struct input *input, struct policy_entry *entry)
{
	if (entry->n_atoms == ARRAY_SIZE(entry->atoms))
		refuse(input, "more comparisons than the checker takes");
	return &entry->atoms[entry->n_atoms++];
}

/* kafel */

struct kafel {
	struct input input;
	struct policy *policy;
	struct {
		char name[64];
		int32_t number;
	} constants[512];
	size_t n_constants;
	char parameters[6][64];
	size_t n_parameters;
};

static void kafel_constant(struct kafel *kafel)
{
	uint64_t number;

	if (kafel->n_constants == ARRAY_SIZE(kafel->constants))
		refuse(&kafel->input, "more constants than the checker takes");
	expect(&kafel->input, "define");
	take_identifier(&kafel->input, kafel->constants[kafel->n_constants].name);
	number = take_number(&kafel->input);
	assert_in_range(number, 0, INT32_MAX);
	kafel->constants[kafel->n_constants++].number = (int32_t)number;
}

static void kafel_action(struct kafel *kafel, enum action *ret, uint32_t *ret_data)
{
	static const struct {
		const char *word;
		enum action action;
		bool has_data;
	} actions[] = {
		{ "ALLOW", ACTION_ALLOW, false },
		{ "LOG", ACTION_LOG, false },
		{ "KILL", ACTION_KILL_THREAD, false },
		{ "KILL_PROCESS", ACTION_KILL_PROCESS, false },
		{ "USER_NOTIF", ACTION_NOTIFY, false },
		{ "ERRNO", ACTION_ERRNO, true },
		{ "TRAP", ACTION_TRAP, true },
		{ "TRACE", ACTION_TRACE, true },
	};

	*ret_data = 0;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!accept(&kafel->input, actions[i].word))
			continue;
		*ret = actions[i].action;
		if (actions[i].has_data) {
			expect(&kafel->input, "(");
			*ret_data = (uint32_t)take_number(&kafel->input);
			assert_in_range(*ret_data, 0, 0xffff);
			expect(&kafel->input, ")");
		}
		return;
	}
	refuse(&kafel->input, "no action");
}

/* A parameter, or that with a mask: "a0", "(a0 & 3)". */
static void kafel_operand(struct kafel *kafel, struct policy_atom *atom)
{
	bool masked = accept(&kafel->input, "(");
	size_t i = 0;

	while (i < kafel->n_parameters && !is_at(&kafel->input, kafel->parameters[i]))
		i++;
	if (i == kafel->n_parameters)
		refuse(&kafel->input, "no parameter");
	next(&kafel->input);
	atom->index = (unsigned int)i;
	atom->mask = UINT64_MAX;
	if (!masked)
		return;
	expect(&kafel->input, "&");
	atom->mask = take_number(&kafel->input);
	expect(&kafel->input, ")");
}

static void kafel_filter(struct kafel *kafel, enum action action, uint32_t data)
{
	struct policy_entry head = { .number = -1, .action = action, .data = data };

	take_identifier(&kafel->input, head.name);
	for (size_t i = 0; i < kafel->n_constants; i++)
		if (strcmp(kafel->constants[i].name, head.name) == 0)
			head.number = kafel->constants[i].number;
	kafel->n_parameters = 0;
	if (accept(&kafel->input, "(")) {
		do {
			assert_in_range(kafel->n_parameters, 0, 5);
			take_identifier(&kafel->input, kafel->parameters[kafel->n_parameters++]);
		} while (accept(&kafel->input, ","));
		expect(&kafel->input, ")");
	}
	if (!accept(&kafel->input, "{")) {
		*add_entry(kafel->policy) = head;
		return;
	}
	do {
		struct policy_entry *entry = add_entry(kafel->policy);

		*entry = head;
		do {
			struct policy_atom *atom = add_atom(&kafel->input, entry);

			kafel_operand(kafel, atom);
			atom->op = take_comparison(&kafel->input);
			atom->value = take_number(&kafel->input);
		} while (accept(&kafel->input, "&&"));
	} while (accept(&kafel->input, "||"));
	expect(&kafel->input, "}");
}

static void kafel_block(struct kafel *kafel)
{
	enum action action = ACTION_UNKNOWN;
	uint32_t data = 0;

	kafel_action(kafel, &action, &data);
	expect(&kafel->input, "{");
	if (accept(&kafel->input, "}"))
		return;
	do {
		kafel_filter(kafel, action, data);
	} while (accept(&kafel->input, ","));
	expect(&kafel->input, "}");
}

/* Comments go first, as in its lexer. */
static char *without_comments(const char *text, const char *start)
{
	char *copy = strdup(text), *at;

	assert_non_null(copy);
	while ((at = strstr(copy, start)))
		while (*at && *at != '\n')
			*at++ = ' ';
	return copy;
}

void policy_read_kafel(struct policy *policy, const char *text)
{
	char *plain = without_comments(text, "//"), name[64], used[64];
	struct kafel *kafel = calloc(1, sizeof(*kafel));

	assert_non_null(kafel);
	*policy = (struct policy){ 0 };
	kafel->policy = policy;
	kafel->input = (struct input){ .at = plain, .line = 1 };
	next(&kafel->input);
	while (accept(&kafel->input, "#"))
		kafel_constant(kafel);
	expect(&kafel->input, "POLICY");
	take_identifier(&kafel->input, name);
	expect(&kafel->input, "{");
	if (!accept(&kafel->input, "}")) {
		do {
			kafel_block(kafel);
		} while (accept(&kafel->input, ","));
		expect(&kafel->input, "}");
	}
	expect(&kafel->input, "USE");
	take_identifier(&kafel->input, used);
	assert_string_equal(name, used);
	expect(&kafel->input, "DEFAULT");
	kafel_action(kafel, &policy->default_action, &policy->default_data);
	expect(&kafel->input, "");
	free(kafel);
	free(plain);
}

/* minijail */

static void minijail_atom(struct input *input, struct policy_entry *entry)
{
	struct policy_atom *atom = add_atom(input, entry);

	if (strncmp(input->token, "arg", 3) != 0 || strlen(input->token) != 4 ||
	    input->token[3] < '0' || input->token[3] > '5')
		refuse(input, "no argument");
	atom->index = (unsigned int)(input->token[3] - '0');
	atom->mask = UINT64_MAX;
	next(input);
	/* minijail0 splits at blanks: there must be one on both sides of the operator. */
	if (input->at[-(ptrdiff_t)strlen(input->token) - 1] != ' ' || *input->at != ' ')
		refuse(input, "no blanks around the operator");
	if (accept(input, "&"))
		atom->op = POLICY_ANY_BIT;
	else if (accept(input, "in"))
		atom->op = POLICY_WITHIN;
	else
		atom->op = take_comparison(input);
	atom->value = take_number(input);
}

static void minijail_line(struct input *input, struct policy *policy)
{
	struct policy_entry *entry = add_entry(policy), head = *entry;

	take_identifier(input, head.name);
	for (size_t i = 0; i + 1 < policy->n; i++)
		assert_string_not_equal(policy->entries[i].name, head.name);
	head.action = ACTION_ALLOW;
	*entry = head;
	expect(input, ":");
	if (is_at(input, "1")) {
		next(input);
		return;
	}
	if (accept(input, "return")) {
		entry->action = ACTION_ERRNO;
		entry->data = (uint32_t)take_number(input);
		return;
	}
	for (;;) {
		do {
			minijail_atom(input, entry);
		} while (accept(input, "&&"));
		if (!accept(input, "||"))
			return;
		entry = add_entry(policy);
		*entry = head;
	}
}

void policy_read_minijail(struct policy *policy, const char *text)
{
	char *plain = without_comments(text, "#");
	struct input input = { .at = plain, .line = 1, .newlines = true };

	*policy = (struct policy){ .default_action = ACTION_KILL_PROCESS };
	next(&input);
	while (!is_at(&input, "")) {
		if (!is_at(&input, "\n"))
			minijail_line(&input, policy);
		expect(&input, "\n");
		input.line++;
	}
	free(plain);
}

/* snapd */

static void snapd_argument(struct input *input, struct policy_entry *entry, unsigned int index)
{
	static const struct {
		const char *sign;
		enum policy_op op;
	} signs[] = {
		{ "!", POLICY_NE }, { "<=", POLICY_LE }, { ">=", POLICY_GE },
		{ "<", POLICY_LT }, { ">", POLICY_GT },
	};
	struct policy_atom *atom;
	bool all_bits = false;

	if (index > 5)
		refuse(input, "more than six arguments");
	if (accept(input, "-"))
		return;
	atom = add_atom(input, entry);
	*atom = (struct policy_atom){ index, UINT64_MAX, POLICY_EQ, 0 };
	if (accept(input, "|"))
		all_bits = true;
	else
		for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
			if (accept(input, signs[i].sign)) {
				atom->op = signs[i].op;
				break;
			}
	/* strconv.ParseUint(…, 10, 32) */
	if (strncmp(input->token, "0x", 2) == 0)
		refuse(input, "not decimal");
	atom->value = take_number(input);
	assert_in_range(atom->value, 0, UINT32_MAX);
	if (all_bits)
		atom->mask = atom->value;
}

void policy_read_snapd(struct policy *policy, const char *text)
{
	struct input input = { .at = text, .line = 1, .newlines = true };

	*policy = (struct policy){ .default_action = ACTION_ERRNO, .default_data = EPERM };
	/* A comment is a whole line. */
	while (*input.at == '#') {
		input.at += strcspn(input.at, "\n") + 1;
		input.line++;
	}
	next(&input);
	while (!is_at(&input, "")) {
		struct policy_entry *entry = add_entry(policy);
		unsigned int index = 0;

		entry->action = ACTION_ALLOW;
		take_identifier(&input, entry->name);
		while (!is_at(&input, "\n") && !is_at(&input, ""))
			snapd_argument(&input, entry, index++);
		expect(&input, "\n");
		input.line++;
	}
}
