/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two bytes of the note are locked (F_OFD_SETLK, fcntl(2)): whoever reads or writes it has the
 * first alone, and whoever records shares the second. The kernel releases both for who is killed.
 */
#include "command/backlog.h"
#include "audit/kernel.h"
#include "base/cleanup.h"
#include "command/run_directory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

#define NOTE RUN_DIRECTORY "/backlog_limit"

enum lock { LOCK_NOTE, LOCK_RECORDING };

static int set_lock(int fd, enum lock lock, short type)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = lock, .l_len = 1 };
	int r;

	do
		r = fcntl(fd, F_OFD_SETLKW, &range);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static bool others_record(int fd)
{
	struct flock range = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_RECORDING, .l_len = 1
	};

	return fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

/* The note, with its lock; -1: there is none. */
static int open_note(int flags)
{
	int fd = open(NOTE, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | flags, 0600);

	if (fd >= 0 && set_lock(fd, LOCK_NOTE, F_WRLCK) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What it says: false when nothing. */
static bool read_note(int fd, uint32_t *ret_before, uint32_t *ret_set)
{
	char text[64] = { 0 };

	return pread(fd, text, sizeof(text) - 1, 0) > 0 &&
	       sscanf(text, "%u %u", ret_before, ret_set) == 2;
}

static void write_note(int fd, uint32_t before, uint32_t set)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%u %u\n", before, set);

	if (ftruncate(fd, 0) == 0)
		(void)!pwrite(fd, text, (size_t)n, 0);
}

/* What the limit was before any recording: one that still runs, or was killed, knows it better. */
static uint32_t limit_before(int fd, uint32_t now)
{
	uint32_t before, set;

	return fd >= 0 && read_note(fd, &before, &set) && set == now ? before : now;
}

/* Lets the others go on, as one of those who record. */
static void sign_note(const struct backlog *backlog)
{
	if (backlog->fd < 0)
		return;
	(void)set_lock(backlog->fd, LOCK_RECORDING, F_RDLCK);
	(void)set_lock(backlog->fd, LOCK_NOTE, F_UNLCK);
}

/* With the note's lock, if there is one. It is written first: who is killed in between, or does not
 * hear whether the kernel has done it, leaves what it says. */
static int raise_limit(struct backlog *backlog, uint32_t wanted, struct error *err)
{
	struct audit_state now;
	int r = audit_state_read(&now, err);

	if (r < 0)
		return r;
	backlog->before = limit_before(backlog->fd, now.backlog_limit);
	/* 0 means no limit (audit_backlog_limit, kernel/audit.c) */
	if (now.backlog_limit != 0 && now.backlog_limit < wanted)
		backlog->set = wanted;
	else if (backlog->before != now.backlog_limit)
		backlog->set = now.backlog_limit;
	if (backlog->set && backlog->fd >= 0)
		write_note(backlog->fd, backlog->before, backlog->set);
	return backlog->set && backlog->set != now.backlog_limit ? audit_set_backlog(wanted, err)
								 : 0;
}

/* Only what was set by a recording, and only while it still stands. False: it could not be. */
static bool put_back(uint32_t before, uint32_t set)
{
	struct audit_state now;

	if (!set)
		return true;
	if (audit_state_read(&now, NULL) >= 0 &&
	    (now.backlog_limit != set || audit_set_backlog(before, NULL) >= 0))
		return true;
	fprintf(stderr, "audit-seccomp-gen: backlog_limit could not be restored: auditctl -b %u\n",
		before);
	return false;
}

/* With the note's lock: the last to end. What fails is left to the next. */
static void put_back_noted(int fd)
{
	uint32_t before, set;

	if (others_record(fd) || !read_note(fd, &before, &set))
		return;
	if (put_back(before, set))
		(void)!ftruncate(fd, 0);
}

/* It may have been raised all the same, and others may need what it was raised to before. */
static void take_back(const struct backlog *backlog)
{
	struct audit_state now;

	if (backlog->fd < 0) {
		(void)put_back(backlog->before, backlog->set);
		return;
	}
	if (backlog->set && audit_state_read(&now, NULL) >= 0)
		write_note(backlog->fd, backlog->before, now.backlog_limit);
	put_back_noted(backlog->fd);
	close(backlog->fd);
}

int backlog_raise(struct backlog *ret, uint32_t wanted, struct error *err)
{
	struct backlog backlog = { .fd = run_directory_make(NULL) < 0 ? -1 : open_note(O_CREAT) };
	int r = raise_limit(&backlog, wanted, err);

	if (r < 0) {
		take_back(&backlog);
		return error_prefix(err, r, "cannot raise the kernel's backlog_limit");
	}
	sign_note(&backlog);
	*ret = backlog;
	return 0;
}

void backlog_restore(struct backlog *backlog)
{
	if (backlog->fd < 0) {
		(void)put_back(backlog->before, backlog->set);
	} else {
		if (set_lock(backlog->fd, LOCK_NOTE, F_WRLCK) == 0) {
			(void)set_lock(backlog->fd, LOCK_RECORDING, F_UNLCK);
			put_back_noted(backlog->fd);
		}
		close(backlog->fd);
	}
	*backlog = (struct backlog){ .fd = -1 };
}

void backlog_heal(void)
{
	_cleanup_close_ int fd = open_note(0);

	if (fd >= 0)
		put_back_noted(fd);
}
