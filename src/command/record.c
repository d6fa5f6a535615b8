/* SPDX-License-Identifier: Apache-2.0 */
#include "command/record.h"
#include "base/cleanup.h"
#include "base/output.h"
#include "command/input.h"
#include "command/report.h"
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int check_directory(const char *path, struct error *err)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return error_set(err, -errno, "output directory '%s': %m; create it first", path);
	if (!S_ISDIR(status.st_mode))
		return error_set(err, -ENOTDIR, "output directory '%s' is not a directory", path);
	if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) < 0)
		return error_set(err, -errno, "output directory '%s' cannot be written to: %m",
				 path);
	return 0;
}

/*
 * What can be known to fail before anything is read or started. The file is opened as for the
 * product, and left as it is; a FIFO or a device is not touched, as opening it may wait for a
 * reader.
 */
static int check_output(const struct options *options, struct error *err)
{
	_cleanup_output_ struct output output = { 0 };
	struct stat status;

	if (options->output_dir)
		return check_directory(options->output_dir, err);
	if (options->output && strcmp(options->output, "-") != 0 &&
	    stat(options->output, &status) == 0 && !S_ISREG(status.st_mode) &&
	    !S_ISDIR(status.st_mode))
		return 0;
	return output_open(&output, options->output, err);
}

int run_read_base(struct run *run, struct error *err)
{
	struct input input = { 0 };
	int r;

	if (!run->options->base_path)
		return 0;
	r = input_read(&input, run->options->base_path, err);
	if (r >= 0 && input.kind == INPUT_RECORDING)
		r = error_set(err, -EINVAL,
			      "%s: a recording, not a profile: `convert -f oci` makes one of it",
			      run->options->base_path);
	if (r >= 0) {
		run->base = input.profile;
		input.profile = NULL;
	}
	input_deinit(&input);
	return r < 0 ? error_prefix(err, r, "cannot use the base profile") : 0;
}

static int prepare(struct run *run, struct error *err)
{
	const struct options *options = run->options;
	int r = check_output(options, err);

	if (r < 0 || options->source == SOURCE_LOG)
		return r;
	return run_read_base(run, err);
}

static void put_operands(const struct options *options, struct strbuf *ret)
{
	const char *first = options->operands[0];

	if (options->n_operands > 1)
		strbuf_printf(ret, "%zu logs", options->n_operands);
	else if (strcmp(first, "-") == 0)
		strbuf_puts(ret, "standard input");
	else
		strbuf_printf(ret, "'%s'", first);
}

/* A log without a record: where, what else was met there, and what would have made some. */
static int refuse_empty(const struct run *run, struct error *err)
{
	_cleanup_strbuf_ struct strbuf where = { 0 }, reasons = { 0 }, remarks = { 0 };

	put_operands(run->options, &where);
	evidence_reasons(&run->recording.evidence, &reasons);
	evidence_remarks(&run->recording.evidence, &remarks);
	return error_set(
		err, -ENODATA,
		"no SECCOMP record found in %s%s%s%s%s. A program leaves them when it runs under "
		"a filter that logs: `audit-seccomp-gen -- COMMAND`, SCMP_ACT_LOG in a "
		"container's profile, or SystemCallLog= in a systemd unit",
		strbuf_text(&where) ? strbuf_text(&where) : "the log", reasons.len ? ": " : "",
		reasons.len ? strbuf_text(&reasons) : "", remarks.len ? ": " : "",
		remarks.len ? strbuf_text(&remarks) : "");
}

static int check_recorded(const struct run *run, struct error *err)
{
	if (run->recording.n_groups > 0)
		return 0;
	if (run->recording.evidence.records > 0 && run->options->source == SOURCE_LOG)
		return error_set(err, -ENODATA,
				 "none of the %llu SECCOMP records was selected; see --pid, --exe, "
				 "--comm, --uid, --session, --node, --since and --until",
				 (unsigned long long)run->recording.evidence.records);
	if (run->options->source == SOURCE_LOG)
		return refuse_empty(run, err);
	return error_set(err, -ENODATA, "not one record of the command was selected");
}

static int publish(struct run *run, struct error *err)
{
	_cleanup_free_ uint32_t *order = NULL;
	struct product product = {
		.recording = &run->recording,
		.names = &run->names,
		.options = run->options,
		.policy = run->options->policy,
	};
	int r = check_recorded(run, err);

	if (r < 0)
		return r;
	if (recording_order(&run->recording, &order) < 0)
		return error_memory(err);
	product.policy.base = run->base;
	r = product_publish(&product, order, err);
	if (r >= 0)
		r = summary_write(stderr, &product, order, &run->facts, err);
	product_deinit(&product);
	return r;
}

static int final_status(const struct run *run)
{
	if (run->status != 0)
		return run->status;
	return evidence_complete(&run->recording.evidence) ? EXIT_COMPLETE : EXIT_INCOMPLETE;
}

static int record_from(struct run *run, struct error *err)
{
	switch (run->options->source) {
	case SOURCE_LOG:
		return record_log(run, err);
	case SOURCE_LIVE:
		return record_live(run, err);
	default:
		return record_command(run, err);
	}
}

static int execute(const struct options *options)
{
	struct run run = { .options = options };
	struct error err = { 0 };
	int r = prepare(&run, &err), status;

	if (r >= 0)
		r = record_from(&run, &err);
	if (r >= 0 && options->source != SOURCE_LIVE)
		r = publish(&run, &err);
	if (r < 0)
		status = report_failure(&err, r, run.status ? run.status : EXIT_USAGE);
	else
		status = final_status(&run);
	profile_free(run.base);
	recording_deinit(&run.recording);
	syscall_table_deinit(&run.names);
	return status;
}

int verb_record(int argc, char **argv)
{
	struct options options;
	struct error err = { 0 };
	int r = options_parse(&options, argc, argv, &err), status = EXIT_COMPLETE;

	if (r < 0)
		status = report_failure(&err, r, EXIT_USAGE);
	else if (options.request == REQUEST_HELP)
		options_help(stdout);
	else if (options.request == REQUEST_VERSION)
		puts(PACKAGE_STRING);
	else
		status = execute(&options);
	options_deinit(&options);
	return status;
}
