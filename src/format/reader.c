/* SPDX-License-Identifier: Apache-2.0 */
#include "format/reader.h"
#include "base/strbuf.h"
#include "format/readers.h"
#include <errno.h>
#include <string.h>

static const struct reader *const readers[] = {
	&reader_oci, &reader_docker, &reader_spo, &reader_systemd, &reader_minijail, &reader_names,
};

size_t reader_count(void)
{
	return ARRAY_SIZE(readers);
}

const struct reader *reader_at(size_t index)
{
	return readers[index];
}

const struct reader *reader_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	return NULL;
}

/* The error for a text that is not one format: "WORDS A, B, C". */
static int undecided(const bool *named, const char *name, const char *words, struct error *err)
{
	_cleanup_strbuf_ struct strbuf list = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (named[i])
			strbuf_printf(&list, "%s%s", list.len > 0 ? ", " : "", readers[i]->name);
	if (!strbuf_text(&list))
		return error_memory(err);
	return error_set(err, -EBADMSG, "%s: %s %s", name, words, strbuf_text(&list));
}

int reader_detect(struct slice text, const char *name, const struct reader **ret, struct error *err)
{
	bool fits[ARRAY_SIZE(readers)], all[ARRAY_SIZE(readers)];
	size_t n = 0, found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		all[i] = true;
		fits[i] = readers[i]->detect(text);
		if (fits[i]) {
			found = i;
			n++;
		}
	}
	if (n == 0)
		return undecided(all, name, "not a profile in any format that can be read:", err);
	if (n > 1)
		return undecided(fits, name, "cannot tell which of these formats it is:", err);
	*ret = readers[found];
	return 0;
}

int reader_read(struct slice text, const char *name, struct profile **ret,
		const struct reader **ret_reader, struct error *err)
{
	const struct reader *reader = NULL;
	int r;

	r = reader_detect(text, name, &reader, err);
	if (r == 0)
		r = reader->read(text, name, ret, err);
	if (r == 0 && ret_reader)
		*ret_reader = reader;
	return r;
}
