/* SPDX-License-Identifier: Apache-2.0 */
#include "base/child.h"
#include <errno.h>
#include <sys/wait.h>

int child_wait(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}
