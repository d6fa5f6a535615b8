/* SPDX-License-Identifier: Apache-2.0 */
#include "format/within.h"
#include "arch/simulate.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "format/bpf.h"
#include "model/meaning.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Values that are tried one by one: selections of 16 flags. */
#define COVERED_MAX (1u << 16)

/* One architecture of the profile. */
struct asked {
	const struct profile *profile;
	const struct within_options *options;
	struct syscall_table *names;
	struct within *ret;
	struct error *err;
	const struct arch *arch;
	struct bpf bpf;
	const struct meaning *meaning;
	const struct meaning_arch *words;
};

/* What the filter does with a call. */
enum verdict_kind {
	VERDICT_ALLOWED,
	VERDICT_DENIED,
	VERDICT_DEPENDS,
};

void within_deinit(struct within *within)
{
	for (size_t i = 0; i < within->n; i++)
		free(within->findings[i].answer);
	free(within->findings);
	name_set_deinit(&within->arch_names);
}

size_t within_count(const struct within *within, enum finding_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < within->n; i++)
		n += within->findings[i].kind == kind;
	return n;
}

/* Copies the answer. */
static int add(struct within *within, struct within_finding finding, const char *answer)
{
	if (array_reserve(&within->findings, &within->allocated, within->n + 1, sizeof(finding)) <
	    0)
		return -ENOMEM;
	finding.answer = strdup(answer);
	if (!finding.answer)
		return -ENOMEM;
	within->findings[within->n++] = finding;
	return 0;
}

static int judge(const struct asked *asked, const struct seccomp_data *data, unsigned int known,
		 enum verdict_kind *ret)
{
	struct outcomes outcomes;
	int r = simulate_any(asked->bpf.program, asked->bpf.n, data, known, &outcomes);
	size_t denied = 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < outcomes.n; i++)
		denied += action_denies(action_from_code(outcomes.codes[i]));
	*ret = outcomes.more || (denied > 0 && denied < outcomes.n) ? VERDICT_DEPENDS
	       : denied > 0					    ? VERDICT_DENIED
								    : VERDICT_ALLOWED;
	return 0;
}

static int judge_number(const struct asked *asked, int32_t nr, enum verdict_kind *ret)
{
	static const uint64_t none[6] = { 0 };
	const struct seccomp_data data = bpf_call(asked->arch, nr, none);

	return judge(asked, &data, 0, ret);
}

/* One combination of arguments that was seen; what is not known of them stays open. */
static int judge_values(const struct asked *asked, const struct arguments *seen,
			const struct argument_values *values, enum verdict_kind *ret)
{
	uint64_t args[6] = { 0 };
	unsigned int known = 0;
	struct seccomp_data data;

	for (uint32_t i = 0; i < seen->call->n; i++) {
		unsigned int index = argument_index(seen->call, i, asked->arch);

		args[index] = values->fields[i];
		known |= 1u << index;
	}
	data = bpf_call(asked->arch, seen->nr, args);
	return judge(asked, &data, known, ret);
}

/*
 * Flags and ranges are remembered as one value that covers all that were seen: allowed when each
 * that it covers is. What denies one of them may have allowed those that were.
 */
static int judge_covered(const struct asked *asked, const struct arguments *seen,
			 enum verdict_kind *ret)
{
	struct argument_values values = seen->values[0];
	const uint64_t whole = values.fields[0];

	*ret = VERDICT_DEPENDS;
	for (unsigned int tried = 0; tried < COVERED_MAX; tried++) {
		enum verdict_kind one;
		int r = judge_values(asked, seen, &values, &one);

		if (r < 0 || one != VERDICT_ALLOWED)
			return r;
		if (values.fields[0] == 0) {
			*ret = VERDICT_ALLOWED;
			return 0;
		}
		values.fields[0]--;
		if (seen->call->kind == ARGUMENT_FLAGS)
			values.fields[0] &= whole;
	}
	return 0;
}

