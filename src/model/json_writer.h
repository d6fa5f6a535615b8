/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as it comes, fast: millions of values, no tree. Layout and commas are the caller's. Always
 * valid UTF-8 and safe to show on a terminal. Write errors stay with the stream.
 */
#ifndef ASG_MODEL_JSON_WRITER_H
#define ASG_MODEL_JSON_WRITER_H

#include "base/macro.h"
#include "base/slice.h"
#include <stdint.h>
#include <stdio.h>

struct json_writer {
	FILE *stream;
	size_t used;
	int64_t day;	   /* that `date` is of, in days since 1970; 0 and "" at first */
	char date[16];	   /* "2026-11-23T" */
	char buffer[8192]; /* not initialised */
};

void json_writer_init(struct json_writer *writer, FILE *stream);

/* Hands what is left to the stream. */
void json_writer_flush(struct json_writer *writer);

/* JSON text as it is. */
void json_put(struct json_writer *writer, struct slice text);
#define json_put_literal(writer, literal) json_put((writer), SLICE(literal))

void json_put_number(struct json_writer *writer, int64_t number);

/*
 * A string. Bytes that are not UTF-8 make it the object {"hex": "..."}: all its bytes in lower-case
 * hexadecimal. Control characters and those that steer the direction of text are escaped.
 */
void json_put_text(struct json_writer *writer, struct slice text);

/* A string in RFC 3339: UTC with milliseconds. `ms` from 0 to the end of the year 9999. */
void json_put_time(struct json_writer *writer, int64_t ms);

#endif
