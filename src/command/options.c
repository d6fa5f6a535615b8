/* SPDX-License-Identifier: Apache-2.0 */
#include "command/options.h"
#include "audit/source_netlink.h"
#include "base/array.h"
#include "command/option_values.h"
#include "command/options_private.h"
#include "command/verbs.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* The state of one parse. */
struct parse {
	struct options *options;
	bool given[OPTION_END - OPTION_FROM_LOG];
	enum runtime_base runtime;
	bool errno_given;
	size_t files_allocated;
};

static bool was_given(const struct parse *parse, enum option_id id)
{
	return parse->given[id - OPTION_FROM_LOG];
}

static int take_selection(struct selection *selection, enum option_id id, const char *value,
			  struct error *err)
{
	switch (id) {
	case OPTION_PID:
		return value_pids(value, &selection->pids, err);
	case OPTION_SESSION:
		return value_numbers(value, &selection->sessions, err);
	case OPTION_UID:
		return value_users(value, &selection->uids, err);
	case OPTION_EXE:
		return value_text(value, &selection->exes, err);
	case OPTION_COMM:
		return value_text(value, &selection->comms, err);
	case OPTION_NODE:
		return value_text(value, &selection->nodes, err);
	case OPTION_SINCE:
		return time_parse(value, time_now_ms(), &selection->since_ms, err);
	default:
		return time_parse(value, time_now_ms(), &selection->until_ms, err);
	}
}

static int take_policy(struct parse *parse, enum option_id id, const char *value, struct error *err)
{
	struct options *options = parse->options;

	switch (id) {
	case OPTION_BASE:
		options->base_path = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_EXACT:
		options->policy.exact = true;
		return 0;
	case OPTION_PORTABLE:
		options->policy.portable = true;
		return 0;
	case OPTION_ARCH:
		return value_arches(value, &options->emit, err);
	case OPTION_INCLUDE_DENIED:
		options->policy.include_denied = true;
		return 0;
	case OPTION_ARGS:
		options->arguments = true;
		return value ? value_argument_calls(value, &options->argument_calls, err) : 0;
	case OPTION_DEFAULT_ACTION:
		return value_default_action(value, &options->policy.default_action, err);
	case OPTION_ERRNO:
		return value_errno(value, &options->policy.default_errno, err);
	default:
		return value_runtime(value, &parse->runtime, err);
	}
}

static int take_recording(struct options *options, enum option_id id, const char *value,
			  struct error *err)
{
	switch (id) {
	case OPTION_USER:
		options->user = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_UNTIL_EXIT:
		options->until = strcmp(value, "main") == 0 ? UNTIL_MAIN : UNTIL_ALL;
		if (strcmp(value, "main") != 0 && strcmp(value, "all") != 0)
			return error_set(err, -EINVAL, "expected 'main' or 'all'");
		return 0;
	case OPTION_TIMEOUT:
		return time_parse_duration(value, &options->timeout_ms, err);
	case OPTION_HOT:
		return value_hot(value, &options->hot, err);
	case OPTION_RECEIVE_BUFFER:
		return value_size(value, 4096, 1u << 30, &options->receive_buffer, err);
	default:
		return value_number(value, 1, 1000000, &options->backlog, err);
	}
}

static int take_option(struct parse *parse, enum option_id id, const char *value, struct error *err)
{
	struct options *options = parse->options;

	if (id >= OPTION_PID && id <= OPTION_UNTIL)
		return take_selection(&options->selection, id, value, err);
	if (id >= OPTION_BASE && id <= OPTION_ARGS)
		return take_policy(parse, id, value, err);
	if (id >= OPTION_CONTAINER && id <= OPTION_MAX_PROCESSES)
		return option_take_live(options, id, value, err);
	if (id >= OPTION_USER && id <= OPTION_HOT)
		return take_recording(options, id, value, err);
	switch (id) {
	case OPTION_FROM_LOG:
		options->source = SOURCE_LOG;
		return 0;
	case OPTION_LIVE:
		options->source = SOURCE_LIVE;
		return 0;
	case OPTION_OUTPUT:
		options->output = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_OUTPUT_DIR:
		options->output_dir = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_FORMAT:
		return value_format(value, &options->format, err);
	case OPTION_GROUP_BY:
		return value_group_by(value, &options->group_by, err);
	case OPTION_RESOLVE_PROC:
		options->ask_proc = true;
		return 0;
	case OPTION_STATE:
		options->state = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_QUIET:
		options->verbosity = VERBOSITY_QUIET;
		return 0;
	case OPTION_VERBOSE:
		options->verbosity = VERBOSITY_VERBOSE;
		return 0;
	case OPTION_NO_SANDBOX:
		options->no_sandbox = true;
		return 0;
	case OPTION_HELP:
		options->request = REQUEST_HELP;
		return 0;
	default:
		options->request = REQUEST_VERSION;
		return 0;
	}
}

