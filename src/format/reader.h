/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The formats that profiles are read from: one const table. What a file does not say is left open
 * in the profile, never guessed; what a profile cannot hold is an error that names the line.
 */
#ifndef ASG_FORMAT_READER_H
#define ASG_FORMAT_READER_H

#include "base/error.h"
#include "base/macro.h"
#include "base/slice.h"
#include "model/profile.h"
#include <stdbool.h>
#include <stddef.h>

struct reader {
	const char *name;    /* as emitters call the same format */
	const char *summary; /* for people, one line */
	/* Whether the text looks like this format; never more than one reader says so. */
	bool (*detect)(struct slice text);
	/*
	 * Reads the text, which may hold any bytes. `name` is the file's, for messages. -EBADMSG
	 * with line and reason, -ENOMEM. `*ret` is owned by the caller.
	 */
	int (*read)(struct slice text, const char *name, struct profile **ret, struct error *err);
};

size_t reader_count(void);
const struct reader *reader_at(size_t index);

/* NULL: no readable format of that name. */
const struct reader *reader_by_name(const char *name);

/*
 * Which readable format the text is. -EBADMSG: none, or it could be several; the message names the
 * formats. It does not say that the text can be read.
 */
int reader_detect(struct slice text, const char *name, const struct reader **ret, struct error *err)
	_must_check_;

/* Detects and reads. `*ret_reader` (may be NULL) is the format that it was. */
int reader_read(struct slice text, const char *name, struct profile **ret,
		const struct reader **ret_reader, struct error *err) _must_check_;

#endif
