/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hidden_file.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define MOST_TRIES   100
#define NAME_KEPT    200 /* of the target's name, so that ours stays within NAME_MAX */
#define RANDOM_BYTES 6

/* DIRECTORY/.NAME.xxxxxx */
static int random_path(const char *path, char **ret)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	unsigned char bytes[RANDOM_BYTES];
	char suffix[RANDOM_BYTES + 1] = "";

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -errno;
	for (size_t i = 0; i < sizeof(bytes); i++)
		suffix[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	return asprintf(ret, "%.*s.%.*s.%s", (int)(name - path), path, NAME_KEPT, name, suffix) < 0
		       ? -ENOMEM
		       : 0;
}

int hidden_file_create(int dirfd, const char *path, mode_t mode, char **ret_path)
{
	for (unsigned int i = 0; i < MOST_TRIES; i++) {
		char *hidden;
		int fd, r = random_path(path, &hidden);

		if (r < 0)
			return r;
		fd = openat(dirfd, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    mode);
		r = fd < 0 ? -errno : fd;
		if (r >= 0) {
			*ret_path = hidden;
			return r;
		}
		free(hidden);
		if (r != -EEXIST)
			return r;
	}
	return -EEXIST;
}
