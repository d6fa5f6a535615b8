/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a verb, from its const table: parsing, --help and the messages of what is refused.
 * Every verb has -h, --help without saying so, and those that are confined have --no-sandbox.
 */
#ifndef ASG_COMMAND_OPTIONS_VERB_H
#define ASG_COMMAND_OPTIONS_VERB_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stdio.h>

#define VERB_OPTIONS_MAX 32

struct verb_option {
	int id; /* from 256 on */
	const char *name;
	char letter;	      /* 0: none */
	const char *argument; /* in help; NULL: takes none; "[=WHAT]": may be left out */
	const char *help;
};

struct verb_syntax {
	const char *const
		*usage;	     /* what stands behind the program's name, a line each; NULL ends */
	const char *summary; /* sentences, a line each */
	const char *status;  /* what the exit status says */
	const struct verb_option *options;
	size_t n_options;
	bool confined;	    /* the verb calls confine_verb(), and so takes --no-sandbox */
	bool takes_command; /* "--" has a command behind it, else more operands */
};

/* Takes one option; `value` is borrowed from argv, NULL when it has none. */
typedef int (*verb_take)(void *context, int id, const char *value, struct error *err);

struct verb_words {
	bool no_sandbox;
	bool help;	 /* was asked for; the rest is not to be looked at */
	char **operands; /* owned array of words borrowed from argv, NULL-terminated */
	size_t n_operands;
	char *const *command; /* of a verb that takes one: what stands behind "--", borrowed from
				 argv; NULL: no "--" */
};

/*
 * Parses argv (argv[0] is the verb). Options and operands come in any order, up to "--". -EINVAL
 * with a message, -ENOMEM. `*ret` needs verb_words_deinit() in any case.
 */
int verb_options_parse(const struct verb_syntax *syntax, int argc, char **argv, verb_take take,
		       void *context, struct verb_words *ret, struct error *err) _must_check_;
void verb_words_deinit(struct verb_words *words);

/*
 * The life of a verb whose work is one function: parses, then helps, refuses, or executes with
 * `context`, to which `take` has given the options. The exit status.
 */
int verb_run(const struct verb_syntax *syntax, int argc, char **argv, verb_take take,
	     int (*execute)(void *context, const struct verb_words *words), void *context);

/* The text of --help. */
void verb_options_help(const struct verb_syntax *syntax, FILE *stream);

#endif
