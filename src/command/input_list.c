/* SPDX-License-Identifier: Apache-2.0 */
#include "command/input_list.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE_MAX 65536 /* bytes; a path has 4096 at most (PATH_MAX) */

static int refuse(const char *path, int r, const char *why, struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, slice_from(path));
	return error_set(err, r, "list '%s': %s", strbuf_text(&shown) ? strbuf_text(&shown) : "?",
			 why);
}

/* One name into `name`. 1, 0 at the end of the file, or negative. */
static int next_name(FILE *stream, int *end, struct strbuf *name)
{
	int c;

	strbuf_clear(name);
	while ((c = getc(stream)) != EOF) {
		if (c == '\0' || (c == '\n' && *end != '\0')) {
			*end = *end < 0 ? c : *end;
			return 1;
		}
		if (name->len >= NAME_SIZE_MAX)
			return -ENAMETOOLONG;
		strbuf_putc(name, (char)c);
	}
	if (ferror(stream))
		return -EIO;
	return name->len > 0;
}

static int take_names(FILE *stream, const char *path,
		      int (*take)(void *context, const char *name, struct error *err),
		      void *context, struct error *err)
{
	_cleanup_strbuf_ struct strbuf name = { 0 };
	int end = -1, r;

	while ((r = next_name(stream, &end, &name)) > 0) {
		if (!strbuf_text(&name))
			return error_memory(err);
		if (name.len == 0)
			continue;
		r = take(context, strbuf_text(&name), err);
		if (r < 0)
			return r;
	}
	return r < 0 ? refuse(path, r, strerror(-r), err) : 0;
}

int input_list(const char *path, int (*take)(void *context, const char *name, struct error *err),
	       void *context, struct error *err)
{
	_cleanup_fclose_ FILE *file = NULL;

	if (strcmp(path, "-") == 0)
		return take_names(stdin, path, take, context, err);
	file = fopen(path, "re");
	if (!file)
		return refuse(path, -errno, strerror(errno), err);
	return take_names(file, path, take, context, err);
}
