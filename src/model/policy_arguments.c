/* SPDX-License-Identifier: Apache-2.0 */
#include "model/policy_arguments.h"
#include "arch/multiplexed.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "model/policy_arguments_private.h"
#include "model/policy_portable.h"
#include "model/policy_sets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVERY_VALUE_BITS 4 /* of a mask, up to which it is told that all values were seen */

void argument_choice_deinit(struct argument_choice *choice)
{
	arguments_deinit(&choice->seen);
	arguments_deinit(&choice->runtime);
}

void argument_plan_deinit(struct argument_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		argument_choice_deinit(&plan->choices[i]);
	free(plan->choices);
	name_set_deinit(&plan->plain);
	name_set_deinit(&plan->by_args);
	name_set_deinit(&plan->any_args);
}

/* ---- what was seen, on all architectures of a group ------------------------------------------ */

struct sum {
	struct argument_choice *choice;
	const struct policy_options *options;
	uint64_t records;	   /* that the profile has to let through */
	bool asked;		   /* somebody wanted to know the arguments */
	const struct arch *hidden; /* where they are behind a pointer; or NULL */
	bool portable;		   /* other calls are to be allowed in its place */
};

/* Counts the records of one call; false when there is none on this architecture. */
static bool count_records(struct sum *sum, const struct group_arch *calls, int32_t nr)
{
	bool found = false;

	for (uint32_t i = 0; i < calls->n; i++) {
		const struct observation *seen = &calls->observations[i];

		if (seen->nr != nr ||
		    (action_denies((enum action)seen->action) && !sum->options->include_denied))
			continue;
		sum->records += seen->count;
		found = true;
	}
	return found;
}

static int sum_arch(struct sum *sum, const struct group_arch *calls, struct syscall_table *names)
{
	struct argument_choice *choice = sum->choice;
	const struct arguments *arguments;
	int32_t nr;
	int r = syscall_number(names, calls->arch, choice->seen.call->name, &nr);

	if (r == -ENOENT || (r == 0 && !count_records(sum, calls, nr)))
		return 0;
	if (r < 0)
		return r;
	choice->arch = calls->arch;
	if (!argument_call_plain(choice->seen.call, calls->arch))
		sum->hidden = calls->arch;
	arguments = recording_arguments(calls, nr);
	if (!arguments)
		return 0;
	sum->asked = true;
	return arguments_merge(&choice->seen, arguments);
}

/* ---- what a runtime needs -------------------------------------------------------------------- */

struct runtime_arguments {
	const char *name;
	uint64_t values[12];
	size_t n;
};

/*
 * First values of the field that decides: what crun 1.8.1 and runc 1.1.5 were seen to ask for
 * between loading the filter and starting the program, and what their other versions and the Go
 * runtime do (linux/prctl.h, linux/fcntl.h, asm-generic/ioctls.h, asm-generic/mman-common.h).
 */
static const struct runtime_arguments runtime_arguments[] = {
	/* F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC */
	{ "fcntl", { 0, 1, 2, 3, 4, 1030 }, 6 },
	{ "fcntl64", { 0, 1, 2, 3, 4, 1030 }, 6 },
	/* TCGETS, TIOCGWINSZ */
	{ "ioctl", { 0x5401, 0x5413 }, 2 },
	/* MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_COLLAPSE */
	{ "madvise", { 4, 8, 14, 15, 25 }, 5 },
	/* Never executable. */
	{ "mmap", { 0, 2 }, 2 },
	{ "mmap2", { 0, 2 }, 2 },
	{ "mprotect", { 0, 2 }, 2 },
	/* PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_NAME, PR_CAPBSET_READ,
	 * PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_SET_VMA */
	{ "prctl", { 1, 4, 8, 15, 23, 24, 38, 47, 0x53564d41 }, 9 },
};

static bool runtime_makes(const char *name, const struct policy_options *options)
{
	const struct policy_set_fact *fact = policy_set_fact(POLICY_RUNTIME);

	for (size_t i = 0; !options->exact && i < fact->n; i++)
		if (strcmp(fact->entries[i].name, name) == 0)
			return (fact->entries[i].runtime & options->runtime) != 0;
	return false;
}

static bool has_value(const struct arguments *arguments, uint64_t value)
{
	for (uint32_t i = 0; i < arguments->n; i++)
		if (arguments->values[i].fields[0] == value)
			return true;
	return false;
}

