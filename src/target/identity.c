/* SPDX-License-Identifier: Apache-2.0 */
#include "target/identity.h"

#include "base/cleanup.h"
#include "base/slice.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define GROUPS_MAX 65536 /* NGROUPS_MAX, linux/limits.h */

/* All groups of the user, its own among them. */
static int find_groups(const char *name, struct identity *identity)
{
	int room = 64, n;

	do {
		_cleanup_free_ gid_t *groups = calloc((size_t)room, sizeof(*groups));
		if (!groups)
			return -ENOMEM;
		n = room;
		if (getgrouplist(name, identity->gid, groups, &n) >= 0) {
			identity->groups = groups;
			identity->n_groups = (size_t)n;
			groups = NULL;
			return 0;
		}
		room *= 2;
	} while (room <= GROUPS_MAX);
	return -E2BIG;
}

/* getpwnam(3) says nothing when there is no entry, and any of several errnos for the same. */
static const struct passwd *find_entry(const char *name, uint64_t number, bool is_number)
{
	const struct passwd *entry = getpwnam(name);

	return entry || !is_number ? entry : getpwuid((uid_t)number);
}

int identity_find(const char *name, struct identity *ret, struct error *err)
{
	struct identity found = { 0 };
	uint64_t number = 0;
	/* The last number is "unchanged" to setresuid(2). */
	bool is_number = slice_to_u64(slice_from(name), 10, &number) == 0 && number < UINT32_MAX;
	const struct passwd *entry = find_entry(name, number, is_number);
	int r = 0;

	if (!entry && !is_number)
		return error_set(err, -EINVAL, "there is no user '%s'", name);
	found.uid = entry ? entry->pw_uid : (uid_t)number;
	found.gid = entry ? entry->pw_gid : (gid_t)number;
	if (entry)
		r = find_groups(entry->pw_name, &found);
	if (r == -ENOMEM)
		return error_memory(err);
	if (r < 0)
		return error_set(err, r, "cannot find the groups of user '%s'", name);
	*ret = found;
	return 0;
}

void identity_deinit(struct identity *identity)
{
	free(identity->groups);
	*identity = (struct identity){ 0 };
}

static int keep_only_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = (struct __user_cap_data_struct){
			.permitted = i == CAP_TO_INDEX(CAP_SYS_ADMIN)
					     ? data[i].permitted & CAP_TO_MASK(CAP_SYS_ADMIN)
					     : 0,
		};
	/* Who never had it needs no_new_privs for the filter; that is not decided here. */
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective = data[CAP_TO_INDEX(CAP_SYS_ADMIN)].permitted;
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int identity_assume(const struct identity *identity)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return -errno;
	if (setgroups(identity->n_groups, identity->groups) < 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) < 0)
		return -errno;
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return -errno;
	return identity->uid == 0 ? 0 : keep_only_sys_admin();
}
