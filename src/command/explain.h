/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of `explain`: what it was given, and the texts that it makes of it. */
#ifndef ASG_COMMAND_EXPLAIN_H
#define ASG_COMMAND_EXPLAIN_H

#include "arch/syscall.h"
#include "base/error.h"
#include "base/macro.h"
#include "command/options_explain.h"
#include "command/style.h"
#include "model/explanation.h"

/* What was read. */
struct explain_subject {
	char **sources;		 /* "redis.json: oci profile, 5 rules", a line each, or NULL */
	struct profile *profile; /* NULL: neither a profile nor a recording was given */
	bool derived;		 /* the profile was made from the recording */
	bool recorded;		 /* `recording` was read */
	struct recording recording;
	struct syscall_table names;
	struct explanation explanation;
};

/* By area, with counts, and what deserves a second look. `verbose`: every call. */
void explain_overview(FILE *stream, const struct style *style,
		      const struct explain_subject *subject, bool verbose);

/* One call; what the subject says of it when there is one. */
void explain_call(FILE *stream, const struct style *style, struct explain_subject *subject,
		  const char *name, bool verbose);

/* Everything, or what the operands name, as one JSON object. -ENOMEM. */
int explain_json(FILE *stream, struct explain_subject *subject,
		 const struct explain_options *options) _must_check_;

/* Whether an operand is the name of a call. */
bool explain_is_call(const char *word);

/* --denied: the exit status. */
int explain_denied(const struct explain_options *options);

/* Text behind a label, in lines that fit. `text` is ours or made safe to show before. */
void explain_put(FILE *stream, const struct style *style, const char *label, const char *text);

/* "/bin/a (comm), /bin/b (comm)": who made a call, all of them or the first few. */
void explain_put_who(struct strbuf *line, const struct recording *recording,
		     const struct observation *seen, bool all);

#endif
