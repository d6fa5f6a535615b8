/* SPDX-License-Identifier: Apache-2.0 */
#include "target/process_look.h"
#include "audit/record.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define STATUS_MAX                                                                                 \
	8192 /* bytes of /proc/PID/status; where the lists are longer, what is behind them is cut  \
	      */

/* Reads a small file whole, NUL-terminated. Its length, or -ESRCH. */
static ssize_t read_file(int proc, pid_t pid, const char *name, char *text, size_t size)
{
	_cleanup_close_ int fd = -1;
	char path[64];
	size_t len = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/%s", (int)pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return len > 0 ? (ssize_t)len : -ESRCH;
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t ticks_to_ms(uint64_t ticks)
{
	const long hertz = sysconf(_SC_CLK_TCK);

	return (int64_t)(ticks * 1000 / (hertz > 0 ? (uint64_t)hertz : 100));
}

int process_look(int proc, pid_t pid, struct process_look *ret)
{
	char text[1024];
	const char *first, *last;
	size_t len;

	if (read_file(proc, pid, "stat", text, sizeof(text)) < 0)
		return -ESRCH;
	first = strchr(text, '(');
	/* The name may hold any byte, parentheses and spaces too. */
	last = strrchr(text, ')');
	if (!first || !last || last < first ||
	    sscanf(last + 1,
		   " %*c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%*s %*s %" SCNu64,
		   &ret->parent, &ret->ticks) != 2)
		return -ESRCH;
	len = (size_t)(last - first - 1);
	if (len >= sizeof(ret->comm))
		len = sizeof(ret->comm) - 1;
	memcpy(ret->comm, first + 1, len);
	ret->comm[len] = '\0';
	ret->started_steady_ms = ticks_to_ms(ret->ticks);
	ret->started_ms =
		clock_ms(CLOCK_REALTIME) - clock_ms(CLOCK_BOOTTIME) + ret->started_steady_ms;
	return 0;
}

uint64_t process_namespace(int proc, pid_t pid, const char *link)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "%d/ns/%s", (int)pid, link);
	return fstatat(proc, path, &status, 0) < 0 ? 0 : status.st_ino;
}

ssize_t process_cgroup(int proc, pid_t pid, char text[PROCESS_CGROUP_MAX])
{
	return read_file(proc, pid, "cgroup", text, PROCESS_CGROUP_MAX);
}

uint32_t process_session(int proc, pid_t pid)
{
	char text[32];
	uint64_t value;
	ssize_t n = read_file(proc, pid, "sessionid", text, sizeof(text));

	while (n > 0 && text[n - 1] == '\n')
		n--;
	if (n <= 0 || slice_to_u64((struct slice){ text, (size_t)n }, 10, &value) < 0 ||
	    value > UINT32_MAX)
		return RECORD_UNSET;
	return (uint32_t)value;
}

/* The rest of the line of /proc/PID/status that begins so. NULL: it is not there. */
static const char *find_field(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? at + strlen(name) : NULL;
}

uint64_t process_filters(int proc, pid_t pid)
{
	char text[STATUS_MAX];
	const char *filters;

	if (read_file(proc, pid, "status", text, sizeof(text)) < 0)
		return 0;
	filters = find_field(text, "\nSeccomp_filters:");
	return filters ? strtoull(filters, NULL, 10) : 0;
}

bool process_is_bare(int proc, pid_t pid)
{
	char text[STATUS_MAX];
	const char *mode;

	if (read_file(proc, pid, "status", text, sizeof(text)) < 0)
		return false;
	mode = find_field(text, "\nSeccomp:");
	return mode && strtoull(mode, NULL, 10) == 0;
}

bool process_is_first(int proc, pid_t pid)
{
	char text[STATUS_MAX];
	const char *numbers;
	int outside, inside;

	if (read_file(proc, pid, "status", text, sizeof(text)) < 0)
		return false;
	numbers = find_field(text, "\nNSpid:");
	return numbers && sscanf(numbers, "%d %d", &outside, &inside) == 2 && inside == 1;
}

int64_t process_unit_began(int proc, struct slice unit)
{
	char path[NAME_MAX + 64];
	struct stat status;

	/* A unit's name has no slash in it; a control group's has none either. */
	if (unit.len == 0 || unit.len > NAME_MAX || memchr(unit.data, '/', unit.len))
		return TIME_UNKNOWN;
	snprintf(path, sizeof(path), "1/root/run/systemd/units/invocation:%.*s", (int)unit.len,
		 unit.data);
	if (fstatat(proc, path, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return TIME_UNKNOWN;
	return (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
}
