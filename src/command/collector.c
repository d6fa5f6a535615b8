/* SPDX-License-Identifier: Apache-2.0 */
#include "command/collector.h"
#include "arch/syscall.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include "command/arguments.h"
#include "command/collector_product.h"
#include "command/collector_state.h"
#include "command/hook_join.h"
#include "command/hook_lock.h"
#include "command/listener.h"
#include "command/signals.h"
#include "target/privilege.h"
#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <string.h>
#include <syslog.h>

#define BACKLOG 8192 /* messages; as for a recorded command */
#define LOOK_MS                                                                                    \
	100 /* for what no descriptor tells: has a container begun, or ended without one           \
	     */

struct collector {
	const struct collection *asked;
	struct recording recording;
	struct syscall_table names;
	struct intake *intake;
	struct attribution attribution;
	struct listener listener;
	struct container container;
	bool contained; /* `container` is known */
	bool told_to_end;
	struct state_entry state; /* what is written down of the container */
	bool init_gone;		  /* and with it what its descriptor could tell */
	struct hook_door door;
	struct signals signals;
	struct session_rules rules; /* of arguments */
};

bool collection_has_arguments(const struct collection *collection)
{
	return collection->job->arguments && collection->session != RECORD_UNSET;
}

static void tell(int priority, const struct strbuf *text)
{
	if (text->len && strbuf_text(text))
		syslog(priority, "%s", strbuf_text(text));
}

/* What a recording that was killed has left is in nobody's interest. */
static int switch_on(struct collector *collector, struct error *err)
{
	_cleanup_strbuf_ struct strbuf left = { 0 };
	_cleanup_strbuf_ struct strbuf cost = { 0 };
	struct audit_state state;
	int r = arguments_sweep(&left, NULL);

	tell(LOG_NOTICE, &left);
	if (!collection_has_arguments(collector->asked))
		return 0;
	r = audit_state_read(&state, err);
	if (r < 0)
		return r;
	arguments_cost(&state, &cost);
	tell(LOG_NOTICE, &cost);
	r = arguments_begin(&collector->rules, err);
	if (r >= 0)
		r = arguments_follow(&collector->rules, collector->asked->session, NULL,
				     &collector->names, err);
	return r < 0 ? error_prefix(err, r, "arguments cannot be recorded") : 0;
}

static void switch_off(struct collector *collector)
{
	_cleanup_strbuf_ struct strbuf left = { 0 };

	arguments_end(&collector->rules, &left);
	tell(LOG_ERR, &left);
}

static int prepare(struct collector *collector, struct error *err)
{
	const struct intake_options intake_options = {
		.group_by = GROUP_BY_ALL,
		.group_name = collector->asked->id,
		.attribution = &collector->attribution,
		.processes_max = collector->asked->conf->processes_max,
		.arguments = collection_has_arguments(collector->asked),
	};
	const struct listener_options options = {
		.receive_buffer = collector->asked->conf->receive_buffer,
		.backlog = BACKLOG,
		.lineage = true,
		.lineage_required = true,
	};
	int r = signals_open(&collector->signals, err);

	if (r >= 0)
		r = intake_new(&collector->intake, &collector->recording, &collector->names,
			       &intake_options, err);
	if (r >= 0)
		r = switch_on(collector, err);
	if (r >= 0)
		r = listener_open(&collector->listener, &options, err);
	collector->listener.intake = collector->intake;
	collector->listener.attribution = &collector->attribution;
	collector->attribution.lineage = collector->listener.lineage;
	return r < 0 ? r : hook_door_open(&collector->door, collector->asked->lock, err);
}

static int take_hold(struct collector *collector, pid_t init, struct error *err)
{
	int r = container_open(&collector->container, init, err);

	if (r >= 0)
		r = container_follow(&collector->container, collector->listener.lineage, err);
	if (r < 0)
		return r;
	collector->contained = true;
	collector->attribution.container = &collector->container;
	collector_state_begin(&collector->state, collector->asked->id, init,
			      collector->asked->session);
	return 0;
}

static int begin(struct collector *collector, struct error *err)
{
	const struct collection *asked = collector->asked;
	int r;

	collector->attribution.session = asked->session;
	collector->attribution.started = true;
	if (asked->init)
		r = take_hold(collector, asked->init, err);
	else
		r = lineage_follow(collector->listener.lineage, asked->ancestor);
	return r < 0 ? error_set(err, r, "cannot follow the container: %s", strerror(-r)) : 0;
}

/*
 * What is still needed: AUDIT_CONTROL to see what the kernel lost and to put backlog_limit back,
 * NET_ADMIN to sign off from fork events, SYS_PTRACE to see in which namespace somebody is.
 */
