/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verbs take: a file that is a recording, or a profile of any format that can be read.
 * Which of them it is, the file says itself.
 */
#ifndef ASG_COMMAND_INPUT_H
#define ASG_COMMAND_INPUT_H

#include "base/error.h"
#include "base/macro.h"
#include "base/strbuf.h"
#include "model/profile.h"
#include "model/recording.h"

enum input_kind {
	INPUT_PROFILE,
	INPUT_RECORDING,
};

struct input {
	enum input_kind kind;
	const char *format;	 /* "recording", or the name of the profile's format: "oci" ... */
	struct profile *profile; /* INPUT_PROFILE, else NULL */
	struct recording recording; /* INPUT_RECORDING, else empty */
};

/* Bytes of one file: the recording of 100,000 processes of 40 calls each has less. */
#define INPUT_SIZE_MAX ((size_t)2 << 30)

/*
 * Reads the file at `path` ("-": standard input). -EBADMSG with name, place and reason when it is
 * neither a recording nor a profile, told by the first PROFILE_SIZE_MAX bytes; -EFBIG above
 * INPUT_SIZE_MAX, another negative errno when it cannot be read. On success `*ret` needs
 * input_deinit(), on failure it is untouched.
 */
int input_read(struct input *ret, const char *path, struct error *err) _must_check_;
void input_deinit(struct input *input);
#define _cleanup_input_ _cleanup_(input_deinit)

/* The same for a text that is in memory; `name` is for messages. */
int input_parse(struct input *ret, struct slice text, const char *name, struct error *err)
	_must_check_;

/* Appends what it was: "recording, 2 groups, 213 records" or "oci profile, 5 rules". */
void input_describe(const struct input *input, struct strbuf *ret);

/* The name of a file as a person may see it: "-" is "standard input". Appended, made safe to show.
 */
void input_put_name(struct strbuf *ret, const char *path);

#endif
