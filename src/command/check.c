/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `check`: is what a recording, a log, or a command that is run now, does within a profile? Options
 * about records and commands are those of recording, and are parsed there.
 */
#include "command/check.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/output.h"
#include "command/confine.h"
#include "command/losses.h"
#include "command/option_values.h"
#include "command/options_verb.h"
#include "command/record.h"
#include "command/report.h"
#include "model/profile_host.h"
#include <errno.h>
#include <string.h>

#define LISTED_MAX 8 /* recordings that are named one by one */

enum {
	OPTION_FROM_LOG = 256,
	OPTION_UNUSED,
	OPTION_INCLUDE_DENIED,
	OPTION_CAPS,
	OPTION_KERNEL,
	OPTION_AGAINST,
	OPTION_OUTPUT,
	OPTION_JSON,
	OPTION_MARKDOWN,
	OPTION_QUIET,
	OPTION_PASSED, /* this and those behind it go to the recording */
};

static const struct verb_option option_table[] = {
	{ OPTION_FROM_LOG, "from-log", 0, NULL, "the FILEs are audit logs; - is standard input" },
	{ OPTION_UNUSED, "unused", 0, NULL, "also what the profile allows and nobody used" },
	{ OPTION_INCLUDE_DENIED, "include-denied", 0, NULL,
	  "calls that were denied when they were recorded have to be within, too" },
	{ OPTION_CAPS, "caps", 0, "CAP[,CAP]...",
	  "capabilities of the container, for the profile's conditions; all, none (default)" },
	{ OPTION_KERNEL, "kernel", 0, "VERSION",
	  "of the host, for the profile's conditions (default: this one's)" },
	{ OPTION_AGAINST, "against", 0, "KIND",
	  "libseccomp or kernel: names in the profile that this VERSION of it does not know" },
	{ OPTION_OUTPUT, "output", 'o', "FILE",
	  "write the answer here (default: standard output, which a command has, too)" },
	{ OPTION_JSON, "json", 0, NULL, "as one JSON object" },
	{ OPTION_MARKDOWN, "markdown", 0, NULL, "as a table for a pull request" },
	{ OPTION_QUIET, "quiet", 'q', NULL, "say only what went wrong, and exit with the status" },
	{ OPTION_PASSED, "pid", 0, "PID[,PID]...", "of a log: only these processes" },
	{ OPTION_PASSED + 1, "exe", 0, "GLOB", "only this executable; may be repeated" },
	{ OPTION_PASSED + 2, "comm", 0, "GLOB", "only this command name; may be repeated" },
	{ OPTION_PASSED + 3, "since", 0, "TIME", "only from then on" },
	{ OPTION_PASSED + 4, "until", 0, "TIME", "only up to then" },
	{ OPTION_PASSED + 5, "args", 0, "[=CALL[,CALL]...]",
	  "of a command: record arguments, for rules that they decide" },
	{ OPTION_PASSED + 6, "user", 'u', "NAME", "run the command as this user" },
	{ OPTION_PASSED + 7, "timeout", 0, "DURATION", "end the command after that" },
};

static const struct verb_syntax syntax = {
	.usage =
		(const char *const[]){
			"check [OPTION]... PROFILE RECORDING...",
			"check [OPTION]... PROFILE --from-log FILE...",
			"check [OPTION]... PROFILE -- COMMAND [ARG]...",
			"check --against libseccomp|kernel VERSION PROFILE|RECORDING", NULL },
	.summary =
		"Says whether what happened is within a profile of any readable format, and what "
		"is not.\nA COMMAND is denied nothing: what the profile does not allow is "
		"logged.",
	.status = "0 within, 1 not within (or --against found names), 2 usage or input that\n"
		  "cannot be read, 3 within as far as incomplete evidence shows; of a command "
		  "that is within its\nown when that is not 0.",
	.options = option_table,
	.n_options = ARRAY_SIZE(option_table),
	.confined = true,
	.takes_command = true,
};

struct check {
	enum check_form form;
	bool from_log, quiet;
	const char *against, *output;
	struct within_options within_options;
	bool no_sandbox;
	struct host_facts host;
	char **caps;

