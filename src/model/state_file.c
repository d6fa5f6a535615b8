/* SPDX-License-Identifier: Apache-2.0 */
#include "model/state_file.h"
#include "audit/record.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/guarded_path.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

void state_entry_here(struct state_entry *entry)
{
	_cleanup_close_ int fd =
		open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, entry->boot, sizeof(entry->boot) - 1) : -1;

	entry->boot[n > 0 ? n : 0] = '\0';
	entry->boot[strcspn(entry->boot, "\n")] = '\0';
	if (gethostname(entry->host, sizeof(entry->host) - 1) < 0)
		entry->host[0] = '\0';
}

/* ---- writing --------------------------------------------------------------------------------- */

static int put_line(const struct state_entry *entry, struct strbuf *line)
{
	strbuf_printf(line, "container=%s host=%s boot=%s pid=%" PRIu32 " started=%" PRId64,
		      entry->container, entry->host, entry->boot, entry->pid, entry->started_ms);
	if (entry->session != RECORD_UNSET)
		strbuf_printf(line, " session=%" PRIu32, entry->session);
	if (entry->ended_ms != TIME_UNKNOWN)
		strbuf_printf(line, " ended=%" PRId64, entry->ended_ms);
	strbuf_putc(line, '\n');
	return line->failed ? -ENOMEM : 0;
}

/* Ours alone, under a lock. The descriptor, or negative errno. */
static int open_locked(int dirfd, const char *name, struct stat *status)
{
	int fd = openat(dirfd, name,
			O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX) < 0 || fstat(fd, status) < 0)
		r = -errno;
	else if (!S_ISREG(status->st_mode) || status->st_nlink > 1 ||
		 (status->st_uid != 0 && status->st_uid != geteuid()) || status->st_mode & 022)
		r = -EPERM;
	/* Somebody has put it aside while we waited for the lock. */
	else if (status->st_nlink == 0)
		r = -ESTALE;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int put_aside(int dirfd, const char *name)
{
	_cleanup_strbuf_ struct strbuf old = { 0 };

	strbuf_puts(&old, name);
	strbuf_puts(&old, ".1");
	if (old.failed)
		return -ENOMEM;
	return renameat(dirfd, name, dirfd, strbuf_text(&old)) < 0 ? -errno : 0;
}

/* Whether the name still means the file that we have locked. */
static bool is_still(int dirfd, const char *name, const struct stat *status)
{
	struct stat now;

	return fstatat(dirfd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == status->st_ino && now.st_dev == status->st_dev;
}

/* A line behind one that a crash has cut off begins anew. */
static int write_line(int fd, const struct stat *status, struct strbuf *line)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	char last = '\n';

	if (status->st_size > 0 && pread(fd, &last, 1, status->st_size - 1) != 1)
		return -EIO;
	if (last != '\n')
		strbuf_putc(&text, '\n');
	strbuf_append(&text, line->data, line->len);
	if (text.failed)
		return -ENOMEM;
	if (write(fd, text.data, text.len) == (ssize_t)text.len)
		return 0;
	/* A part of it is of no use to anybody. */
	return ftruncate(fd, status->st_size) < 0 ? -errno : -ENOSPC;
}

/* 1: the file was put aside meanwhile, try again. */
static int try_append(int dirfd, const char *name, struct strbuf *line)
{
	struct stat status;
	_cleanup_close_ int fd = open_locked(dirfd, name, &status);
	int r;

	if (fd < 0)
		return fd == -ESTALE ? 1 : fd;
	if (!is_still(dirfd, name, &status))
		return 1;
	if ((size_t)status.st_size + line->len <= STATE_FILE_MAX)
		return write_line(fd, &status, line);
	r = put_aside(dirfd, name);
	return r < 0 ? r : 1;
}

int state_append(const char *path, const struct state_entry *entry, struct error *err)
{
	const struct path_guard anywhere = { 0 };
	_cleanup_strbuf_ struct strbuf line = { 0 };
	_cleanup_close_ int dirfd = -1;
	const char *name;
	int r = guarded_parent(&anywhere, path, &dirfd, &name, err);

	if (r < 0)
		return r;
	if (put_line(entry, &line) < 0)
		return error_memory(err);
	r = 1;
	for (int i = 0; i < 100 && r == 1; i++)
		r = try_append(dirfd, name, &line);
	if (r == 1)
		r = -EAGAIN;
	return r < 0 ? error_set(err, r, "cannot append to '%s': %s", path, strerror(-r)) : 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool take_number(struct slice value, uint64_t max, uint64_t *ret)
{
	return slice_to_u64(value, 10, ret) == 0 && *ret <= max;
}

/* Letters, digits, dots and dashes: host names and UUIDs. */
static bool take_word(struct slice value, char *ret, size_t size)
{
	if (value.len >= size)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.data[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '-' || c == '_'))
			return false;
		ret[i] = c;
	}
	ret[value.len] = '\0';
	return true;
}

static bool take_id(struct slice value, char *ret, size_t size)
{
	if (value.len >= size)
		return false;
	memcpy(ret, value.data, value.len);
	ret[value.len] = '\0';
	return strlen(ret) == value.len && oci_id_is_valid(ret);
}

static bool take_time(struct slice value, int64_t *ret)
{
	uint64_t number;

	if (!take_number(value, INT64_MAX / 2, &number))
		return false;
	*ret = (int64_t)number;
	return true;
}

