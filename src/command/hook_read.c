/* SPDX-License-Identifier: Apache-2.0 */
#include "command/hook_read.h"
#include "base/strbuf.h"
#include "model/oci_config_json.h"
#include <errno.h>
#include <unistd.h>

int hook_read(int fd, char **ret, size_t *ret_len, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, -errno, "cannot read what the engine hands over: %m");
		if (text.len + (size_t)n > OCI_CONFIG_SIZE_MAX)
			return error_set(err, -EFBIG, "the engine hands over more than %d MB",
					 OCI_CONFIG_SIZE_MAX >> 20);
		strbuf_append(&text, chunk, (size_t)n);
	}
	strbuf_append(&text, "", 0);
	*ret_len = text.len;
	*ret = strbuf_steal(&text);
	return *ret ? 0 : error_memory(err);
}
