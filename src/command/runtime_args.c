/* SPDX-License-Identifier: Apache-2.0 */
#include "command/runtime_args.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Options that take a value in the next word: of runc 1.1 (runc(8), runc-create(8), runc-run(8))
 * and crun 1.8 (crun(1)). With "=" any option may have one.
 */
static const char *const with_value[] = {
	"--log",
	"--log-format",
	"--log-level",
	"--root",
	"--criu",
	"--rootless",
	"--cgroup-manager",
	"--bundle",
	"-b",
	"--config",
	"-f",
	"--console-socket",
	"--pid-file",
	"--preserve-fds",
	NULL,
};

/* Further ones of `exec` (runc-exec(8), crun(1)). */
static const char *const exec_with_value[] = {
	"--cwd", "--env",    "-e",	  "--user",	     "-u",	   "--additional-gids",
	"-g",	 "-p",	     "--process", "--process-label", "--apparmor", "--cap",
	"-c",	 "--cgroup", NULL,
};

static bool is_among(const char *const *names, const char *word)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], word) == 0)
			return true;
	return false;
}

static bool takes_value(const struct runtime_args *args, const char *word)
{
	return is_among(with_value, word) ||
	       (runtime_args_exec(args) && is_among(exec_with_value, word));
}

/* The value of option `name` at argv[*at], of both forms; moves to the value's word. NULL: it is
 * another option. */
static const char *option_value(char **argv, int argc, int *at, const char *name)
{
	const size_t len = strlen(name);

	if (strncmp(argv[*at], name, len) != 0)
		return NULL;
	if (argv[*at][len] == '=')
		return argv[*at] + len + 1;
	if (argv[*at][len] != '\0' || *at + 1 >= argc)
		return NULL;
	return argv[++*at];
}

static int take_own(struct runtime_args *args, int argc, char **argv, struct error *err)
{
	bool own = true;

	for (int i = 0; i < argc; i++) {
		const char **where = NULL, *value;

		/* Behind the command every word is the runtime's. */
		if (i > 0 && argv[i][0] != '-')
			own = own && is_among(with_value, argv[i - 1]);
		if (own && strncmp(argv[i], "--runtime-path", 14) == 0)
			where = &args->runtime_path;
		else if (own && strncmp(argv[i], "--record-all", 12) == 0)
			where = &args->record_all;
		if (!where) {
			args->argv[args->argc++] = argv[i];
			continue;
		}
		value = option_value(argv, argc, &i,
				     where == &args->record_all ? "--record-all"
								: "--runtime-path");
		if (!value || value[0] != '/')
			return error_set(err, -EINVAL, "%s needs an absolute path",
					 where == &args->record_all ? "--record-all"
								    : "--runtime-path");
		*where = value;
	}
	return 0;
}

static void take_option(struct runtime_args *args, int *at)
{
	const int first = *at;
	const char *word = args->argv[first], *value;

	if ((value = option_value(args->argv, args->argc, at, "--bundle")) ||
	    (value = option_value(args->argv, args->argc, at, "-b"))) {
		args->bundle = value;
		args->bundle_at = *at;
		args->bundle_prefix = (int)(value - args->argv[*at]);
	} else if ((value = option_value(args->argv, args->argc, at, "--log"))) {
		args->log = value;
	} else if (takes_value(args, word) && first + 1 < args->argc) {
		*at = first + 1;
	}
}

static void take_rest(struct runtime_args *args)
{
	for (int i = 1; i < args->argc; i++) {
		if (args->argv[i][0] == '-' && args->argv[i][1]) {
			take_option(args, &i);
		} else if (!args->command) {
			args->command = args->argv[i];
			args->command_at = i;
			if (!runtime_args_create(args) && !runtime_args_exec(args))
				return;
		} else {
			/* Behind it stands a command line of the container's. */
			args->id = args->argv[i];
			return;
		}
	}
}

int runtime_args_parse(struct runtime_args *ret, int argc, char **argv, struct error *err)
{
	int r;

	*ret = (struct runtime_args){ .bundle_at = -1, .command_at = -1 };
	ret->argv = calloc((size_t)argc + 1, sizeof(*ret->argv));
	if (!ret->argv)
		return error_memory(err);
	r = take_own(ret, argc, argv, err);
	if (r >= 0)
		take_rest(ret);
	return r;
}

void runtime_args_deinit(struct runtime_args *args)
{
	free(args->argv);
	args->argv = NULL;
}

bool runtime_args_create(const struct runtime_args *args)
{
	return args->command &&
	       (strcmp(args->command, "create") == 0 || strcmp(args->command, "run") == 0);
}

bool runtime_args_exec(const struct runtime_args *args)
{
	return args->command && strcmp(args->command, "exec") == 0;
}

int runtime_args_replace(const struct runtime_args *args, const char *bundle, char ***ret,
			 char **ret_word, struct error *err)
{
	char **argv = calloc((size_t)args->argc + 2, sizeof(*argv)), *word = NULL;
	int n = 0;

	if (args->bundle_at >= 0) {
		if (asprintf(&word, "%.*s%s", args->bundle_prefix, args->argv[args->bundle_at],
			     bundle) < 0)
			word = NULL;
	} else if (asprintf(&word, "--bundle=%s", bundle) < 0) {
		word = NULL;
	}
	if (!argv || !word) {
		free(argv);
		free(word);
		return error_memory(err);
	}
	for (int i = 0; i < args->argc; i++) {
		argv[n++] = i == args->bundle_at ? word : args->argv[i];
		if (args->bundle_at < 0 && i == args->command_at)
			argv[n++] = word;
	}
	*ret = argv;
	*ret_word = word;
	return 0;
}