static int add_file(struct parse *parse, char *name, struct error *err)
{
	struct options *options = parse->options;

	if (array_reserve(&options->files, &parse->files_allocated, options->n_operands + 2,
			  sizeof(*options->files)) < 0)
		return error_memory(err);
	options->files[options->n_operands++] = name;
	options->files[options->n_operands] = NULL;
	return 0;
}

/* Why getopt refused. Within "-xq" it has not yet gone on to the next word. */
static int refuse_option(int letter, char **argv, struct error *err)
{
	const struct option_fact *fact = option_find(optopt);

	if (letter == ':')
		return error_set(err, -EINVAL, "option '%s' needs an argument; see --help",
				 argv[optind - 1]);
	if (fact)
		return error_set(err, -EINVAL, "option '--%s' takes no argument; see --help",
				 fact->name);
	if (optopt)
		return error_set(err, -EINVAL, "unknown option '-%c'; see --help", optopt);
	return error_set(err, -EINVAL, "unknown option '%s'; see --help", argv[optind - 1]);
}

static int parse_option(struct parse *parse, int letter, char **argv, struct error *err)
{
	const struct option_fact *fact = option_find(letter);
	int r;

	if (!fact)
		return refuse_option(letter, argv, err);
	parse->given[fact->id - OPTION_FROM_LOG] = true;
	r = take_option(parse, fact->id, optarg, err);
	if (r < 0)
		return error_prefix(err, r, optarg ? "--%s '%.100s'" : "--%s", fact->name,
				    optarg ? optarg : "");
	return 0;
}

static int argument_of(const struct option_fact *fact)
{
	if (!fact->argument)
		return no_argument;
	return fact->argument[0] == '[' ? optional_argument : required_argument;
}

/* getopt's tables, made from ours. */
static void describe(struct option *longs, char *shorts)
{
	size_t n = 0;

	shorts[n++] = '+';
	shorts[n++] = ':';
	for (size_t i = 0; i < option_count(); i++) {
		const struct option_fact *fact = option_at(i);

		longs[i] = (struct option){ fact->name, argument_of(fact), NULL, (int)fact->id };
		if (!fact->letter)
			continue;
		shorts[n++] = fact->letter;
		if (fact->argument)
			shorts[n++] = ':';
	}
	shorts[n] = '\0';
}

/* Options end at the first word that is none: it is the command, or, for logs, a file among
 * options. */
static int parse_words(struct parse *parse, int argc, char **argv, struct error *err)
{
	struct option longs[OPTION_END - OPTION_FROM_LOG + 1] = { 0 };
	char shorts[2 * (OPTION_END - OPTION_FROM_LOG) + 3];
	int r;

	describe(longs, shorts);
	opterr = 0;
	optind = 0;
	for (;;) {
		int letter = getopt_long(argc, argv, shorts, longs, NULL);

		if (letter != -1) {
			r = parse_option(parse, letter, argv, err);
			if (r < 0)
				return r;
			continue;
		}
		if (parse->options->source != SOURCE_LOG || optind >= argc ||
		    strcmp(argv[optind - 1], "--") == 0)
			return 0;
		r = add_file(parse, argv[optind++], err);
		if (r < 0)
			return r;
	}
}

static int take_operands(struct parse *parse, int argc, char **argv, struct error *err)
{
	struct options *options = parse->options;
	int r = 0;

	if (options->source == SOURCE_LOG) {
		while (r >= 0 && optind < argc)
			r = add_file(parse, argv[optind++], err);
		if (r >= 0 && options->n_operands == 0)
			r = error_set(err, -EINVAL, "--from-log needs a file, a directory or -");
		options->operands = options->files;
		return r;
	}
	if (options->source == SOURCE_LIVE) {
		options->operands = argv + argc;
		if (optind < argc)
			return error_set(
				err, -EINVAL,
				"--live records no command of its own ('%.100s'): run that "
				"beside it",
				argv[optind]);
		return 0;
	}
	if (optind >= argc)
		return error_set(err, -EINVAL,
				 "nothing to record: give --from-log FILE, --live or a COMMAND; "
				 "see --help");
	options->source = SOURCE_COMMAND;
	options->operands = argv + optind;
	options->n_operands = (size_t)(argc - optind);
	return 0;
}

static int check_exclusive(const struct parse *parse, struct error *err)
{
	const enum source source = parse->options->source;

	for (size_t i = 0; i < option_pair_count(); i++) {
		const struct option_pair *pair = option_pair_at(i);

		if (was_given(parse, pair->a) && was_given(parse, pair->b))
			return error_set(err, -EINVAL, "--%s and --%s exclude each other",
					 option_find((int)pair->a)->name,
					 option_find((int)pair->b)->name);
	}
	for (size_t i = 0; i < option_count(); i++)
		if (was_given(parse, option_at(i)->id) && !(option_at(i)->sources & (1u << source)))
			return error_set(err, -EINVAL, "--%s means nothing %s", option_at(i)->name,
					 option_source_words(source));
	return 0;
}

