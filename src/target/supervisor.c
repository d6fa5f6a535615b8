/* SPDX-License-Identifier: Apache-2.0 */
#include "target/supervisor.h"
#include "base/cleanup.h"
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define ID_LENGTH 64

static const struct {
	const char *executable; /* its beginning */
	const char *engine, *id_option, *name_option;
} supervisors[] = {
	/* conmon(8); CRI-O gives no name */
	{ "conmon", "podman", "-c", "-n" },
	/* containerd's shim API, v2: docker's containers are in the namespace "moby" */
	{ "containerd-shim", "containerd", "-id", NULL },
};

static struct slice next_argument(struct slice *rest)
{
	const char *end = memchr(rest->data, '\0', rest->len);
	struct slice argument = { rest->data, end ? (size_t)(end - rest->data) : rest->len };
	size_t taken = argument.len + (end ? 1 : 0);

	*rest = (struct slice){ rest->data + taken, rest->len - taken };
	return argument;
}

/* What stands behind the option, "" when it is not there. */
static struct slice value_of(struct slice arguments, const char *option)
{
	while (arguments.len) {
		struct slice word = next_argument(&arguments);

		if (option && slice_is(word, option))
			return next_argument(&arguments);
	}
	return SLICE("");
}

static bool is_id(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!((text.data[i] >= '0' && text.data[i] <= '9') ||
		      (text.data[i] >= 'a' && text.data[i] <= 'f')))
			return false;
	return text.len == ID_LENGTH;
}

bool supervisor_parse(struct slice executable, struct slice arguments, struct supervisor_name *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(supervisors); i++) {
		struct slice id;

		if (!slice_starts(executable, slice_from(supervisors[i].executable)))
			continue;
		id = value_of(arguments, supervisors[i].id_option);
		if (!is_id(id))
			continue;
		*ret = (struct supervisor_name){
			.engine = supervisors[i].engine,
			.id = id,
			.name = value_of(arguments, supervisors[i].name_option),
		};
		if (slice_is(value_of(arguments, "-namespace"), "moby"))
			ret->engine = "docker";
		return true;
	}
	return false;
}

bool supervisor_read(int proc, pid_t pid, char text[SUPERVISOR_ARGUMENTS_MAX],
		     struct supervisor_name *ret)
{
	_cleanup_close_ int fd = -1;
	char path[64], target[PATH_MAX];
	struct stat status;
	const char *slash;
	ssize_t n, len;

	snprintf(path, sizeof(path), "%d/exe", (int)pid);
	len = readlinkat(proc, path, target, sizeof(target));
	slash = len > 0 ? memrchr(target, '/', (size_t)len) : NULL;
	if (!slash)
		return false;
	snprintf(path, sizeof(path), "%d/cmdline", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != 0)
		return false;
	n = read(fd, text, SUPERVISOR_ARGUMENTS_MAX);
	return n > 0 &&
	       supervisor_parse((struct slice){ slash + 1, (size_t)(target + len - slash - 1) },
				(struct slice){ text, (size_t)n }, ret);
}
