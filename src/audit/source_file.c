/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/source_file.h"

#include "audit/unpack.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A whole line of the greatest length always leaves this much room to read into. */
#define READ_SIZE   ((size_t)256 * 1024)
#define BUFFER_SIZE (SOURCE_LINE_MAX + READ_SIZE)

#define READS_AT_ONCE 512 /* only a line of more than 100 MB takes as many */

struct source_file {
	int fd;
	bool borrowed;	 /* standard input: not ours to close */
	bool waits;	 /* a pipe, a terminal, a socket */
	bool recognised; /* compressed or not is known */
	bool ended;
	bool skipping; /* inside a line that was too long; the buffer is empty then */
	char *name;    /* for messages, quoted */
	struct unpack *unpack;
	char *buffer;
	size_t begin, end; /* of what was read and not given out */
	size_t searched;   /* bytes from `begin` on that are known to hold no newline */
	uint64_t offset;   /* of `begin` in the plain stream */
	uint64_t number;   /* lines given out */
	uint64_t consumed, total;
};

struct source_file *source_file_close(struct source_file *source)
{
	if (!source)
		return NULL;
	unpack_close(source->unpack);
	if (source->fd >= 0 && !source->borrowed)
		close(source->fd);
	free(source->name);
	free(source->buffer);
	free(source);
	return NULL;
}

static void source_file_closep(struct source_file **source)
{
	source_file_close(*source);
}

static const char *remedy(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return " (audit logs belong to root: try sudo, or join the group that log_group in "
		       "auditd.conf names)";
	case ENOENT:
		return " (the audit daemon writes to /var/log/audit/audit.log unless auditd.conf "
		       "says "
		       "otherwise; without the daemon try 'journalctl -k | audit-seccomp-gen "
		       "--from-log "
		       "-')";
	default:
		return "";
	}
}

static int open_path(struct source_file *source, const char *path, struct error *err)
{
	int error;

	/* Not to hang before a FIFO that has no writer yet; source_file_fd() can be polled for it.
	 */
	source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (source->fd >= 0)
		return 0;
	error = errno;
	return error_set(err, -error, "cannot open %s: %s%s", source->name, strerror(error),
			 remedy(error));
}

