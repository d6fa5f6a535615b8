/* SPDX-License-Identifier: Apache-2.0 */
/* COMMAND: run it under a logging filter, in an audit session of its own, until the last of it has
 * gone. */
#include "audit/record.h"
#include "base/cleanup.h"
#include "command/arguments.h"
#include "command/listener.h"
#include "command/preflight.h"
#include "command/record.h"
#include "command/report.h"
#include "command/residual.h"
#include "command/signals.h"
#include "command/target.h"
#include "command/verbs.h"
#include "target/descendants.h"
#include "target/identity.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#define STATUS_NOT_FOUND 127 /* as the shell has it */
#define STATUS_NOT_RUN	 126

struct session {
	struct run *run;
	struct preflight preflight;
	struct signals signals;
	struct listener listener;
	struct intake *intake;
	struct attribution attribution;
	struct filter filter;
	struct target target;
	struct session_rules rules; /* --args */
	struct strbuf readers;	    /* who else logs the records */
};

static const char *command_name(const struct options *options)
{
	const char *slash = strrchr(options->operands[0], '/');

	return slash && slash[1] ? slash + 1 : options->operands[0];
}

static void announce_readers(struct session *session)
{
	_cleanup_strbuf_ struct strbuf warning = { 0 };

	preflight_readers(&session->preflight, &session->readers, &warning);
	if (warning.len && session->run->options->verbosity != VERBOSITY_QUIET)
		report_note("note: %s", strbuf_text(&warning));
}

/* A user that does not exist is a mistake in the options, not a command that cannot be run. */
static int check_user(const struct options *options, struct error *err)
{
	_cleanup_(identity_deinit) struct identity identity = { 0 };

	return options->user ? identity_find(options->user, &identity, err) : 0;
}

static int prepare(struct session *session, struct error *err)
{
	const struct options *options = session->run->options;
	const struct intake_options intake_options = {
		.group_by = options->group_by,
		.group_name = command_name(options),
		.selection = &options->selection,
		.attribution = &session->attribution,
		.arguments = options->arguments,
		.argument_calls = options->argument_calls,
	};
	int r = intake_new(&session->intake, &session->run->recording, &session->run->names,
			   &intake_options, err);

	if (r >= 0)
		r = residual_filter(session->run->base, options->hot, &session->run->names,
				    &session->filter, err);
	if (r < 0)
		return r;
	session->attribution.session = RECORD_UNSET;
	announce_readers(session);
	return 0;
}

/* What a recording that was killed has left is in nobody's interest, with --args or without. */
static void undo_others(void)
{
	_cleanup_strbuf_ struct strbuf said = { 0 };

	if (arguments_sweep(&said, NULL) >= 0 && said.len && strbuf_text(&said))
		report_note("note: %s", strbuf_text(&said));
}

static int switch_on(struct session *session, struct error *err)
{
	_cleanup_strbuf_ struct strbuf cost = { 0 };
	int r;

	undo_others();
	if (!session->run->options->arguments)
		return 0;
	if (session->preflight.no_session)
		return error_set(err, -ENOTSUP,
				 "--args: no audit session can be started here, so that its rules "
				 "could not be held to this recording; see `audit-seccomp-gen "
				 "doctor`");
	arguments_cost(&session->preflight.state, &cost);
	if (cost.len && strbuf_text(&cost))
		report_note("note: %s", strbuf_text(&cost));
	r = arguments_begin(&session->rules, err);
	return r < 0 ? error_prefix(err, r, "--args") : 0;
}

static void switch_off(struct session *session)
{
	_cleanup_strbuf_ struct strbuf left = { 0 };

	arguments_end(&session->rules, &left);
	if (left.len && strbuf_text(&left))
		report_note("%s", strbuf_text(&left));
}

static int listen(struct session *session, struct error *err)
{
	const struct listener_options options = {
		.receive_buffer = session->run->options->receive_buffer,
		.backlog = session->run->options->backlog,
		.lineage = true,
		.lineage_required = session->preflight.no_session,
	};
	int r = listener_open(&session->listener, &options, err);

	session->listener.intake = session->intake;
	session->listener.attribution = &session->attribution;
	session->attribution.lineage = session->listener.lineage;
	return r < 0 ? r : listener_canary(&session->listener, err);
}

/* What could not be run may have been meant for a verb, or as a file to be read. */
static int suggest(const char *word, int code, struct error *err)
{
	const struct verb *verb = verb_meant(word);
	struct stat status;
	struct error why;

	if (!err || (code != -ENOENT && code != -EACCES))
		return code;
	why = *err;
	*err = (struct error){ 0 };
	if (verb)
		return error_set(err, code, "%s; was the verb '%s' meant?", why.message,
				 verb->name);
	if (stat(word, &status) == 0 && S_ISREG(status.st_mode) && !(status.st_mode & 0111))
		return error_set(err, code,
				 "%s; a log is read with --from-log, a profile or recording by a "
				 "verb, see --help",
				 why.message);
	*err = why;
	return code;
}

