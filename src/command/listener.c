/* SPDX-License-Identifier: Apache-2.0 */
#include "command/listener.h"
#include "base/time.h"
#include "target/sentinel.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define CANARY_WAIT_MS	 3000
#define SENTINEL_WAIT_MS 4000
#define SENTINEL_TRIES	 3		    /* one may be dropped in the tail of a flood */
#define QUEUE_MAX	 (64 * 1024 * 1024) /* bytes held; beyond them records wait in the kernel */
#define QUEUE_KEPT	 (4 * 1024 * 1024)  /* bytes that are not given back */
#define PUMP_ROUNDS	 32 /* of some 1,000 messages: a flood must not keep signals waiting */

/* In front of each message in the queue. */
struct queued {
	uint32_t type;
	uint32_t len;
};

static int open_lineage(struct listener *listener, const struct listener_options *options,
			struct error *err)
{
	int r;

	if (!options->lineage)
		return 0;
	r = lineage_open(&listener->lineage, options->lineage_required ? err : NULL);
	return options->lineage_required ? r : 0;
}

int listener_open(struct listener *listener, const struct listener_options *options,
		  struct error *err)
{
	int r;

	*listener = (struct listener){ .backlog = { .fd = -1 } };
	r = audit_state_read(&listener->before, err);
	listener->settings = listener->before;
	if (r >= 0)
		r = source_netlink_open(&listener->source, options->receive_buffer, err);
	if (r >= 0)
		r = open_lineage(listener, options, err);
	if (r >= 0)
		r = backlog_raise(&listener->backlog, options->backlog, err);
	return r;
}

void listener_close(struct listener *listener)
{
	backlog_restore(&listener->backlog);
	listener->lineage = lineage_close(listener->lineage);
	listener->source = source_netlink_close(listener->source);
	strbuf_deinit(&listener->queue);
}

static int enqueue(void *context, uint32_t type, struct slice payload, struct error *err)
{
	struct listener *listener = context;
	struct queued head = { type, (uint32_t)payload.len };

	strbuf_append(&listener->queue, &head, sizeof(head));
	strbuf_append(&listener->queue, payload.data, payload.len);
	return listener->queue.failed ? error_memory(err) : 0;
}

static void watch_for_sentinel(struct listener *listener, const struct scan *scan)
{
	if (listener->awaited_pid && scan->pid == (uint32_t)listener->awaited_pid &&
	    scan->nr == listener->awaited_nr)
		listener->awaited_serial = scan->serial;
}

static int interpret(struct listener *listener, struct error *err)
{
	const char *data = listener->queue.data;
	size_t offset = 0;
	int r = 0;

	while (r >= 0 && offset < listener->queue.len) {
		struct queued head;
		struct scan scan;

		memcpy(&head, data + offset, sizeof(head));
		offset += sizeof(head);
		r = intake_payload(listener->intake, head.type,
				   (struct slice){ data + offset, head.len }, &scan, err);
		offset += head.len;
		if (r >= 0)
			watch_for_sentinel(listener, &scan);
		if (r >= 0 && scan.serial > listener->newest_serial)
			listener->newest_serial = scan.serial;
	}
	if (listener->queue.len > QUEUE_KEPT)
		strbuf_deinit(&listener->queue);
	else
		strbuf_clear(&listener->queue);
	return r;
}

/*
 * Fork events are drained between reading and interpreting: a process that has logged was forked
 * before, so its fork is known by then.
 */
int listener_pump(struct listener *listener, struct error *err)
{
	int more = 1;

	for (int i = 0; more && i < PUMP_ROUNDS; i++) {
		const int64_t now_ms = time_steady_ms();
		int r;

		more = source_netlink_read(listener->source, enqueue, listener, err);
		if (more < 0)
			return more;
		r = listener->lineage ? lineage_drain(listener->lineage, err) : 0;
		if (r >= 0 && listener->tenants)
			r = tenants_drain(listener->tenants, err);
		if (r >= 0)
			r = interpret(listener, err);
		if (r < 0)
			return r;
		/* What waited has been read to its end. */
		if (!more && listener->tenants)
			tenants_heard(listener->tenants, now_ms);
	}
	return 0;
}

int listener_hold(struct listener *listener, struct error *err)
{
	int r = 0;

	if (listener->queue.len < QUEUE_MAX)
		r = source_netlink_read(listener->source, enqueue, listener, err);
	if (r >= 0 && listener->tenants)
		r = tenants_drain(listener->tenants, err);
	return r < 0 ? r : 0;
}