	char **passed; /* words for the recording's options, owned */
	size_t n_passed, passed_allocated;

	const char *profile_path;
	struct input profile;
	struct profile *resolved;   /* without conditions on host and container */
	struct recording recording; /* what happened, as one group */
	struct syscall_table names;
	struct within within;
	struct strbuf held;
	int command_status;
};

static void check_deinit(struct check *check)
{
	name_list_free(check->caps);
	for (size_t i = 0; i < check->n_passed; i++)
		free(check->passed[i]);
	free(check->passed);
	input_deinit(&check->profile);
	profile_free(check->resolved);
	within_deinit(&check->within);
	recording_deinit(&check->recording);
	syscall_table_deinit(&check->names);
	strbuf_deinit(&check->held);
}

static int pass(struct check *check, const char *prefix, const char *name, const char *separator,
		const char *value, struct error *err)
{
	_cleanup_strbuf_ struct strbuf word = { 0 };
	char *text;

	strbuf_printf(&word, "%s%s%s%s", prefix, name, separator, value);
	text = strbuf_steal(&word);
	if (!text || array_reserve(&check->passed, &check->passed_allocated, check->n_passed + 2,
				   sizeof(*check->passed)) < 0) {
		free(text);
		return error_memory(err);
	}
	check->passed[check->n_passed++] = text;
	check->passed[check->n_passed] = NULL;
	return 0;
}

static int take_form(struct check *check, enum check_form form, struct error *err)
{
	if (check->form != CHECK_TEXT && check->form != form)
		return error_set(err, -EINVAL, "--json and --markdown exclude each other");
	check->form = form;
	return 0;
}

static int take_passed(struct check *check, int id, const char *value, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++)
		if (option_table[i].id == id)
			return pass(check, "--", option_table[i].name, value ? "=" : "",
				    value ? value : "", err);
	return error_set(err, -EINVAL, "unknown option");
}

static int take_option(void *context, int id, const char *value, struct error *err)
{
	struct check *check = context;

	switch (id) {
	case OPTION_FROM_LOG:
		check->from_log = true;
		return 0;
	case OPTION_UNUSED:
		check->within_options.unused = true;
		return 0;
	case OPTION_INCLUDE_DENIED:
		check->within_options.denied = true;
		return 0;
	case OPTION_CAPS:
		return value_caps(value, &check->caps, err);
	case OPTION_KERNEL:
		return value_kernel(value, &check->host.kernel, err);
	case OPTION_AGAINST:
		check->against = value;
		return 0;
	case OPTION_OUTPUT:
		check->output = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	case OPTION_QUIET:
		check->quiet = true;
		return take_passed(check, id, value, err);
	case OPTION_JSON:
		return take_form(check, CHECK_JSON, err);
	case OPTION_MARKDOWN:
		return take_form(check, CHECK_MARKDOWN, err);
	default:
		return take_passed(check, id, value, err);
	}
}

static int read_profile(struct check *check, const char *path, struct error *err)
{
	int r = input_read(&check->profile, path, err);

	if (r < 0)
		return r;
	check->profile_path = path;
	if (check->profile.kind != INPUT_PROFILE)
		return error_set(err, -EINVAL,
				 "%s is a recording: the first file is the profile to check", path);
	if (!check->quiet)
		losses_note_settings(path, check->profile.profile);
	check->host.caps = check->caps;
	check->resolved = profile_on_host(check->profile.profile, &check->host);
	return check->resolved ? 0 : error_memory(err);
}

/* All groups as one: who did it is in the actors. */
static int take_recording(struct check *check, const struct recording *recording, struct error *err)
{
	return recording_merge_as(&check->recording, recording, "all") < 0 ? error_memory(err) : 0;
}

/* Options about records and commands mean nothing for what was recorded. */
static int refuse_passed(const struct check *check, const char *with, struct error *err)
{
	for (size_t i = 1; i < check->n_passed; i++)
		if (strcmp(check->passed[i], "--quiet") != 0)
			return error_set(err, -EINVAL, "%.100s means nothing with %s",
					 check->passed[i], with);
	return 0;
}

