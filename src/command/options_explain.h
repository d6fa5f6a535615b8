/* SPDX-License-Identifier: Apache-2.0 */
/* The options of `explain`. Const after parsing. */
#ifndef ASG_COMMAND_OPTIONS_EXPLAIN_H
#define ASG_COMMAND_OPTIONS_EXPLAIN_H

#include "base/error.h"
#include "base/macro.h"
#include "command/options_verb.h"
#include "format/emitter.h"
#include "model/grouping.h"
#include "model/selection.h"

struct explain_options {
	struct verb_words words;
	bool denied;   /* explain the denials of a log */
	bool from_log; /* operands are logs */
	bool html;
	bool json;
	bool verbose;
	const char *output;	      /* NULL: standard output */
	const struct emitter *format; /* of the proposed profile; NULL: none is asked for */
	enum group_by group_by;
	struct selection selection;
};

/* As options_parse(). `*ret` needs explain_options_deinit() in any case. */
int explain_options_parse(struct explain_options *ret, int argc, char **argv, struct error *err)
	_must_check_;
void explain_options_deinit(struct explain_options *options);
void explain_options_help(FILE *stream);

#endif