/* With the arguments that were recorded, if those of every record are known. */
static int judge_arguments(const struct asked *asked, const struct group_arch *calls,
			   const struct observation *seen, enum verdict_kind *ret)
{
	const struct arguments *arguments = recording_arguments(calls, seen->nr);

	*ret = VERDICT_DEPENDS;
	if (!arguments || arguments->too_many || arguments->covered < seen->count ||
	    arguments->n == 0)
		return 0;
	if (arguments->call->kind != ARGUMENT_VALUES && arguments->covered > 1)
		return judge_covered(asked, arguments, ret);
	for (uint32_t i = 0; i < arguments->n; i++) {
		enum verdict_kind one;
		int r = judge_values(asked, arguments, &arguments->values[i], &one);

		if (r < 0)
			return r;
		if (one == VERDICT_DENIED) {
			*ret = VERDICT_DENIED;
			return 0;
		}
		if (one != VERDICT_ALLOWED)
			return 0;
	}
	*ret = VERDICT_ALLOWED;
	return 0;
}

static const char *words_for(const struct asked *asked, const char *name)
{
	return name && asked->words ? meaning_find(asked->meaning, asked->words, name)->text
				    : asked->meaning->other.text;
}

static const char *note_for(const struct asked *asked, const char *name)
{
	if (!name)
		return "nobody here can name the number";
	if (asked->bpf.skipped && name_list_has(asked->bpf.skipped, name))
		return "the profile names it, but libseccomp here does not know it, so that "
		       "runtimes "
		       "skip the name";
	return NULL;
}

static int check_call(const struct asked *asked, const struct group_arch *calls,
		      const struct observation *seen)
{
	const char *name = syscall_name(asked->names, asked->arch, seen->nr);
	struct within_finding finding = {
		.arch = asked->arch->name,
		.nr = seen->nr,
		.name = name,
		.seen = seen,
		.note = note_for(asked, name),
	};
	enum verdict_kind verdict;
	int r = judge_number(asked, seen->nr, &verdict);

	if (r == 0 && verdict == VERDICT_DEPENDS)
		r = judge_arguments(asked, calls, seen, &verdict);
	if (r < 0)
		return r == -ENOMEM ? error_memory(asked->err)
				    : error_set(asked->err, r, "%s: the filter is not valid",
						asked->arch->name);
	if (verdict == VERDICT_ALLOWED) {
		asked->ret->allowed++;
		return 0;
	}
	finding.kind = verdict == VERDICT_DENIED ? WITHIN_MISSING : WITHIN_UNDECIDED;
	if (verdict == VERDICT_DEPENDS && !finding.note)
		finding.note = "its arguments decide, and were not recorded; see --args";
	return add(asked->ret, finding, words_for(asked, name)) < 0 ? error_memory(asked->err) : 0;
}

static bool is_asked(const struct asked *asked, const struct observation *seen)
{
	return asked->options->denied || !action_denies((enum action)seen->action);
}

static int check_calls(const struct asked *asked, const struct group_arch *calls)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < calls->n; i++) {
		if (is_asked(asked, &calls->observations[i]))
			r = check_call(asked, calls, &calls->observations[i]);
		else
			asked->ret->denied++;
	}
	return r;
}

static bool was_used(const struct group_arch *calls, int32_t nr)
{
	for (uint32_t i = 0; i < calls->n; i++)
		if (calls->observations[i].nr == nr)
			return true;
	return false;
}

static int find_unused(const struct asked *asked, const struct group_arch *calls)
{
	const int32_t *numbers;
	size_t n;
	int r = syscall_numbers(asked->names, asked->arch, &numbers, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct within_finding finding = {
			.kind = WITHIN_UNUSED,
			.arch = asked->arch->name,
			.nr = numbers[i],
			.name = syscall_name(asked->names, asked->arch, numbers[i]),
		};
		enum verdict_kind verdict;

		if (was_used(calls, numbers[i]))
			continue;
		r = judge_number(asked, numbers[i], &verdict);
		if (r == 0 && verdict != VERDICT_DENIED)
			r = add(asked->ret, finding, words_for(asked, finding.name));
	}
	return r < 0 ? error_memory(asked->err) : 0;
}

