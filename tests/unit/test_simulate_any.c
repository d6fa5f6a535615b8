/* SPDX-License-Identifier: Apache-2.0 */
/* Every answer that a filter has for some arguments is among those that it may have for any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/simulate.h"
#include "format/bpf.h"
#include "model/profile_json.h"
#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#define ALLOW_IF(name, args)                                                                       \
	"{\"names\": [" name "], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [" args "]}"
#define ARG(index, value, op)                                                                      \
	"{\"index\": " #index ", \"value\": " #value ", \"valueTwo\": 0, \"op\": \"SCMP_CMP_" op   \
	"\"}"

static const char text[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
	"{\"names\": [\"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\"},"
	"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}," ALLOW_IF("\"clone\"", ARG(0, 2114060288, "MASKED_EQ")) "," ALLOW_IF(
		"\"socket\"",
		ARG(0, 1,
		    "EQ")) "," ALLOW_IF("\"socket\"",
					ARG(0, 2, "EQ") "," ARG(
						1, 5,
						"GT")) "," ALLOW_IF("\"ioctl\"",
								    ARG(1, 21505,
									"NE")) "," ALLOW_IF("\"lsee"
											    "k\"",
											    ARG(1,
												8589934592,
												"L"
												"E")) "]}";

struct fixture {
	struct bpf bpf;
	const struct arch *arch;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct profile *profile = NULL;
	int r;

	fixture->arch = arch_by_name(SLICE("x86_64"));
	r = profile_read_json(&profile, text, strlen(text), "text", NULL);
	if (r == 0)
		r = bpf_compile(profile, fixture->arch, &fixture->bpf, NULL);
	profile_free(profile);
	*state = fixture;
	return r;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	bpf_deinit(&fixture->bpf);
	free(fixture);
	return 0;
}

static bool has(const struct outcomes *outcomes, uint32_t code)
{
	for (size_t i = 0; i < outcomes->n; i++)
		if (outcomes->codes[i] == code)
			return true;
	return outcomes->more;
}

static uint64_t draw(uint64_t *seed)
{
	static const uint64_t values[] = { 0,	    1,		2,	    3,
					   5,	    6,		21505,	    0x7e020000,
					   0x10000, UINT64_MAX, 8589934592, 8589934593 };

	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 40) % 4 ? values[(*seed >> 33) % ARRAY_SIZE(values)] : *seed;
}

static void no_answer_is_left_out(void **state)
{
	const struct fixture *fixture = *state;
	uint64_t seed = 1;

	for (int32_t nr = -1; nr < 400; nr++)
		for (unsigned int i = 0; i < 60; i++) {
			uint64_t args[6];
			unsigned int known = (unsigned int)(draw(&seed) % 64);
			struct seccomp_data data;
			struct outcomes any, some;
			uint32_t code;

			for (size_t a = 0; a < 6; a++)
				args[a] = draw(&seed);
			data = bpf_call(fixture->arch, nr, args);
			assert_int_equal(
				simulate(fixture->bpf.program, fixture->bpf.n, &data, &code), 0);
			assert_int_equal(simulate_any(fixture->bpf.program, fixture->bpf.n, &data,
						      0, &any),
					 0);
			assert_int_equal(simulate_any(fixture->bpf.program, fixture->bpf.n, &data,
						      known, &some),
					 0);
			if (!has(&any, code) || !has(&some, code))
				fail_msg("call %d, known %#x: %#x is missing", nr, known, code);
			for (size_t o = 0; o < some.n; o++)
				assert_true(has(&any, some.codes[o]));
		}
}

static void what_is_said_is_exact(void **state)
{
	static const struct {
		int32_t nr;
		uint64_t arg;
		unsigned int known;
		size_t n;
	} cases[] = {
		{ 0, 0, 0, 1 },	     { 165, 0, 0, 1 },	{ 56, 0, 0, 2 }, { 56, 0, 1, 1 },
		{ 41, 1, 1, 1 },     { 41, 2, 1, 2 },	{ 41, 2, 0, 2 }, { 41, 3, 1, 1 },
		{ 16, 21505, 0, 2 }, { 9999, 0, 0, 1 },
	};
	const struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint64_t args[6] = { cases[i].arg };
		struct seccomp_data data = bpf_call(fixture->arch, cases[i].nr, args);
		struct outcomes outcomes;

		assert_int_equal(simulate_any(fixture->bpf.program, fixture->bpf.n, &data,
					      cases[i].known, &outcomes),
				 0);
		if (outcomes.n != cases[i].n || outcomes.more)
			fail_msg("case %zu: %zu answers", i, outcomes.n);
	}
}

/* Index register and memory are not followed: then every way counts. */
static void what_is_not_followed_stays_open(void **state)
{
	static const struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ST, 0),
		BPF_STMT(BPF_LD | BPF_MEM, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	static const struct sock_filter broken[] = { BPF_STMT(BPF_LD | BPF_IMM, 0) };
	static const struct sock_filter ret_a[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	const struct seccomp_data data = { .nr = 1, .arch = AUDIT_ARCH_X86_64 };
	struct outcomes outcomes;

	(void)state;
	assert_int_equal(simulate_any(program, ARRAY_SIZE(program), &data, 0, &outcomes), 0);
	assert_int_equal(outcomes.n, 2);
	assert_int_equal(simulate_any(ret_a, ARRAY_SIZE(ret_a), &data, 0, &outcomes), 0);
	assert_true(outcomes.more);
	assert_int_equal(simulate_any(broken, ARRAY_SIZE(broken), &data, 0, &outcomes), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_answer_is_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_said_is_exact, setup, teardown),
		cmocka_unit_test(what_is_not_followed_stays_open),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("simulate_any", tests, NULL, NULL);
}
