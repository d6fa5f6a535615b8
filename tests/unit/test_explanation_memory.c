/* SPDX-License-Identifier: Apache-2.0 */
/* Explaining, the report and a proposal with the n-th allocation failing: -ENOMEM, nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "format/html_report.h"
#include "model/explanation.h"
#include "model/profile_json.h"
#include "model/proposal.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char profile_text[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
	"{\"names\": [\"read\", \"bpf\"], \"action\": \"SCMP_ACT_ALLOW\", \"comment\": \"why\"},"
	"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}},"
	"{\"names\": [\"exit\"], \"action\": \"SCMP_ACT_ALLOW\","
	" \"comment\": \"inferred, survival: x\"}]}";

struct given {
	struct recording recording;
	struct profile *profile;
	char *expected; /* the page that comes out when nothing fails */
};

static void fill(struct recording *recording)
{
	for (uint32_t i = 0; i < 30; i++) {
		struct actor actor = { .subject = SLICE(""), .comm = SLICE("c") };
		uint32_t group, number;
		char name[16];

		snprintf(name, sizeof(name), "<%u>", i);
		actor.exe = slice_from(name);
		assert_int_equal(
			recording_group(recording, slice_from(name), SLICE(""), i, 1, &group), 0);
		assert_int_equal(recording_actor_add(recording, &actor, &number), 0);
		assert_int_equal(recording_add(recording, group,
					       i % 3 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_I386,
					       (int32_t)i * 20, i % 4 ? 0x7ffc0000 : 0x50000,
					       number, i, i, 1, NULL),
				 0);
	}
	evidence_add(&recording->evidence, FINDING_DROPPED, 2, "here");
	evidence_add(&recording->evidence, FINDING_ODD_LINES, 2, NULL);
}

static int make_page(const struct given *given, char **ret)
{
	char source[] = "source", *sources[] = { source, NULL };
	struct explanation explanation = { 0 };
	struct syscall_table names = { 0 };
	const struct html_report report = {
		.title = "title",
		.sources = sources,
		.explanation = &explanation,
		.names = &names,
	};
	struct strbuf page = { 0 };
	struct error err = { 0 };
	int r = explanation_make(&explanation, &given->recording, given->profile, &names, &err);

	if (r == 0)
		r = html_report(&report, &page, &err);
	if (r < 0 && !strstr(err.message, "memory"))
		fail_msg("%d: %s", r, err.message);
	if (r == 0)
		*ret = strbuf_steal(&page);
	strbuf_deinit(&page);
	explanation_deinit(&explanation);
	syscall_table_deinit(&names);
	return r;
}

/* A page that is made is whole. */
static int work_report(const void *data)
{
	const struct given *given = data;
	char *page = NULL;
	int r = make_page(given, &page);

	if (r == 0)
		assert_string_equal(page, given->expected);
	free(page);
	return r;
}

static int work_deriving(const void *data)
{
	const struct given *given = data;
	struct syscall_table names = { 0 };
	struct profile *profile = NULL;
	int r = explanation_profile(&given->recording, &names, &profile, NULL);

	profile_free(profile);
	syscall_table_deinit(&names);
	return r;
}

static int work_proposing(const void *data)
{
	const struct given *given = data;
	struct syscall_table names = { 0 };
	struct proposal proposal = { 0 };
	struct error err = { 0 };
	int r = proposal_make(&proposal, &given->recording, &names, &err);

	if (r == 0) {
		assert_int_equal(proposal.n_calls, 8);
		assert_int_equal(proposal.profile->n_rules, name_list_count(proposal.names));
	}
	proposal_deinit(&proposal);
	syscall_table_deinit(&names);
	return r;
}

static int setup(void **state)
{
	static struct given given;

	fill(&given.recording);
	assert_int_equal(profile_read_json(&given.profile, profile_text, strlen(profile_text), "p",
					   NULL),
			 0);
	assert_int_equal(make_page(&given, &given.expected), 0);
	*state = &given;
	return 0;
}

static int teardown(void **state)
{
	struct given *given = *state;

	recording_deinit(&given->recording);
	profile_free(given->profile);
	free(given->expected);
	return 0;
}

static void report(void **state)
{
	until_nothing_fails(work_report, *state);
}

static void deriving(void **state)
{
	until_nothing_fails(work_deriving, *state);
}

static void proposing(void **state)
{
	until_nothing_fails(work_proposing, *state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report),
		cmocka_unit_test(deriving),
		cmocka_unit_test(proposing),
	};

	if (!alloc_can_fail()) {
		puts("1..0 # SKIP the linker did not wrap the allocation functions");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("explanation_memory", tests, setup, teardown);
}