/* No filter of this profile lets a program of that architecture through: it is killed. */
static int all_missing(const struct asked *asked, const struct group_arch *calls, const char *arch,
		       enum finding_kind kind, const char *answer, const char *note)
{
	for (uint32_t i = 0; i < calls->n; i++) {
		struct within_finding finding = {
			.kind = kind,
			.arch = arch,
			.nr = calls->observations[i].nr,
			.seen = &calls->observations[i],
			.note = note,
		};

		if (!is_asked(asked, &calls->observations[i])) {
			asked->ret->denied++;
			continue;
		}
		if (calls->arch)
			finding.name = syscall_name(asked->names, calls->arch, finding.nr);
		if (add(asked->ret, finding, answer) < 0)
			return error_memory(asked->err);
	}
	return 0;
}

static int unknown_arch(const struct asked *asked, const struct group_arch *calls)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08" PRIx32, calls->audit);
	if (name_set_add(&asked->ret->arch_names, text) < 0)
		return error_memory(asked->err);
	for (size_t i = 0; i < asked->ret->arch_names.n; i++)
		if (strcmp(asked->ret->arch_names.names[i], text) == 0)
			return all_missing(asked, calls, asked->ret->arch_names.names[i],
					   WITHIN_MISSING, "kill_thread",
					   "the profile does not cover this architecture");
	return 0;
}

/* A profile that names no architecture is for the one that it is used on. */
static bool covers(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return arch == arch_native();
	return profile_covers(profile, arch);
}

static int check_arch(struct asked *asked, const struct group_arch *calls)
{
	int r;

	asked->arch = calls->arch;
	if (!calls->arch)
		return unknown_arch(asked, calls);
	if (syscall_prepare(asked->names, calls->arch) < 0)
		return error_memory(asked->err);
	if (!covers(asked->profile, calls->arch))
		return all_missing(asked, calls, calls->arch->name, WITHIN_MISSING, "kill_thread",
				   "the profile does not cover this architecture");
	r = bpf_compile(asked->profile, calls->arch, &asked->bpf, asked->err);
	if (r == -EAFNOSUPPORT)
		return all_missing(asked, calls, calls->arch->name, WITHIN_UNDECIDED, "?",
				   "libseccomp here does not know this architecture");
	if (r < 0)
		return r;
	asked->words = NULL;
	for (size_t i = 0; i < asked->meaning->n_arches; i++)
		if (asked->meaning->arches[i].arch == calls->arch)
			asked->words = &asked->meaning->arches[i];
	r = check_calls(asked, calls);
	if (r == 0 && asked->options->unused)
		r = find_unused(asked, calls);
	bpf_deinit(&asked->bpf);
	return r;
}

static size_t count_not_recorded(const struct profile *profile, const struct group *group)
{
	size_t n = 0;

	for (size_t i = 0; i < arch_count(); i++) {
		bool recorded = false;

		for (uint32_t j = 0; j < group->n_arches; j++)
			recorded |= group->arches[j].arch == arch_at(i);
		n += covers(profile, arch_at(i)) && !recorded;
	}
	return n;
}

int within_check(const struct profile *profile, const struct group *group,
		 const struct within_options *options, struct syscall_table *names,
		 struct within *ret, struct error *err)
{
	_cleanup_meaning_ struct meaning meaning = { 0 };
	struct asked asked = {
		.profile = profile,
		.options = options,
		.names = names,
		.ret = ret,
		.err = err,
		.meaning = &meaning,
	};
	int r = 0;

	*ret = (struct within){ 0 };
	if (meaning_of_profile(&meaning, profile, names) < 0)
		return error_memory(err);
	for (uint32_t i = 0; r == 0 && i < group->n_arches; i++)
		r = check_arch(&asked, &group->arches[i]);
	ret->not_recorded_on = count_not_recorded(profile, group);
	return r;
}