static int add_runtime_values(struct argument_choice *choice,
			      const struct runtime_arguments *needed)
{
	struct arguments *runtime = &choice->runtime;

	for (size_t i = 0; i < needed->n; i++) {
		struct argument_values one = { { needed->values[i] } };
		const struct arguments added = { .call = choice->seen.call,
						 .n = 1,
						 .values = &one };
		int r;

		if (has_value(&choice->seen, needed->values[i]))
			continue;
		runtime->call = choice->seen.call;
		r = arguments_merge(runtime, &added);
		if (r < 0)
			return r;
	}
	return 0;
}

/* 0 when nobody can say what the runtime asks for. */
static int add_runtime(struct argument_choice *choice, const struct policy_options *options)
{
	const char *name = choice->seen.call->name;

	/* What its threads need of clone(2) is none of the flags. */
	if (!runtime_makes(name, options) || choice->seen.call->kind == ARGUMENT_FLAGS)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(runtime_arguments); i++)
		if (strcmp(runtime_arguments[i].name, name) == 0) {
			int r = add_runtime_values(choice, &runtime_arguments[i]);

			return r < 0 ? r : 1;
		}
	return 0;
}

/* ---- the choice ------------------------------------------------------------------------------ */

/* Where all values are accepted there is no condition. */
static bool has_every_value(const struct argument_choice *choice)
{
	const struct arguments *seen = &choice->seen;
	uint64_t mask = seen->call->fields[0].mask;
	int bits = __builtin_popcountll(mask);

	if (seen->call->kind == ARGUMENT_FLAGS)
		return (mask & ~seen->values[0].fields[0]) == 0;
	return seen->call->kind == ARGUMENT_VALUES && seen->call->n == 1 &&
	       bits <= EVERY_VALUE_BITS && seen->n + choice->runtime.n == 1u << bits;
}

static void say_why(const struct sum *sum, struct strbuf *why)
{
	const struct arguments *seen = &sum->choice->seen;

	if (!sum->asked)
		return;
	if (sum->hidden)
		strbuf_printf(why, "on %s its arguments are behind a pointer", sum->hidden->name);
	else if (sum->portable)
		strbuf_puts(why, "with --portable others stand for it, of which nothing is known");
	else if (seen->too_many)
		strbuf_printf(why, "more than %" PRIu32 " different arguments", seen->call->limit);
	else if (seen->covered < sum->records)
		strbuf_printf(why, "%" PRIu64 " of %" PRIu64 " records came without arguments",
			      sum->records - seen->covered, sum->records);
	else if (seen->call->kind == ARGUMENT_RANGE)
		strbuf_puts(why, "a value of more than 32 bits");
	else
		strbuf_puts(why, "every value was seen");
}

static bool is_usable(const struct sum *sum)
{
	const struct arguments *seen = &sum->choice->seen;

	return sum->asked && !sum->hidden && !sum->portable && !seen->too_many && seen->n > 0 &&
	       seen->covered >= sum->records &&
	       !(seen->call->kind == ARGUMENT_RANGE && seen->values[0].fields[0] > UINT32_MAX);
}

/* A profile that is for other places, too, has rules that hold there. */
static void look_elsewhere(struct sum *sum)
{
	const struct policy_options *options = sum->options;
	const struct argument_call *call = sum->choice->seen.call;

	for (size_t i = 0; i < options->n_arches; i++)
		if (!argument_call_plain(call, options->arches[i]))
			sum->hidden = options->arches[i];
	sum->portable = options->portable && !options->exact && portable_reason(call->name);
}

int argument_choose(struct argument_choice *choice, const struct group *group,
		    struct syscall_table *names, const struct policy_options *options,
		    struct strbuf *why)
{
	struct sum sum = { .choice = choice, .options = options };
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < group->n_arches; i++)
		if (group->arches[i].arch)
			r = sum_arch(&sum, &group->arches[i], names);
	if (r < 0)
		return r;
	look_elsewhere(&sum);
	if (!is_usable(&sum)) {
		say_why(&sum, why);
		return 0;
	}
	r = add_runtime(choice, options);
	if (r < 0)
		return r;
	if (r == 0)
		strbuf_puts(why, "a container runtime makes it too, with other arguments");
	else if (has_every_value(choice))
		say_why(&sum, why);
	return why->len == 0;
}

int argument_plan_keep(struct argument_plan *plan, struct argument_choice *choice)
{
	int r = array_reserve(&plan->choices, &plan->allocated, plan->n + 1, sizeof(*choice));

	if (r < 0)
		return r;
	plan->choices[plan->n++] = *choice;
	*choice = (struct argument_choice){ 0 };
	return name_set_add(&plan->by_args, plan->choices[plan->n - 1].seen.call->name) < 0
		       ? -ENOMEM
		       : 0;
}

