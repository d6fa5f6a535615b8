/* SPDX-License-Identifier: Apache-2.0 */
#include "base/guarded_path.h"
#include "base/cleanup.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#define MOST_TRIES 100
#define MOST_SHOWN 256 /* bytes of a path in a message, so that its reason fits in, too */
#define NAME_KEPT  200 /* of the target's name, so that the temporary one stays within NAME_MAX */

/* "'/the/path' WHY", with the end of a path that is long. */
static int refuse(struct error *err, int code, struct slice path, const char *why)
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

/* The same for a system call that went wrong. */
static int fail(struct error *err, int code, const char *path, const char *doing)
{
	char why[256];

	snprintf(why, sizeof(why), "cannot be %s: %s", doing, error_message(NULL, code));
	return refuse(err, code, slice_from(path), why);
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static int check_component(const char *path, const char *at, size_t len, struct error *err)
{
	const struct slice whole = slice_from(path);
	const struct slice component = { at, len };

	if (len == 0)
		return refuse(err, -EINVAL, whole,
			      "has an empty component: name a file, with single slashes");
	if (slice_is(component, ".") || slice_is(component, ".."))
		return refuse(err, -EINVAL, whole,
			      "has '.' or '..' in it: write the path without them");
	if (len > NAME_MAX)
		return refuse(err, -ENAMETOOLONG, whole, "has a name in it that is too long");
	return 0;
}

static int check_plain(const char *path, struct error *err)
{
	if (strnlen(path, PATH_MAX) == PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "the path is longer than %d bytes",
				 PATH_MAX - 1);
	if (path[0] != '/')
		return refuse(err, -EINVAL, slice_from(path),
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

/* Strictly below, by whole components. */
static bool is_below(const char *path, const char *root)
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
		if (is_below(path, guard->roots[i]))
			return 0;
		strbuf_puts(&why, i ? ", " : "");
		strbuf_put_shown(&why, slice_from(guard->roots[i]));
	}
	if (!guard->roots[0])
		strbuf_puts(&why, "none is");
	if (why.failed)
		return error_memory(err);
	return refuse(err, -EPERM, slice_from(path), strbuf_text(&why));
}

/* `shown` is the path of the directory. */
static int check_directory(int fd, struct slice shown, struct error *err)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return refuse(err, -errno, shown, "cannot be examined");
	if (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC)
		return refuse(err, -EPERM, shown,
			      "is in a file system of the kernel's: choose a directory on a disk");
	if (!is_ours(&st))
		return refuse(err, -EPERM, shown,
			      "is an unsafe directory, it does not belong to root: choose another, "
			      "or chown it to root");
	/* Sticky: others may add names there, but what is root's stays where it is. */
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
		return refuse(err, -EPERM, shown,
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
		return refuse(err, -ELOOP, shown,
			      "is a symbolic link, which is not followed: name the directory it "
			      "leads to");
	if (code == -ENOENT)
		return refuse(err, code, shown, "does not exist: create the directory first");
	if (code == -ENOTDIR)
		return refuse(err, code, shown, "is not a directory");
	return refuse(err, code, shown, error_message(NULL, code));
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
		return fail(err, -errno, "/", "opened");
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
	if (!is_ours(st))
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
	char block[16384], *whole;
	ssize_t n;

	if (expected > 0 && (uintmax_t)expected > max)
		return -EFBIG;
	strbuf_puts(&text, "");
	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if ((size_t)n > max - text.len)
			return -EFBIG;
		strbuf_append(&text, block, (size_t)n);
	}
	n = (ssize_t)text.len;
	whole = strbuf_steal(&text);
	if (!whole)
		return -ENOMEM;
	*ret = whole;
	*ret_len = (size_t)n;
	return 0;
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
	return refuse(err, -EFBIG, slice_from(path), why);
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
		return refuse(err, fd, slice_from(path), buffer);
	}
	if (fd < 0)
		return fail(err, fd, path, "opened");
	r = read_all(fd, st.st_size, max, ret, ret_len);
	if (r == -EFBIG)
		return too_large(err, path, max, "");
	return r < 0 ? fail(err, r, path, "read") : 0;
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
		return refuse(err, -EEXIST, slice_from(path), buffer);
	}
	if (fd < 0)
		return fail(err, fd, path, "opened");
	r = read_all(fd, st.st_size, max, ret, ret_len);
	if (r == -EFBIG)
		return too_large(err, path, max, " and is not overwritten");
	return r < 0 ? fail(err, r, path, "read") : 0;
}

/* A hidden name for a file beside `name`. */
static int random_name(const char *name, char hidden[static NAME_MAX + 1])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char bytes[6];
	char suffix[sizeof(bytes) + 1];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -errno;
	for (size_t i = 0; i < sizeof(bytes); i++)
		suffix[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	suffix[sizeof(bytes)] = '\0';
	snprintf(hidden, NAME_MAX + 1, ".%.*s.%s", NAME_KEPT, name, suffix);
	return 0;
}

static int create_beside(int dirfd, const char *name, char hidden[static NAME_MAX + 1])
{
	for (unsigned int i = 0; i < MOST_TRIES; i++) {
		int fd, r = random_name(name, hidden);

		if (r < 0)
			return r;
		fd = openat(dirfd, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int write_all(int fd, const char *text, size_t len, mode_t mode)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		text += n;
		len -= (size_t)n;
	}
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
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
	char hidden[NAME_MAX + 1];
	int r, fd = create_beside(dirfd, name, hidden);

	if (fd < 0)
		return fail(err, fd, path, "written");
	r = write_all(fd, text, len, mode);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(dirfd, hidden, dirfd, name) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dirfd, hidden, 0);
		return fail(err, r, path, "written");
	}
	sync_directory(dirfd);
	return 0;
}