static void list_recording(struct check *check, const struct input *input, const char *path,
			   size_t number)
{
	if (number > LISTED_MAX)
		return;
	strbuf_puts(&check->held, check->held.len ? "\n" : "");
	if (number == LISTED_MAX) {
		strbuf_puts(&check->held, "and more recordings");
		return;
	}
	input_put_name(&check->held, path);
	strbuf_puts(&check->held, ": ");
	input_describe(input, &check->held);
}

static int read_recordings(struct check *check, char *const *paths, struct error *err)
{
	int r = refuse_passed(check, "recordings", err);

	if (r < 0)
		return r;
	for (size_t i = 0; paths[i]; i++) {
		_cleanup_input_ struct input input = { 0 };

		r = input_read(&input, paths[i], err);
		if (r < 0)
			return r;
		if (input.kind != INPUT_RECORDING)
			return error_set(err, -EINVAL,
					 "%s is a profile, not a recording; see also `diff`",
					 paths[i]);
		list_recording(check, &input, paths[i], i);
		r = take_recording(check, &input.recording, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What the words come to as options of a recording. */
static int pass_words(struct check *check, const char *marker, char *const *words,
		      struct error *err)
{
	int r = pass(check, marker, "", "", "", err);

	for (; r >= 0 && *words; words++)
		r = pass(check, "", *words, "", "", err);
	return r;
}

static int record(struct check *check, struct run *run, struct error *err)
{
	int r = run->options->source == SOURCE_LOG ? record_log(run, err)
						   : record_command(run, err);

	check->command_status = run->status;
	if (r >= 0)
		r = take_recording(check, &run->recording, err);
	return r;
}

/* A profile that names no architecture is for this one: nothing is allowed on others. */
static struct profile *base_for_recording(const struct profile *profile)
{
	struct profile *base = profile_copy(profile);

	if (base && name_list_count(base->architectures) == 0 && base->n_arch_map == 0 &&
	    profile_add_architecture(base, arch_native()->oci) < 0)
		return profile_free(base);
	return base;
}

/* A log is read confined, and so is the profile then. */
static int read_profile_first(void *context, const char *path, struct error *err)
{
	return read_profile(context, path, err);
}

/* Of a command only what the profile does not allow is logged, unless the rest is asked for. */
static int record_now(struct check *check, struct error *err)
{
	struct options options;
	struct run run = {
		.options = &options,
		.first = check->from_log ? read_profile_first : NULL,
		.first_context = check,
		.first_path = check->from_log ? check->profile_path : NULL,
	};
	int r = options_parse(&options, (int)check->n_passed, check->passed, err);

	if (r >= 0) {
		/* What is found is written afterwards. */
		options.no_sandbox = check->no_sandbox;
		options.output = options.source == SOURCE_LOG ? check->output : NULL;
	}
	if (r >= 0 && options.source == SOURCE_COMMAND && !check->within_options.unused) {
		run.base = base_for_recording(check->resolved);
		if (!run.base)
			r = error_memory(err);
	}
	if (r >= 0)
		r = record(check, &run, err);
	profile_free(run.base);
	recording_deinit(&run.recording);
	syscall_table_deinit(&run.names);
	options_deinit(&options);
	return r;
}

static int gather(struct check *check, const struct verb_words *words, struct error *err)
{
	char *const *rest = words->operands + 1;
	int r;

	if (words->command && (*rest || check->from_log))
		return error_set(err, -EINVAL, "a command or files, not both");
	if (!words->command && !*rest)
		return error_set(err, -EINVAL,
				 "nothing to hold against it: name recordings, --from-log FILE, or "
				 "-- COMMAND");
	if (!words->command && !check->from_log)
		return read_recordings(check, rest, err);
	if (words->command) {
		strbuf_puts(&check->held, "command ");
		strbuf_put_shown(&check->held, slice_from(words->command[0]));
		r = pass_words(check, "--", words->command, err);
	} else {
		strbuf_puts(&check->held, "the log");
		r = pass(check, "--group-by=all", "", "", "", err);
		if (r >= 0)
			r = pass_words(check, "--from-log", rest, err);
	}
	return r < 0 ? r : record_now(check, err);
}

static int compare(struct check *check, struct error *err)
{
	struct check_result result = {
		.profile_path = check->profile_path,
		.profile = &check->profile,
		.recording = &check->recording,
		.within = &check->within,
		.command_status = check->command_status,
		.unused = check->within_options.unused,
	};
	_cleanup_output_ struct output output = { 0 };
	int r;

	if (check->recording.n_groups == 0)
		return error_set(err, -ENODATA, "%s: there is no SECCOMP record to check",
				 strbuf_text(&check->held));
	r = within_check(check->resolved, &check->recording.groups[0], &check->within_options,
			 &check->names, &check->within, err);
	result.held = check->held;
	if (r < 0 || check->quiet)
		return r;
	r = output_open(&output, check->output, err);
	if (r >= 0)
		r = check_write(&result, check->form, output.stream, err);
	return r < 0 ? r : output_commit(&output, err);
}

static int final_status(const struct check *check)
{
	if (within_count(&check->within, WITHIN_MISSING) > 0)
		return EXIT_DIFFERENT;
	if (check->command_status != 0)
		return check->command_status;
	if (within_count(&check->within, WITHIN_UNDECIDED) > 0 ||
	    !evidence_complete(&check->recording.evidence))
		return EXIT_INCOMPLETE;
	return EXIT_COMPLETE;
}

static int against(const struct check *check, const struct verb_words *words, struct error *err)
{
	_cleanup_output_ struct output output = { 0 };
	int r = refuse_passed(check, "--against", err), found;

	if (r < 0)
		return r;
	if (check->from_log || check->within_options.unused || check->within_options.denied ||
	    check->caps || check->host.kernel.major)
		return error_set(err, -EINVAL,
				 "--against looks at names only: of the options, -o, --json, "
				 "--markdown and -q mean something with it");
	if (words->n_operands != 2 || words->command)
		return error_set(err, -EINVAL, "expected VERSION and PROFILE; see `check --help`");
	r = output_open(&output, check->quiet ? "/dev/null" : check->output, err);
	if (r < 0)
		return r;
	found = check_against(check->against, words->operands, check->form, output.stream, err);
	r = found < 0 ? found : output_commit(&output, err);
	return r < 0 ? r : found;
}

static int execute_against(const struct check *check, const struct verb_words *words)
{
	struct error err = { 0 };
	int r = against(check, words, &err);

	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	return r > 0 ? EXIT_DIFFERENT : EXIT_COMPLETE;
}

/* Not for a command, which is to run as it is, nor yet for logs, whose names are not known yet. */
static int confine_check(struct check *check, const struct verb_words *words, struct error *err)
{
	check->no_sandbox = words->no_sandbox;
	return words->command || check->from_log ? 0 : confine_verb(words, check->output, err);
}

static int execute(void *context, const struct verb_words *words)
{
	struct check *check = context;
	struct error err = { 0 };
	int r = confine_check(check, words, &err);

	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	if (check->against)
		return execute_against(check, words);
	if (words->n_operands == 0)
		r = error_set(&err, -EINVAL, "which profile? see `check --help`");
	else
		check->profile_path = words->operands[0];
	if (r >= 0 && !check->from_log)
		r = read_profile(check, check->profile_path, &err);
	if (r >= 0)
		r = gather(check, words, &err);
	if (r >= 0)
		r = compare(check, &err);
	if (r < 0)
		return report_failure(&err, r,
				      check->command_status ? check->command_status : EXIT_USAGE);
	return final_status(check);
}

int verb_check(int argc, char **argv)
{
	struct check check = { 0 };
	struct error err = { 0 };
	int r = pass(&check, "check", "", "", "", &err);
	int status = r < 0 ? report_failure(&err, r, EXIT_USAGE)
			   : verb_run(&syntax, argc, argv, take_option, execute, &check);

	check_deinit(&check);
	return status;
}
