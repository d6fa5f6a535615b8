/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expected verdicts come from the profile's rules alone, read anew here: nothing of
 * libseccomp's, and nothing of what made the profile, is trusted.
 */
#include "format/proof.h"
#include "arch/simulate.h"
#include "base/cleanup.h"
#include "format/bpf.h"
#include "format/proof_grounds.h"
#include "format/verdict.h"
#include "model/recording_arguments.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

struct proof {
	const struct profile *profile;
	const struct policy_report *report;
	struct syscall_table *names;
	struct error *err;
	const struct arch *arch;
	struct bpf bpf;
	struct verdicts verdicts;
};

static int mismatch(const struct proof *proof, int64_t nr, const char *expected, uint32_t found)
{
	const char *name = syscall_name(proof->names, proof->arch, nr);

	return error_set(proof->err, -EPROTO,
			 "the profile failed its proof (a bug in this program): %s: %s (%" PRId64
			 "): expected %s, found %s (%#x)",
			 proof->arch->name, name ? name : "unnamed call", nr, expected,
			 action_name(action_from_code(found)), found);
}

static int run(const struct proof *proof, const struct seccomp_data *data, uint32_t *ret)
{
	int r = simulate(proof->bpf.program, proof->bpf.n, data, ret);

	return r < 0 ? error_set(proof->err, -EPROTO, "%s: the filter is not valid",
				 proof->arch->name)
		     : 0;
}

static int check_call(const struct proof *proof, int32_t nr, const uint64_t args[6])
{
	const struct seccomp_data data = bpf_call(proof->arch, nr, args);
	struct verdict expected;
	uint32_t found;
	int r;

	r = run(proof, &data, &found);
	if (r < 0)
		return r;
	verdicts_find(&proof->verdicts, nr, args, &expected);
	for (size_t i = 0; i < expected.n; i++)
		if (expected.codes[i] == found)
			return 0;
	return mismatch(proof, nr, action_name(action_from_code(expected.codes[0])), found);
}

static int check_named(const struct proof *proof)
{
	static const uint64_t none[6] = { 0 };
	const int32_t *numbers;
	size_t n;
	int r = syscall_numbers(proof->names, proof->arch, &numbers, &n);

	if (r < 0)
		return error_memory(proof->err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = check_call(proof, numbers[i], none);
	/* A few numbers behind the last one stand for all that nobody can name. */
	for (int32_t beyond = 1; r == 0 && n > 0 && beyond <= 4; beyond++)
		r = check_call(proof, numbers[n - 1] + beyond, none);
	return r;
}

/* Calls with arguments around those that the rules compare with. */
static int check_arguments(const struct proof *proof)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < proof->verdicts.n; i++) {
		const struct verdict_entry *entry = &proof->verdicts.entries[i];
		uint64_t vectors[VERDICT_VECTORS_MAX][6];
		size_t n;

		if (entry->rule->n_args == 0 && !entry->form)
			continue;
		n = verdict_vectors(entry, proof->verdicts.narrow, vectors);
		for (size_t j = 0; r == 0 && j < n; j++)
			r = check_call(proof, entry->nr, vectors[j]);
	}
	return r;
}

