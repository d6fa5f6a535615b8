/* SPDX-License-Identifier: Apache-2.0 */
#include "command/runtime_args.h"
#include "base/slice.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum meaning { MEANS_NOTHING, MEANS_BUNDLE, MEANS_CONFIG, MEANS_LOG };

/* An option with a value; those without need not be known. */
struct option_fact {
	const char *name;
	char letter;	     /* 0: it has none */
	const char *command; /* NULL: it may stand anywhere; "create" is "run", too */
	enum meaning meaning;
};

/* Of runc 1.1 (runc(8), runc-create(8), runc-run(8), runc-exec(8)) and crun 1.8 (crun(1)). */
static const struct option_fact facts[] = {
	{ "log", 0, NULL, MEANS_LOG },
	{ "log-format", 0, NULL, MEANS_NOTHING },
	{ "log-level", 0, NULL, MEANS_NOTHING },
	{ "root", 0, NULL, MEANS_NOTHING },
	{ "criu", 0, NULL, MEANS_NOTHING },
	{ "rootless", 0, NULL, MEANS_NOTHING },
	{ "cgroup-manager", 0, NULL, MEANS_NOTHING },
	{ "console-socket", 0, NULL, MEANS_NOTHING },
	{ "pid-file", 0, NULL, MEANS_NOTHING },
	{ "preserve-fds", 0, NULL, MEANS_NOTHING },
	{ "bundle", 'b', "create", MEANS_BUNDLE },
	{ "config", 'f', "create", MEANS_CONFIG },
	{ "cwd", 0, "exec", MEANS_NOTHING },
	{ "env", 'e', "exec", MEANS_NOTHING },
	{ "user", 'u', "exec", MEANS_NOTHING },
	{ "additional-gids", 'g', "exec", MEANS_NOTHING },
	{ "process", 'p', "exec", MEANS_NOTHING },
	{ "process-label", 0, "exec", MEANS_NOTHING },
	{ "apparmor", 0, "exec", MEANS_NOTHING },
	{ "cap", 'c', "exec", MEANS_NOTHING },
	{ "cgroup", 0, "exec", MEANS_NOTHING },
};

static const struct option_fact record_all = { .name = "record-all" },
				runtime_path = { .name = "runtime-path" };

/*
 * Where the value of the option begins in its word: "--name=value", "-name=value" (Go knows no
 * difference between one dash and two), "-n=value", "-nvalue". 0: the value is the next word. -1:
 * the word is not this option.
 */
static int value_offset(const struct option_fact *fact, const char *word)
{
	const int dashes = word[0] != '-' ? 0 : word[1] != '-' ? 1 : 2;
	const size_t len = strlen(fact->name);
	const char *name = word + dashes;

	if (dashes > 0 && strncmp(name, fact->name, len) == 0) {
		if (name[len] == '\0')
			return 0;
		if (name[len] == '=')
			return dashes + (int)len + 1;
	}
	if (dashes != 1 || !fact->letter || word[1] != fact->letter)
		return -1;
	if (word[2] == '\0')
		return 0;
	return word[2] == '=' ? 3 : 2;
}

/* The value of an option at argv[*at], where it then leads to the value's word; NULL: it has none.
 */
static const char *take_value(char **argv, int argc, int *at, int offset)
{
	if (offset > 0)
		return argv[*at] + offset;
	return *at + 1 < argc ? argv[++*at] : NULL;
}

static bool is_in_place(const struct runtime_args *args, const struct option_fact *fact)
{
	if (!fact->command)
		return true;
	return strcmp(fact->command, "create") == 0 ? runtime_args_create(args)
						    : runtime_args_is(args, fact->command);
}

static const struct option_fact *find_option(const struct runtime_args *args, const char *word,
					     int *ret_offset)
{
	/* Names before letters: "-bundle" is no "-b undle". */
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		*ret_offset = value_offset(&facts[i], word);
		if (*ret_offset >= 0 && is_in_place(args, &facts[i]))
			return &facts[i];
	}
	return NULL;
}

static void set_replaced(struct runtime_args *args, int at, const char *value)
{
	args->replace_at = at;
	args->replace_prefix = (int)(value - args->argv[at]);
}

