/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the options share: the const table, and takers of values. */
#ifndef ASG_COMMAND_OPTIONS_PRIVATE_H
#define ASG_COMMAND_OPTIONS_PRIVATE_H

#include "base/error.h"
#include "base/macro.h"
#include "command/options.h"

enum option_id {
	OPTION_FROM_LOG = 256,
	OPTION_LIVE,
	OPTION_OUTPUT,
	OPTION_OUTPUT_DIR,
	OPTION_FORMAT,
	OPTION_GROUP_BY,
	OPTION_RESOLVE_PROC,
	OPTION_STATE,
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
	OPTION_PORTABLE,
	OPTION_ARCH,
	OPTION_DEFAULT_ACTION,
	OPTION_ERRNO,
	OPTION_RUNTIME_BASE,
	OPTION_INCLUDE_DENIED,
	OPTION_ARGS,
	OPTION_CONTAINER,
	OPTION_UNIT,
	OPTION_DURATION,
	OPTION_EVERY,
	OPTION_MAX_GROUPS,
	OPTION_MAX_PROCESSES,
	OPTION_USER,
	OPTION_UNTIL_EXIT,
	OPTION_TIMEOUT,
	OPTION_RECEIVE_BUFFER,
	OPTION_BACKLOG,
	OPTION_HOT,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_NO_SANDBOX,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_END,
};

#define ONLY_LOG     (1u << SOURCE_LOG)
#define ONLY_COMMAND (1u << SOURCE_COMMAND)
#define ONLY_LIVE    (1u << SOURCE_LIVE)
#define ANY_SOURCE   (ONLY_LOG | ONLY_COMMAND | ONLY_LIVE)

struct option_fact {
	enum option_id id;
	const char *name;
	char letter;
	const char *argument; /* in help; NULL: takes none; "[=...]": may be left out */
	unsigned int sources; /* where it means something */
	const char *help;
};

struct option_pair {
	enum option_id a, b;
};

/* The table is in the order of --help. */
size_t option_count(void);
const struct option_fact *option_at(size_t index);

/* By its id or its letter; NULL: none. */
const struct option_fact *option_find(int id);

/* The title of the section of --help that begins with this option, or NULL. */
const char *option_section(enum option_id id);

/* Options that exclude each other. */
size_t option_pair_count(void);
const struct option_pair *option_pair_at(size_t index);

/* "with --from-log": where an option means nothing. */
const char *option_source_words(enum source source);

/* Takes an option of --live. */
int option_take_live(struct options *options, enum option_id id, const char *value,
		     struct error *err) _must_check_;

/* What --live can do with the product that was asked for. */
int option_check_live(const struct options *options, struct error *err) _must_check_;

#endif