/* Numbers and architectures that are not ours get the default or are killed, never more. */
static int check_foreign(const struct proof *proof)
{
	uint32_t x32 = proof->arch->audit == AUDIT_ARCH_X86_64 ? ARCH_X32_BIT : 0;
	const struct seccomp_data calls[] = {
		{ .nr = -1, .arch = proof->arch->audit },
		{ .nr = (int)(x32 ^ ((uint32_t)proof->verdicts.first & ARCH_X32_BIT)) + 1,
		  .arch = proof->arch->audit },
		{ .nr = 1, .arch = proof->arch->audit ^ 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		enum action action;
		uint32_t found;
		int r = run(proof, &calls[i], &found);

		if (r < 0)
			return r;
		if (i == 1 && x32 == 0)
			continue;
		action = action_from_code(found);
		if (found != proof->verdicts.default_code && action != ACTION_KILL_PROCESS &&
		    action != ACTION_KILL_THREAD)
			return mismatch(proof, calls[i].nr, "the default or kill", found);
	}
	return 0;
}

static bool in_report(char *const *list, const char *name)
{
	return list && name_list_has(list, name);
}

/* How many records of the call the profile has to let through. */
static uint64_t records_of(const struct group_arch *calls, int32_t nr,
			   const struct policy_options *options)
{
	uint64_t records = 0;

	for (uint32_t i = 0; i < calls->n; i++)
		if (calls->observations[i].nr == nr &&
		    (!action_denies((enum action)calls->observations[i].action) ||
		     options->include_denied))
			records += calls->observations[i].count;
	return records;
}

static int check_allowed(const struct proof *proof, const struct seccomp_data *data)
{
	uint32_t found;
	int r = run(proof, data, &found);

	if (r < 0)
		return r;
	return action_denies(action_from_code(found))
		       ? mismatch(proof, data->nr, "allow (it was recorded)", found)
		       : 0;
}

/* A call that is held to its arguments: each record had such as are accepted, an int also with
 * anything in the half of the register that the kernel does not read. */
static int check_recorded(const struct proof *proof, const struct group_arch *calls, int32_t nr,
			  const struct policy_options *options)
{
	const struct arguments *seen = recording_arguments(calls, nr);
	int r = 0;

	if (!seen || seen->too_many || seen->covered < records_of(calls, nr, options))
		return mismatch(proof, nr, "no condition on arguments that are not known", 0);
	for (uint32_t i = 0; r == 0 && i < 2 * seen->n; i++) {
		uint64_t args[6] = { 0 };
		struct seccomp_data data;

		for (uint32_t j = 0; j < seen->call->n; j++) {
			const struct argument_field *field = &seen->call->fields[j];
			uint64_t beyond = i % 2 && !proof->verdicts.narrow ? ~field->mask : 0;

			args[argument_index(seen->call, j, proof->arch)] =
				seen->values[i / 2].fields[j] | (beyond & ~(uint64_t)UINT32_MAX);
		}
		data = bpf_call(proof->arch, nr, args);
		r = check_allowed(proof, &data);
	}
	return r;
}

static int check_observed(const struct proof *proof, const struct group *group,
			  const struct policy_options *options)
{
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct group_arch *calls = &group->arches[i];

		for (uint32_t j = 0; calls->arch == proof->arch && j < calls->n; j++) {
			const struct observation *seen = &calls->observations[j];
			const char *name = syscall_name(proof->names, proof->arch, seen->nr);
			struct seccomp_data data = { .nr = seen->nr, .arch = proof->arch->audit };
			int r;

			if (!name || !syscall_in_libseccomp(name) ||
			    (action_denies((enum action)seen->action) && !options->include_denied))
				continue;
			if (proof->report && (in_report(proof->report->still_denied, name) ||
					      in_report(proof->report->conditional, name)))
				continue;
			r = proof->report && in_report(proof->report->by_args, name)
				    ? check_recorded(proof, calls, seen->nr, options)
				    : check_allowed(proof, &data);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int take_skipped(struct name_set *skipped, char *const *names)
{
	for (; names && *names; names++)
		if (name_set_add(skipped, *names) < 0)
			return -ENOMEM;
	return 0;
}

static int prove_arch(struct proof *proof, const struct group *group,
		      const struct policy_options *options, struct name_set *skipped)
{
	int r = bpf_compile(proof->profile, proof->arch, &proof->bpf, proof->err);

	if (r == -EAFNOSUPPORT)
		return name_set_add(skipped, proof->arch->oci) < 0 ? error_memory(proof->err) : 0;
	if (r < 0)
		return r;
	r = verdicts_init(&proof->verdicts, proof->profile, proof->arch, proof->names);
	if (r < 0 || take_skipped(skipped, proof->bpf.skipped) < 0)
		r = error_memory(proof->err);
	if (r == 0)
		r = check_named(proof);
	if (r == 0)
		r = check_arguments(proof);
	if (r == 0)
		r = check_foreign(proof);
	if (r == 0 && group)
		r = check_observed(proof, group, options);
	verdicts_deinit(&proof->verdicts);
	bpf_deinit(&proof->bpf);
	return r;
}

/* A profile that names no architecture is for the native one, and for what was recorded. */
static bool is_covered(const struct profile *profile, const struct arch *arch)
{
	if (name_list_count(profile->architectures) == 0 && profile->n_arch_map == 0)
		return arch == arch_native();
	return profile_covers(profile, arch);
}

/* Of a base's many architectures, those that decide here: recorded ones, those asked for, and
 * their native ones. */
static bool is_concerned(const struct arch *arch, const struct group *group,
			 const struct policy_options *options)
{
	if (!group || group->n_arches == 0)
		return true;
	for (uint32_t i = 0; i < group->n_arches; i++) {
		const struct arch *seen = group->arches[i].arch;

		if (seen && (seen == arch || seen->native == arch->token))
			return true;
	}
	for (size_t i = 0; i < options->n_arches; i++)
		if (options->arches[i] == arch || options->arches[i]->native == arch->token)
			return true;
	return false;
}

int proof_check(const struct profile *profile, const struct recording *recording _unused_,
		const struct group *group, const struct policy_options *options,
		const struct policy_report *report, struct syscall_table *names,
		char ***ret_skipped, struct error *err)
{
	_cleanup_name_set_ struct name_set skipped = { 0 };
	struct proof proof = { .profile = profile, .report = report, .names = names, .err = err };
	int r = 0;

	if (group)
		r = proof_grounds(profile, group, options, names, err);
	for (size_t i = 0; r == 0 && i < arch_count(); i++) {
		proof.arch = arch_at(i);
		if (is_covered(profile, proof.arch) && is_concerned(proof.arch, group, options))
			r = prove_arch(&proof, group, options, &skipped);
	}
	if (r < 0 || !ret_skipped)
		return r;
	*ret_skipped = name_set_steal(&skipped);
	return *ret_skipped ? 0 : error_memory(err);
}

int proof_program(const struct profile *profile, const struct arch *arch, const struct bpf *bpf,
		  struct syscall_table *names, struct error *err)
{
	struct proof proof = {
		.profile = profile,
		.names = names,
		.err = err,
		.arch = arch,
		.bpf = *bpf,
	};
	int r = verdicts_init(&proof.verdicts, profile, arch, names) < 0 ? error_memory(err) : 0;

	if (r == 0)
		r = check_named(&proof);
	if (r == 0)
		r = check_arguments(&proof);
	verdicts_deinit(&proof.verdicts);
	return r;
}