static int start(struct session *session, struct error *err)
{
	const struct options *options = session->run->options;
	struct launch *launch = &session->target.launch;
	const struct launch_options launch_options = {
		.argv = options->operands,
		.user = options->user,
		.filter = &session->filter,
		.signal_mask = &session->signals.original,
		.sigchld_ignored = session->signals.sigchld_ignored,
		.new_session = !session->preflight.no_session,
		.no_new_privs = session->preflight.no_new_privs,
	};
	int r = launch_start(launch, &launch_options, err);

	if (r < 0)
		return suggest(options->operands[0], r, err);
	session->attribution.session = launch->session;
	session->attribution.started = true;
	if (session->listener.lineage)
		r = lineage_follow(session->listener.lineage, launch->pid);
	if (r < 0)
		return error_memory(err);
	r = options->arguments
		    ? arguments_follow(&session->rules, launch->session, options->argument_calls,
				       &session->run->names, err)
		    : 0;
	if (r < 0)
		return r;
	target_begin(&session->target, options);
	return launch_release(launch, err);
}

static int wait_for_events(struct session *session, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = source_netlink_fd(session->listener.source), .events = POLLIN },
		{ .fd = session->signals.fd, .events = POLLIN },
		{ .fd = session->listener.lineage ? lineage_fd(session->listener.lineage) : -1,
		  .events = POLLIN },
	};

	int wait_ms = target_wait_ms(&session->target);

	if (wait_ms < 0 || wait_ms > LISTENER_LOOK_MS)
		wait_ms = LISTENER_LOOK_MS;
	if (poll(fds, ARRAY_SIZE(fds), wait_ms) < 0 && errno != EINTR)
		return error_set(err, -errno, "cannot wait for audit records: %m");
	return 0;
}

static int follow(struct session *session, struct error *err)
{
	int r = 0;

	target_reap(&session->target);
	while (r >= 0 && !target_done(&session->target)) {
		struct signalfd_siginfo info;

		r = wait_for_events(session, err);
		if (r >= 0)
			r = listener_pump(&session->listener, err);
		while (r >= 0 && signals_next(&session->signals, &info))
			target_signal(&session->target, &info);
		target_tick(&session->target);
		listener_look(&session->listener, &session->run->recording.evidence);
	}
	return r;
}

/* What was recorded before it had to stop is worth keeping, as incomplete. */
static void keep_following(struct session *session)
{
	struct error err = { 0 };
	int r = follow(session, &err);

	if (r < 0)
		evidence_add(&session->run->recording.evidence, FINDING_INTERRUPTED, 1,
			     error_message(&err, r));
}

static void note_left_behind(const struct session *session)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n;

	if (session->target.all_gone || descendants_list(&pids, &n) < 0 || n == 0)
		return;
	report_note("note: %zu processes of the command go on (the first is pid %d), and "
		    "everything that they do is "
		    "still logged",
		    n, (int)pids[0]);
}

/* A command that needs nothing beyond its base has a profile all the same: the base. */
static int keep_group(struct run *run)
{
	uint32_t index;

	if (!run->base || run->recording.n_groups > 0)
		return 0;
	return recording_group(&run->recording, slice_from(command_name(run->options)),
			       slice_from(""), RECORD_UNSET, RECORD_UNSET, &index);
}

/* The one group of a command is that of its session and its first process. */
static void identify_group(const struct session *session)
{
	struct recording *recording = &session->run->recording;

	if (session->run->options->group_by != GROUP_BY_ALL || recording->n_groups != 1)
		return;
	recording->groups[0].pid = (uint32_t)session->target.launch.pid;
	recording->groups[0].session = session->attribution.session;
}

static int finish(struct session *session, struct error *err)
{
	struct run *run = session->run;

	listener_finish(&session->listener, &run->recording.evidence);
	intake_finish(session->intake);
	if (keep_group(run) < 0)
		return error_memory(err);
	identify_group(session);
	note_left_behind(session);
	run->status = session->target.status;
	run->facts.records = intake_progress(session->intake)->selected;
	run->facts.other_bytes = intake_progress(session->intake)->lines * LOGGED_RECORD_BYTES;
	run->facts.processes = intake_progress(session->intake)->processes;
	run->facts.ended = session->target.ended;
	return 0;
}

static int record(struct session *session, struct error *err)
{
	bool started = false;
	int r = check_user(session->run->options, err);

	if (r >= 0)
		r = preflight_run(&session->preflight, err);
	if (r >= 0)
		r = signals_open(&session->signals, err);
	if (r >= 0 && descendants_adopt() < 0)
		r = error_set(err, -errno, "cannot become the subreaper of the command: %m");
	if (r >= 0)
		r = prepare(session, err);
	if (r >= 0)
		r = switch_on(session, err);
	if (r >= 0)
		r = listen(session, err);
	if (r >= 0) {
		started = true;
		r = start(session, err);
	}
	if (r < 0) {
		if (started)
			session->run->status = r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
		return r;
	}
	keep_following(session);
	return finish(session, err);
}

int record_command(struct run *run, struct error *err)
{
	struct session session = {
		.run = run,
		.signals = { .fd = -1 },
		.target = { .launch = { .pidfd = -1, .status_pipe = -1, .release_pipe = -1 } },
	};
	int r = record(&session, err);

	switch_off(&session);
	listener_close(&session.listener);
	signals_close(&session.signals);
	launch_deinit(&session.target.launch);
	filter_deinit(&session.filter);
	intake_free(session.intake);
	if (r >= 0 && session.readers.len)
		run->facts.readers = strbuf_steal(&session.readers);
	strbuf_deinit(&session.readers);
	return r;
}