static int note_why(struct argument_plan *plan, const char *name, const struct strbuf *why)
{
	_cleanup_strbuf_ struct strbuf line = { 0 };

	if (why->failed)
		return -ENOMEM;
	if (why->len == 0)
		return 0;
	strbuf_printf(&line, "%s: %s", name, strbuf_text(why));
	return strbuf_text(&line) ? name_set_add(&plan->any_args, strbuf_text(&line)) : -ENOMEM;
}

static int plan_call(struct argument_plan *plan, const struct group *group,
		     struct syscall_table *names, const struct policy_options *options,
		     const char *name)
{
	_cleanup_(argument_choice_deinit) struct argument_choice choice = {
		.seen.call = argument_call_by_name(name),
	};
	_cleanup_strbuf_ struct strbuf why = { 0 };
	int r = choice.seen.call ? argument_choose(&choice, group, names, options, &why) : 0;

	if (r == 0)
		r = note_why(plan, name, &why);
	else if (r > 0)
		return argument_plan_keep(plan, &choice);
	return r < 0 || name_set_add(&plan->plain, name) < 0 ? -ENOMEM : 0;
}

int argument_plan_make(struct argument_plan *plan, const struct group *group,
		       struct syscall_table *names, const struct policy_options *options,
		       const struct name_set *calls)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < calls->n; i++)
		r = plan_call(plan, group, names, options, calls->names[i]);
	return r;
}

bool argument_plan_has_form(const struct argument_plan *plan, const char *name)
{
	const struct multiplexed *form = multiplexed_by_name(name);

	for (size_t i = 0; form && i < plan->n; i++)
		if (strcmp(plan->choices[i].seen.call->name, form->call) == 0)
			return has_value(&plan->choices[i].seen, form->number);
	return true;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static struct rule_arg condition(const struct argument_choice *choice, size_t field, uint64_t value)
{
	const struct argument_call *call = choice->seen.call;
	struct rule_arg arg = {
		.index = argument_index(call, field, choice->arch),
		.op = COMPARE_MASKED_EQ,
		.value = call->fields[field].mask,
		.value_two = value,
		.has_value_two = true,
	};

	if (call->kind == ARGUMENT_FLAGS) {
		arg.value = call->fields[field].mask & ~value;
		arg.value_two = 0;
	} else if (call->kind == ARGUMENT_RANGE) {
		arg = (struct rule_arg){ .index = arg.index, .op = COMPARE_LE, .value = value };
	}
	return arg;
}

static void put_comment(struct strbuf *comment, const struct argument_call *call,
			const struct argument_values *values, enum origin origin)
{
	strbuf_puts(comment, origin == ORIGIN_SEEN ? "seen:" : "inferred, runtime:");
	for (uint32_t i = 0; i < call->n; i++)
		strbuf_printf(comment, "%s %s %s0x%" PRIx64, i ? "," : "", call->fields[i].name,
			      call->kind == ARGUMENT_RANGE ? "up to " : "", values->fields[i]);
	if (call->kind == ARGUMENT_FLAGS)
		strbuf_printf(comment, " and nothing else of 0x%" PRIx64, call->fields[0].mask);
}

static int add_rule(struct profile *profile, const struct argument_choice *choice,
		    const struct argument_values *values, enum origin origin)
{
	const struct argument_call *call = choice->seen.call;
	_cleanup_strbuf_ struct strbuf comment = { 0 };
	const char *const names[] = { call->name };
	struct rule *rule;

	put_comment(&comment, call, values, origin);
	if (!strbuf_text(&comment) || profile_add_rule(profile, origin, ACTION_ALLOW, names, 1,
						       strbuf_text(&comment), &rule) < 0)
		return -ENOMEM;
	rule->args = calloc(call->n, sizeof(*rule->args));
	if (!rule->args)
		return -ENOMEM;
	for (size_t i = 0; i < call->n; i++)
		rule->args[rule->n_args++] = condition(choice, i, values->fields[i]);
	return 0;
}

/* Runtimes take several conditions on one argument for alternatives, and all of a rule for one: so
 * each combination has a rule. */
int argument_plan_rules(const struct argument_plan *plan, struct profile *profile)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n; i++) {
		const struct argument_choice *choice = &plan->choices[i];

		for (uint32_t j = 0; r == 0 && j < choice->seen.n; j++)
			r = add_rule(profile, choice, &choice->seen.values[j], ORIGIN_SEEN);
		for (uint32_t j = 0; r == 0 && j < choice->runtime.n; j++)
			r = add_rule(profile, choice, &choice->runtime.values[j], ORIGIN_POLICY);
	}
	return r;
}
