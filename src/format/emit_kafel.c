/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of kafel (https://github.com/google/kafel, README.md), which nsjail compiles for one
 * architecture. Its tables use the kernel's symbols as names, and know what was new when it was
 * made: where that can matter a constant gives the number, which its grammar takes as a call.
 */
#include "format/allowance.h"
#include "format/emitters.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define KAFEL_OLDEST 328 /* the last call of x86_64 in the first release's table: pwritev2 */

/* Calls that the kernel's symbols have other names for (arch/x86/entry/syscalls/syscall_64.tbl). */
static const char *const renamed[] = {
	"_sysctl", "fstat", "lstat", "sendfile", "stat", "umount2", "uname",
};

static bool is_renamed(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++)
		if (strcmp(renamed[i], name) == 0)
			return true;
	return false;
}

/*
 * Whether kafel surely knows the call by this name. One with conditions is never left to its
 * tables: they have arguments of 32 bits, and of those it looks at the lower half alone.
 */
static bool is_certain(const struct arch *arch, const struct plain_call *call, int32_t number)
{
	return strcmp(arch->name, "x86_64") == 0 && number <= KAFEL_OLDEST &&
	       !is_renamed(call->name) && call->rules[0].n_args == 0;
}

/* What calls of no number here are: nothing that a kernel of this architecture can be asked for. */
static int number_of(struct syscall_table *names, const struct arch *arch, const char *name,
		     int32_t *ret)
{
	int r = syscall_number(names, arch, name, ret);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

static int put_constants(const struct plain *plain, const struct arch *arch,
			 struct syscall_table *names, struct strbuf *text, struct error *err)
{
	struct plain_call call;
	size_t position = 0;
	int32_t number = 0;

	while (plain_next(plain, &position, &call)) {
		int r = number_of(names, arch, call.name, &number);

		if (r < 0)
			return error_memory(err);
		if (r > 0 && !is_certain(arch, &call, number))
			strbuf_printf(text, "#define %s %" PRId32 "\n", call.name, number);
	}
	return 0;
}

static void put_action(struct strbuf *text, enum action action, uint32_t data)
{
	static const char *const words[] = {
		[ACTION_KILL_PROCESS] = "KILL_PROCESS",
		[ACTION_KILL_THREAD] = "KILL",
		[ACTION_TRAP] = "TRAP",
		[ACTION_ERRNO] = "ERRNO",
		[ACTION_NOTIFY] = "USER_NOTIF",
		[ACTION_TRACE] = "TRACE",
		[ACTION_LOG] = "LOG",
		[ACTION_ALLOW] = "ALLOW",
		[ACTION_UNKNOWN] = "KILL_PROCESS",
	};

	strbuf_puts(text, words[action]);
	if (action == ACTION_TRAP || action == ACTION_ERRNO || action == ACTION_TRACE)
		strbuf_printf(text, "(%" PRIu32 ")", data);
}

static void put_arg(struct strbuf *text, const struct rule_arg *arg)
{
	static const char *const signs[] = {
		[COMPARE_NE] = "!=", [COMPARE_LT] = "<",  [COMPARE_LE] = "<=",
		[COMPARE_EQ] = "==", [COMPARE_GE] = ">=", [COMPARE_GT] = ">",
	};

	if (arg->op == COMPARE_MASKED_EQ)
		strbuf_printf(text, "(a%u & %#" PRIx64 ") == %#" PRIx64, arg->index, arg->value,
			      arg->value_two);
	else
		strbuf_printf(text, "a%u %s %" PRIu64, arg->index, signs[arg->op], arg->value);
}

/* Names for the arguments up to the last that is looked at. */
static void put_parameters(struct strbuf *text, const struct plain_rule *rules, size_t n)
{
	unsigned int last = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < rules[i].n_args; j++)
			if (rules[i].args[j].index > last)
				last = rules[i].args[j].index;
	for (unsigned int i = 0; i <= last; i++)
		strbuf_printf(text, "%sa%u", i == 0 ? "(" : ", ", i);
	strbuf_putc(text, ')');
}

