/* SPDX-License-Identifier: Apache-2.0 */
#include "command/options.h"
#include "audit/source_netlink.h"
#include "base/array.h"
#include "command/option_values.h"
#include "command/verbs.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
	OPTION_FROM_LOG = 256,
	OPTION_OUTPUT,
	OPTION_OUTPUT_DIR,
	OPTION_FORMAT,
	OPTION_GROUP_BY,
	OPTION_PID,
	OPTION_EXE,
	OPTION_COMM,
	OPTION_UID,
	OPTION_SESSION,
	OPTION_NODE,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_BASE,
	OPTION_EXACT,
	OPTION_DEFAULT_ACTION,
	OPTION_ERRNO,
	OPTION_RUNTIME_BASE,
	OPTION_INCLUDE_DENIED,
	OPTION_ARGS,
	OPTION_USER,
	OPTION_UNTIL_EXIT,
	OPTION_TIMEOUT,
	OPTION_RECEIVE_BUFFER,
	OPTION_BACKLOG,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_END,
};

#define ONLY_LOG     (1u << SOURCE_LOG)
#define ONLY_COMMAND (1u << SOURCE_COMMAND)
#define ANY_SOURCE   (ONLY_LOG | ONLY_COMMAND)

struct option_fact {
	enum option_id id;
	const char *name;
	char letter;
	const char *argument; /* in help; NULL: takes none; "[=...]": may be left out */
	unsigned int sources; /* where it means something */
	const char *help;
};

struct option_section {
	const char *title;
	enum option_id first;
};

static const struct option_fact facts[] = {
	{ OPTION_FROM_LOG, "from-log", 0, NULL, ONLY_LOG,
	  "read audit logs: files, directories, - for standard input" },
	{ OPTION_OUTPUT, "output", 'o', "FILE", ANY_SOURCE,
	  "write here, whole or not at all (default: standard output)" },
	{ OPTION_OUTPUT_DIR, "output-dir", 0, "DIR", ANY_SOURCE,
	  "write one file a group into this directory" },
	{ OPTION_FORMAT, "format", 'f', "FORMAT", ANY_SOURCE, NULL },
	{ OPTION_QUIET, "quiet", 'q', NULL, ANY_SOURCE,
	  "say only what went wrong, and the verdict if it is incomplete" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL, ANY_SOURCE,
	  "say everything: all groups, all calls" },
	{ OPTION_GROUP_BY, "group-by", 0, "WHAT", ANY_SOURCE,
	  "pid, exe, comm, session, label, node or all (default: pid for logs, all for a "
	  "command)" },
	{ OPTION_PID, "pid", 0, "PID[,PID]...", ANY_SOURCE, "only these processes" },
	{ OPTION_EXE, "exe", 0, "GLOB", ANY_SOURCE, "only this executable; may be repeated" },
	{ OPTION_COMM, "comm", 0, "GLOB", ANY_SOURCE, "only this command name; may be repeated" },
	{ OPTION_UID, "uid", 0, "USER[,USER]...", ANY_SOURCE,
	  "only these users, by name or number" },
	{ OPTION_SESSION, "session", 0, "ID[,ID]...", ANY_SOURCE, "only these audit sessions" },
	{ OPTION_NODE, "node", 0, "NAME", ONLY_LOG, "only this machine (node=); may be repeated" },
	{ OPTION_SINCE, "since", 0, "TIME", ANY_SOURCE,
	  "only from then on: '2026-11-23 10:00', @SECONDS, today, -2h" },
	{ OPTION_UNTIL, "until", 0, "TIME", ANY_SOURCE, "only up to then" },
	{ OPTION_BASE, "base", 0, "PROFILE", ANY_SOURCE,
	  "extend this profile; what it allows is not recorded again" },
	{ OPTION_EXACT, "exact", 0, NULL, ANY_SOURCE, "allow what was seen and nothing else" },
	{ OPTION_DEFAULT_ACTION, "default-action", 0, "ACTION", ANY_SOURCE,
	  "for everything else: errno (default), kill_process, kill_thread, trap, log ..." },
	{ OPTION_ERRNO, "errno", 0, "ERRNO", ANY_SOURCE,
	  "what errno answers: EPERM (default), ENOSYS, a number ..." },
	{ OPTION_RUNTIME_BASE, "runtime-base", 0, "WHICH", ANY_SOURCE,
	  "calls a container runtime needs to start: auto, none, crun, runc or all (auto: all for "
	  "a command, none for logs)" },
	{ OPTION_INCLUDE_DENIED, "include-denied", 0, NULL, ANY_SOURCE,
	  "allow recorded calls that were denied, too" },
	{ OPTION_ARGS, "args", 0, "[=CALL[,CALL]...]", ANY_SOURCE,
	  "hold calls such as socket to the arguments that were seen; what it costs is in the "
	  "manual" },
	{ OPTION_USER, "user", 'u', "NAME", ONLY_COMMAND, "run the command as this user" },
	{ OPTION_UNTIL_EXIT, "until-exit", 0, "WHOSE", ONLY_COMMAND,
	  "all (default): until the last descendant has gone; main: until the command has" },
	{ OPTION_TIMEOUT, "timeout", 0, "DURATION", ONLY_COMMAND,
	  "end the command after that: 90s, 5m, 1h30m" },
	{ OPTION_RECEIVE_BUFFER, "receive-buffer", 0, "SIZE", ONLY_COMMAND,
	  "of the audit socket (default: 32M)" },
	{ OPTION_BACKLOG, "backlog", 0, "MESSAGES", ONLY_COMMAND,
	  "raise the kernel's backlog_limit to this for the time of the recording (default: "
	  "8192)" },
	{ OPTION_HELP, "help", 'h', NULL, ANY_SOURCE, "show this" },
	{ OPTION_VERSION, "version", 'V', NULL, ANY_SOURCE, "show the version" },
};

