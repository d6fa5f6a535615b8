/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `merge`: recordings into one recording or its profile, profiles into one profile, and recordings
 * on top of profiles as --base has it. Inputs are read one after the other, and only the whole is
 * kept.
 */
#include "command/merge.h"
#include "base/cleanup.h"
#include "command/confine.h"
#include "command/input.h"
#include "command/input_list.h"
#include "command/option_values.h"
#include "command/options_verb.h"
#include "command/product.h"
#include "command/publish.h"
#include "command/report.h"
#include "command/summary.h"
#include "command/verbs.h"
#include <errno.h>
#include <string.h>

enum {
	OPTION_OUTPUT = 256,
	OPTION_OUTPUT_DIR,
	OPTION_FORMAT,
	OPTION_AS,
	OPTION_INTERSECT,
	OPTION_FILES_FROM,
	OPTION_EXACT,
	OPTION_PORTABLE,
	OPTION_ARCH,
	OPTION_RUNTIME_BASE,
	OPTION_INCLUDE_DENIED,
	OPTION_QUIET,
	OPTION_VERBOSE,
};

static const struct verb_option option_table[] = {
	{ OPTION_OUTPUT, "output", 'o', "FILE",
	  "write here, whole or not at all (default: standard output)" },
	{ OPTION_OUTPUT_DIR, "output-dir", 0, "DIR", "write one file a group into this directory" },
	{ OPTION_FORMAT, "format", 'f', "FORMAT",
	  "of the product (default: recording, or oci when a profile is among the inputs)" },
	{ OPTION_AS, "as", 0, "NAME", "put all groups of recordings into one of this name" },
	{ OPTION_INTERSECT, "intersect", 0, NULL, "keep what all have, instead of what any has" },
	{ OPTION_FILES_FROM, "files-from", 0, "LIST",
	  "more inputs, named in this file, one a line or NUL-terminated; - is standard input" },
	{ OPTION_EXACT, "exact", 0, NULL,
	  "a profile of recordings allows what was seen and nothing else" },
	{ OPTION_PORTABLE, "portable", 0, NULL,
	  "a profile of recordings allows what another libc, kernel or architecture calls, too" },
	{ OPTION_ARCH, "arch", 0, "ARCH[,ARCH]...",
	  "a profile of recordings is for these architectures (default: the recorded ones)" },
	{ OPTION_RUNTIME_BASE, "runtime-base", 0, "WHICH",
	  "calls a container runtime needs to start: auto, none, crun, runc or all (auto: all for "
	  "live recordings)" },
	{ OPTION_INCLUDE_DENIED, "include-denied", 0, NULL,
	  "allow recorded calls that were denied, too" },
	{ OPTION_QUIET, "quiet", 'q', NULL,
	  "say only what went wrong, and the verdict if it is "
	  "incomplete" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL, "say everything: all inputs, all groups" },
};

static const struct verb_syntax syntax = {
	.usage = (const char *const[]){ "merge [OPTION]... FILE...", NULL },
	.summary = "Unites recordings, or profiles of any readable format. What one profile denies "
		   "by name\nstays denied. Recordings and profiles together extend the profiles.",
	.status = "0 complete, 2 usage or input that cannot be read, 3 a part is incomplete.",
	.options = option_table,
	.n_options = ARRAY_SIZE(option_table),
	.confined = true,
};

static void merge_deinit(struct merge *merge)
{
	recording_deinit(&merge->recording);
	profile_free(merge->profile);
	merge_report_deinit(&merge->report);
	syscall_table_deinit(&merge->names);
	strbuf_deinit(&merge->first_incomplete);
	strbuf_deinit(&merge->listed);
}

static int take_policy(struct merge *merge, int id, const char *value, struct error *err)
{
	switch (id) {
	case OPTION_EXACT:
		merge->options.policy.exact = true;
		return 0;
	case OPTION_PORTABLE:
		merge->options.policy.portable = true;
		return 0;
	case OPTION_ARCH:
		return value_arches(value, &merge->options.emit, err);
	case OPTION_RUNTIME_BASE:
		return value_runtime(value, &merge->runtime, err);
	default:
		merge->options.policy.include_denied = true;
		return 0;
	}
}