static void take_option(struct runtime_args *args, int *at)
{
	int offset;
	const struct option_fact *fact = find_option(args, args->argv[*at], &offset);
	const char *value = fact ? take_value(args->argv, args->argc, at, offset) : NULL;

	if (!value)
		return;
	if (fact->meaning == MEANS_LOG)
		args->log = value;
	if (fact->meaning == MEANS_BUNDLE)
		args->bundle = value;
	if (fact->meaning == MEANS_CONFIG)
		args->config = value;
	if (fact->meaning == MEANS_CONFIG || (fact->meaning == MEANS_BUNDLE && !args->config))
		set_replaced(args, *at, value);
}

/* Whose id stands behind the command; others may have something else there. */
static bool has_id(const struct runtime_args *args)
{
	return runtime_args_create(args) || runtime_args_is(args, "exec") ||
	       runtime_args_is(args, "delete");
}

static void take_words(struct runtime_args *args)
{
	for (int i = 1; i < args->argc; i++) {
		if (args->argv[i][0] == '-' && args->argv[i][1]) {
			take_option(args, &i);
		} else if (!args->command) {
			args->command = args->argv[i];
			args->command_at = i;
			if (!has_id(args))
				return;
		} else {
			/* Behind it stands a command line of the container's. */
			args->id = args->argv[i];
			return;
		}
	}
}

static int take_path(const struct option_fact *fact, char **argv, int argc, int *at, int offset,
		     const char **ret, struct error *err)
{
	const char *value = take_value(argv, argc, at, offset);

	if (!value || value[0] != '/')
		return error_set(err, -EINVAL, "--%s needs an absolute path", fact->name);
	*ret = value;
	return 0;
}

/* Ours stand in front of the command, among the runtime's own. */
static int take_own(struct runtime_args *args, int argc, char **argv, struct error *err)
{
	bool own = true;
	int r = 0;

	for (int i = 0; r == 0 && i < argc; i++) {
		const int all = own ? value_offset(&record_all, argv[i]) : -1,
			  path = own ? value_offset(&runtime_path, argv[i]) : -1;
		int offset;

		if (all >= 0) {
			r = take_path(&record_all, argv, argc, &i, all, &args->record_all, err);
			continue;
		}
		if (path >= 0) {
			r = take_path(&runtime_path, argv, argc, &i, path, &args->runtime_path,
				      err);
			continue;
		}
		args->argv[args->argc++] = argv[i];
		if (i == 0 || !own)
			continue;
		if (argv[i][0] != '-')
			own = false;
		else if (find_option(args, argv[i], &offset) && offset == 0 && i + 1 < argc)
			args->argv[args->argc++] = argv[++i];
	}
	return r;
}

int runtime_args_parse(struct runtime_args *ret, int argc, char **argv, struct error *err)
{
	int r;

	*ret = (struct runtime_args){ .replace_at = -1, .command_at = -1 };
	ret->argv = calloc((size_t)argc + 1, sizeof(*ret->argv));
	if (!ret->argv)
		return error_memory(err);
	r = take_own(ret, argc, argv, err);
	if (r >= 0)
		take_words(ret);
	return r;
}

void runtime_args_deinit(struct runtime_args *args)
{
	free(args->argv);
	args->argv = NULL;
}

bool runtime_args_is(const struct runtime_args *args, const char *command)
{
	return args->command && strcmp(args->command, command) == 0;
}

bool runtime_args_create(const struct runtime_args *args)
{
	return runtime_args_is(args, "create") || runtime_args_is(args, "run");
}

/* The word that is new. NULL: no memory. */
static char *replacement(const struct runtime_args *args, const char *bundle)
{
	char *word;
	int n;

	if (args->replace_at < 0)
		n = asprintf(&word, "--bundle=%s", bundle);
	else
		n = asprintf(&word, "%.*s%s%s", args->replace_prefix, args->argv[args->replace_at],
			     bundle, args->config ? "/config.json" : "");
	return n < 0 ? NULL : word;
}

int runtime_args_replace(const struct runtime_args *args, const char *bundle, char ***ret,
			 char **ret_word, struct error *err)
{
	char **argv = calloc((size_t)args->argc + 2, sizeof(*argv)),
	     *word = replacement(args, bundle);
	int n = 0;

	if (!argv || !word) {
		free(argv);
		free(word);
		return error_memory(err);
	}
	for (int i = 0; i < args->argc; i++) {
		argv[n++] = i == args->replace_at ? word : args->argv[i];
		if (args->replace_at < 0 && i == args->command_at)
			argv[n++] = word;
	}
	*ret = argv;
	*ret_word = word;
	return 0;
}
