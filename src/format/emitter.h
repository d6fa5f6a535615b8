/* SPDX-License-Identifier: Apache-2.0 */
/* The output formats: one const table. Emitters see profiles (or a whole recording), never records.
 */
#ifndef ASG_FORMAT_EMITTER_H
#define ASG_FORMAT_EMITTER_H

#include "base/error.h"
#include "base/macro.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>

struct emitter {
	const char *name;      /* of --format */
	const char *summary;   /* for --help, one line */
	const char *extension; /* of the files in --output-dir, with the dot */
	/*
	 * The text of one profile, ending in a newline, to be freed by the caller. NULL: the
	 * product is the recording itself, see model/recording_json.h.
	 */
	int (*profile)(const struct profile *profile, char **ret, struct error *err);
};

size_t emitter_count(void);
const struct emitter *emitter_at(size_t index);

/* NULL: no format of that name. */
const struct emitter *emitter_by_name(const char *name);

#endif
