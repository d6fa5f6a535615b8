/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "format/emitter.h"
#include <ctype.h>
#include <string.h>

static void names_find_their_emitters(void **state)
{
	(void)state;
	assert_in_range(emitter_count(), 2, 100);
	for (size_t i = 0; i < emitter_count(); i++)
		assert_ptr_equal(emitter_by_name(emitter_at(i)->name), emitter_at(i));
	assert_null(emitter_by_name(""));
	assert_null(emitter_by_name("OCI"));
	assert_null(emitter_by_name("oci "));
}

/* --help shows one line each, --output-dir makes file names of it. */
static void facts_are_fit_to_show(void **state)
{
	(void)state;
	for (size_t i = 0; i < emitter_count(); i++) {
		const struct emitter *emitter = emitter_at(i);

		assert_in_range(strlen(emitter->name), 1, 10);
		for (const char *c = emitter->name; *c; c++)
			assert_true(islower((unsigned char)*c) || *c == '-');
		assert_in_range(strlen(emitter->summary), 10, 66);
		assert_null(strchr(emitter->summary, '\n'));
		assert_int_equal(emitter->extension[0], '.');
		assert_null(strchr(emitter->extension, '/'));
		assert_in_range(strlen(emitter->extension), 2, 16);
	}
}

static void profiles_end_in_a_newline(void **state)
{
	static const char *const names[] = { "write", "read" };
	struct syscall_table table = { 0 };
	const struct emit_request request = { .title = "an \x1b[1m odd */ \n title",
					      .names = &table };
	_cleanup_profile_ struct profile *profile = profile_new();

	(void)state;
	assert_non_null(profile);
	profile->default_action = ACTION_ERRNO;
	assert_int_equal(profile_add_rule(profile, ORIGIN_SEEN, ACTION_ALLOW, names, 2, NULL, NULL),
			 0);
	for (size_t i = 0; i < emitter_count(); i++) {
		const struct emitter *emitter = emitter_at(i);
		_cleanup_emission_ struct emission emission = { 0 };
		struct error err = { 0 };
		const char *text;

		if (!emitter->emit || emitter->shape == PRODUCT_BINARY)
			continue;
		if (emitter_run(emitter, profile, &request, &emission, &err) < 0)
			fail_msg("%s: %s", emitter->name, err.message);
		text = strbuf_text(&emission.body);
		assert_int_equal(strlen(text), emission.body.len);
		assert_int_equal(text[emission.body.len - 1], '\n');
		assert_non_null(strstr(text, "read"));
		assert_non_null(strstr(text, "write"));
		assert_null(strchr(text, '\x1b'));
	}
	syscall_table_deinit(&table);
}

/* A hook replaces what it has written before, and nothing else. */
static void products_are_known_again(void **state)
{
	static const char *const others[] = { "", "root:x:0:0:", "written by hand.\n", "12345678" };
	struct syscall_table table = { 0 };
	const struct emit_request request = { .title = "title", .names = &table };
	static const char *const names[] = { "write", "read" };
	_cleanup_profile_ struct profile *profile = profile_new();

	(void)state;
	assert_non_null(profile);
	assert_int_equal(profile_add_rule(profile, ORIGIN_SEEN, ACTION_ALLOW, names, 2, NULL, NULL),
			 0);
	for (size_t i = 0; i < emitter_count(); i++) {
		_cleanup_emission_ struct emission emission = { 0 };

		/* A table is for people, and says nothing of where it comes from. */
		if (!emitter_at(i)->emit || emitter_at(i)->shape == PRODUCT_JSON ||
		    strcmp(emitter_at(i)->name, "table") == 0)
			continue;
		assert_int_equal(emitter_run(emitter_at(i), profile, &request, &emission, NULL), 0);
		if (!emitter_made(emission.body.data, emission.body.len))
			fail_msg("%s is not known again", emitter_at(i)->name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(emitter_made(others[i], strlen(others[i])));
	syscall_table_deinit(&table);
}

static void the_recording_is_no_profile(void **state)
{
	(void)state;
	assert_null(emitter_by_name("recording")->emit);
	assert_non_null(emitter_by_name("oci")->emit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_find_their_emitters),
		cmocka_unit_test(facts_are_fit_to_show),
		cmocka_unit_test(profiles_end_in_a_newline),
		cmocka_unit_test(products_are_known_again),
		cmocka_unit_test(the_recording_is_no_profile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emitter", tests, NULL, NULL);
}
