/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guarded_path.h"
#include "base/cleanup.h"
#include "base/guarded_private.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#define MOST_SHOWN 256 /* bytes of a path in a message, so that its reason fits in, too */

int guarded_refuse(struct error *err, int code, struct slice path, const char *why)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };

	if (path.len > MOST_SHOWN) {
		strbuf_puts(&text, "...");
		path.data += path.len - MOST_SHOWN;
		path.len = MOST_SHOWN;
	}
	strbuf_put_shown(&text, path);
	if (text.failed)
		return error_memory(err);
	return error_set(err, code, "'%s' %s", strbuf_text(&text), why);
}

int guarded_fail(struct error *err, int code, const char *path, const char *doing)
{
	char why[256];

	snprintf(why, sizeof(why), "cannot be %s: %s", doing, error_message(NULL, code));
	return guarded_refuse(err, code, slice_from(path), why);
}

bool guarded_is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static int check_component(const char *path, const char *at, size_t len, struct error *err)
{
	const struct slice whole = slice_from(path);
	const struct slice component = { at, len };

	if (len == 0)
		return guarded_refuse(err, -EINVAL, whole,
				      "has an empty component: name a file, with single slashes");
	if (slice_is(component, ".") || slice_is(component, ".."))
		return guarded_refuse(err, -EINVAL, whole,
				      "has '.' or '..' in it: write the path without them");
	if (len > NAME_MAX)
		return guarded_refuse(err, -ENAMETOOLONG, whole,
				      "has a name in it that is too long");
	return 0;
}

static int check_plain(const char *path, struct error *err)
{
	if (strnlen(path, PATH_MAX) == PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the path is longer than %d bytes",
				 PATH_MAX - 1);
	if (path[0] != '/')
		return guarded_refuse(err, -EINVAL, slice_from(path),
				      "is not an absolute path: start it with '/'");
	for (const char *at = path; *at;) {
		size_t len = strcspn(at + 1, "/");
		int r = check_component(path, at + 1, len, err);

		if (r < 0)
			return r;
		at += 1 + len;
	}
	return 0;
}

bool path_is_below(const char *path, const char *root)
{
	size_t len = strlen(root);

	while (len > 0 && root[len - 1] == '/')
		len--;
	return strncmp(path, root, len) == 0 && path[len] == '/' && path[len + 1] != '\0';
}

static int check_roots(const struct path_guard *guard, const char *path, struct error *err)
{
	_cleanup_strbuf_ struct strbuf why = { 0 };

	if (!guard || !guard->roots)
		return 0;
	strbuf_puts(&why, "is not below a permitted directory: ");
	for (size_t i = 0; guard->roots[i]; i++) {
		if (path_is_below(path, guard->roots[i]))
			return 0;
		strbuf_puts(&why, i ? ", " : "");
		strbuf_put_shown(&why, slice_from(guard->roots[i]));
	}
	if (!guard->roots[0])
		strbuf_puts(&why, "none is");
	if (why.failed)
		return error_memory(err);
	return guarded_refuse(err, -EPERM, slice_from(path), strbuf_text(&why));
}

/* `shown` is the path of the directory. */
static int check_directory(int fd, struct slice shown, struct error *err)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return guarded_refuse(err, -errno, shown, "cannot be examined");
	if (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC)
		return guarded_refuse(
			err, -EPERM, shown,
			"is in a file system of the kernel's: choose a directory on a disk");
	if (!guarded_is_ours(&st))
		return guarded_refuse(
			err, -EPERM, shown,
			"is an unsafe directory, it does not belong to root: choose another, "
			"or chown it to root");
	/* Sticky: others may add names there, but what is root's stays where it is. */
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
		return guarded_refuse(
			err, -EPERM, shown,
			"is an unsafe directory, others than its owner may change it: choose "
			"another, or chmod go-w it");
	return 0;
}

static int open_directory(int dirfd, const char *name)
{
	static const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH,
	};
	int fd = (int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS) /* before Linux 5.6: openat2(2) */
		fd = openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int directory_failed(int dirfd, const char *name, int code, struct slice shown,
			    struct error *err)
{
	struct stat st;

	if ((code == -ENOTDIR || code == -ELOOP) &&
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return guarded_refuse(
			err, -ELOOP, shown,
			"is a symbolic link, which is not followed: name the directory it "
			"leads to");
	if (code == -ENOENT)
		return guarded_refuse(err, code, shown,
				      "does not exist: create the directory first");
	if (code == -ENOTDIR)
		return guarded_refuse(err, code, shown, "is not a directory");
	return guarded_refuse(err, code, shown, error_message(NULL, code));
}

/* From the directory at `*fd`, which is closed, to the one named by `len` bytes at `at`. */
static int step(int *fd, const char *path, const char *at, size_t len, struct error *err)
{
	const struct slice shown = { path, (size_t)(at - path) + len };
	char name[NAME_MAX + 1];
	int next;

	memcpy(name, at, len);
	name[len] = '\0';
	next = open_directory(*fd, name);
	if (next < 0)
		return directory_failed(*fd, name, next, shown, err);
	close(*fd);
	*fd = next;
	return check_directory(next, shown, err);
}

int guarded_parent(const struct path_guard *guard, const char *path, int *ret_fd,
		   const char **ret_name, struct error *err)
{
	_cleanup_close_ int fd = -1;
	const char *at = path + 1;
	int r;

	r = check_plain(path, err);
	if (r < 0)
		return r;
	r = check_roots(guard, path, err);
	if (r < 0)
		return r;
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return guarded_fail(err, -errno, "/", "opened");
	r = check_directory(fd, SLICE("/"), err);
	for (const char *slash; r == 0 && (slash = strchr(at, '/')); at = slash + 1)
		r = step(&fd, path, at, (size_t)(slash - at), err);
	if (r < 0)
		return r;
	*ret_fd = fd;
	*ret_name = at;
	fd = -1;
	return 0;
}
