/* SPDX-License-Identifier: Apache-2.0 */
#include "target/privilege.h"

#include "base/cleanup.h"
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* PROC_USER_INIT_INO and PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define USER_NS_INIT_INO 0xEFFFFFFDU
#define PID_NS_INIT_INO	 0xEFFFFFFCU

bool privilege_has(int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (capability < 0 || CAP_TO_INDEX(capability) >= _LINUX_CAPABILITY_U32S_3)
		return false;
	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

int privilege_keep(uint64_t kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		const uint32_t mask = (uint32_t)(kept >> (32 * i));

		data[i].permitted &= mask;
		data[i].effective &= mask;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static bool maps_all_users(void)
{
	_cleanup_fclose_ FILE *map = fopen("/proc/self/uid_map", "re");
	uint32_t inside, outside, count;

	if (!map || fscanf(map, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) != 3)
		return false;
	return inside == 0 && outside == 0 && count == UINT32_MAX;
}

bool privilege_init_user_namespace(void)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0 || st.st_ino != USER_NS_INIT_INO)
		return false;
	return maps_all_users();
}

bool privilege_init_pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == PID_NS_INIT_INO;
}
