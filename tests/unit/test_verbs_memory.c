/* SPDX-License-Identifier: Apache-2.0 */
/* What merge, diff and check are made of, when the n-th allocation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "format/within.h"
#include "model/completeness.h"
#include "model/meaning.h"
#include "model/profile_host.h"
#include "model/profile_json.h"
#include "model/profile_merge.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define LOG 0x7ffc0000

static const char text_a[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"], "
	"\"flags\": [\"F\"], \"syscalls\": ["
	"{\"names\": [\"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\", \"comment\": "
	"\"INCOMPLETE: torn\"},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},"
	"{\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, "
	"\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}, {\"index\": 0, \"value\": 2, \"op\": "
	"\"SCMP_CMP_EQ\"}]}]}";
static const char text_b[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"archMap\": [{\"architecture\": "
	"\"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X86\"]}], \"syscalls\": ["
	"{\"names\": [\"read\", \"mount\", \"close\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
	"[\"CAP_SYS_PTRACE\"]}, \"comment\": \"x\"}], \"more\": 1}";

static struct profile *a, *b;
static struct recording run, other_run;
static struct syscall_table names;

static int work_merging(const void *intersect)
{
	struct merge_report report = { 0 };
	struct profile *whole = NULL;
	int r = profile_merge(a, b, intersect != NULL, &whole, &report, NULL);

	profile_free(whole);
	merge_report_deinit(&report);
	return r;
}

static int work_comparing(const void *data _unused_)
{
	struct meaning left = { 0 }, right = { 0 };
	struct meaning_diff diff = { 0 };
	int r = meaning_of_profile(&left, a, &names);

	if (r == 0)
		r = meaning_of_profile(&right, b, &names);
	if (r == 0)
		r = meaning_compare(&diff, &left, &right);
	meaning_diff_deinit(&diff);
	meaning_deinit(&left);
	meaning_deinit(&right);
	return r;
}

static int work_checking(const void *data _unused_)
{
	const struct within_options options = { .unused = true };
	char *caps[] = { (char *)"CAP_SYS_PTRACE", NULL };
	const struct host_facts facts = { .caps = caps };
	struct within within = { 0 };
	struct profile *resolved = profile_on_host(b, &facts);
	int r = resolved ? within_check(resolved, &run.groups[0], &options, &names, &within, NULL)
			 : -ENOMEM;

	within_deinit(&within);
	profile_free(resolved);
	return r;
}

static int work_counting_runs(const void *data _unused_)
{
	struct recording sum = { 0 }, twice = { 0 };
	struct completeness runs, processes;
	int r = recording_merge(&sum, &run);

	if (r == 0)
		r = recording_merge(&sum, &other_run);
	if (r == 0)
		r = recording_merge_as(&twice, &sum, "all");
	if (r == 0)
		r = recording_merge_as(&twice, &run, "all");
	if (r == 0)
		r = completeness_of_runs(&twice, 0, &runs);
	if (r == 0)
		r = completeness_of_processes(&sum, &processes);
	if (r == 0)
		assert_int_equal(runs.n, 2);
	recording_deinit(&sum);
	recording_deinit(&twice);
	return r;
}

static int work_intersecting(const void *data _unused_)
{
	struct recording common = { 0 };
	int r = recording_intersect(&run, &other_run, &common);

	recording_deinit(&common);
	return r;
}

static void run_case(void **state)
{
	static const struct {
		int (*work)(const void *data);
		const void *data;
	} cases[] = {
		{ work_merging, NULL },	 { work_merging, "intersect" }, { work_comparing, NULL },
		{ work_checking, NULL }, { work_counting_runs, NULL },	{ work_intersecting, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		until_nothing_fails(cases[i].work, cases[i].data);
}

static void add(struct recording *recording, const char *name, uint32_t audit, int32_t nr)
{
	uint32_t group;

	assert_int_equal(recording_group(recording, slice_from(name), SLICE(""), 7, 8, &group), 0);
	assert_int_equal(recording_add(recording, group, audit, nr, LOG, RECORDING_ACTOR_OMITTED,
				       nr, nr, 1, NULL),
			 0);
}

static int setup(void **state)
{
	(void)state;
	for (int32_t nr = 0; nr < 60; nr++) {
		add(&run, "g", AUDIT_ARCH_X86_64, nr);
		add(&other_run, nr % 3 ? "g" : "h", AUDIT_ARCH_X86_64, 2 * nr);
	}
	add(&run, "g", AUDIT_ARCH_I386, 3);
	add(&run, "g", AUDIT_ARCH_AARCH64, 3);
	add(&run, "g", 0x12345678, 3);
	if (profile_read_json(&a, text_a, strlen(text_a), "a", NULL) < 0 ||
	    profile_read_json(&b, text_b, strlen(text_b), "b", NULL) < 0)
		return -1;
	/* names that were looked up once are there */
	return work_comparing(NULL) < 0 || work_checking(NULL) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	profile_free(a);
	profile_free(b);
	recording_deinit(&run);
	recording_deinit(&other_run);
	syscall_table_deinit(&names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_case),
	};

	if (!alloc_can_fail()) {
		puts("1..0 # SKIP the allocator is not the wrapped one here");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("verbs_memory", tests, setup, teardown);
}