static bool take_u32(struct slice value, uint32_t max, uint32_t *ret)
{
	uint64_t number;

	if (!take_number(value, max, &number))
		return false;
	*ret = (uint32_t)number;
	return true;
}

/* A key that we do not know is of a later version, and says nothing here. */
static bool take_field(struct slice key, struct slice value, struct state_entry *entry)
{
	if (slice_is(key, "container"))
		return take_id(value, entry->container, sizeof(entry->container));
	if (slice_is(key, "host"))
		return take_word(value, entry->host, sizeof(entry->host));
	if (slice_is(key, "boot"))
		return take_word(value, entry->boot, sizeof(entry->boot));
	if (slice_is(key, "pid"))
		return take_u32(value, INT32_MAX, &entry->pid);
	if (slice_is(key, "session"))
		return take_u32(value, UINT32_MAX - 1, &entry->session);
	if (slice_is(key, "started"))
		return take_time(value, &entry->started_ms);
	if (slice_is(key, "ended"))
		return take_time(value, &entry->ended_ms);
	return true;
}

static bool parse_line(struct slice line, struct state_entry *entry)
{
	const char *p = line.data, *end = line.data + line.len;

	*entry = (struct state_entry){ .session = RECORD_UNSET,
				       .started_ms = TIME_UNKNOWN,
				       .ended_ms = TIME_UNKNOWN };
	while (p < end) {
		const char *space = memchr(p, ' ', (size_t)(end - p)), *word_end, *equals;

		word_end = space ? space : end;
		equals = memchr(p, '=', (size_t)(word_end - p));
		if (!equals ||
		    !take_field((struct slice){ p, (size_t)(equals - p) },
				(struct slice){ equals + 1, (size_t)(word_end - equals) - 1 },
				entry))
			return false;
		p = space ? space + 1 : end;
	}
	return entry->container[0] && entry->boot[0] && entry->pid > 0 &&
	       entry->started_ms != TIME_UNKNOWN;
}

static int compare(const void *left, const void *right)
{
	const struct state_entry *a = left, *b = right;
	int order = (a->pid > b->pid) - (a->pid < b->pid);

	if (order == 0)
		order = (a->started_ms > b->started_ms) - (a->started_ms < b->started_ms);
	if (order == 0)
		order = strcmp(a->boot, b->boot);
	if (order == 0)
		order = strcmp(a->host, b->host);
	return order != 0 ? order : strcmp(a->container, b->container);
}

/* The lines of one process become one. */
static void join(struct state *state)
{
	size_t kept = 0;

	if (state->n > 0)
		qsort(state->entries, state->n, sizeof(*state->entries), compare);
	for (size_t i = 0; i < state->n; i++) {
		struct state_entry *before = kept > 0 ? &state->entries[kept - 1] : NULL;
		const struct state_entry *entry = &state->entries[i];

		if (!before || compare(before, entry) != 0) {
			state->entries[kept++] = *entry;
			continue;
		}
		if (entry->ended_ms > before->ended_ms)
			before->ended_ms = entry->ended_ms;
		if (before->session == RECORD_UNSET)
			before->session = entry->session;
	}
	state->n = kept;
}

static int keep(struct state *state, const struct state_entry *entry)
{
	if (array_reserve(&state->entries, &state->allocated, state->n + 1,
			  sizeof(*state->entries)) < 0)
		return -ENOMEM;
	state->entries[state->n++] = *entry;
	return 0;
}

static int read_stream(struct state *state, FILE *stream)
{
	char line[STATE_LINE_MAX];
	uint64_t bytes = 0;
	bool whole = true;

	while (bytes <= STATE_FILE_MAX && fgets(line, sizeof(line), stream)) {
		struct slice text = slice_from(line);
		bool ends = text.len > 0 && text.data[text.len - 1] == '\n';
		struct state_entry entry;

		bytes += text.len;
		if (ends)
			text.len--;
		if (!whole || !ends || !parse_line(text, &entry))
			state->refused += whole && line[0] != '\n';
		else if (keep(state, &entry) < 0)
			return -ENOMEM;
		whole = ends;
	}
	return ferror(stream) ? -EIO : bytes > STATE_FILE_MAX ? -EFBIG : 0;
}

/* 0 when there is none and it need not be there. */
static int read_file(struct state *state, const char *path, bool needed, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	_cleanup_fclose_ FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
	struct stat status;
	int r;

	if (fd < 0)
		return errno == ENOENT && !needed
			       ? 0
			       : error_set(err, -errno, "cannot read '%s': %m", path);
	if (!stream) {
		close(fd);
		return error_memory(err);
	}
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return error_set(err, -EINVAL, "'%s' is not a regular file", path);
	r = read_stream(state, stream);
	return r < 0 ? error_set(err, r, "cannot read '%s': %s", path, strerror(-r)) : 0;
}

int state_read(struct state *state, const char *path, struct error *err)
{
	_cleanup_strbuf_ struct strbuf old = { 0 };
	int r;

	strbuf_puts(&old, path);
	strbuf_puts(&old, ".1");
	if (old.failed)
		return error_memory(err);
	r = read_file(state, strbuf_text(&old), false, err);
	if (r >= 0)
		r = read_file(state, path, true, err);
	join(state);
	return r;
}

void state_deinit(struct state *state)
{
	free(state->entries);
	*state = (struct state){ 0 };
}
