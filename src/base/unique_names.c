/* SPDX-License-Identifier: Apache-2.0 */
#include "base/unique_names.h"
#include "base/array.h"
#include "base/strbuf.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

void unique_names_deinit(struct unique_names *names)
{
	intern_deinit(&names->names);
	free(names->next);
	*names = (struct unique_names){ 0 };
}

int unique_names_share(struct unique_names *names, struct slice name, uint32_t *ret)
{
	int r = array_reserve(&names->next, &names->allocated, names->names.n_keys + 1,
			      sizeof(*names->next));

	if (r >= 0)
		r = intern_add(&names->names, name, ret);
	if (r == 1)
		names->next[*ret] = 0;
	return r;
}

static int take_text(struct unique_names *names, const struct strbuf *text, uint32_t *ret)
{
	if (text->failed)
		return -ENOMEM;
	return unique_names_share(names, (struct slice){ text->data, text->len }, ret);
}

int unique_names_take(struct unique_names *names, struct slice base, const char *separator,
		      const char *end, uint32_t *ret)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	uint32_t first;
	int r;

	strbuf_append(&text, base.data, base.len);
	strbuf_puts(&text, end);
	r = take_text(names, &text, &first);
	*ret = first;
	while (r == 0) {
		uint32_t number = names->next[first] ? names->next[first] : 2;

		names->next[first] = number + 1;
		text.len = base.len;
		strbuf_printf(&text, "%s%" PRIu32 "%s", separator, number, end);
		r = take_text(names, &text, ret);
	}
	return r < 0 ? r : 0;
}