static int check_values(const struct parse *parse, struct error *err)
{
	const struct options *options = parse->options;
	const struct selection *selection = &options->selection;

	for (int id = OPTION_RESOLVE_PROC; id <= OPTION_STATE; id++)
		if (was_given(parse, (enum option_id)id) && was_given(parse, OPTION_GROUP_BY) &&
		    options->group_by != GROUP_BY_TARGET)
			return error_set(err, -EINVAL, "--%s means nothing with --group-by %s",
					 option_find(id)->name, group_by_name(options->group_by));
	if (was_given(parse, OPTION_ERRNO) && options->policy.default_action != ACTION_ERRNO)
		return error_set(err, -EINVAL, "--errno means nothing with --default-action %s",
				 action_name(options->policy.default_action));
	/* A recording is what was seen; it has no place for what was assumed. */
	if (was_given(parse, OPTION_HOT) && !options->format->emit)
		return error_set(err, -EINVAL, "--hot means nothing with --format %s",
				 options->format->name);
	if (selection->since_ms != TIME_UNKNOWN && selection->until_ms != TIME_UNKNOWN &&
	    selection->since_ms > selection->until_ms)
		return error_set(err, -EINVAL, "--since is later than --until");
	if (options->base_path &&
	    (was_given(parse, OPTION_DEFAULT_ACTION) || was_given(parse, OPTION_ERRNO)))
		return error_set(
			err, -EINVAL,
			"--default-action and --errno come from the profile that --base names");
	return 0;
}

/* What was not given depends on where the records come from. */
static void apply_defaults(struct parse *parse)
{
	struct options *options = parse->options;
	bool command = options->source == SOURCE_COMMAND;

	if (!was_given(parse, OPTION_GROUP_BY))
		options->group_by = command ? GROUP_BY_ALL : GROUP_BY_TARGET;
	options->policy.assumed = options->hot;
	if (parse->runtime != RUNTIME_AUTO)
		options->policy.runtime = parse->runtime;
	else
		options->policy.runtime =
			command && !options->format->no_runtime ? RUNTIME_ALL : RUNTIME_NONE;
}

int options_parse(struct options *ret, int argc, char **argv, struct error *err)
{
	struct parse parse = { .options = ret, .runtime = RUNTIME_AUTO };
	int r;

	*ret = (struct options){
		.format = emitter_by_name("oci"),
		.selection = { .since_ms = TIME_UNKNOWN, .until_ms = TIME_UNKNOWN },
		.policy = { .default_action = ACTION_ERRNO, .default_errno = EPERM },
		.receive_buffer = NETLINK_RECEIVE_BUFFER,
		.backlog = 8192,
	};
	r = parse_words(&parse, argc, argv, err);
	if (r < 0 || ret->request != REQUEST_RECORD)
		return r;
	r = take_operands(&parse, argc, argv, err);
	if (r >= 0)
		r = check_exclusive(&parse, err);
	if (r >= 0)
		r = check_values(&parse, err);
	if (r >= 0)
		apply_defaults(&parse);
	return r < 0 ? r : option_check_live(ret, err);
}

void options_deinit(struct options *options)
{
	free(options->files);
	name_list_free(options->argument_calls);
	name_list_free(options->hot);
	selection_deinit(&options->selection);
	free(options->containers.items);
	free(options->units.items);
}

static void help_option(FILE *stream, const struct option_fact *fact)
{
	char left[64];
	int width = 0;

	if (fact->letter)
		width = snprintf(left, sizeof(left), "-%c, --%s", fact->letter, fact->name);
	else
		width = snprintf(left, sizeof(left), "    --%s", fact->name);
	if (fact->argument)
		snprintf(left + width, sizeof(left) - (size_t)width, "%s%s",
			 fact->argument[0] == '[' ? "" : "=", fact->argument);
	fprintf(stream, "  %-29s ", left);
	if (fact->help) {
		fprintf(stream, "%s\n", fact->help);
		return;
	}
	for (size_t i = 0; i < emitter_count(); i++)
		fprintf(stream, "%s%-10s %s\n", i ? "                                " : "",
			emitter_at(i)->name, emitter_at(i)->summary);
}

void options_help(FILE *stream)
{
	fputs("Usage: audit-seccomp-gen [OPTION]... --from-log FILE...\n"
	      "       audit-seccomp-gen [OPTION]... --live\n"
	      "       audit-seccomp-gen [OPTION]... [--] COMMAND [ARG]...\n"
	      "       audit-seccomp-gen VERB [ARG]...\n"
	      "Writes a seccomp profile from what the audit system saw a program do.\n",
	      stream);
	for (size_t i = 0; i < option_count(); i++) {
		const char *section = option_section(option_at(i)->id);

		if (section)
			fprintf(stream, "\n%s:\n", section);
		help_option(stream, option_at(i));
	}
	fputs("\nVerbs:\n", stream);
	for (size_t i = 0; i < verb_count(); i++)
		fprintf(stream, "  %-29s %s\n", verb_at(i)->name, verb_at(i)->summary);
	fputs("\nExit status: 0 complete, 2 usage or input that cannot be read, 3 incomplete "
	      "evidence;\n"
	      "of a command its own when that is not 0 (126, 127: it could not be run; 128+N: "
	      "signal N).\n",
	      stream);
}
