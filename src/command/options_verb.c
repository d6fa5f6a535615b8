/* SPDX-License-Identifier: Apache-2.0 */
#include "command/options_verb.h"
#include "command/report.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define OPERAND 1 /* getopt's answer for a word that is no option, when asked to keep the order */

#define NO_SANDBOX 2

static const struct verb_option help_option = { 'h', "help", 'h', NULL, "show this" };
static const struct verb_option no_sandbox_option = {
	NO_SANDBOX, "no-sandbox", 0, NULL,
	"read with all rights and without a filter on oneself, for debugging"
};

static const struct verb_option *find(const struct verb_syntax *syntax, int letter)
{
	if (letter == 'h')
		return &help_option;
	if (letter == NO_SANDBOX && syntax->confined)
		return &no_sandbox_option;
	for (size_t i = 0; i < syntax->n_options; i++)
		if (syntax->options[i].id == letter ||
		    (syntax->options[i].letter && syntax->options[i].letter == letter))
			return &syntax->options[i];
	return NULL;
}

/* "[=WORD]" may be left out, and is never the next word. */
static int takes_argument(const struct verb_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->argument[0] == '[' ? optional_argument : required_argument;
}

static void describe_one(const struct verb_option *option, struct option *ret_long, char **shorts)
{
	*ret_long = (struct option){ option->name, takes_argument(option), NULL, option->id };
	if (!option->letter)
		return;
	*(*shorts)++ = option->letter;
	if (option->argument)
		*(*shorts)++ = ':';
}

/* getopt's tables, made from ours; words that are no options are answered in their place. */
static void describe(const struct verb_syntax *syntax, struct option *longs, char *shorts)
{
	*shorts++ = '-';
	*shorts++ = ':';
	for (size_t i = 0; i < syntax->n_options; i++)
		describe_one(&syntax->options[i], longs++, &shorts);
	if (syntax->confined)
		describe_one(&no_sandbox_option, longs++, &shorts);
	describe_one(&help_option, longs, &shorts);
	*shorts = '\0';
}

static int refuse(const struct verb_syntax *syntax, int letter, char **argv, struct error *err)
{
	const struct verb_option *option = find(syntax, optopt);

	if (letter == ':')
		return error_set(err, -EINVAL, "option '%s' needs an argument; see `%s --help`",
				 argv[optind - 1], argv[0]);
	if (option && optopt)
		return error_set(err, -EINVAL, "option '--%s' takes no argument; see `%s --help`",
				 option->name, argv[0]);
	if (optopt)
		return error_set(err, -EINVAL, "unknown option '-%c'; see `%s --help`", optopt,
				 argv[0]);
	return error_set(err, -EINVAL, "unknown option '%s'; see `%s --help`", argv[optind - 1],
			 argv[0]);
}

static int take_word(const struct verb_syntax *syntax, int letter, char **argv, verb_take take,
		     void *context, struct verb_words *words, struct error *err)
{
	const struct verb_option *option;
	int r;

	if (letter == OPERAND) {
		words->operands[words->n_operands++] = optarg;
		return 0;
	}
	option = find(syntax, letter);
	if (!option)
		return refuse(syntax, letter, argv, err);
	if (option == &help_option) {
		words->help = true;
		return 0;
	}
	if (option == &no_sandbox_option) {
		words->no_sandbox = true;
		return 0;
	}
	r = take(context, option->id, optarg, err);
	if (r < 0)
		return error_prefix(err, r, optarg ? "--%s '%.100s'" : "--%s", option->name,
				    optarg ? optarg : "");
	return 0;
}

/* Behind "--" no word is an option. */
static void take_rest(const struct verb_syntax *syntax, char **rest, struct verb_words *words)
{
	if (syntax->takes_command)
		words->command = rest;
	else
		while (*rest)
			words->operands[words->n_operands++] = *rest++;
}

int verb_options_parse(const struct verb_syntax *syntax, int argc, char **argv, verb_take take,
		       void *context, struct verb_words *ret, struct error *err)
{
	struct option longs[VERB_OPTIONS_MAX + 3] = { 0 };
	char shorts[2 * VERB_OPTIONS_MAX + 5];
	int letter, r = 0;

	*ret = (struct verb_words){ 0 };
	if (syntax->n_options > VERB_OPTIONS_MAX)
		return error_set(err, -E2BIG, "more options than VERB_OPTIONS_MAX");
	ret->operands = calloc((size_t)argc + 1, sizeof(*ret->operands));
	if (!ret->operands)
		return error_memory(err);
	describe(syntax, longs, shorts);
	opterr = 0;
	optind = 0;
	while (r >= 0 && !ret->help &&
	       (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		r = take_word(syntax, letter, argv, take, context, ret, err);
	if (r >= 0 && !ret->help && optind > 1 && strcmp(argv[optind - 1], "--") == 0)
		take_rest(syntax, argv + optind, ret);
	return r;
}

int verb_run(const struct verb_syntax *syntax, int argc, char **argv, verb_take take,
	     int (*execute)(void *context, const struct verb_words *words), void *context)
{
	struct verb_words words;
	struct error err = { 0 };
	int r = verb_options_parse(syntax, argc, argv, take, context, &words, &err);
	int status = EXIT_COMPLETE;

	if (r < 0)
		status = report_failure(&err, r, EXIT_USAGE);
	else if (words.help)
		verb_options_help(syntax, stdout);
	else
		status = execute(context, &words);
	verb_words_deinit(&words);
	return status;
}

void verb_words_deinit(struct verb_words *words)
{
	free(words->operands);
}

static void help_line(FILE *stream, const struct verb_option *option)
{
	char left[64], letter[8] = "   ";
	int width;

	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c,", option->letter);
	width = snprintf(left, sizeof(left), "%s --%s", letter, option->name);
	if (option->argument)
		snprintf(left + width, sizeof(left) - (size_t)width, "%s%s",
			 option->argument[0] == '[' ? "" : "=", option->argument);
	fprintf(stream, "  %-29s %s\n", left, option->help);
}

void verb_options_help(const struct verb_syntax *syntax, FILE *stream)
{
	for (size_t i = 0; syntax->usage[i]; i++)
		fprintf(stream, "%s audit-seccomp-gen %s\n",
			i ? "      " : "Usage:", syntax->usage[i]);
	fprintf(stream, "%s\n\nOptions:\n", syntax->summary);
	for (size_t i = 0; i < syntax->n_options; i++)
		help_line(stream, &syntax->options[i]);
	if (syntax->confined)
		help_line(stream, &no_sandbox_option);
	help_line(stream, &help_option);
	fprintf(stream, "\nExit status: %s\n", syntax->status);
}