static int take_option(void *context, int id, const char *value, struct error *err)
{
	struct merge *merge = context;

	if (value && !*value)
		return error_set(err, -EINVAL, "the name is empty");
	switch (id) {
	case OPTION_OUTPUT:
		merge->options.output = value;
		return 0;
	case OPTION_OUTPUT_DIR:
		merge->options.output_dir = value;
		return 0;
	case OPTION_FORMAT:
		return value_format(value, &merge->options.format, err);
	case OPTION_AS:
		merge->as = value;
		return 0;
	case OPTION_INTERSECT:
		merge->intersect = true;
		return 0;
	case OPTION_FILES_FROM:
		merge->files_from = value;
		return 0;
	case OPTION_QUIET:
		merge->options.verbosity = VERBOSITY_QUIET;
		return 0;
	case OPTION_VERBOSE:
		merge->options.verbosity = VERBOSITY_VERBOSE;
		return 0;
	default:
		return take_policy(merge, id, value, err);
	}
}

static int take_recording(struct merge *merge, const struct recording *read)
{
	struct recording flat = { 0 }, common = { 0 };
	int r;

	if (!merge->intersect || merge->n_recordings == 0)
		return recording_merge_as(&merge->recording, read, merge->as);
	r = recording_merge_as(&flat, read, merge->as);
	if (r == 0)
		r = recording_intersect(&merge->recording, &flat, &common);
	recording_deinit(&flat);
	if (r < 0)
		return r;
	recording_deinit(&merge->recording);
	merge->recording = common;
	return 0;
}

static int take_profile(struct merge *merge, const struct profile *read, struct error *err)
{
	const struct profile *first = merge->profile ? merge->profile : read;
	struct profile *whole = NULL;
	int r = profile_merge(first, merge->profile ? read : NULL, merge->intersect, &whole,
			      &merge->report, err);

	if (r < 0)
		return r;
	profile_free(merge->profile);
	merge->profile = whole;
	return 0;
}

static void list_input(struct merge *merge, const struct input *input, const char *path)
{
	if (merge->options.verbosity != VERBOSITY_VERBOSE &&
	    merge->n_recordings + merge->n_profiles > MERGE_LISTED_MAX)
		return;
	strbuf_puts(&merge->listed, "  ");
	input_put_name(&merge->listed, path);
	strbuf_puts(&merge->listed, ": ");
	input_describe(input, &merge->listed);
	strbuf_putc(&merge->listed, '\n');
}

static void note_incomplete(struct merge *merge, const struct input *input, const char *path)
{
	bool complete = input->kind == INPUT_RECORDING
				? evidence_complete(&input->recording.evidence)
				: !profile_incomplete(input->profile);

	if (complete)
		return;
	if (merge->n_incomplete++ == 0)
		input_put_name(&merge->first_incomplete, path);
}

static int take_input(void *context, const char *path, struct error *err)
{
	struct merge *merge = context;
	_cleanup_input_ struct input input = { 0 };
	int r = input_read(&input, path, err);

	if (r < 0)
		return r;
	if (input.kind == INPUT_RECORDING) {
		r = take_recording(merge, &input.recording);
		if (r == -E2BIG)
			return error_set(err, r, "%s: more than %u groups in all; see --as", path,
					 RECORDING_GROUPS_MAX);
		if (r < 0)
			return error_memory(err);
		merge->n_recordings++;
	} else {
		r = take_profile(merge, input.profile, err);
		if (r < 0)
			return error_prefix(err, r, "%s", path);
		merge->n_profiles++;
	}
	list_input(merge, &input, path);
	note_incomplete(merge, &input, path);
	return 0;
}

static int read_inputs(struct merge *merge, const struct verb_words *words, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < words->n_operands; i++)
		r = take_input(merge, words->operands[i], err);
	if (r >= 0 && merge->files_from)
		r = input_list(merge->files_from, take_input, merge, err);
	if (r < 0)
		return r;
	if (merge->n_recordings + merge->n_profiles == 0)
		return error_set(err, -EINVAL, "nothing to merge: name files, see `merge --help`");
	if (merge->intersect && merge->n_recordings > 0 && merge->n_profiles > 0)
		return error_set(err, -EINVAL,
				 "--intersect of recordings and profiles: make profiles of the "
				 "recordings first (merge -f oci)");
	return 0;
}

