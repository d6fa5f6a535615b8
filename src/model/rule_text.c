/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rule_text.h"
#include "base/cleanup.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ERRNO_MAX 4095 /* MAX_ERRNO, linux/err.h */
#define PLAIN_MAX 4095 /* above it a number is easier to read in hexadecimal */

void answer_put(struct strbuf *ret, enum action action, bool has_errno, uint32_t errno_ret)
{
	uint32_t data = has_errno ? errno_ret : EPERM;
	const char *name = data <= ERRNO_MAX ? strerrorname_np((int)data) : NULL;

	strbuf_puts(ret, action_name(action));
	if (action == ACTION_ERRNO && name)
		strbuf_printf(ret, " %s", name);
	else if (action == ACTION_ERRNO || action == ACTION_TRACE)
		strbuf_printf(ret, " %" PRIu32, data);
}

static void put_number(struct strbuf *ret, uint64_t number)
{
	strbuf_printf(ret, number > PLAIN_MAX ? "%#" PRIx64 : "%" PRIu64, number);
}

static void put_arg(struct strbuf *ret, const struct rule_arg *arg)
{
	static const char *const signs[] = {
		[COMPARE_NE] = "!=",	   [COMPARE_LT] = "<",	[COMPARE_LE] = "<=",
		[COMPARE_EQ] = "==",	   [COMPARE_GE] = ">=", [COMPARE_GT] = ">",
		[COMPARE_MASKED_EQ] = "&",
	};

	strbuf_printf(ret, "arg%u %s ", arg->index, signs[arg->op]);
	if (arg->op == COMPARE_MASKED_EQ) {
		strbuf_printf(ret, "%#" PRIx64 " == ", arg->value);
		put_number(ret, arg->value_two);
	} else {
		put_number(ret, arg->value);
	}
	if (arg->extra)
		strbuf_printf(ret, " %s", arg->extra);
}

bool rule_repeats_index(const struct rule *rule)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < rule->n_args; i++) {
		if (seen & (1u << rule->args[i].index))
			return true;
		seen |= 1u << rule->args[i].index;
	}
	return false;
}

int rule_arg_compare(const struct rule_arg *a, const struct rule_arg *b)
{
	const uint64_t left[] = { a->index, a->op, a->value, a->value_two };
	const uint64_t right[] = { b->index, b->op, b->value, b->value_two };

	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

static int compare_args(const void *a, const void *b)
{
	return rule_arg_compare(*(const struct rule_arg *const *)a,
				*(const struct rule_arg *const *)b);
}

void rule_put_args(struct strbuf *ret, const struct rule *rule)
{
	const char *word = rule_repeats_index(rule) ? " or " : " and ";
	_cleanup_free_ const struct rule_arg **sorted = NULL;

	if (rule->n_args == 0)
		return;
	sorted = calloc(rule->n_args, sizeof(*sorted));
	if (!sorted) {
		ret->failed = true;
		return;
	}
	for (size_t i = 0; i < rule->n_args; i++)
		sorted[i] = &rule->args[i];
	qsort(sorted, rule->n_args, sizeof(*sorted), compare_args);
	for (size_t i = 0; i < rule->n_args; i++) {
		if (i > 0 && compare_args(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		strbuf_puts(ret, i > 0 ? word : "");
		put_arg(ret, sorted[i]);
	}
}

/* "WORD A, B", sorted; a list of a profile is in any order. */
static void put_names(struct strbuf *ret, const char **separator, const char *word,
		      char *const *names)
{
	_cleanup_name_set_ struct name_set set = { 0 };

	for (; names && *names; names++)
		if (name_set_add(&set, *names) < 0)
			ret->failed = true;
	if (set.n == 0)
		return;
	strbuf_printf(ret, "%s%s", *separator, word);
	for (size_t i = 0; i < set.n; i++) {
		strbuf_puts(ret, " ");
		strbuf_put_shown(ret, slice_from(set.names[i]));
	}
	*separator = ", ";
}

static void put_kernel(struct strbuf *ret, const char **separator, const char *word,
		       const char *version)
{
	if (!version || !*version)
		return;
	strbuf_printf(ret, "%s%s ", *separator, word);
	strbuf_put_shown(ret, slice_from(version));
	*separator = ", ";
}

void rule_put_conditions(struct strbuf *ret, const struct rule *rule)
{
	const struct condition *in = &rule->includes, *ex = &rule->excludes;
	const char *separator = "";

	put_names(ret, &separator, "with", in->caps);
	put_names(ret, &separator, "without", ex->caps);
	put_names(ret, &separator, "on", in->arches);
	put_names(ret, &separator, "not on", ex->arches);
	put_kernel(ret, &separator, "from Linux", in->min_kernel);
	put_kernel(ret, &separator, "before Linux", ex->min_kernel);
	if (in->extra)
		strbuf_printf(ret, "%sincludes %s", separator, in->extra);
	if (ex->extra)
		strbuf_printf(ret, "%sexcludes %s", separator, ex->extra);
}

static bool is_conditional(const struct condition *condition)
{
	return name_list_count(condition->caps) > 0 || name_list_count(condition->arches) > 0 ||
	       (condition->min_kernel && *condition->min_kernel) || condition->extra;
}

bool rule_is_plain(const struct rule *rule)
{
	return rule->n_args == 0 && !is_conditional(&rule->includes) &&
	       !is_conditional(&rule->excludes);
}

void rule_put_body(struct strbuf *ret, const struct rule *rule)
{
	answer_put(ret, rule->action, rule->has_errno, rule->errno_ret);
	if (rule->n_args > 0) {
		strbuf_puts(ret, " if ");
		rule_put_args(ret, rule);
	}
	if (is_conditional(&rule->includes) || is_conditional(&rule->excludes)) {
		strbuf_puts(ret, " (");
		rule_put_conditions(ret, rule);
		strbuf_puts(ret, ")");
	}
	if (rule->extra)
		strbuf_printf(ret, " %s", rule->extra);
}
