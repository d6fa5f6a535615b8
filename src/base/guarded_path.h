/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening files as root because somebody else's text names them.
 *
 * A path is walked from "/" one component at a time. Nobody but root (or ourselves) can have
 * changed a directory on the way, and no symbolic link is followed: what the path means cannot be
 * chosen by whoever wrote it beyond the names in it. All functions return 0 or a negative errno.
 */
#ifndef ASG_BASE_GUARDED_PATH_H
#define ASG_BASE_GUARDED_PATH_H

#include "base/error.h"
#include "base/macro.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct path_guard {
	/* NULL-terminated, absolute: only below these. NULL: anywhere whose directories are safe.
	 */
	const char *const *roots;
};

/* Whether a plain absolute path is strictly below a directory, by whole components. */
bool path_is_below(const char *path, const char *directory);

/*
 * Opens (O_PATH) the directory of the absolute `path` and says its last component, which is
 * borrowed from `path` and may not be there. -EINVAL or -ENAMETOOLONG for a path that is not plain
 * (relative, with '.', '..' or empty components), -EPERM outside of the roots or by way of a
 * directory that others may change or that is in procfs or sysfs, -ELOOP for a symbolic link among
 * the directories.
 */
int guarded_parent(const struct path_guard *guard, const char *path, int *ret_fd,
		   const char **ret_name, struct error *err) _must_check_;

/*
 * Reads a regular file of root's or ours, of at most `max` bytes. The text is NUL-terminated (which
 * `ret_len` does not count) and to be freed by the caller. As guarded_parent(), and -ENOENT when
 * there is none, -EPERM for anything but such a file, -EFBIG.
 */
int guarded_read(const struct path_guard *guard, const char *path, size_t max, char **ret,
		 size_t *ret_len, struct error *err) _must_check_;

/*
 * What stands at `name` in the directory: 0 with NULL when nothing does, and the text, to be freed
 * by the caller, of a regular file of root's or ours with one link and at most `max` bytes. -EEXIST
 * for anything else and -EFBIG for more bytes: it is not to be overwritten. `path` is for messages.
 */
int guarded_present(int dirfd, const char *name, const char *path, size_t max, char **ret,
		    size_t *ret_len, struct error *err) _must_check_;

/*
 * Writes a file beside `name`, to the disk, and renames it: whatever stood there is replaced, never
 * followed or written through. On failure nothing is left. The directory may be opened with O_PATH.
 * `path` is for messages.
 */
int guarded_write(int dirfd, const char *name, const char *path, mode_t mode, const char *text,
		  size_t len, struct error *err) _must_check_;

#endif
