/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_read.h"
#include "base/strbuf.h"
#include "model/oci_config_json.h"
#include <errno.h>
#include <string.h>

int hook_read(int fd, char **ret, size_t *ret_len, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	int r = strbuf_read(&text, fd, OCI_CONFIG_SIZE_MAX);

	if (r == -EFBIG)
		return error_set(err, r, "the engine hands over more than %d MB",
				 OCI_CONFIG_SIZE_MAX >> 20);
	if (r < 0)
		return error_set(err, r, "cannot read what the engine hands over: %s",
				 strerror(-r));
	strbuf_append(&text, "", 0);
	*ret_len = text.len;
	*ret = strbuf_steal(&text);
	return *ret ? 0 : error_memory(err);
}
