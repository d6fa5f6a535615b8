/* SPDX-License-Identifier: Apache-2.0 */
#include "command/options_explain.h"
#include "command/option_values.h"
#include <errno.h>
#include <string.h>

enum {
	OPTION_DENIED = 256,
	OPTION_FROM_LOG,
	OPTION_GROUP_BY,
	OPTION_PID,
	OPTION_EXE,
	OPTION_COMM,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_FORMAT,
	OPTION_HTML,
	OPTION_JSON,
	OPTION_OUTPUT,
	OPTION_VERBOSE,
};

static const struct verb_option facts[] = {
	{ OPTION_HTML, "html", 0, NULL,
	  "write a report for a browser, in one self-contained file" },
	{ OPTION_JSON, "json", 0, NULL, "as one JSON object" },
	{ OPTION_DENIED, "denied", 0, NULL,
	  "explain the denials of a log, and what allowing them would open" },
	{ OPTION_FROM_LOG, "from-log", 0, NULL, "with --denied: the operands are audit logs" },
	{ OPTION_GROUP_BY, "group-by", 0, "WHAT",
	  "with --denied: pid, exe (default), comm, session, label, node or all" },
	{ OPTION_PID, "pid", 0, "PID[,PID]...", "with --denied: only these processes" },
	{ OPTION_EXE, "exe", 0, "GLOB", "with --denied: only this executable; may be repeated" },
	{ OPTION_COMM, "comm", 0, "GLOB",
	  "with --denied: only this command name; may be repeated" },
	{ OPTION_SINCE, "since", 0, "TIME", "with --denied: only from then on" },
	{ OPTION_UNTIL, "until", 0, "TIME", "with --denied: only up to then" },
	{ OPTION_FORMAT, "format", 'f', "FORMAT",
	  "with --denied: write a profile of the proposed additions" },
	{ OPTION_OUTPUT, "output", 'o', "FILE",
	  "write here, whole or not at all (default: standard output)" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL, "every call, and every group that made it" },
};

static const char *const usage[] = {
	"explain [OPTION]... [PROFILE] [RECORDING]... [CALL]...",
	"explain [OPTION]... --denied --from-log FILE...",
	NULL,
};

static const struct verb_syntax syntax = {
	.usage = usage,
	.summary =
		"Says why a call is in a profile: who was seen to make it, or why it was added, "
		"and "
		"what\nit can do. Without a CALL it gives an overview by area; without a file it "
		"explains the\ncall in general. A word that is the name of a system call is one; "
		"./read is a file.",
	.status = "0 explained, 2 usage or input that cannot be read, 3 the recording or\n"
		  "log is incomplete.",
	.options = facts,
	.n_options = ARRAY_SIZE(facts),
	.confined = true,
};

static int take_selection(struct selection *selection, int id, const char *value, struct error *err)
{
	switch (id) {
	case OPTION_PID:
		return value_pids(value, &selection->pids, err);
	case OPTION_EXE:
		return value_text(value, &selection->exes, err);
	case OPTION_COMM:
		return value_text(value, &selection->comms, err);
	case OPTION_SINCE:
		return time_parse(value, time_now_ms(), &selection->since_ms, err);
	default:
		return time_parse(value, time_now_ms(), &selection->until_ms, err);
	}
}

static int take_format(struct explain_options *options, const char *value, struct error *err)
{
	int r = value_format(value, &options->format, err);

	if (r < 0)
		return r;
	if (!options->format->emit)
		return error_set(err, -EINVAL, "a proposal is a profile, not a recording");
	return 0;
}

static int take(void *context, int id, const char *value, struct error *err)
{
	struct explain_options *options = context;

	if (id >= OPTION_PID && id <= OPTION_UNTIL)
		return take_selection(&options->selection, id, value, err);
	switch (id) {
	case OPTION_DENIED:
		options->denied = true;
		return 0;
	case OPTION_FROM_LOG:
		options->from_log = true;
		return 0;
	case OPTION_GROUP_BY:
		return value_group_by(value, &options->group_by, err);
	case OPTION_FORMAT:
		return take_format(options, value, err);
	case OPTION_HTML:
		options->html = true;
		return 0;
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_OUTPUT:
		options->output = value;
		return *value ? 0 : error_set(err, -EINVAL, "the name is empty");
	default:
		options->verbose = true;
		return 0;
	}
}

static bool selects(const struct explain_options *options)
{
	const struct selection *selection = &options->selection;

	return selection->pids.n || selection->exes.n || selection->comms.n ||
	       selection->since_ms != TIME_UNKNOWN || selection->until_ms != TIME_UNKNOWN ||
	       options->group_by != GROUP_BY_COUNT;
}

static int check_denied(const struct explain_options *options, struct error *err)
{
	if (!options->from_log)
		return error_set(err, -EINVAL, "--denied reads a log: give --from-log FILE");
	if (options->words.n_operands == 0)
		return error_set(err, -EINVAL, "--from-log needs a file, a directory or -");
	if (options->html || options->json)
		return error_set(err, -EINVAL, "--denied and %s exclude each other",
				 options->html ? "--html" : "--json");
	return 0;
}

static int check_goes_together(const struct explain_options *options, struct error *err)
{
	if (options->denied)
		return check_denied(options, err);
	if (options->from_log || options->format || selects(options))
		return error_set(err, -EINVAL, "%s only with --denied",
				 options->from_log ? "--from-log means something"
				 : options->format ? "--format means something"
						   : "grouping and selecting mean something");
	if (options->html && options->json)
		return error_set(err, -EINVAL, "--html and --json exclude each other");
	if (options->words.n_operands == 0)
		return error_set(err, -EINVAL,
				 "nothing to explain: give a profile, a recording or "
				 "the name of a system call; see --help");
	return 0;
}

int explain_options_parse(struct explain_options *ret, int argc, char **argv, struct error *err)
{
	int r;

	*ret = (struct explain_options){
		.group_by = GROUP_BY_COUNT,
		.selection = { .since_ms = TIME_UNKNOWN, .until_ms = TIME_UNKNOWN },
	};
	r = verb_options_parse(&syntax, argc, argv, take, ret, &ret->words, err);
	if (r < 0 || ret->words.help)
		return r;
	r = check_goes_together(ret, err);
	if (ret->group_by == GROUP_BY_COUNT)
		ret->group_by = GROUP_BY_EXE;
	if (ret->selection.since_ms != TIME_UNKNOWN && ret->selection.until_ms != TIME_UNKNOWN &&
	    ret->selection.since_ms > ret->selection.until_ms && r >= 0)
		r = error_set(err, -EINVAL, "--since is later than --until");
	return r;
}

void explain_options_deinit(struct explain_options *options)
{
	verb_words_deinit(&options->words);
	selection_deinit(&options->selection);
}

void explain_options_help(FILE *stream)
{
	verb_options_help(&syntax, stream);
}
