/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which container a process or an audit session was: what the collector knew and a log does not
 * tell. A text file of one line an entry, to which lines are only ever appended, each in one write
 * under a lock; at STATE_FILE_MAX it becomes FILE.1 in the place of the one before, so that no more
 * than twice as much is on disk.
 *
 *     container=ID host=NAME boot=UUID pid=NUMBER started=MS [session=NUMBER] [ended=MS]
 *
 * Times are milliseconds since 1970. A second line for the same process says when it ended.
 */
#ifndef ASG_MODEL_STATE_FILE_H
#define ASG_MODEL_STATE_FILE_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include "base/time.h"
#include "model/oci_config_json.h"
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_FILE_MAX	(4u << 20) /* bytes */
#define STATE_BOOT_SIZE 37	   /* /proc/sys/kernel/random/boot_id and a NUL byte */
#define STATE_LINE_MAX	1024

struct state_entry {
	char container[OCI_ID_LENGTH_MAX + 1];
	char host[HOST_NAME_MAX + 1];
	char boot[STATE_BOOT_SIZE];
	uint32_t pid;		      /* the container's first process, in the init pid namespace */
	uint32_t session;	      /* RECORD_UNSET: it has none of its own */
	int64_t started_ms, ended_ms; /* of that process; TIME_UNKNOWN: it had not ended */
};

struct state {
	struct state_entry *entries; /* one a process, by pid, then start */
	size_t n, allocated;
	uint64_t refused; /* lines that could not be read */
};

/* Fills in this host and its boot. */
void state_entry_here(struct state_entry *entry);

/*
 * Appends a line. As guarded_parent(), and -EPERM for anything but a regular file of root's or ours
 * with one name. On failure the file is as it was.
 */
int state_append(const char *path, const struct state_entry *entry, struct error *err) _must_check_;

/* Reads FILE.1, if it is there, and FILE. A line that is not as above is counted and left out. */
int state_read(struct state *state, const char *path, struct error *err) _must_check_;
void state_deinit(struct state *state);

#endif
