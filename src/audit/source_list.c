/* SPDX-License-Identifier: Apache-2.0 */
/* source_file_list(): which files of a directory are audit logs, and in which order. */
#include "audit/source_file.h"

#include "base/array.h"
#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

/* In the order in which they were written. */
enum log_kind {
	LOG_DATED,    /* audit.log-20260131, audit.log-20260131-1769817600 */
	LOG_NUMBERED, /* audit.log.4: the higher, the older */
	LOG_CURRENT,
};

struct log_name {
	char *name;
	size_t stem; /* length without the compression's suffix */
	enum log_kind kind;
	uint64_t number;
};

struct log_names {
	struct log_name *items;
	size_t n, allocated;
};

static void log_names_deinit(struct log_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i].name);
	free(names->items);
}

static size_t stem_length(struct slice name)
{
	static const struct slice suffixes[] = {
		{ ".gz", 3 }, { ".xz", 3 }, { ".zst", 4 }, { ".zstd", 5 }, { ".bz2", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct slice suffix = suffixes[i];

		if (name.len > suffix.len &&
		    memcmp(name.data + name.len - suffix.len, suffix.data, suffix.len) == 0)
			return name.len - suffix.len;
	}
	return name.len;
}

static bool only_of(struct slice text, const char *allowed)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(allowed, text.data[i]))
			return false;
	return text.len > 0;
}

static bool log_name_parse(const char *text, struct log_name *ret)
{
	const struct slice base = SLICE("audit.log");
	struct slice name = slice_from(text);
	struct slice rest;

	*ret = (struct log_name){ .stem = stem_length(name), .kind = LOG_CURRENT };
	name.len = ret->stem;
	if (!slice_starts(name, base))
		return false;
	if (name.len == base.len)
		return true;
	rest = (struct slice){ name.data + base.len + 1, name.len - base.len - 1 };
	switch (text[base.len]) {
	case '.':
		ret->kind = LOG_NUMBERED;
		return slice_to_u64(rest, 10, &ret->number) == 0;
	case '-':
		ret->kind = LOG_DATED;
		return only_of(rest, "0123456789-");
	default:
		return false;
	}
}

/* The stem decides between dates; the shorter name of one stem is the log that is not compressed.
 */
static int log_name_compare(const void *left, const void *right)
{
	const struct log_name *a = left, *b = right;
	size_t common = a->stem < b->stem ? a->stem : b->stem;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->number != b->number)
		return a->number > b->number ? -1 : 1;
	order = memcmp(a->name, b->name, common);
	if (order != 0)
		return order;
	if (a->stem != b->stem)
		return a->stem < b->stem ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int log_names_add(struct log_names *names, DIR *dir, const char *text)
{
	struct log_name name;
	struct stat st;
	int r;

	if (!log_name_parse(text, &name))
		return 0;
	if (fstatat(dirfd(dir), text, &st, 0) < 0 || S_ISDIR(st.st_mode))
		return 0;
	r = array_reserve(&names->items, &names->allocated, names->n + 1, sizeof(*names->items));
	if (r < 0)
		return r;
	name.name = strdup(text);
	if (!name.name)
		return -ENOMEM;
	names->items[names->n++] = name;
	return 0;
}

static int log_names_read(struct log_names *names, DIR *dir, const char *path, struct error *err)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0)
		if (log_names_add(names, dir, entry->d_name) < 0)
			return error_memory(err);
	if (errno != 0)
		return error_set(err, -errno, "cannot read directory '%s': %s", path,
				 strerror(errno));
	if (names->n == 0)
		return error_set(
			err, -ENOENT,
			"no audit log in directory '%s': expected audit.log, audit.log.1 ... or "
			"audit.log-YYYYMMDD, as they are or with .gz, .xz or .zst",
			path);
	qsort(names->items, names->n, sizeof(*names->items), log_name_compare);
	return 0;
}

static bool same_log(const struct log_name *a, const struct log_name *b)
{
	return a->stem == b->stem && memcmp(a->name, b->name, a->stem) == 0;
}

static void paths_free(char **paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
}

static int log_names_join(const struct log_names *names, const char *path, char ***ret_paths,
			  size_t *ret_n, struct error *err)
{
	const char *slash = path[0] && path[strlen(path) - 1] == '/' ? "" : "/";
	char **paths = calloc(names->n, sizeof(*paths));
	size_t n = 0;

	if (!paths)
		return error_memory(err);
	for (size_t i = 0; i < names->n; i++) {
		if (i > 0 && same_log(&names->items[i - 1], &names->items[i]))
			continue;
		if (asprintf(&paths[n], "%s%s%s", path, slash, names->items[i].name) < 0) {
			paths_free(paths, n);
			return error_memory(err);
		}
		n++;
	}
	*ret_paths = paths;
	*ret_n = n;
	return 0;
}

static int list_itself(const char *path, char ***ret_paths, size_t *ret_n, struct error *err)
{
	_cleanup_free_ char **paths = calloc(1, sizeof(*paths));

	if (!paths)
		return error_memory(err);
	paths[0] = strdup(path);
	if (!paths[0])
		return error_memory(err);
	*ret_paths = paths;
	*ret_n = 1;
	paths = NULL;
	return 0;
}

int source_file_list(const char *path, char ***ret_paths, size_t *ret_n, struct error *err)
{
	_cleanup_(log_names_deinit) struct log_names names = { 0 };
	_cleanup_closedir_ DIR *dir = NULL;
	int r;

	if (strcmp(path, "-") == 0)
		return list_itself(path, ret_paths, ret_n, err);
	dir = opendir(path);
	if (!dir && errno == EACCES)
		return error_set(
			err, -EACCES,
			"cannot read '%s': Permission denied (audit logs belong to root: try "
			"sudo)",
			path);
	/* Whatever else is wrong with it, opening it says so. */
	if (!dir)
		return list_itself(path, ret_paths, ret_n, err);
	r = log_names_read(&names, dir, path, err);
	if (r < 0)
		return r;
	return log_names_join(&names, path, ret_paths, ret_n, err);
}