/* A section of --help begins at the option named. */
static const struct option_section sections[] = {
	{ "Source and product", OPTION_FROM_LOG },
	{ "Grouping and selection", OPTION_GROUP_BY },
	{ "Profile", OPTION_BASE },
	{ "Recording a command", OPTION_USER },
	{ "Other", OPTION_HELP },
};

static const struct {
	enum option_id a, b;
} exclusive[] = {
	{ OPTION_OUTPUT, OPTION_OUTPUT_DIR },
	{ OPTION_QUIET, OPTION_VERBOSE },
	{ OPTION_EXACT, OPTION_RUNTIME_BASE },
};

/* The state of one parse. */
struct parse {
	struct options *options;
	bool given[OPTION_END - OPTION_FROM_LOG];
	enum runtime_base runtime;
	bool errno_given;
	size_t files_allocated;
};

static const struct option_fact *find_fact(int id)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (facts[i].id == (enum option_id)id || (facts[i].letter && facts[i].letter == id))
			return &facts[i];
	return NULL;
}

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
	if (id >= OPTION_USER && id <= OPTION_BACKLOG)
		return take_recording(options, id, value, err);
	switch (id) {
	case OPTION_FROM_LOG:
		options->source = SOURCE_LOG;
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
	case OPTION_QUIET:
		options->verbosity = VERBOSITY_QUIET;
		return 0;
	case OPTION_VERBOSE:
		options->verbosity = VERBOSITY_VERBOSE;
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
	const struct option_fact *fact = find_fact(optopt);

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
	const struct option_fact *fact = find_fact(letter);
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
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		longs[i] = (struct option){ facts[i].name, argument_of(&facts[i]), NULL,
					    (int)facts[i].id };
		if (!facts[i].letter)
			continue;
		shorts[n++] = facts[i].letter;
		if (facts[i].argument)
			shorts[n++] = ':';
	}
	shorts[n] = '\0';
}

/* Options end at the first word that is none: it is the command, or, for logs, a file among
 * options. */
static int parse_words(struct parse *parse, int argc, char **argv, struct error *err)
{
	struct option longs[ARRAY_SIZE(facts) + 1] = { 0 };
	char shorts[2 * ARRAY_SIZE(facts) + 3];
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
	if (optind >= argc)
		return error_set(
			err, -EINVAL,
			"nothing to record: give --from-log FILE or a COMMAND; see --help");
	options->source = SOURCE_COMMAND;
	options->operands = argv + optind;
	options->n_operands = (size_t)(argc - optind);
	return 0;
}

static int check_exclusive(const struct parse *parse, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(exclusive); i++)
		if (was_given(parse, exclusive[i].a) && was_given(parse, exclusive[i].b))
			return error_set(err, -EINVAL, "--%s and --%s exclude each other",
					 find_fact((int)exclusive[i].a)->name,
					 find_fact((int)exclusive[i].b)->name);
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (was_given(parse, facts[i].id) &&
		    !(facts[i].sources & (1u << parse->options->source)))
			return error_set(err, -EINVAL, "--%s means nothing %s", facts[i].name,
					 parse->options->source == SOURCE_LOG ? "with --from-log"
									      : "for a command");
	return 0;
}

static int check_values(const struct parse *parse, struct error *err)
{
	const struct options *options = parse->options;
	const struct selection *selection = &options->selection;

	if (was_given(parse, OPTION_ERRNO) && options->policy.default_action != ACTION_ERRNO)
		return error_set(err, -EINVAL, "--errno means nothing with --default-action %s",
				 action_name(options->policy.default_action));
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
		options->group_by = command ? GROUP_BY_ALL : GROUP_BY_PID;
	if (parse->runtime != RUNTIME_AUTO)
		options->policy.runtime = parse->runtime;
	else
		options->policy.runtime = command ? RUNTIME_ALL : RUNTIME_NONE;
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
	return r;
}

void options_deinit(struct options *options)
{
	free(options->files);
	name_list_free(options->argument_calls);
	selection_deinit(&options->selection);
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
	      "       audit-seccomp-gen [OPTION]... [--] COMMAND [ARG]...\n"
	      "       audit-seccomp-gen VERB [ARG]...\n"
	      "Writes a seccomp profile from what the audit system saw a program do.\n",
	      stream);
	for (size_t i = 0, next = 0; i < ARRAY_SIZE(facts); i++) {
		if (next < ARRAY_SIZE(sections) && facts[i].id == sections[next].first)
			fprintf(stream, "\n%s:\n", sections[next++].title);
		help_option(stream, &facts[i]);
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
