/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings when the n-th allocation fails: it is reported, and leaves what can be used and
 * released. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "model/recording_arguments.h"
#include "model/recording_json.h"
#include <errno.h>
#include <jansson.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size) __attribute__((weak));
void *__wrap_malloc(size_t size);

static void *malloc_unhindered(size_t size)
{
	return __real_malloc(size);
}

/* mmap has two combinations here, ioctl one for each record. */
static int fill_arguments(struct recording *recording, uint32_t group, uint32_t i)
{
	const char *name = i % 20 == 9 ? "mmap" : "ioctl";
	const struct argument_call *call = argument_call_by_name(name);
	const struct argument_values values = { { i & call->fields[0].mask } };

	if (i % 20 != 9 && i % 20 != 16)
		return 0;
	return recording_add_arguments(recording, group, AUDIT_ARCH_X86_64, (int32_t)(i % 20), call,
				       &values, 1);
}

/* Groups, architectures, answers, arguments, and as many actors as make sets overflow. */
static int fill(struct recording *recording)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < 150; i++) {
		char name[16], exe[16];
		struct actor actor = { .subject = SLICE(""), .comm = SLICE("c") };
		uint32_t group, number;

		snprintf(name, sizeof(name), "pid-%u", i % 5);
		snprintf(exe, sizeof(exe), "/%u", i);
		actor.exe = slice_from(exe);
		r = recording_group(recording, slice_from(name), SLICE("n"), i % 5, 1, &group);
		if (r == 0)
			r = recording_actor_add(recording, &actor, &number);
		if (r == 0)
			r = recording_add(recording, group, AUDIT_ARCH_X86_64, (int32_t)(i % 20),
					  0x7ffc0000, number, i, i, 1, NULL);
		if (r == 0)
			r = fill_arguments(recording, group, i);
		if (r == 0)
			r = recording_add(recording, 0, AUDIT_ARCH_I386, 1, 0, number, i, i, 1,
					  NULL);
	}
	return r;
}

static char *text;

static int make_text(void)
{
	struct syscall_table names = { 0 };
	struct recording recording = { 0 };
	size_t len;
	FILE *stream;

	assert_int_equal(fill(&recording), 0);
	free(text);
	text = NULL;
	stream = open_memstream(&text, &len);
	assert_non_null(stream);
	assert_int_equal(recording_write_json(&recording, &names, stream, NULL), 0);
	assert_int_equal(fclose(stream), 0);
	syscall_table_deinit(&names);
	recording_deinit(&recording);
	return 0;
}

static int work_filling(const void *data _unused_)
{
	struct recording recording = { 0 };
	int r = fill(&recording);

	recording_deinit(&recording);
	return r;
}

static int work_merging(const void *data _unused_)
{
	struct recording a = { 0 }, b = { 0 };
	long saved = alloc_countdown;
	int r;

	alloc_countdown = -1;
	assert_int_equal(fill(&b), 0);
	alloc_countdown = saved;
	r = recording_merge(&a, &b);
	if (r == 0)
		r = recording_merge(&a, &b);
	recording_deinit(&a);
	recording_deinit(&b);
	return r;
}

static int work_reading(const void *data _unused_)
{
	struct recording recording = { 0 };
	struct error err = { 0 };
	int r = recording_read_json(&recording, text, strlen(text), "test", &err);

	if (r < 0 && !strstr(err.message, "memory"))
		fail_msg("%d: %s", r, err.message);
	recording_deinit(&recording);
	return r;
}

/* jansson takes a string that it has no memory for to be an invalid token: it fails, but calls it
 * the text's fault. */
static int work_parsing(const void *data _unused_)
{
	struct recording recording = { 0 };
	struct error err = { 0 };
	int r;

	json_set_alloc_funcs(__wrap_malloc, free);
	r = recording_read_json(&recording, text, strlen(text), "test", &err);
	json_set_alloc_funcs(malloc_unhindered, free);
	assert_true(r == 0 || err.message[0] != '\0');
	recording_deinit(&recording);
	return r == -EBADMSG ? -ENOMEM : r;
}

static int work_writing(const void *data _unused_)
{
	struct syscall_table names = { 0 };
	struct recording recording = { 0 };
	char *written = NULL;
	long saved = alloc_countdown;
	size_t len;
	FILE *stream = open_memstream(&written, &len);
	int r;

	alloc_countdown = -1;
	assert_int_equal(fill(&recording), 0);
	alloc_countdown = saved;
	r = recording_write_json(&recording, &names, stream, NULL);
	fclose(stream);
	free(written);
	syscall_table_deinit(&names);
	recording_deinit(&recording);
	return r;
}

static void filling(void **state)
{
	(void)state;
	until_nothing_fails(work_filling, NULL);
}

static void merging(void **state)
{
	(void)state;
	until_nothing_fails(work_merging, NULL);
}

static void reading(void **state)
{
	(void)state;
	until_nothing_fails(work_reading, NULL);
}

static void parsing(void **state)
{
	(void)state;
	until_nothing_fails(work_parsing, NULL);
}

static void writing(void **state)
{
	(void)state;
	until_nothing_fails(work_writing, NULL);
}

static int setup(void **state)
{
	(void)state;
	return make_text();
}

static int teardown(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filling), cmocka_unit_test(merging), cmocka_unit_test(reading),
		cmocka_unit_test(parsing), cmocka_unit_test(writing),
	};

	if (!alloc_can_fail()) {
		puts("1..0 # SKIP the linker did not wrap the allocation functions");
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recording_memory", tests, setup, teardown);
}
