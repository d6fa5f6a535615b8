/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge PROFILE PID: what the filters that a process is under answer, held against an OCI profile,
 * for every call of every architecture that this kernel runs, with the arguments that its rules
 * look at. The kernel gives the filters (PTRACE_SECCOMP_GET_FILTER, ptrace(2)), so it does not
 * matter who loaded them. One line for each call that is otherwise than the profile says:
 *
 *	wider x86_64 clone (0x10000000,0,0,0,0,0)	allowed, and denied by the profile
 *	narrower x86_64 mkdir (0,0,0,0,0,0)		denied, and allowed by the profile
 *	answer x86_64 openat2 ...   denied by both, in different ways
 *
 * Exit status 0 when that could be found out, 2 otherwise.
 */
#include "arch/simulate.h"
#include "command/input.h"
#include "format/bpf.h"
#include "format/verdict.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define FILTERS_MAX 16

struct judge {
	struct profile *profile;
	struct syscall_table names;
	struct {
		struct sock_filter program[BPF_MAXINSNS];
		size_t n;
	} filters[FILTERS_MAX];
	size_t n_filters;

	const struct arch *arch;
	struct verdicts verdicts;
	bool covered;
};

/* What was found about one call, with any arguments. */
struct found {
	bool wider, narrower, answer;
	uint32_t expected, found;
	uint64_t args[6]; /* of the last one that is otherwise */
};

static int fail(const char *what)
{
	fprintf(stderr, "judge: %s: %s\n", what, strerror(errno));
	return 2;
}

/* The newest filter comes first. */
static int take_filters(struct judge *judge, pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0 ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0 || waitpid(pid, NULL, __WALL) < 0)
		return -errno;
	for (; judge->n_filters < FILTERS_MAX; judge->n_filters++) {
		long n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)judge->n_filters,
				judge->filters[judge->n_filters].program);

		if (n < 0)
			break;
		judge->filters[judge->n_filters].n = (size_t)n;
	}
	if (errno != ENOENT)
		return -errno;
	return ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0 ? -errno : 0;
}

/* Of all filters the answer that denies most counts (seccomp_run_filters, kernel/seccomp.c). */
static uint32_t ask(const struct judge *judge, int32_t nr, const uint64_t args[6])
{
	const struct seccomp_data data = bpf_call(judge->arch, nr, args);
	uint32_t answer = SECCOMP_RET_ALLOW;

	for (size_t i = 0; i < judge->n_filters; i++) {
		uint32_t found;

		if (simulate(judge->filters[i].program, judge->filters[i].n, &data, &found) < 0) {
			errno = EPROTO;
			exit(fail("a filter is not valid"));
		}
		if (action_from_code(found) < action_from_code(answer))
			answer = found;
	}
	return answer;
}

static bool allows(uint32_t code)
{
	return !action_denies(action_from_code(code));
}

static void compare(const struct judge *judge, int32_t nr, const uint64_t args[6],
		    struct found *finding)
{
	uint32_t found = ask(judge, nr, args);
	struct verdict expected = { { SECCOMP_RET_KILL_THREAD }, 1 };

	if (judge->covered)
		verdicts_find(&judge->verdicts, nr, args, &expected);
	for (size_t i = 0; i < expected.n; i++)
		if (expected.codes[i] == found)
			return;
	finding->expected = expected.codes[0];
	finding->found = found;
	memcpy(finding->args, args, sizeof(finding->args));
	if (allows(found) && !allows(expected.codes[0]))
		finding->wider = true;
	else if (!allows(found) && allows(expected.codes[0]))
		finding->narrower = true;
	else if (!allows(found) && judge->covered)
		finding->answer = true;
}

static void compare_call(const struct judge *judge, int32_t nr, struct found *finding)
{
	static const uint64_t none[6] = { 0 };
	uint64_t vectors[VERDICT_VECTORS_MAX][6];

	compare(judge, nr, none, finding);
	for (size_t i = 0; i < judge->verdicts.n; i++) {
		const struct verdict_entry *entry = &judge->verdicts.entries[i];
		size_t n;

		if (entry->nr != nr || (entry->rule->n_args == 0 && !entry->form))
			continue;
		n = verdict_vectors(entry, judge->verdicts.narrow, vectors);
		for (size_t j = 0; j < n; j++)
			compare(judge, nr, vectors[j], finding);
	}
}

static void put_args(const struct found *finding)
{
	for (size_t i = 0; i < 6; i++)
		printf("%s%#" PRIx64, i ? "," : " (", finding->args[i]);
	puts(")");
}

static void tell(struct judge *judge, int32_t nr, const struct found *finding)
{
	const char *arch = judge->arch->name, *name = syscall_name(&judge->names, judge->arch, nr);

	if (finding->wider || finding->narrower) {
		printf("%s %s %s", finding->wider ? "wider" : "narrower", arch, name);
		put_args(finding);
	}
	if (finding->answer)
		printf("answer %s %s %#" PRIx32 " instead of %#" PRIx32 "\n", arch, name,
		       finding->found, finding->expected);
}

static int judge_arch(struct judge *judge)
{
	const int32_t *numbers;
	size_t n;

	judge->covered = name_list_count(judge->profile->architectures) == 0
				 ? judge->arch == arch_native()
				 : profile_covers(judge->profile, judge->arch);
	if (verdicts_init(&judge->verdicts, judge->profile, judge->arch, &judge->names) < 0 ||
	    syscall_numbers(&judge->names, judge->arch, &numbers, &n) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct found finding = { 0 };

		compare_call(judge, numbers[i], &finding);
		tell(judge, numbers[i], &finding);
	}
	verdicts_deinit(&judge->verdicts);
	return 0;
}

int main(int argc, char **argv)
{
	static struct judge judge;
	struct error err = { 0 };
	struct input input;

	if (argc != 3) {
		fprintf(stderr, "usage: judge PROFILE PID\n");
		return 2;
	}
	if (input_read(&input, argv[1], &err) < 0) {
		fprintf(stderr, "judge: %s\n", err.message);
		return 2;
	}
	judge.profile = input.profile;
	if (!judge.profile)
		return fail("a recording, not a profile");
	if (take_filters(&judge, (pid_t)strtol(argv[2], NULL, 10)) < 0)
		return fail("no filters");
	for (size_t i = 0; i < arch_count(); i++) {
		judge.arch = arch_at(i);
		if (judge.arch->native == arch_native()->native && judge_arch(&judge) < 0)
			return fail("no verdicts");
	}
	fprintf(stderr, "judge: %zu filters\n", judge.n_filters);
	profile_free(judge.profile);
	syscall_table_deinit(&judge.names);
	return 0;
}
