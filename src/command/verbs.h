/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs: words that, first on the command line, mean something else than a command to record.
 */
#ifndef ASG_COMMAND_VERBS_H
#define ASG_COMMAND_VERBS_H

#include "base/macro.h"
#include <stddef.h>

enum exit_status {
	EXIT_COMPLETE = 0,
	EXIT_DIFFERENT = 1, /* also: a check failed */
	EXIT_USAGE = 2,
	EXIT_INCOMPLETE = 3,
};

struct verb {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv); /* argv[0] is the verb; the exit status */
};

size_t verb_count(void);
const struct verb *verb_at(size_t index);
const struct verb *verb_by_name(const char *name); /* NULL: none */

/* The verb that was meant by a word with one slip in it: a letter too many, one missing, one wrong,
 * or two in the wrong order. NULL: none. */
const struct verb *verb_meant(const char *word);

/* What the verbs do, one file each. */
int verb_check(int argc, char **argv);
int verb_convert(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_doctor(int argc, char **argv);
int verb_exec(int argc, char **argv);
int verb_explain(int argc, char **argv);
int verb_hook(int argc, char **argv);
int verb_merge(int argc, char **argv);
int verb_unit(int argc, char **argv);

/* The default verb: a log or a command becomes a profile. argv[0] is the program. */
int verb_record(int argc, char **argv);

#endif
