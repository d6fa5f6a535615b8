/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/guarded_path.h"
#include "base/guarded_private.h"
#include "base/hidden_file.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

/* What keeps us from taking it for a file of ours; NULL: nothing does. */
static const char *objection(const struct stat *st)
{
	static const struct {
		mode_t type;
		const char *text;
	} types[] = {
		{ S_IFLNK, "is a symbolic link" },
		{ S_IFDIR, "is a directory" },
		{ S_IFIFO, "is a FIFO" },
		{ S_IFSOCK, "is a socket" },
		{ S_IFCHR, "is a character device" },
		{ S_IFBLK, "is a block device" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if ((st->st_mode & S_IFMT) == types[i].type)
			return types[i].text;
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (!guarded_is_ours(st))
		return "is somebody else's file";
	return NULL;
}

static const char *several_links(const struct stat *st)
{
	return st->st_nlink > 1 ? "is a file with several names (hard links)" : NULL;
}

/* All there is behind `fd`, of which stat() said `expected` bytes; -EFBIG beyond `max`. */
static int read_all(int fd, off_t expected, size_t max, char **ret, size_t *ret_len)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	int r;

	if (expected > 0 && (uintmax_t)expected > max)
		return -EFBIG;
	r = strbuf_read(&text, fd, max);
	if (r < 0)
		return r;
	strbuf_puts(&text, "");
	*ret_len = text.len;
	*ret = strbuf_steal(&text);
	return *ret ? 0 : -ENOMEM;
}

/*
 * Opens the file if `*ret_objection` stays NULL. Looked at first, so that no device is opened
 * (which may do something) and again when open.
 */
static int open_regular(int dirfd, const char *name, bool one_link, struct stat *ret,
			const char **ret_objection)
{
	int fd;

	*ret_objection = NULL;
	if (fstatat(dirfd, name, ret, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*ret_objection = objection(ret);
	if (*ret_objection)
		return -EPERM;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, ret) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	*ret_objection = objection(ret);
	if (!*ret_objection && one_link)
		*ret_objection = several_links(ret);
	if (!*ret_objection)
		return fd;
	close(fd);
	return -EPERM;
}

static int too_large(struct error *err, const char *path, size_t max, const char *then)
{
	char why[128];

	snprintf(why, sizeof(why), "is larger than %zu bytes%s", max, then);
	return guarded_refuse(err, -EFBIG, slice_from(path), why);
}

/* Whether others may add names: one could then be a link to a file that is root's. */
static bool others_add(int dirfd)
{
	struct stat st;

	return fstat(dirfd, &st) < 0 || (st.st_mode & (S_IWGRP | S_IWOTH));
}

int guarded_read(const struct path_guard *guard, const char *path, size_t max, char **ret,
		 size_t *ret_len, struct error *err)
{
	_cleanup_close_ int dirfd = -1, fd = -1;
	const char *name, *why;
	struct stat st;
	char buffer[128];
	int r;

	r = guarded_parent(guard, path, &dirfd, &name, err);
	if (r < 0)
		return r;
	fd = open_regular(dirfd, name, others_add(dirfd), &st, &why);
	if (fd < 0 && why) {
		snprintf(buffer, sizeof(buffer), "%s: name a regular file of root's", why);
		return guarded_refuse(err, fd, slice_from(path), buffer);
	}
	if (fd < 0)
		return guarded_fail(err, fd, path, "opened");
	r = read_all(fd, st.st_size, max, ret, ret_len);
	if (r == -EFBIG)
		return too_large(err, path, max, "");
	return r < 0 ? guarded_fail(err, r, path, "read") : 0;
}

int guarded_present(int dirfd, const char *name, const char *path, size_t max, char **ret,
		    size_t *ret_len, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	const char *why;
	char buffer[128];
	int r;

	fd = open_regular(dirfd, name, true, &st, &why);
	if (fd == -ENOENT) {
		*ret = NULL;
		*ret_len = 0;
		return 0;
	}
	if (fd < 0 && why) {
		snprintf(buffer, sizeof(buffer), "%s and is not overwritten: choose another name",
			 why);
		return guarded_refuse(err, -EEXIST, slice_from(path), buffer);
	}
	if (fd < 0)
		return guarded_fail(err, fd, path, "opened");
	r = read_all(fd, st.st_size, max, ret, ret_len);
	if (r == -EFBIG)
		return too_large(err, path, max, " and is not overwritten");
	return r < 0 ? guarded_fail(err, r, path, "read") : 0;
}

static int write_all(int fd, const char *text, size_t len, mode_t mode)
{
	int r = fd_write(fd, text, len);

	if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
		r = -errno;
	return r;
}

/* So that the new name outlives a crash. The file is there already: trying is all we can do. */
static void sync_directory(int dirfd)
{
	_cleanup_close_ int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

int guarded_write(int dirfd, const char *name, const char *path, mode_t mode, const char *text,
		  size_t len, struct error *err)
{
	_cleanup_free_ char *hidden = NULL;
	int r, fd = hidden_file_create(dirfd, name, 0600, &hidden);

	if (fd < 0)
		return guarded_fail(err, fd, path, "written");
	r = write_all(fd, text, len, mode);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(dirfd, hidden, dirfd, name) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dirfd, hidden, 0);
		return guarded_fail(err, r, path, "written");
	}
	sync_directory(dirfd);
	return 0;
}
