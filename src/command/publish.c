/* SPDX-License-Identifier: Apache-2.0 */
#include "command/publish.h"
#include "base/output.h"
#include "command/losses.h"
#include "command/style.h"

int publish_profile(const struct profile *profile, const struct publication *publication,
		    struct syscall_table *names, struct error *err)
{
	const struct emit_request request = {
		.title = publication->title,
		.names = names,
		.keep_form = true,
	};
	const struct style style = style_for(stderr);
	_cleanup_emission_ struct emission emission = { 0 };
	_cleanup_output_ struct output output = { 0 };
	int r = emitter_run(publication->format, profile, &request, &emission, err);

	if (r >= 0)
		r = output_open(&output, publication->output, err);
	if (r < 0)
		return r;
	fwrite(emission.body.data, 1, emission.body.len, output.stream);
	r = output_commit(&output, err);
	if (r >= 0)
		losses_write(stderr, &style, publication->format, &emission,
			     publication->verbosity == VERBOSITY_QUIET);
	return r;
}
