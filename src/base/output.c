/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"
#include "base/cleanup.h"
#include "base/hidden_file.h"
#include "base/slice.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MOST_LINKS 40 /* as many as the kernel follows: path_resolution(7) */

/* What can be done about it, for the failures that people meet. */
static const char *remedy(int code)
{
	static const struct {
		int code;
		const char *text;
	} remedies[] = {
		{ EACCES, "choose a place you may write to" },
		{ EPERM, "choose a place you may write to" },
		{ EROFS, "choose a place on a writable file system" },
		{ ENOENT, "create its directory first" },
		{ ENOTDIR, "a part of the path is not a directory" },
		{ EISDIR, "give the name of a file in it" },
		{ ENOSPC, "free some space or choose another place" },
		{ EDQUOT, "free some space or choose another place" },
		{ EFBIG, "raise the limit on file sizes" },
		{ EPIPE, "whoever was to read it has gone" },
		{ EBADF, "it is closed" },
		{ EBUSY,
		  "something is mounted on it: give another name, or write to standard output" },
		{ ELOOP, "the symbolic links lead in a circle" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(remedies); i++)
		if (remedies[i].code == code)
			return remedies[i].text;
	return NULL;
}

static int fail(struct error *err, int code, const char *path)
{
	const char *help = remedy(-code);

	return error_set(err, code, "cannot write %s%s%s: %s%s%s%s", path ? "'" : "",
			 path ? path : "standard output", path ? "'" : "",
			 error_message(NULL, code), help ? " (" : "", help ? help : "",
			 help ? ")" : "");
}

/* What a stream writes to. stdio keeps that a write failed some time ago, and not why. */
struct writer {
	int fd;
	int failure; /* of the first write that failed: an errno, else 0 */
};

static ssize_t writer_write(void *cookie, const char *data, size_t len)
{
	struct writer *writer = cookie;
	size_t done = 0;

	while (done < len && !writer->failure) {
		ssize_t n = write(writer->fd, data + done, len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			writer->failure = errno;
	}
	return (ssize_t)done;
}

static int writer_close(void *cookie)
{
	struct writer *writer = cookie;
	int r = close(writer->fd), code = errno;

	free(writer);
	errno = code;
	return r;
}

/* Takes the descriptor when it succeeds. A terminal stays one for who asks the stream. */
static int open_stream(struct output *output, int fd)
{
	static const cookie_io_functions_t functions = { .write = writer_write,
							 .close = writer_close };
	struct writer *writer;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	if ((flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (isatty(fd)) {
		output->stream = fdopen(fd, "w");
		return output->stream ? 0 : -errno;
	}
	writer = malloc(sizeof(*writer));
	if (!writer)
		return -ENOMEM;
	*writer = (struct writer){ .fd = fd };
	output->stream = fopencookie(writer, "w", functions);
	if (!output->stream) {
		free(writer);
		return -ENOMEM;
	}
	output->writer = writer;
	return 0;
}

/* The directory part of `path` with its slash, then `name`. */
static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int dir_len = slash ? (int)(slash + 1 - path) : 0;
	char *joined;

	if (asprintf(&joined, "%.*s%s", dir_len, path, name) < 0)
		return NULL;
	return joined;
}

/* Whether the link lives in /proc: it then stands for an open file, not for a name. */
static bool is_magic_link(const char *path)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/*
 * Follows symbolic links, also to a file that is not there yet. 1: the target is an open file
 * behind /proc and can only be written in place.
 */
static int resolve(const char *path, char **ret)
{
	_cleanup_free_ char *at = strdup(path);

	for (unsigned int links = 0; at && links <= MOST_LINKS; links++) {
		char to[PATH_MAX];
		ssize_t len = readlink(at, to, sizeof(to) - 1);
		char *next;

		if (len < 0) {
			*ret = at;
			at = NULL;
			return 0;
		}
		if (is_magic_link(at))
			return 1;
		to[len] = '\0';
		next = to[0] == '/' ? strdup(to) : beside(at, to);
		free(at);
		at = next;
	}
	return at ? -ELOOP : -ENOMEM;
}

/* Makes the new file look like the one it replaces, as far as we may. */
static int keep_ownership(int fd, const struct stat *old)
{
	struct stat new;

	if (fstat(fd, &new) < 0)
		return -errno;
	if ((new.st_uid != old->st_uid || new.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM && errno != EINVAL)
		return -errno;
	return fchmod(fd, old->st_mode & 0777) < 0 ? -errno : 0;
}

/* `old`: the file that is there now, or NULL. */
static int open_replacement(struct output *output, const struct stat *old)
{
	/* Renaming would get around a write protection that writing respects. */
	if (old && faccessat(AT_FDCWD, output->path, W_OK, AT_EACCESS) < 0)
		return -errno;

	int fd = hidden_file_create(AT_FDCWD, output->path, old ? 0600 : 0666, &output->temporary);

	if (fd >= 0 && old) {
		int r = keep_ownership(fd, old);

		if (r < 0) {
			close(fd);
			return r;
		}
	}
	return fd;
}

static int open_in_place(struct output *output, const char *path)
{
	int fd;

	output->path = strdup(path);
	if (!output->path)
		return -ENOMEM;
	/* Never truncated: what is in an open file of the shell's is the shell's. */
	fd = open(path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_path(struct output *output, const char *path)
{
	struct stat old;
	bool exists = stat(path, &old) == 0;
	size_t len = strlen(path);
	int r;

	/* By way of stat(): only the kernel knows which links in /tmp must not be followed. */
	if (!exists && errno != ENOENT)
		return -errno;
	if (len == 0)
		return -ENOENT;
	if ((exists && S_ISDIR(old.st_mode)) || path[len - 1] == '/')
		return -EISDIR;
	if (exists && (S_ISFIFO(old.st_mode) || S_ISCHR(old.st_mode)))
		return open_in_place(output, path);
	if (exists && !S_ISREG(old.st_mode))
		return -ENOTSUP;
	r = resolve(path, &output->path);
	if (r < 0)
		return r;
	if (r > 0)
		return open_in_place(output, path);
	return open_replacement(output, exists ? &old : NULL);
}

int output_open(struct output *output, const char *path, struct error *err)
{
	bool standard = !path || strcmp(path, "-") == 0;
	int fd, r;

	*output = (struct output){ 0 };
	if (standard) {
		/* A copy, so that the errors which only close() tells are heard. */
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		fd = fd < 0 ? -errno : fd;
	} else {
		fd = open_path(output, path);
	}
	if (fd >= 0) {
		r = open_stream(output, fd);
		if (r == 0)
			return 0;
		close(fd);
	} else {
		r = fd;
	}
	output_discard(output);
	return fail(err, r, standard ? NULL : path);
}

int output_directory(const char *path, char **ret)
{
	_cleanup_free_ char *target = NULL;
	const char *slash;
	struct stat status;
	int r;

	if (stat(path, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)))
		return 1;
	r = resolve(path, &target);
	if (r != 0)
		return r;
	slash = strrchr(target, '/');
	*ret = slash ? strndup(target, (size_t)(slash + 1 - target)) : strdup(".");
	return *ret ? 0 : -ENOMEM;
}

/* Everything written, to the disk where there is one. */
static int finish(struct output *output)
{
	FILE *stream = output->stream;
	const struct writer *writer = output->writer;

	errno = 0;
	if (fflush(stream) != 0 || ferror(stream)) {
		int code = writer && writer->failure ? writer->failure : errno;

		return code ? -code : -EIO;
	}
	if (output->temporary && writer && fsync(writer->fd) < 0)
		return -errno;
	output->stream = NULL;
	output->writer = NULL;
	return fclose(stream) != 0 ? -errno : 0;
}

int output_commit(struct output *output, struct error *err)
{
	int r = finish(output);

	if (r == 0 && output->temporary && rename(output->temporary, output->path) < 0)
		r = -errno;
	if (r < 0) {
		fail(err, r, output->path);
	} else {
		free(output->temporary);
		output->temporary = NULL;
	}
	output_discard(output);
	return r;
}

void output_discard(struct output *output)
{
	if (output->stream) {
		/* What is still in the buffer must not reach a pipe by being closed. */
		__fpurge(output->stream);
		fclose(output->stream);
	}
	if (output->temporary)
		unlink(output->temporary);
	free(output->temporary);
	free(output->path);
	*output = (struct output){ 0 };
}
