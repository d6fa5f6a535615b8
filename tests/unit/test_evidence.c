/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/evidence.h"
#include <stdlib.h>

static void every_finding_is_told_in_full(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FINDING_COUNT; i++) {
		const struct finding_fact *fact = finding_fact(i);
		const char *place;

		assert_non_null(fact->name);
		assert_non_null(fact->one);
		assert_non_null(fact->sentence);
		assert_null(strchr(fact->one, '%'));
		place = strchr(fact->sentence, '%');
		if (place) {
			assert_int_equal(place[1], 's');
			assert_null(strchr(place + 1, '%'));
		}
		assert_true(!fact->breaks || fact->remedy);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(fact->name, finding_fact(j)->name);
	}
}

static void nothing_found_is_complete(void **state)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct evidence evidence = { 0 };

	(void)state;
	assert_true(evidence_complete(&evidence));
	evidence_reasons(&evidence, &text);
	evidence_remarks(&evidence, &text);
	assert_string_equal(strbuf_text(&text), "");
	assert_null(evidence_remedy(&evidence));
}

static void reasons_count_and_name_the_place(void **state)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct evidence evidence = { 0 };

	(void)state;
	evidence_add(&evidence, FINDING_DROPPED, 12, NULL);
	evidence_add(&evidence, FINDING_MISSING_SERIALS, 1, NULL);
	evidence_add(&evidence, FINDING_UNPARSABLE, 1, "a%sb\x1b:17");
	evidence_add(&evidence, FINDING_UNPARSABLE, 1, "later:18");
	evidence_add(&evidence, FINDING_ODD_LINES, 3, NULL);
	assert_false(evidence_complete(&evidence));
	evidence_reasons(&evidence, &text);
	assert_string_equal(strbuf_text(&text),
			    "12 records lost (socket overflow), 1 serial number missing, "
			    "2 torn or odd records (first at a%sb\\x1b:17)");
	strbuf_clear(&text);
	evidence_remarks(&evidence, &text);
	assert_string_equal(strbuf_text(&text), "3 odd lines without a SECCOMP record");
	assert_ptr_equal(evidence_remedy(&evidence), finding_fact(FINDING_DROPPED)->remedy);
	evidence_deinit(&evidence);
}

static void remarks_do_not_break(void **state)
{
	struct evidence evidence = { 0 };

	(void)state;
	evidence_add(&evidence, FINDING_FILTERED_GAPS, 5, NULL);
	evidence_add(&evidence, FINDING_TIME_GAP, 5, NULL);
	evidence_add(&evidence, FINDING_ODD_LINES, 5, NULL);
	assert_true(evidence_complete(&evidence));
}

static void counts_stay_at_their_limit(void **state)
{
	struct evidence a = { .records = EVIDENCE_COUNT_MAX }, b = { .records = 7 };

	(void)state;
	evidence_add(&a, FINDING_DROPPED, UINT64_MAX, NULL);
	assert_true(a.count[FINDING_DROPPED] == EVIDENCE_COUNT_MAX);
	evidence_add(&a, FINDING_DROPPED, 1, NULL);
	evidence_merge(&a, &b);
	assert_true(a.count[FINDING_DROPPED] == EVIDENCE_COUNT_MAX);
	assert_true(a.records == EVIDENCE_COUNT_MAX);
}

static void merging_has_no_order(void **state)
{
	struct evidence ab = { 0 }, ba = { 0 };
	struct evidence a = { .records = 3, .live = true }, b = { .records = 4 };

	(void)state;
	evidence_add(&a, FINDING_UNPARSABLE, 2, "b.log:1");
	evidence_add(&b, FINDING_UNPARSABLE, 3, "a.log:9");
	evidence_merge(&ab, &a);
	assert_true(ab.live);
	evidence_merge(&ab, &b);
	evidence_merge(&ba, &b);
	evidence_merge(&ba, &a);
	assert_int_equal(ab.count[FINDING_UNPARSABLE], 5);
	assert_int_equal(ba.count[FINDING_UNPARSABLE], 5);
	assert_int_equal(ab.records, 7);
	assert_string_equal(ab.where[FINDING_UNPARSABLE], "a.log:9");
	assert_string_equal(ba.where[FINDING_UNPARSABLE], "a.log:9");
	assert_false(ab.live);
	assert_false(ba.live);
	evidence_deinit(&a);
	evidence_deinit(&b);
	evidence_deinit(&ab);
	evidence_deinit(&ba);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_is_told_in_full),
		cmocka_unit_test(nothing_found_is_complete),
		cmocka_unit_test(reasons_count_and_name_the_place),
		cmocka_unit_test(remarks_do_not_break),
		cmocka_unit_test(counts_stay_at_their_limit),
		cmocka_unit_test(merging_has_no_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
