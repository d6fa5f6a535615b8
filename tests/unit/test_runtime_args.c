/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines that engines give to an OCI runtime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "command/runtime_args.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24

struct line {
	const char *text; /* words with one space between them */
	const char *command, *id, *bundle, *log;
	const char *replaced; /* with the bundle /new; NULL: it makes no container */
};

/* Splits in place. */
static int split(char *text, char **argv)
{
	int n = 0;

	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		assert_true(n < WORDS_MAX);
		argv[n++] = word;
	}
	argv[n] = NULL;
	return n;
}

static void assert_same(const char *line, const char *expected, const char *found)
{
	if ((expected == NULL) != (found == NULL) || (expected && strcmp(expected, found) != 0))
		fail_msg("'%s': expected %s, found %s", line, expected ? expected : "none",
			 found ? found : "none");
}

static void assert_joined(const struct line *line, char **argv)
{
	char joined[512] = "";

	for (size_t i = 0, at = 0; argv[i]; i++)
		at += (size_t)snprintf(joined + at, sizeof(joined) - at, "%s%s", i ? " " : "",
				       argv[i]);
	assert_same(line->text, line->replaced, joined);
}

static void check(const struct line *line)
{
	char *text = strdup(line->text), *argv[WORDS_MAX + 1], *word = NULL, **replaced = NULL;
	struct runtime_args args;
	struct error err = { 0 };
	const int argc = split(text, argv);

	if (runtime_args_parse(&args, argc, argv, &err) < 0)
		fail_msg("'%s': %s", line->text, err.message);
	assert_same(line->text, line->command, args.command);
	assert_same(line->text, line->id, args.id);
	assert_same(line->text, line->bundle, args.bundle);
	assert_same(line->text, line->log, args.log);
	assert_int_equal(runtime_args_create(&args), line->replaced != NULL);
	if (line->replaced) {
		assert_int_equal(runtime_args_replace(&args, "/new", &replaced, &word, &err), 0);
		assert_joined(line, replaced);
	}
	free(replaced);
	free(word);
	runtime_args_deinit(&args);
	free(text);
}

static void lines_are_read(void **state)
{
	static const struct line lines[] = {
		{ "r --root /run/containerd/runc/moby --log /l.json --log-format json create "
		  "--bundle /b "
		  "--pid-file /b/init.pid --console-socket /s id",
		  "create", "id", "/b", "/l.json",
		  "r --root /run/containerd/runc/moby --log /l.json --log-format json create "
		  "--bundle /new "
		  "--pid-file /b/init.pid --console-socket /s id" },
		{ "r --log=/l --root=/r run --bundle=/b -d id", "run", "id", "/b", "/l",
		  "r --log=/l --root=/r run --bundle=/new -d id" },
		{ "r run id", "run", "id", NULL, NULL, "r run --bundle=/new id" },
		{ "r run -b /b --preserve-fds 3 id", "run", "id", "/b", NULL,
		  "r run -b /new --preserve-fds 3 id" },
		{ "r --cgroup-manager=disabled --rootless true run -b=/b id", "run", "id", "/b",
		  NULL, "r --cgroup-manager=disabled --rootless true run -b=/new id" },
		{ "r --systemd-cgroup --debug create --no-pivot --no-new-keyring -b /b id",
		  "create", "id", "/b", NULL,
		  "r --systemd-cgroup --debug create --no-pivot --no-new-keyring -b /new id" },
		/* What stands behind the id of an exec is the container's. */
		{ "r --root /r exec -u 1000:1000 -e A=b --cwd / -t id sh -c --bundle=/x", "exec",
		  "id", NULL, NULL, NULL },
		{ "r exec --process /p.json --detach --pid-file /q id", "exec", "id", NULL, NULL,
		  NULL },
		/* crun's short forms, and Go's single dash. */
		{ "r run -b/b -f/c.json id", "run", "id", "/b", NULL,
		  "r run -b/b -f/new/config.json id" },
		{ "r create --config /c.json --bundle /b id", "create", "id", "/b", NULL,
		  "r create --config /new/config.json --bundle /b id" },
		{ "r -root /r create -bundle=/b -pid-file /p id", "create", "id", "/b", NULL,
		  "r -root /r create -bundle=/new -pid-file /p id" },
		{ "r --root --record-all run id", "run", "id", NULL, NULL,
		  "r --root --record-all run --bundle=/new id" },
		{ "r delete -f id", "delete", "id", NULL, NULL, NULL },
		{ "r kill id 9", "kill", NULL, NULL, NULL, NULL },
		{ "r --version", NULL, NULL, NULL, NULL, NULL },
		{ "r", NULL, NULL, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		check(&lines[i]);
}

static void our_own_are_taken_out(void **state)
{
	char text[] =
		"r --record-all /all --root /r --runtime-path=/usr/bin/crun run --record-all /x";
	char *argv[WORDS_MAX + 1];
	const int argc = split(text, argv);
	struct runtime_args args;

	(void)state;
	assert_int_equal(runtime_args_parse(&args, argc, argv, NULL), 0);
	assert_string_equal(args.record_all, "/all");
	assert_string_equal(args.runtime_path, "/usr/bin/crun");
	/* Behind the command every word is the runtime's. */
	assert_int_equal(args.argc, 6);
	assert_string_equal(args.argv[4], "--record-all");
	runtime_args_deinit(&args);
}

static void a_relative_path_of_ours_is_refused(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "r --runtime-path crun run id", "--runtime-path needs an absolute path" },
		{ "r --record-all", "--record-all needs an absolute path" },
		{ "r --record-all= run id", "--record-all needs an absolute path" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = strdup(cases[i].text), *argv[WORDS_MAX + 1];
		const int argc = split(text, argv);
		struct runtime_args args;
		struct error err = { 0 };

		assert_int_equal(runtime_args_parse(&args, argc, argv, &err), -EINVAL);
		assert_non_null(strstr(err.message, cases[i].message));
		runtime_args_deinit(&args);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(our_own_are_taken_out),
		cmocka_unit_test(a_relative_path_of_ours_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