static int check_options(struct merge *merge, struct error *err)
{
	struct options *options = &merge->options;
	bool live = merge->recording.evidence.live;

	if (options->output && options->output_dir)
		return error_set(err, -EINVAL, "--output and --output-dir exclude each other");
	if (!options->format)
		options->format = emitter_by_name(merge->n_profiles > 0 ? "oci" : "recording");
	if (options->policy.exact && options->policy.portable)
		return error_set(err, -EINVAL, "--exact and --portable exclude each other");
	if (merge->n_recordings == 0 && (options->policy.portable || options->emit.n_arches > 0))
		return error_set(err, -EINVAL,
				 "--portable and --arch are for recordings; see `convert --help`");
	if (merge->n_profiles > 0 && !options->format->emit)
		return error_set(err, -EINVAL, "a recording cannot be made of profiles");
	if (options->output_dir && merge->n_recordings == 0)
		return error_set(err, -EINVAL,
				 "--output-dir is for groups, and profiles have none");
	if (merge->runtime != RUNTIME_AUTO)
		options->policy.runtime = merge->runtime;
	else
		options->policy.runtime = live && !merge->profile && !options->format->no_runtime
						  ? RUNTIME_ALL
						  : RUNTIME_NONE;
	return 0;
}

static int publish_recording(struct merge *merge, struct error *err)
{
	_cleanup_free_ uint32_t *order = NULL;
	struct product product = {
		.recording = &merge->recording,
		.names = &merge->names,
		.options = &merge->options,
		.policy = merge->options.policy,
		.unite = "or --as NAME to make them one",
	};
	struct summary_facts facts = { .serials = true };
	int r;

	if (merge->recording.n_groups == 0)
		return error_set(err, -ENODATA,
				 merge->intersect ? "the recordings have no group of one name: "
						    "--as NAME puts all of each into one"
						  : "nothing was recorded in any of them");
	if (recording_order(&merge->recording, &order) < 0)
		return error_memory(err);
	for (size_t i = 0; i < merge->recording.n_groups; i++)
		facts.records += group_records(&merge->recording.groups[i]);
	product.policy.base = merge->profile;
	r = product_publish(&product, order, err);
	if (r >= 0)
		r = summary_write(stderr, &product, order, &facts, err);
	product_deinit(&product);
	if (r >= 0 && merge->options.verbosity != VERBOSITY_QUIET)
		r = merge_tell_estimate(merge, err);
	return r;
}

static int publish(struct merge *merge, struct error *err)
{
	const struct publication publication = {
		.format = merge->options.format,
		.output = merge->options.output,
		.verbosity = merge->options.verbosity,
	};

	merge_tell(merge);
	return merge->n_recordings > 0
		       ? publish_recording(merge, err)
		       : publish_profile(merge->profile, &publication, &merge->names, err);
}

/* Which files a list will name is not known before it is read. */
static int confine_merge(const struct merge *merge, const struct verb_words *words,
			 struct error *err)
{
	struct confinement confinement;

	if (words->no_sandbox)
		return 0;
	confinement_init(&confinement);
	for (size_t i = 0; i < words->n_operands; i++)
		confinement_input(&confinement, words->operands[i]);
	if (merge->files_from)
		confinement_input(&confinement, "/");
	confinement_output(&confinement, merge->options.output);
	confinement_directory(&confinement, merge->options.output_dir);
	return confine(&confinement, err);
}

static int execute(void *context, const struct verb_words *words)
{
	struct merge *merge = context;
	struct error err = { 0 };
	int r = confine_merge(merge, words, &err);

	if (r >= 0)
		r = read_inputs(merge, words, &err);
	if (r >= 0)
		r = check_options(merge, &err);
	if (r >= 0)
		r = publish(merge, &err);
	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	return merge->n_incomplete > 0 ? EXIT_INCOMPLETE : EXIT_COMPLETE;
}

int verb_merge(int argc, char **argv)
{
	struct merge merge = {
		.runtime = RUNTIME_AUTO,
		.options.policy = { .default_action = ACTION_ERRNO, .default_errno = EPERM },
	};
	int status = verb_run(&syntax, argc, argv, take_option, execute, &merge);

	merge_deinit(&merge);
	return status;
}
