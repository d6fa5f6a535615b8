/* SPDX-License-Identifier: Apache-2.0 */
#include "model/annotation.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include <errno.h>
#include <stdlib.h>

#define MOST_PARTS 16
#define MOST_SHOWN 200 /* bytes of a part in a message */
#define RIGHT_FORM "expected if:/absolute/input.json;of:/absolute/output.json, if: being optional"

static int refuse(struct error *err, struct slice part, const char *why)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	bool cut = part.len > MOST_SHOWN;

	strbuf_put_shown(&text, (struct slice){ part.data, cut ? MOST_SHOWN : part.len });
	strbuf_puts(&text, cut ? "..." : "");
	if (text.failed)
		return error_memory(err);
	return error_set(err, -EINVAL, "'%s' %s: " RIGHT_FORM, strbuf_text(&text), why);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice trim(struct slice text)
{
	while (text.len > 0 && is_space(text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

static bool has_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
			return true;
	return false;
}

static int take_path(char **ret, struct slice part, struct slice path, struct error *err)
{
	if (*ret)
		return refuse(err, part, "gives a path for the second time");
	if (path.len == 0)
		return refuse(err, part, "has no path");
	if (path.data[0] != '/')
		return refuse(err, part, "does not have an absolute path");
	if (has_control(path))
		return refuse(err, part, "has a control character in its path");
	*ret = slice_copy(path);
	return *ret ? 0 : error_memory(err);
}

int annotation_check_path(const char *path, struct error *err)
{
	const struct slice text = slice_from(path);

	if (text.len > ANNOTATION_MAX)
		return error_set(err, -E2BIG, "a path is longer than %d bytes", ANNOTATION_MAX);
	if (text.len == 0 || path[0] != '/' || has_control(text))
		return refuse(err, text, "is no absolute path, or has a control character in it");
	return 0;
}

static int take_part(struct annotation *annotation, struct slice part, struct error *err)
{
	const struct {
		struct slice prefix;
		char **path;
	} known[] = {
		{ SLICE("if:"), &annotation->input },
		{ SLICE("of:"), &annotation->output },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t len = known[i].prefix.len;

		if (slice_starts(part, known[i].prefix))
			return take_path(known[i].path, part,
					 trim((struct slice){ part.data + len, part.len - len }),
					 err);
	}
	return refuse(err, part, part.len ? "starts with neither if: nor of:" : "is an empty part");
}

static int take_parts(struct annotation *annotation, const char *text, struct error *err)
{
	for (unsigned int parts = 1;; parts++) {
		size_t len = strcspn(text, ";");
		int r;

		if (parts > MOST_PARTS)
			return error_set(err, -EINVAL, "more than %d parts: " RIGHT_FORM,
					 MOST_PARTS);
		r = take_part(annotation, trim((struct slice){ text, len }), err);
		if (r < 0)
			return r;
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	if (!annotation->output)
		return refuse(err, slice_from(annotation->input), "comes without an of: part");
	return 0;
}

int annotation_parse(struct annotation *ret, const char *text, struct error *err)
{
	_cleanup_annotation_ struct annotation annotation = { 0 };
	int r;

	if (strnlen(text, ANNOTATION_MAX + 1) > ANNOTATION_MAX)
		return error_set(err, -E2BIG, "longer than %d bytes: " RIGHT_FORM, ANNOTATION_MAX);
	r = take_parts(&annotation, text, err);
	if (r < 0)
		return r;
	*ret = annotation;
	annotation = (struct annotation){ 0 };
	return 0;
}

void annotation_deinit(struct annotation *annotation)
{
	free(annotation->input);
	free(annotation->output);
	*annotation = (struct annotation){ 0 };
}
