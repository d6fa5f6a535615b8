/* SPDX-License-Identifier: Apache-2.0 */
#include "format/yaml_writer.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* libyaml's word for bytes in and out. */
static yaml_char_t *yaml_bytes(const char *text)
{
	return (yaml_char_t *)(uintptr_t)text;
}

static int take(void *data, unsigned char *buffer, size_t size)
{
	struct yaml_writer *writer = data;

	strbuf_append(writer->text, buffer, size);
	return !writer->text->failed;
}

/* libyaml takes the event, whether it can emit it or not. */
static void emit(struct yaml_writer *writer, yaml_event_t *event, int made)
{
	if (writer->failed || !made)
		writer->failed = true;
	else if (!yaml_emitter_emit(&writer->emitter, event))
		writer->failed = true;
}

void yaml_writer_open(struct yaml_writer *writer, struct strbuf *text)
{
	yaml_event_t event;

	*writer = (struct yaml_writer){ .text = text };
	if (!yaml_emitter_initialize(&writer->emitter)) {
		writer->failed = true;
		return;
	}
	writer->opened = true;
	yaml_emitter_set_output(&writer->emitter, take, writer);
	yaml_emitter_set_unicode(&writer->emitter, 1);
	yaml_emitter_set_width(&writer->emitter, -1);
	emit(writer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	emit(writer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
}

void yaml_writer_begin_mapping(struct yaml_writer *writer)
{
	yaml_event_t event;

	emit(writer, &event,
	     yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void yaml_writer_end_mapping(struct yaml_writer *writer)
{
	yaml_event_t event;

	emit(writer, &event, yaml_mapping_end_event_initialize(&event));
}

void yaml_writer_begin_sequence(struct yaml_writer *writer)
{
	yaml_event_t event;

	emit(writer, &event,
	     yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
						  YAML_BLOCK_SEQUENCE_STYLE));
}

void yaml_writer_end_sequence(struct yaml_writer *writer)
{
	yaml_event_t event;

	emit(writer, &event, yaml_sequence_end_event_initialize(&event));
}

/* A word that starts with a letter and is none of those that mean a truth value, nothing, or a
 * number, in YAML 1.1 or 1.2. */
static bool is_plain(const char *text)
{
	static const char *const words[] = { "y",   "n",    "yes",   "no",  "on",
					     "off", "true", "false", "null" };

	if (!isalpha((unsigned char)*text))
		return false;
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c > 0x7F ||
		    (!isalnum((unsigned char)*c) && !strchr("_./-", *c)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return false;
	return true;
}

static void put_scalar(struct yaml_writer *writer, const char *text, yaml_scalar_style_t style)
{
	yaml_event_t event;

	emit(writer, &event,
	     yaml_scalar_event_initialize(&event, NULL, NULL, yaml_bytes(text), (int)strlen(text),
					  1, 1, style));
}

void yaml_writer_text(struct yaml_writer *writer, const char *text)
{
	put_scalar(writer, text,
		   is_plain(text) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void yaml_writer_number(struct yaml_writer *writer, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	put_scalar(writer, text, YAML_PLAIN_SCALAR_STYLE);
}

int yaml_writer_close(struct yaml_writer *writer)
{
	yaml_event_t event;

	if (writer->opened) {
		emit(writer, &event, yaml_document_end_event_initialize(&event, 1));
		emit(writer, &event, yaml_stream_end_event_initialize(&event));
		yaml_emitter_delete(&writer->emitter);
		writer->opened = false;
	}
	return writer->failed ? -ENOMEM : 0;
}
