/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_conf.h"
#include "base/cleanup.h"
#include "base/guarded_path.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "command/option_values.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_DIRECTORIES 64
#define MOST_SHOWN	 200 /* bytes of a line in a message */

static bool is_plain(const char *path)
{
	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return false;
	if (strcmp(path, "/") == 0)
		return true;
	for (const char *at = path; *at;) {
		struct slice part = { at + 1, strcspn(at + 1, "/") };

		if (part.len == 0 || slice_is(part, ".") || slice_is(part, ".."))
			return false;
		at += 1 + part.len;
	}
	return true;
}

/* A copy without slashes at the end. */
static int copy_path(const char *value, char **ret, struct error *err)
{
	size_t len = strlen(value);
	char *path;

	while (len > 1 && value[len - 1] == '/')
		len--;
	path = slice_copy((struct slice){ value, len });
	if (!path)
		return error_memory(err);
	if (!is_plain(path)) {
		free(path);
		return error_set(err, -EINVAL,
				 "expected an absolute path without '.', '..' or double slashes");
	}
	*ret = path;
	return 0;
}

static int take_directory(struct hook_conf *conf, const char *value, struct error *err)
{
	char **grown;
	size_t n = 0;

	while (conf->directories && conf->directories[n])
		n++;
	if (n == MOST_DIRECTORIES)
		return error_set(err, -EINVAL, "more than %d directories", MOST_DIRECTORIES);
	grown = reallocarray(conf->directories, n + 2, sizeof(*grown));
	if (!grown)
		return error_memory(err);
	conf->directories = grown;
	grown[n] = NULL;
	grown[n + 1] = NULL;
	return copy_path(value, &grown[n], err);
}

static int take_mode(struct hook_conf *conf, const char *value, struct error *err)
{
	size_t len = strlen(value);
	mode_t mode = 0;

	if (len < 3 || len > 4 || strspn(value, "01234567") != len)
		return error_set(err, -EINVAL, "expected three or four octal digits, such as 0600");
	for (; *value; value++)
		mode = mode << 3 | (mode_t)(*value - '0');
	if (mode & ~(mode_t)0777)
		return error_set(err, -EINVAL, "expected no bits beyond 0777");
	if (mode & S_IWOTH)
		return error_set(err, -EINVAL, "a profile must not be writable for everybody");
	conf->mode = mode;
	return 0;
}

static int take_seconds(const char *value, uint32_t max, int64_t *ret_ms, struct error *err)
{
	uint32_t seconds;
	int r = value_number(value, 1, max, &seconds, err);

	if (r == 0)
		*ret_ms = (int64_t)seconds * 1000;
	return r;
}

static int take_ready(struct hook_conf *conf, const char *value, struct error *err)
{
	return take_seconds(value, 60, &conf->ready_ms, err);
}

static int take_wait(struct hook_conf *conf, const char *value, struct error *err)
{
	return take_seconds(value, 600, &conf->wait_ms, err);
}

static int take_incomplete(struct hook_conf *conf, const char *value, struct error *err)
{
	bool write = strcmp(value, "write") == 0;

	if (!write && strcmp(value, "discard") != 0)
		return error_set(err, -EINVAL, "expected write or discard");
	conf->write_incomplete = write;
	return 0;
}

static int take_answer(const char *value, bool *ret, struct error *err)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return error_set(err, -EINVAL, "expected 'yes' or 'no'");
	*ret = strcmp(value, "yes") == 0;
	return 0;
}

static int take_log_denials(struct hook_conf *conf, const char *value, struct error *err)
{
	return take_answer(value, &conf->log_denials, err);
}

static int take_arguments(struct hook_conf *conf, const char *value, struct error *err)
{
	return take_answer(value, &conf->arguments, err);
}

static int take_receive_buffer(struct hook_conf *conf, const char *value, struct error *err)
{
	return value_size(value, 4096, UINT64_C(1) << 30, &conf->receive_buffer, err);
}

static int take_processes(struct hook_conf *conf, const char *value, struct error *err)
{
	return value_number(value, 1, 4194304, &conf->processes_max, err);
}

static int take_runtime(struct hook_conf *conf, const char *value, struct error *err)
{
	return copy_path(value, &conf->runtime_path, err);
}

static const struct key {
	const char *name;
	bool repeats;
	int (*take)(struct hook_conf *conf, const char *value, struct error *err);
} keys[] = {
	{ "directory", true, take_directory },	  { "mode", false, take_mode },
	{ "ready-timeout", false, take_ready },	  { "wait-timeout", false, take_wait },
	{ "incomplete", false, take_incomplete }, { "receive-buffer", false, take_receive_buffer },
	{ "processes", false, take_processes },	  { "log-denials", false, take_log_denials },
	{ "arguments", false, take_arguments },	  { "runtime", false, take_runtime },
};

