/* SPDX-License-Identifier: Apache-2.0 */
/* `explain`: what was given is read and told apart, and the text that was asked for is made. */
#include "command/explain.h"
#include "base/cleanup.h"
#include "base/output.h"
#include "command/confine.h"
#include "command/input.h"
#include "command/losses.h"
#include "command/report.h"
#include "command/verbs.h"
#include "format/html_report.h"
#include "model/call_fact.h"
#include <errno.h>
#include <string.h>

static void subject_deinit(struct explain_subject *subject)
{
	explanation_deinit(&subject->explanation);
	name_list_free(subject->sources);
	profile_free(subject->profile);
	recording_deinit(&subject->recording);
	syscall_table_deinit(&subject->names);
}

/* "redis.json: oci profile, 5 rules" */
static int add_source(struct explain_subject *subject, const char *path, const struct input *input)
{
	_cleanup_strbuf_ struct strbuf line = { 0 };

	input_put_name(&line, path);
	strbuf_puts(&line, ": ");
	input_describe(input, &line);
	return strbuf_text(&line) ? name_list_append(&subject->sources, strbuf_text(&line))
				  : -ENOMEM;
}

static int take_recording(struct explain_subject *subject, struct input *input)
{
	if (subject->recorded)
		return recording_merge(&subject->recording, &input->recording);
	subject->recording = input->recording;
	input->recording = (struct recording){ 0 };
	subject->recorded = true;
	return 0;
}

static int read_operand(struct explain_subject *subject, const char *path, struct error *err)
{
	_cleanup_input_ struct input input = { 0 };
	int r = input_read(&input, path, err);

	if (r == -ENOENT && !strchr(path, '/') && !strchr(path, '.'))
		return error_prefix(err, r, "'%s' is no system call that is known here", path);
	if (r < 0)
		return r;
	if (input.kind == INPUT_PROFILE && subject->profile)
		return error_set(err, -EINVAL,
				 "'%s' is a second profile: explain takes one and any number of "
				 "recordings",
				 path);
	r = add_source(subject, path, &input);
	if (r >= 0 && input.kind == INPUT_RECORDING)
		r = take_recording(subject, &input);
	if (r < 0)
		return r == -ENOMEM
			       ? error_memory(err)
			       : error_set(err, r, "cannot take in '%s': %s", path, strerror(-r));
	if (input.kind == INPUT_PROFILE) {
		losses_note_settings(path, input.profile);
		subject->profile = input.profile;
		input.profile = NULL;
	}
	return 0;
}

bool explain_is_call(const char *word)
{
	return call_fact(word, NULL) != NULL;
}

static int read_operands(struct explain_subject *subject, const struct verb_words *words,
			 struct error *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < words->n_operands; i++)
		if (!explain_is_call(words->operands[i]))
			r = read_operand(subject, words->operands[i], err);
	if (r < 0 || (!subject->profile && !subject->recorded))
		return r;
	if (!subject->profile) {
		subject->derived = true;
		r = explanation_profile(&subject->recording, &subject->names, &subject->profile,
					err);
	}
	return r < 0 ? r
		     : explanation_make(&subject->explanation,
					subject->recorded ? &subject->recording : NULL,
					subject->profile, &subject->names, err);
}

static size_t count_calls(const struct verb_words *words)
{
	size_t n = 0;

	for (size_t i = 0; i < words->n_operands; i++)
		n += explain_is_call(words->operands[i]);
	return n;
}

static void write_calls(FILE *stream, const struct style *style, struct explain_subject *subject,
			const struct explain_options *options)
{
	bool any = false;

	for (size_t i = 0; i < options->words.n_operands; i++) {
		if (!explain_is_call(options->words.operands[i]))
			continue;
		if (any)
			putc('\n', stream);
		explain_call(stream, style, subject, options->words.operands[i], options->verbose);
		any = true;
	}
}

/* The first file's name without its directories: what the report is about. */
static const char *find_title(const struct verb_words *words)
{
	for (size_t i = 0; i < words->n_operands; i++) {
		const char *word = words->operands[i], *slash = strrchr(word, '/');

		if (explain_is_call(word))
			continue;
		return strcmp(word, "-") == 0 ? "standard input"
		       : slash && slash[1]    ? slash + 1
					      : word;
	}
	return "";
}

static int write_html(FILE *stream, struct explain_subject *subject,
		      const struct explain_options *options, struct error *err)
{
	const struct html_report report = {
		.title = find_title(&options->words),
		.sources = subject->sources,
		.derived = subject->derived,
		.explanation = &subject->explanation,
		.names = &subject->names,
	};
	_cleanup_strbuf_ struct strbuf page = { 0 };
	int r = html_report(&report, &page, err);

	if (r >= 0)
		fwrite(strbuf_text(&page), 1, page.len, stream);
	return r;
}

static int write_product(struct explain_subject *subject, const struct explain_options *options,
			 struct error *err)
{
	_cleanup_output_ struct output output = { 0 };
	struct style style;
	int r = output_open(&output, options->output, err);

	if (r < 0)
		return r;
	style = style_for(output.stream);
	if (options->html)
		r = write_html(output.stream, subject, options, err);
	else if (options->json)
		r = explain_json(output.stream, subject, options) < 0 ? error_memory(err) : 0;
	else if (count_calls(&options->words) > 0)
		write_calls(output.stream, &style, subject, options);
	else
		explain_overview(output.stream, &style, subject, options->verbose);
	return r < 0 ? r : output_commit(&output, err);
}

/* A report is about a profile or recording as a whole. */
static int check_html(const struct explain_subject *subject, const struct explain_options *options,
		      struct error *err)
{
	if (!options->html)
		return 0;
	if (count_calls(&options->words) > 0)
		return error_set(err, -EINVAL,
				 "--html takes no names of calls: its report has all");
	return subject->profile ? 0 : error_set(err, -EINVAL, "--html needs a file");
}

static int explain(const struct explain_options *options)
{
	_cleanup_(subject_deinit) struct explain_subject subject = { 0 };
	struct error err = { 0 };
	int r = confine_verb(&options->words, options->output, &err);

	if (r >= 0)
		r = read_operands(&subject, &options->words, &err);
	if (r >= 0)
		r = check_html(&subject, options, &err);
	if (r >= 0)
		r = write_product(&subject, options, &err);
	if (r < 0)
		return report_failure(&err, r, EXIT_USAGE);
	return !subject.recorded || evidence_complete(&subject.recording.evidence)
		       ? EXIT_COMPLETE
		       : EXIT_INCOMPLETE;
}

int verb_explain(int argc, char **argv)
{
	struct explain_options options;
	struct error err = { 0 };
	int r = explain_options_parse(&options, argc, argv, &err), status = EXIT_COMPLETE;

	if (r < 0)
		status = report_failure(&err, r, EXIT_USAGE);
	else if (options.words.help)
		explain_options_help(stdout);
	else
		status = options.denied ? explain_denied(&options) : explain(&options);
	explain_options_deinit(&options);
	return status;
}
