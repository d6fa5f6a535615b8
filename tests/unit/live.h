/* SPDX-License-Identifier: Apache-2.0 */
/* For tests on the real kernel: whether it is to be had, and the SECCOMP records it sends. */
#ifndef ASG_TESTS_UNIT_LIVE_H
#define ASG_TESTS_UNIT_LIVE_H

#include "audit/source_netlink.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Says why this program cannot run here and returns its exit status. */
static inline int live_skip(const char *why)
{
	const char *required = getenv("ASG_REQUIRE_LIVE");

	if (required && strcmp(required, "1") == 0) {
		printf("1..1\nnot ok 1 - live tests are required: %s\n", why);
		return 1;
	}
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

/*
 * Tests on the real kernel share one audit system: while one of them changes its settings or rules,
 * none of the others may record. Held until the program ends; see also tests/system/lib.sh.
 */
static inline void live_lock(int alone)
{
	int fd = open("/proc/sys/kernel/seccomp/actions_logged", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		flock(fd, alone ? LOCK_EX : LOCK_SH);
}

struct live_record {
	uint32_t session, pid, nr, arch;
	char exe[128];
};

struct live_records {
	struct live_record items[16384];
	size_t n, overflow;
};

static inline uint32_t live_field(const char *text, const char *name, int base)
{
	const char *at = strstr(text, name);

	return at ? (uint32_t)strtoul(at + strlen(name), NULL, base) : 0;
}

static inline int live_take(void *context, uint32_t type, struct slice payload,
			    struct error *err _unused_)
{
	struct live_records *records = context;
	char text[2048];

	if (type != AUDIT_SECCOMP)
		return 0;
	if (records->n == sizeof(records->items) / sizeof(records->items[0])) {
		records->overflow++;
		return 0;
	}
	snprintf(text, sizeof(text), "%.*s", (int)payload.len, payload.data);
	struct live_record *record = &records->items[records->n++];
	record->session = live_field(text, " ses=", 10);
	record->pid = live_field(text, " pid=", 10);
	record->nr = live_field(text, " syscall=", 10);
	record->arch = live_field(text, " arch=", 16);
	const char *exe = strstr(text, " exe=\"");
	if (exe)
		snprintf(record->exe, sizeof(record->exe), "%.*s", (int)strcspn(exe + 6, "\""),
			 exe + 6);
	return 0;
}

/* Reads until nothing came for 200 ms. */
static inline int live_read(struct source_netlink *source, struct live_records *records)
{
	struct pollfd poller = { .fd = source_netlink_fd(source), .events = POLLIN };
	int r = 0;

	while (r >= 0 && poll(&poller, 1, 200) > 0)
		r = source_netlink_read(source, live_take, records, NULL);
	return r < 0 ? r : 0;
}

#endif