/* 1: the sentinel was seen, its serial is in awaited_serial. 0: it was not, in time. */
static int send_and_wait(struct listener *listener, int64_t wait_ms, struct error *err)
{
	int64_t deadline = time_steady_ms() + wait_ms;
	struct pollfd fd = { .fd = source_netlink_fd(listener->source), .events = POLLIN };
	int r;

	listener->awaited_serial = 0;
	r = sentinel_send(&listener->awaited_pid, &listener->awaited_nr, err);
	while (r >= 0 && !listener->awaited_serial) {
		int64_t left = deadline - time_steady_ms();

		if (left <= 0)
			return 0;
		if (poll(&fd, 1, (int)left) < 0 && errno != EINTR)
			return error_set(err, -errno, "cannot wait for audit records: %m");
		r = listener_pump(listener, err);
	}
	return r < 0 ? r : 1;
}

int listener_canary(struct listener *listener, struct error *err)
{
	int r = send_and_wait(listener, CANARY_WAIT_MS, err);

	if (r < 0)
		return r;
	if (r == 0)
		return error_set(
			err, -ETIMEDOUT,
			"the kernel delivers no audit records: a record of our own did not arrive "
			"within %d seconds; see `audit-seccomp-gen doctor`",
			CANARY_WAIT_MS / 1000);
	listener->first_serial = listener->awaited_serial;
	return 0;
}

static void compare_setting(struct evidence *evidence, const char *name, uint64_t before,
			    uint64_t after)
{
	char where[96];

	if (before == after)
		return;
	snprintf(where, sizeof(where), "%s was %llu, is %llu", name, (unsigned long long)before,
		 (unsigned long long)after);
	evidence_add(evidence, FINDING_SETTINGS, 1, where);
}

uint64_t listener_lost(uint32_t then, uint32_t now)
{
	return now >= then ? now - then : now;
}

/* A change is counted once: what is there now is what the next look is compared with. */
static void compare_settings(struct listener *listener, const struct audit_state *now,
			     struct evidence *evidence)
{
	const struct audit_state *then = &listener->settings;

	listener->lost += listener_lost(then->lost, now->lost);
	compare_setting(evidence, "enabled", then->enabled, now->enabled);
	compare_setting(evidence, "rate_limit", then->rate_limit, now->rate_limit);
	compare_setting(evidence, "actions_logged has log", then->logs_allowed, now->logs_allowed);
	compare_setting(evidence, "an exclude rule for SECCOMP", then->excluded, now->excluded);
	listener->settings = *now;
}

static void compare_states(struct listener *listener, struct evidence *evidence)
{
	struct audit_state now;

	if (audit_state_read(&now, NULL) >= 0)
		compare_settings(listener, &now, evidence);
	else
		evidence_add(evidence, FINDING_SETTINGS, 1, "audit state can no longer be read");
	if (listener->lost > 0)
		evidence_add(evidence, FINDING_KERNEL_LOST, listener->lost, NULL);
}

void listener_look(struct listener *listener, struct evidence *evidence)
{
	int64_t now_ms = time_steady_ms();
	struct audit_state now;

	if (now_ms - listener->looked_ms < LISTENER_LOOK_MS)
		return;
	listener->looked_ms = now_ms;
	if (audit_state_read(&now, NULL) >= 0)
		compare_settings(listener, &now, evidence);
}

/* Whether another sentinel could leave a record at all, when one did not. */
static bool records_are_made(void)
{
	struct audit_state now;

	return audit_state_read(&now, NULL) < 0 || (now.logs_allowed && !now.excluded);
}

void listener_finish(struct listener *listener, struct evidence *evidence)
{
	struct error err = { 0 };
	int r = 0;

	for (int i = 0; r == 0 && i < SENTINEL_TRIES && (i == 0 || records_are_made()); i++)
		r = send_and_wait(listener, SENTINEL_WAIT_MS, &err);
	/* That no sentinel can be sent (no process to be had) is no reason to throw all away. */
	evidence->live = true;
	if (r <= 0)
		evidence_add(evidence, FINDING_NO_SENTINEL, 1,
			     r < 0 ? error_message(&err, r) : NULL);
	else
		evidence_add(evidence, FINDING_MISSING_SERIALS,
			     intake_missing_between(listener->intake, listener->first_serial,
						    listener->awaited_serial),
			     NULL);
	evidence_add(evidence, FINDING_DROPPED, source_netlink_drops(listener->source), NULL);
	if (listener->lineage && listener->attribution && listener->attribution->by_lineage > 0 &&
	    lineage_drops(listener->lineage) > 0)
		evidence_add(evidence, FINDING_UNATTRIBUTED, lineage_drops(listener->lineage),
			     "fork events were lost");
	compare_states(listener, evidence);
}
