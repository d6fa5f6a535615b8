/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML in block style, through libyaml. Like a strbuf it remembers that it failed: write at will,
 * ask at the end.
 */
#ifndef ASG_FORMAT_YAML_WRITER_H
#define ASG_FORMAT_YAML_WRITER_H

#include "base/macro.h"
#include "base/strbuf.h"
#include <stdbool.h>
#include <stdint.h>
#include <yaml.h>

struct yaml_writer {
	yaml_emitter_t emitter;
	struct strbuf *text; /* borrowed */
	bool opened, failed;
};

/* Begins one document, which is appended to `text`. */
void yaml_writer_open(struct yaml_writer *writer, struct strbuf *text);

/* A mapping, whose keys and values alternate, or a sequence. */
void yaml_writer_begin_mapping(struct yaml_writer *writer);
void yaml_writer_end_mapping(struct yaml_writer *writer);
void yaml_writer_begin_sequence(struct yaml_writer *writer);
void yaml_writer_end_sequence(struct yaml_writer *writer);

/* A string: in quotes unless it is a word that no YAML takes for anything else. */
void yaml_writer_text(struct yaml_writer *writer, const char *text);
void yaml_writer_number(struct yaml_writer *writer, uint64_t number);

/* Ends the document. 0 or -ENOMEM. */
int yaml_writer_close(struct yaml_writer *writer) _must_check_;

#endif