static int examine(struct source_file *source, struct error *err)
{
	struct stat st;

	if (fstat(source->fd, &st) < 0)
		return error_set(err, -errno, "cannot read %s: %s", source->name, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return error_set(err, -EISDIR, "%s is a directory: name a log file in it",
				 source->name);
	source->waits = !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode);
	if (S_ISREG(st.st_mode)) {
		source->total = st.st_size > 0 ? (uint64_t)st.st_size : 0;
		(void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return 0;
}

int source_file_open(struct source_file **ret, const char *path, struct error *err)
{
	_cleanup_(source_file_closep) struct source_file *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return error_memory(err);
	source->fd = STDIN_FILENO;
	source->borrowed = strcmp(path, "-") == 0;
	if (!source->borrowed)
		source->fd = -1;
	if (source->borrowed)
		source->name = strdup("standard input");
	else if (asprintf(&source->name, "'%s'", path) < 0)
		source->name = NULL;
	source->buffer = malloc(BUFFER_SIZE);
	if (!source->name || !source->buffer)
		return error_memory(err);
	if (!source->borrowed) {
		r = open_path(source, path, err);
		if (r < 0)
			return r;
	}
	r = examine(source, err);
	if (r < 0)
		return r;
	*ret = source;
	source = NULL;
	return 0;
}

static void consume(struct source_file *source, size_t n)
{
	source->begin += n;
	source->offset += n;
	source->searched = 0;
}

/* Leaves the bytes where they are: a line that was just cut off still points to them. */
static void skip_rest(struct source_file *source)
{
	const char *start = source->buffer + source->begin;
	const char *newline = memchr(start, '\n', source->end - source->begin);

	source->skipping = !newline;
	consume(source, newline ? (size_t)(newline - start) + 1 : source->end - source->begin);
}

static const char *find_newline(const struct source_file *source)
{
	const char *start = source->buffer + source->begin;
	size_t have = source->end - source->begin;

	return memchr(start + source->searched, '\n', have - source->searched);
}

static bool take_line(struct source_file *source, struct source_line *ret)
{
	const char *start = source->buffer + source->begin;
	size_t have = source->end - source->begin;
	const char *newline = find_newline(source);
	size_t len = newline ? (size_t)(newline - start) : have;
	bool too_long = len > SOURCE_LINE_MAX;

	if (!source->recognised)
		return false;
	if (!newline && !too_long && (!source->ended || have == 0)) {
		source->searched = have;
		return false;
	}
	*ret = (struct source_line){
		.text = { start, too_long ? SOURCE_LINE_MAX : len },
		.number = ++source->number,
		.offset = source->offset,
		.too_long = too_long,
		.unterminated = !newline && !too_long,
	};
	consume(source, newline ? len + 1 : len);
	if (!newline && too_long)
		skip_rest(source);
	return true;
}

static ssize_t read_plain(struct source_file *source, char *data, size_t size, struct error *err)
{
	struct pollfd poll_fd = { .fd = source->fd, .events = POLLIN };
	ssize_t n;

	do {
		/* A FIFO reads as ended before its first writer came: poll knows better. */
		n = source->waits ? poll(&poll_fd, 1, -1) : 1;
		if (n >= 0)
			n = read(source->fd, data, size);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0)
		return error_set(err, -errno, "cannot read %s: %s", source->name, strerror(errno));
	source->consumed += (uint64_t)n;
	return n;
}

/* Once the first bytes are there: hands them to the unpacker when they are compressed. */
static int recognise(struct source_file *source, struct error *err)
{
	struct slice start = { source->buffer, source->end };
	const struct unpack_format *format;
	int r = unpack_recognise(start, &format);

	if (r == -EAGAIN && !source->ended)
		return 0;
	source->recognised = true;
	if (r <= 0)
		return 0;
	source->end = 0;
	source->ended = false;
	return unpack_open(&source->unpack, format, source->fd, start, source->name, err);
}

static int fill(struct source_file *source, struct error *err)
{
	size_t have = source->end - source->begin;
	ssize_t n;

	memmove(source->buffer, source->buffer + source->begin, have);
	source->begin = 0;
	source->end = have;
	if (source->unpack)
		n = unpack_read(source->unpack, source->buffer + have, BUFFER_SIZE - have, err);
	else
		n = read_plain(source, source->buffer + have, BUFFER_SIZE - have, err);
	if (n < 0)
		return (int)n;
	source->end += (size_t)n;
	source->ended = n == 0;
	if (source->skipping)
		skip_rest(source);
	return source->recognised ? 0 : recognise(source, err);
}

int source_file_next(struct source_file *source, struct source_line *ret, struct error *err)
{
	unsigned int reads = 0;
	int r;

	if (take_line(source, ret))
		return 1;
	do {
		if (source->ended)
			return 0;
		r = fill(source, err);
		if (r < 0)
			return r;
		if (take_line(source, ret))
			return 1;
	} while (source->ended || (!source->waits && ++reads < READS_AT_ONCE));
	return -EAGAIN;
}

bool source_file_buffered(const struct source_file *source)
{
	if (!source->waits || source->unpack || source->ended)
		return true;
	return source->recognised &&
	       (find_newline(source) || source->end - source->begin > SOURCE_LINE_MAX);
}

int source_file_fd(const struct source_file *source)
{
	return source->fd;
}

void source_file_progress(const struct source_file *source, uint64_t *ret_read, uint64_t *ret_total)
{
	*ret_read = source->unpack ? unpack_consumed(source->unpack) : source->consumed;
	*ret_total = source->total;
}
