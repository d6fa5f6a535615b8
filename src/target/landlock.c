/* SPDX-License-Identifier: Apache-2.0 */
#include "target/landlock.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Younger than some headers: include/uapi/linux/landlock.h of Linux 6.14. */
#define ACCESS_FS_TRUNCATE  (1ULL << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#define ACCESS_NET_BIND	    (1ULL << 0)	 /* ABI 4 */
#define ACCESS_NET_CONNECT  (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0) /* ABI 6 */
#define SCOPE_SIGNAL	    (1ULL << 1)

#define READ_FILE  LANDLOCK_ACCESS_FS_READ_FILE
#define READ_BELOW (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_FILE (LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_FS_TRUNCATE)
#define MAKE_BELOW (WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* struct landlock_ruleset_attr as it is since ABI 6; older kernels take a shorter one. */
struct ruleset {
	uint64_t fs, net, scoped;
};

static uint64_t known_fs(int abi)
{
	uint64_t all = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1; /* the last of ABI 1 */

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= ACCESS_FS_TRUNCATE;
	if (abi >= 5)
		all |= ACCESS_FS_IOCTL_DEV;
	return all;
}

static size_t size_for(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

int landlock_init(struct landlock *landlock)
{
	struct ruleset rules;
	long r = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	*landlock = (struct landlock){ .fd = -1 };
	if (r < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? 0 : -errno;
	landlock->abi = (int)r;
	rules = (struct ruleset){
		.fs = known_fs(landlock->abi),
		.net = ACCESS_NET_BIND | ACCESS_NET_CONNECT,
		.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL,
	};
	r = syscall(SYS_landlock_create_ruleset, &rules, size_for(landlock->abi), 0);
	if (r < 0)
		return -errno;
	landlock->fd = (int)r;
	return 0;
}

void landlock_deinit(struct landlock *landlock)
{
	if (landlock->fd >= 0)
		close(landlock->fd);
	landlock->fd = -1;
}

/* `on_file` counts for what is no directory: the kernel refuses the rights of directories there. */
static int allow(struct landlock *landlock, const char *path, uint64_t below, uint64_t on_file)
{
	_cleanup_close_ int fd = -1;
	struct landlock_path_beneath_attr rule;
	struct stat status;

	if (landlock->fd < 0)
		return 0;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOMEM || errno == EMFILE || errno == ENFILE ? -errno : 0;
	if (fstat(fd, &status) < 0)
		return -errno;
	rule = (struct landlock_path_beneath_attr){
		.allowed_access =
			(S_ISDIR(status.st_mode) ? below : on_file) & known_fs(landlock->abi),
		.parent_fd = fd,
	};
	if (rule.allowed_access == 0)
		return 0;
	/* EBADFD: it lives in no file system, such as a pipe; Landlock lets everybody have it. */
	if (syscall(SYS_landlock_add_rule, landlock->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) <
		    0 &&
	    errno != EBADFD)
		return -errno;
	return 0;
}

int landlock_allow_read(struct landlock *landlock, const char *path)
{
	return allow(landlock, path, READ_BELOW, READ_FILE);
}

int landlock_allow_make(struct landlock *landlock, const char *directory)
{
	return allow(landlock, directory, MAKE_BELOW, 0);
}

int landlock_allow_write(struct landlock *landlock, const char *path)
{
	return allow(landlock, path, 0, WRITE_FILE);
}

int landlock_restrict(const struct landlock *landlock)
{
	if (landlock->fd < 0)
		return 0;
	return syscall(SYS_landlock_restrict_self, landlock->fd, 0) < 0 ? -errno : 0;
}
