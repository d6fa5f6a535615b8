/* SPDX-License-Identifier: Apache-2.0 */
/* --from-log: files, one after the other, into the recording. */
#include "audit/source_file.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "command/confine.h"
#include "command/progress.h"
#include "command/record.h"
#include "command/report.h"
#include "model/intake.h"
#include "model/state_file.h"
#include "target/privilege.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#define LINES_BETWEEN_LOOKS                                                                        \
	4096 /* lines of a file read before signals and progress are looked at */

struct log_reader {
	struct run *run;
	struct intake *intake;
	struct progress progress;
	int signals; /* signalfd */
	bool stopped;
};

struct path_list {
	char **items;
	size_t n, allocated;
};

static void path_list_deinit(struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
}

/* What the operands mean: directories become their logs. */
static int add_paths(struct path_list *list, const char *operand, struct error *err)
{
	char **found = NULL;
	size_t n = 0;
	int r = source_file_list(operand, &found, &n, err);

	if (r < 0)
		return r;
	if (array_reserve(&list->items, &list->allocated, list->n + n + 1, sizeof(char *)) < 0)
		r = error_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (r < 0)
			free(found[i]);
		else
			list->items[list->n++] = found[i];
	}
	free(found);
	return r;
}

/* What ends the reading, unless whoever started us has it ignored (nohup, auditd's plugin). */
static int open_signals(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		struct sigaction action;

		if (sigaction(ending[i], NULL, &action) < 0)
			return -errno;
		if (action.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool signal_waits(const struct log_reader *reader)
{
	struct signalfd_siginfo info;

	return read(reader->signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

/* Waits for more of a pipe, or for a signal. */
static void wait_for_data(struct log_reader *reader, const struct source_file *source)
{
	struct pollfd fds[] = {
		{ .fd = source_file_fd(source), .events = POLLIN },
		{ .fd = reader->signals, .events = POLLIN },
	};

	if (poll(fds, ARRAY_SIZE(fds), -1) > 0 && fds[1].revents)
		reader->stopped = signal_waits(reader);
}

static void look_around(struct log_reader *reader, const struct source_file *source)
{
	reader->stopped = reader->stopped || signal_waits(reader);
	progress_show(&reader->progress, source, intake_progress(reader->intake),
		      reader->run->recording.n_groups);
}

static int read_lines(struct log_reader *reader, struct source_file *source, struct error *err)
{
	unsigned int lines = 0;

	while (!reader->stopped) {
		struct source_line line;
		int r;

		if (!source_file_buffered(source)) {
			wait_for_data(reader, source);
			if (reader->stopped)
				break;
		}
		r = source_file_next(source, &line, err);
		if (r == -EAGAIN) {
			look_around(reader, source);
			continue;
		}
		if (r <= 0)
			return r;
		r = intake_line(reader->intake, &line, err);
		if (r < 0)
			return r;
		if (++lines % LINES_BETWEEN_LOOKS == 0)
			look_around(reader, source);
	}
	return 0;
}

static int read_file(struct log_reader *reader, const char *path, struct error *err)
{
	struct source_file *source;
	int r = source_file_open(&source, path, err);

	if (r < 0)
		return r;
	intake_begin(reader->intake, path);
	r = read_lines(reader, source, err);
	source_file_close(source);
	return r;
}

static int read_all(struct log_reader *reader, const struct path_list *paths, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < paths->n && r >= 0 && !reader->stopped; i++)
		r = read_file(reader, paths->items[i], err);
	progress_end(&reader->progress);
	if (r >= 0 && reader->stopped)
		evidence_add(&reader->run->recording.evidence, FINDING_INTERRUPTED, 1,
			     "by a signal");
	return r;
}

/* From here on what others wrote is read. To ask the processes of the host is beyond a sandbox. */
static int confine_reading(const struct run *run, const struct path_list *paths, struct error *err)
{
	const struct options *options = run->options;
	struct confinement confinement;

	if (options->no_sandbox || options->ask_proc)
		return 0;
	confinement_init(&confinement);
	for (size_t i = 0; i < paths->n; i++)
		confinement_input(&confinement, paths->items[i]);
	confinement_input(&confinement, run->first_path);
	confinement_input(&confinement, options->base_path);
	confinement_input(&confinement, options->state);
	confinement_output(&confinement, options->output);
	confinement_directory(&confinement, options->output_dir);
	return confine(&confinement, err);
}

static int check_proc(const struct options *options, struct error *err)
{
	if (options->ask_proc && !privilege_init_pid_namespace())
		return error_set(err, -EINVAL,
				 "--resolve-proc: a log has the process IDs of the initial pid "
				 "namespace, which is not this one");
	return 0;
}

/* What --state names, if anything. */
static int read_state(const struct options *options, struct state *state, struct error *err)
{
	int r;

	if (!options->state)
		return 0;
	r = state_read(state, options->state, err);
	if (r >= 0 && state->refused && options->verbosity != VERBOSITY_QUIET)
		report_note("--state '%s': %llu lines were not understood and left out",
			    options->state, (unsigned long long)state->refused);
	return r;
}

static int read_logs(struct log_reader *reader, const struct intake_options *intake_options,
		     const struct path_list *paths, struct state *state, struct error *err)
{
	struct run *run = reader->run;
	int r = intake_new(&reader->intake, &run->recording, &run->names, intake_options, err);

	if (r < 0)
		return r;
	/* libauparse has read its configuration by now. */
	r = confine_reading(run, paths, err);
	if (r >= 0 && run->first)
		r = run->first(run->first_context, run->first_path, err);
	if (r >= 0)
		r = run_read_base(run, err);
	if (r >= 0)
		r = read_state(run->options, state, err);
	if (r >= 0)
		r = read_all(reader, paths, err);
	if (r >= 0)
		r = intake_attribute(reader->intake, err);
	intake_finish(reader->intake);
	run->facts.records = intake_progress(reader->intake)->selected;
	run->facts.serials = intake_has_serials(reader->intake);
	intake_free(reader->intake);
	return r;
}

int record_log(struct run *run, struct error *err)
{
	const struct options *options = run->options;
	_cleanup_(state_deinit) struct state state = { 0 };
	const struct intake_options intake_options = {
		.group_by = options->group_by,
		.selection = &options->selection,
		.ask_proc = options->ask_proc,
		.state = options->state ? &state : NULL,
		.arguments = options->arguments,
		.argument_calls = options->argument_calls,
	};
	_cleanup_(path_list_deinit) struct path_list paths = { 0 };
	_cleanup_close_ int signals = open_signals();
	struct log_reader reader = { .run = run, .signals = signals };
	int r;

	if (signals < 0)
		return error_set(err, signals, "cannot wait for signals");
	progress_init(&reader.progress, options->verbosity);
	r = check_proc(options, err);
	for (size_t i = 0; i < options->n_operands && r >= 0; i++)
		r = add_paths(&paths, options->operands[i], err);
	return r < 0 ? r : read_logs(&reader, &intake_options, &paths, &state, err);
}
