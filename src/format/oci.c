/* SPDX-License-Identifier: Apache-2.0 */
#include "format/oci.h"
#include "base/cleanup.h"
#include "model/profile_json.h"

int oci_emit(const struct profile *profile, const struct emit_request *request _unused_,
	     struct emission *emission, struct error *err)
{
	_cleanup_free_ char *text = NULL;
	int r = profile_to_json(profile, &text, err);

	if (r == 0)
		strbuf_puts(&emission->body, text);
	return r;
}
