/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/slice.h"
#include "format/systemd_groups.h"
#include "format/text_lines.h"
#include <string.h>

static void test_sorted(void **state _unused_)
{
	assert_int_equal(systemd_group_count(), 29);
	for (size_t i = 0; i < systemd_group_count(); i++) {
		const struct systemd_group *group = systemd_group_at(i);

		assert_int_equal(group->name[0], '@');
		assert_ptr_equal(systemd_group_by_name(group->name), group);
		if (i > 0)
			assert_true(strcmp(systemd_group_at(i - 1)->name, group->name) < 0);
	}
	assert_null(systemd_group_by_name("@nonsense"));
	assert_null(systemd_group_by_name("aio"));
}

/* A word that is neither a call nor a group would end up as a call of that name. */
static void test_members(void **state _unused_)
{
	for (size_t i = 0; i < systemd_group_count(); i++) {
		struct slice rest = slice_from(systemd_group_at(i)->members), word;

		while ((word = slice_word(&rest)).len > 0) {
			_cleanup_free_ char *name = slice_copy(word);

			assert_non_null(name);
			assert_true(name[0] == '@' ? systemd_group_by_name(name) != NULL
						   : text_is_name(word));
			assert_string_not_equal(name, systemd_group_at(i)->name);
		}
	}
}

static void test_expands(void **state _unused_)
{
	_cleanup_name_set_ struct name_set set = { 0 }, known = { 0 };

	assert_int_equal(systemd_group_expand(systemd_group_by_name("@system-service"), &set), 0);
	assert_int_equal(systemd_group_expand(systemd_group_by_name("@known"), &known), 0);
	assert_true(name_set_has(&set, "io_submit")); /* of @aio */
	assert_true(name_set_has(&set, "vmsplice"));
	assert_false(name_set_has(&set, "mount"));
	assert_false(name_set_has(&set, "@aio"));
	assert_true(known.n > 500);
	assert_true(set.n > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_expands),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("systemd_groups", tests, NULL, NULL);
}