static int confine(struct error *err)
{
	int r = privilege_keep(1ULL << CAP_AUDIT_CONTROL | 1ULL << CAP_NET_ADMIN |
			       1ULL << CAP_SYS_PTRACE);

	return r < 0 ? error_set(err, r, "cannot give up capabilities: %s", strerror(-r)) : 0;
}

static int announce(int *ready, struct error *err)
{
	ssize_t n = write(*ready, "+", 1);

	close(*ready);
	*ready = -1;
	return n == 1 ? 0 : error_set(err, -EPIPE, "nobody waits for the collector any more");
}

/*
 * A container that was not there at the start and gets a pid namespace is the first one among the
 * descendants. One that gets none is whoever descends or joins: a namespace in it is not it.
 */
static void look_for_container(struct collector *collector)
{
	pid_t init;

	if (collector->contained || !collector->asked->new_namespace)
		return;
	init = container_find(collector->listener.lineage);
	/* It may have gone again. */
	if (init != 0 && take_hold(collector, init, NULL) < 0)
		container_deinit(&collector->container);
}

static bool is_over(const struct collector *collector)
{
	const struct lineage *lineage = collector->listener.lineage;

	if (collector->told_to_end)
		return true;
	if (collector->contained)
		return container_gone(&collector->container, lineage);
	return lineage_next_alive(lineage, 1) == 0;
}

static int wait_for_events(struct collector *collector, struct error *err)
{
	struct pollfd fds[] = {
		{ .fd = source_netlink_fd(collector->listener.source), .events = POLLIN },
		{ .fd = lineage_fd(collector->listener.lineage), .events = POLLIN },
		{ .fd = collector->signals.fd, .events = POLLIN },
		{ .fd = collector->door.fd, .events = POLLIN },
		{ .fd = collector->contained && !collector->init_gone ? collector->container.pidfd
								      : -1,
		  .events = POLLIN },
	};
	struct signalfd_siginfo info;

	if (poll(fds, ARRAY_SIZE(fds), LOOK_MS) < 0 && errno != EINTR)
		return error_set(err, -errno, "cannot wait for audit records: %m");
	/* It stays readable: from then on only the clock counts. */
	collector->init_gone |= fds[ARRAY_SIZE(fds) - 1].revents != 0;
	hook_door_answer(&collector->door, collector->listener.lineage);
	while (signals_next(&collector->signals, &info))
		collector->told_to_end |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	return 0;
}

static int follow(struct collector *collector, struct error *err)
{
	int r = 0;

	while (r >= 0 && !is_over(collector)) {
		r = wait_for_events(collector, err);
		if (r >= 0)
			r = listener_pump(&collector->listener, err);
		look_for_container(collector);
		listener_look(&collector->listener, &collector->recording.evidence);
	}
	return r;
}

/* What was recorded before it had to stop is worth keeping, as incomplete. */
static void keep_following(struct collector *collector)
{
	struct evidence *evidence = &collector->recording.evidence;
	struct error err = { 0 };
	int r = follow(collector, &err);

	if (r < 0)
		evidence_add(evidence, FINDING_INTERRUPTED, 1, error_message(&err, r));
	else if (collector->told_to_end)
		evidence_add(evidence, FINDING_INTERRUPTED, 1,
			     "the collector was told to end before the container did");
	if (r >= 0 && !collector->told_to_end)
		collector_state_end(&collector->state);
	hook_door_close(&collector->door, evidence);
	listener_finish(&collector->listener, evidence);
	intake_finish(collector->intake);
}

static int record(struct collector *collector, int *ready, struct error *err)
{
	int r = prepare(collector, err);

	hook_lock_sign(collector->asked->lock);
	if (r >= 0)
		r = listener_canary(&collector->listener, err);
	if (r >= 0)
		r = begin(collector, err);
	if (r >= 0)
		r = confine(err);
	if (r >= 0)
		r = announce(ready, err);
	if (r < 0)
		return r;
	keep_following(collector);
	return collector_write(collector->asked, &collector->recording, &collector->names,
			       intake_progress(collector->intake), err);
}

int collector_run(const struct collection *collection, int *ready, struct error *err)
{
	struct collector collector = {
		.asked = collection,
		.signals = { .fd = -1 },
		.door = { .fd = -1 },
		.container = { .pidfd = -1, .namespace_fd = -1 },
	};
	int r = record(&collector, ready, err);

	switch_off(&collector);
	hook_door_close(&collector.door, &collector.recording.evidence);
	listener_close(&collector.listener);
	signals_close(&collector.signals);
	container_deinit(&collector.container);
	intake_free(collector.intake);
	recording_deinit(&collector.recording);
	syscall_table_deinit(&collector.names);
	return r;
}