static bool same_answer(const struct plain_rule *a, const struct plain_rule *b)
{
	return a->action == b->action && a->data == b->data;
}

/* The rules of a call that give this answer, as one entry; false: it has none. */
static bool put_entry(struct strbuf *text, const struct plain_call *call,
		      const struct plain_rule *answer, const char *between)
{
	const char * or = "";

	for (size_t i = 0; i < call->n; i++) {
		const struct plain_rule *rule = &call->rules[i];

		if (!same_answer(rule, answer))
			continue;
		if (* or == '\0') {
			strbuf_printf(text, "%s    %s", between, call->name);
			if (rule->n_args == 0)
				return true;
			put_parameters(text, call->rules, call->n);
			strbuf_puts(text, " { ");
		}
		strbuf_puts(text, or);
		for (size_t j = 0; j < rule->n_args; j++) {
			strbuf_puts(text, j > 0 ? " && " : "");
			put_arg(text, &rule->args[j]);
		}
		or = " || ";
	}
	if (* or)
		strbuf_puts(text, " }");
	return * or != '\0';
}

/* All calls that get one answer. */
static int put_block(const struct plain *plain, const struct plain_rule *answer,
		     const struct arch *arch, struct syscall_table *names, struct strbuf *text,
		     struct error *err)
{
	const char *between = " {\n";
	struct plain_call call;
	size_t position = 0;
	int32_t number;

	strbuf_puts(text, "  ");
	put_action(text, answer->action, answer->data);
	while (plain_next(plain, &position, &call)) {
		int r = number_of(names, arch, call.name, &number);

		if (r < 0)
			return error_memory(err);
		if (r > 0 && put_entry(text, &call, answer, between))
			between = ",\n";
	}
	strbuf_puts(text, *between == ',' ? "\n  }" : " { }");
	return 0;
}

/* The next answer behind `last` (NULL: the first), in the order of hardness, then of numbers: what
 * is denied comes first, as kafel takes the first rule that fits. */
static const struct plain_rule *next_answer(const struct plain *plain,
					    const struct plain_rule *last)
{
	const struct plain_rule *best = NULL;

	for (size_t i = 0; i < plain->n; i++) {
		const struct plain_rule *rule = &plain->rules[i];

		if (last && (rule->action < last->action ||
			     (rule->action == last->action && rule->data <= last->data)))
			continue;
		if (!best || rule->action < best->action ||
		    (rule->action == best->action && rule->data < best->data))
			best = rule;
	}
	return best;
}

static int put_policy(const struct plain *plain, const struct arch *arch,
		      struct syscall_table *names, struct strbuf *text, struct error *err)
{
	const struct plain_rule *answer = NULL;
	const char *between = "\n";
	int r = put_constants(plain, arch, names, text, err);

	strbuf_puts(text, "POLICY profile {");
	while (r == 0 && (answer = next_answer(plain, answer))) {
		strbuf_puts(text, between);
		r = put_block(plain, answer, arch, names, text, err);
		between = ",\n";
	}
	strbuf_puts(text, "\n}\nUSE profile DEFAULT ");
	put_action(text, plain->default_action, plain->default_data);
	strbuf_putc(text, '\n');
	return r;
}

static int emit(const struct profile *profile, const struct emit_request *request,
		struct emission *emission, struct error *err)
{
	_cleanup_plain_ struct plain plain = { 0 };
	struct targets targets;
	int r;

	targets_of_host(profile, request, emission, &targets);
	allowance_single(&targets, "kafel", emission);
	r = plain_init(&plain, profile, &targets, request->names, emission, err);
	if (r < 0)
		return r;
	plain_say_multiplexed(&plain, &targets, emission);
	emission_lose(emission, LOSS_NOTE, "numbers are those of %s", targets.arches[0]->name);
	return put_policy(&plain, targets.arches[0], request->names, &emission->body, err);
}

const struct emitter emitter_kafel = {
	.name = "kafel",
	.summary = "policy of kafel, nsjail's language, for one architecture",
	.extension = ".kafel",
	.no_runtime = true,
	.shape = PRODUCT_TEXT,
	.comment = "// ",
	.emit = emit,
};
