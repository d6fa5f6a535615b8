/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/emission.h"
#include "format/emitter.h"
#include <string.h>

static void losses_are_kept_in_order_and_once(void **state)
{
	struct emission emission = { 0 };

	(void)state;
	emission_lose(&emission, LOSS_WIDER, "%s is %d", "b", 2);
	emission_lose(&emission, LOSS_NOTE, "a");
	emission_lose(&emission, LOSS_WIDER, "b is 2");
	emission_lose(&emission, LOSS_NOTE, "b is 2");
	assert_int_equal(emission.n_losses, 3);
	assert_string_equal(emission.losses[0].text, "b is 2");
	assert_int_equal(emission.losses[0].kind, LOSS_WIDER);
	assert_string_equal(emission.losses[1].text, "a");
	assert_true(emission_lost(&emission, LOSS_NOTE));
	assert_false(emission_lost(&emission, LOSS_NARROWER));
	assert_int_equal(emission_check(&emission), 0);
	emission_deinit(&emission);
	assert_int_equal(emission.n_losses, 0);
}

static void names_stand_behind_the_sentence(void **state)
{
	char read[] = "read", odd[] = "wri\nte";
	char *names[] = { read, odd, NULL }, *none[] = { NULL };
	struct emission emission = { 0 };

	(void)state;
	emission_lose_names(&emission, LOSS_NARROWER, "left out", none);
	emission_lose_names(&emission, LOSS_NARROWER, "left out", NULL);
	assert_int_equal(emission.n_losses, 0);
	emission_lose_names(&emission, LOSS_NARROWER, "left out", names);
	assert_int_equal(emission.n_losses, 1);
	assert_string_equal(emission.losses[0].text, "left out: read wri\\x0ate");
	emission_deinit(&emission);
}

static void lists_have_an_end(void **state)
{
	struct emission emission = { 0 };
	static char *names[EMISSION_NAMES_MAX + 3];
	const char *text;

	(void)state;
	for (size_t i = 0; i < EMISSION_NAMES_MAX + 2; i++)
		names[i] = (char *)"read";
	emission_lose_names(&emission, LOSS_NOTE, "x", names);
	text = emission.losses[0].text;
	assert_int_equal(strlen(text), strlen("x:") + EMISSION_NAMES_MAX * 5 + strlen(" and more"));
	assert_string_equal(text + strlen(text) - strlen(" read and more"), " read and more");
	emission_deinit(&emission);
}

static void taking_over_stops_at_the_limit(void **state)
{
	struct emission from = { 0 }, to = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		emission_lose(&from, LOSS_NOTE, "loss \\ %d", i);
	emission_lose(&to, LOSS_NOTE, "loss \\ %d", 1);
	assert_int_equal(emission_take_losses(&to, &from, 3), 2);
	assert_int_equal(to.n_losses, 3);
	assert_string_equal(to.losses[0].text, from.losses[1].text);
	assert_string_equal(to.losses[1].text, from.losses[0].text);
	assert_int_equal(emission_take_losses(&to, &from, 100), 0);
	assert_int_equal(to.n_losses, 5);
	emission_deinit(&from);
	emission_deinit(&to);
}

/* Where there is no room, it is the mild ones that go. */
static void what_is_wider_is_kept(void **state)
{
	struct emission from = { 0 }, to = { 0 };

	(void)state;
	emission_lose(&to, LOSS_WIDER, "first");
	emission_lose(&to, LOSS_NOTE, "second");
	emission_lose(&to, LOSS_NARROWER, "third");
	emission_lose(&to, LOSS_NOTE, "fourth");
	emission_lose(&from, LOSS_WIDER, "fifth");
	emission_lose(&from, LOSS_NARROWER, "sixth");
	emission_lose(&from, LOSS_NOTE, "seventh");
	assert_int_equal(emission_take_losses(&to, &from, 4), 3);
	assert_int_equal(to.n_losses, 4);
	assert_string_equal(to.losses[0].text, "first");
	assert_string_equal(to.losses[1].text, "third");
	assert_string_equal(to.losses[2].text, "fifth");
	assert_string_equal(to.losses[3].text, "sixth");
	emission_lose(&from, LOSS_WIDER, "eighth");
	assert_int_equal(emission_take_losses(&to, &from, 4), 2);
	assert_string_equal(to.losses[3].text, "eighth");
	assert_int_equal(to.losses[2].kind, LOSS_WIDER);
	emission_deinit(&from);
	emission_deinit(&to);
}

/* A title from a log must not end the comment that it stands in. */
static void comments_stay_comments(void **state)
{
	struct emission emission = { 0 };
	struct strbuf text = { 0 };

	(void)state;
	emission_lose(&emission, LOSS_WIDER, "clone is allowed\nwhatever its flags");
	emitter_put_comments(&text, "# ", "redis\nallow: *", &emission);
	assert_string_equal(
		strbuf_text(&text),
		"# seccomp profile of redis\\x0aallow: *, written by audit-seccomp-gen.\n"
		"# WIDER: clone is allowed\\x0awhatever its flags.\n");
	strbuf_clear(&text);
	emitter_put_comments(&text, "// ", NULL, &(struct emission){ 0 });
	assert_string_equal(strbuf_text(&text),
			    "// seccomp profile, written by audit-seccomp-gen.\n");
	strbuf_deinit(&text);
	emission_deinit(&emission);
}

static void failure_is_remembered(void **state)
{
	struct emission emission = { .failed = true };

	(void)state;
	assert_int_not_equal(emission_check(&emission), 0);
	emission.failed = false;
	emission.body.failed = true;
	assert_int_not_equal(emission_check(&emission), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_kept_in_order_and_once),
		cmocka_unit_test(names_stand_behind_the_sentence),
		cmocka_unit_test(lists_have_an_end),
		cmocka_unit_test(taking_over_stops_at_the_limit),
		cmocka_unit_test(what_is_wider_is_kept),
		cmocka_unit_test(comments_stay_comments),
		cmocka_unit_test(failure_is_remembered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emission", tests, NULL, NULL);
}
