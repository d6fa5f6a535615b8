/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits for each pid that a kernel can give: `followed` is set when its last fork event had a
 * followed parent, cleared when it had another; the others are what a judge said of it. So exits
 * need not be known, a process that has gone is remembered until its pid is given again, and memory
 * is what it is from the start.
 */
#include "target/lineage.h"
#include "target/fork_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PID_END (4 * 1024 * 1024) /* PID_MAX_LIMIT, include/linux/threads.h */

struct lineage {
	struct fork_events events;
	pid_t self;
	bool adopts; /* a child of this very process is followed, and so are its siblings */
	enum kin (*judge)(const void *context, pid_t pid, pid_t parent); /* or NULL */
	const void *judge_context;
	uint64_t followed[PID_END / 64];
	uint64_t excluded[PID_END / 64];
	uint64_t sealed[PID_END / 64];
	uint64_t entering[PID_END / 64];
};

static bool bit_is_set(const uint64_t *bits, pid_t pid)
{
	return pid > 0 && pid < PID_END && (bits[pid / 64] >> (pid % 64) & 1);
}

static void set_bit(uint64_t *bits, pid_t pid, bool value)
{
	const uint64_t bit = 1ULL << (pid % 64);

	if (value)
		bits[pid / 64] |= bit;
	else
		bits[pid / 64] &= ~bit;
}

bool lineage_has(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->followed, pid);
}

bool lineage_excludes(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->excluded, pid);
}

bool lineage_enters(const struct lineage *lineage, pid_t pid)
{
	return bit_is_set(lineage->entering, pid);
}

void lineage_mark(struct lineage *lineage, pid_t pid, enum kin kin)
{
	if (pid <= 0 || pid >= PID_END)
		return;
	set_bit(lineage->followed, pid, kin == KIN_OURS);
	set_bit(lineage->excluded, pid, kin == KIN_STRANGER || kin == KIN_SEALED);
	set_bit(lineage->sealed, pid, kin == KIN_SEALED);
	set_bit(lineage->entering, pid, kin == KIN_ENTERING);
}

void lineage_set_judge(struct lineage *lineage,
		       enum kin (*judge)(const void *context, pid_t pid, pid_t parent),
		       const void *context)
{
	lineage->judge = judge;
	lineage->judge_context = context;
}

/* A number can have become that of a thread, of which no fork is told: kill(2) would find it. */
static bool is_process(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EMFILE || errno == ENFILE || errno == ENOMEM;
}

pid_t lineage_next_alive(const struct lineage *lineage, pid_t from)
{
	for (pid_t word = from / 64; word < PID_END / 64; word++) {
		if (!lineage->followed[word])
			continue;
		for (pid_t pid = word * 64; pid < word * 64 + 64; pid++)
			if (pid >= from && lineage_has(lineage, pid) && is_process(pid))
				return pid;
	}
	return 0;
}

int lineage_open(struct lineage **ret, struct error *err)
{
	struct lineage *lineage = calloc(1, sizeof(*lineage));
	int r;

	if (!lineage)
		return error_memory(err);
	lineage->self = getpid();
	r = fork_events_open(&lineage->events, false, err);
	if (r < 0) {
		lineage_close(lineage);
		return r;
	}
	*ret = lineage;
	return 0;
}

struct lineage *lineage_close(struct lineage *lineage)
{
	if (!lineage)
		return NULL;
	fork_events_close(&lineage->events);
	free(lineage);
	return NULL;
}

/* Who was on its way when it was born may have arrived before it forked. */
static void look_again(struct lineage *lineage, pid_t pid)
{
	enum kin kin = lineage->judge ? lineage->judge(lineage->judge_context, pid, 0) : KIN_GONE;

	if (kin != KIN_GONE)
		lineage_mark(lineage, pid, kin);
}

static enum kin kin_of_child(const struct lineage *lineage, pid_t child, pid_t parent)
{
	enum kin kin = KIN_GONE;

	if (lineage_has(lineage, parent))
		return KIN_OURS;
	if (bit_is_set(lineage->sealed, parent))
		return KIN_SEALED;
	if (lineage->judge)
		kin = lineage->judge(lineage->judge_context, child, parent);
	return kin == KIN_GONE && lineage_enters(lineage, parent) ? KIN_ENTERING : kin;
}

static void take_fork(struct lineage *lineage, const struct fork_event *event)
{
	enum kin kin;

	if (lineage_enters(lineage, event->parent))
		look_again(lineage, event->parent);
	/* CLONE_PARENT gives a command's child to us, as far as the event goes. */
	if (event->parent == lineage->self)
		kin = lineage->adopts ? KIN_OURS : KIN_STRANGER;
	else
		kin = kin_of_child(lineage, event->pid, event->parent);
	lineage_mark(lineage, event->pid, kin);
}

int lineage_drain(struct lineage *lineage, struct error *err)
{
	const uint64_t until = fork_events_until();
	struct fork_event event;
	int r;

	while ((r = fork_events_next(&lineage->events, &event)) > 0) {
		take_fork(lineage, &event);
		if (event.time_ns > until)
			break;
	}
	return r < 0 ? error_set(err, r, "cannot read fork events: %s", strerror(-r)) : 0;
}

static bool is_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int lineage_follow(struct lineage *lineage, pid_t pid)
{
	int r;

	if (pid <= 0 || pid >= PID_END)
		return -EINVAL;
	/* The event of its own birth may still wait and would take the mark away again. */
	r = lineage_drain(lineage, NULL);
	if (r < 0)
		return r;
	lineage->adopts |= is_child(pid);
	lineage_mark(lineage, pid, KIN_OURS);
	return 0;
}

uint64_t lineage_drops(const struct lineage *lineage)
{
	return fork_events_drops(&lineage->events);
}

int lineage_fd(const struct lineage *lineage)
{
	return lineage->events.fd;
}