static struct slice trim(struct slice text)
{
	static const char space[] = { ' ', '\t', '\r' };

	while (text.len > 0 && memchr(space, text.data[0], sizeof(space))) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && memchr(space, text.data[text.len - 1], sizeof(space)))
		text.len--;
	return text;
}

static int refuse(struct error *err, struct slice text, const char *why)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };
	bool cut = text.len > MOST_SHOWN;

	strbuf_put_shown(&shown, (struct slice){ text.data, cut ? MOST_SHOWN : text.len });
	strbuf_puts(&shown, cut ? "..." : "");
	if (shown.failed)
		return error_memory(err);
	return error_set(err, -EINVAL, "'%s' %s", strbuf_text(&shown), why);
}

/* `seen`: a bit for each key that there was. */
static int take_pair(struct hook_conf *conf, unsigned int *seen, struct slice name,
		     struct slice value, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_free_ char *text = NULL;
		int r;

		if (!slice_is(name, keys[i].name))
			continue;
		if (!keys[i].repeats && (*seen & 1U << i))
			return refuse(err, name, "is given for the second time");
		*seen |= 1U << i;
		text = slice_copy(value);
		if (!text)
			return error_memory(err);
		r = keys[i].take(conf, text, err);
		return r < 0 ? error_prefix(err, r, "%s", keys[i].name) : 0;
	}
	return refuse(err, name, "is not a key: see audit-seccomp-gen's hook.conf for all of them");
}

static int take_line(struct hook_conf *conf, unsigned int *seen, struct slice line,
		     struct error *err)
{
	const char *equals;
	struct slice name, value;

	line = trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return 0;
	equals = memchr(line.data, '=', line.len);
	if (!equals)
		return refuse(err, line, "is not of the form key = value");
	name = trim((struct slice){ line.data, (size_t)(equals - line.data) });
	value = trim((struct slice){ equals + 1, line.len - (size_t)(equals + 1 - line.data) });
	return take_pair(conf, seen, name, value, err);
}

void hook_conf_init(struct hook_conf *conf)
{
	*conf = (struct hook_conf){
		.mode = 0600,
		.ready_ms = 10000,
		.wait_ms = 10000,
		.write_incomplete = true,
		.log_denials = true,
		.arguments = true,
		.receive_buffer = (size_t)64 << 20,
		.processes_max = 1000000,
	};
}

int hook_conf_parse(struct hook_conf *ret, const char *text, const char *name, struct error *err)
{
	_cleanup_hook_conf_ struct hook_conf conf;
	unsigned int seen = 0;

	hook_conf_init(&conf);
	for (size_t number = 1;; number++) {
		size_t len = strcspn(text, "\n");
		int r = take_line(&conf, &seen, (struct slice){ text, len }, err);

		if (r < 0)
			return error_prefix(err, r, "%s: line %zu", name, number);
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	*ret = conf;
	hook_conf_init(&conf);
	return 0;
}

/* Looked at by name: in a directory that passed guarded_parent() only root replaces root's files.
 */
static int check_writers(const char *path, struct error *err)
{
	_cleanup_close_ int dirfd = -1;
	const char *name;
	struct stat st;
	int r;

	r = guarded_parent(&(struct path_guard){ NULL }, path, &dirfd, &name, err);
	if (r < 0)
		return r;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISREG(st.st_mode) && (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(err, -EPERM, "others than its owner may change it: chmod go-w it");
	return 0;
}

int hook_conf_read(struct hook_conf *ret, const char *path, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	struct error cause = { 0 };
	size_t len = 0;
	int r;

	r = check_writers(path, &cause);
	if (r == 0)
		r = guarded_read(&(struct path_guard){ NULL }, path, HOOK_CONF_SIZE_MAX, &text,
				 &len, &cause);
	if (r == -ENOENT) {
		hook_conf_init(ret);
		return 0;
	}
	if (r == 0 && strlen(text) != len)
		r = error_set(&cause, -EINVAL, "there is a NUL byte in it: expected text");
	if (r < 0)
		return error_set(err, r, "cannot read the configuration '%s': %s", path,
				 error_message(&cause, r));
	return hook_conf_parse(ret, text, path, err);
}

void hook_conf_deinit(struct hook_conf *conf)
{
	for (size_t i = 0; conf->directories && conf->directories[i]; i++)
		free(conf->directories[i]);
	free(conf->directories);
	free(conf->runtime_path);
	*conf = (struct hook_conf){ 0 };
}
