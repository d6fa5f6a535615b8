/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of the default verb: one const table drives parsing, --help and the check of what
 * goes together. Const after parsing.
 */
#ifndef ASG_COMMAND_OPTIONS_H
#define ASG_COMMAND_OPTIONS_H

#include "base/error.h"
#include "base/macro.h"
#include "format/emitter.h"
#include "model/intake.h"
#include "model/policy.h"
#include "model/selection.h"
#include <stdio.h>

/* Where records come from. */
enum source {
	SOURCE_NONE,
	SOURCE_LOG,
	SOURCE_COMMAND,
	SOURCE_LIVE,
};

enum until_exit {
	UNTIL_ALL,  /* the last descendant */
	UNTIL_MAIN, /* the command itself */
};

enum verbosity {
	VERBOSITY_QUIET = -1,
	VERBOSITY_NORMAL = 0,
	VERBOSITY_VERBOSE = 1,
};

/* What the program was asked to do instead of recording. */
enum request {
	REQUEST_RECORD,
	REQUEST_HELP,
	REQUEST_VERSION,
};

struct options {
	enum request request;
	enum source source;
	char *const *operands; /* log files, or the command and its arguments; NULL-terminated */
	size_t n_operands;
	char **files; /* owned array behind operands for logs */

	const char *output, *output_dir;
	const struct emitter *format;
	enum verbosity verbosity;
	bool no_sandbox;

	enum group_by group_by;
	bool ask_proc;	   /* --resolve-proc */
	const char *state; /* file of --state, or NULL */
	struct selection selection;

	const char *base_path;
	struct policy_options policy; /* `base` and `arches` are filled in by the command */
	struct emit_request emit;     /* only what --arch says */

	struct text_list containers, units;
	int64_t duration_ms; /* 0: no end */
	int64_t every_ms;    /* 0: only at the end */
	uint32_t groups_max, processes_max;

	char **hot; /* calls that are not to be logged; NULL: none */
	const char *user;
	enum until_exit until;
	int64_t timeout_ms;    /* 0: none */
	size_t receive_buffer; /* bytes */
	uint32_t backlog;      /* messages */

	bool arguments;	       /* --args */
	char **argument_calls; /* its LIST, owned; NULL: all that argument.h knows */
};

/*
 * Parses. Strings are borrowed from argv. -EINVAL with a message; `*ret` needs options_deinit() in
 * any case.
 */
int options_parse(struct options *ret, int argc, char **argv, struct error *err) _must_check_;
void options_deinit(struct options *options);

/* The text of --help, from the table. */
void options_help(FILE *stream);

#endif
