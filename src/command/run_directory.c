/* SPDX-License-Identifier: Apache-2.0 */
#include "command/run_directory.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

int run_directory_make(struct error *err)
{
	struct stat status;

	if (mkdir(RUN_DIRECTORY, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "cannot make " RUN_DIRECTORY ": %m");
	if (lstat(RUN_DIRECTORY, &status) < 0 || !S_ISDIR(status.st_mode) ||
	    status.st_uid != geteuid() || (status.st_mode & 022))
		return error_set(err, -EPERM,
				 RUN_DIRECTORY " is not a directory that only root can write to");
	return 0;
}
