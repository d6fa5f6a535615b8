/* SPDX-License-Identifier: Apache-2.0 */
#include "model/checked_json.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As jansson fills it in: the code is the last byte of the text (jansson.h, json_error_code()). */
static void say_no_memory(json_error_t *ret)
{
	static const char message[] = "not enough memory";

	if (!ret)
		return;
	memset(ret->text, 0, sizeof(ret->text));
	memcpy(ret->text, message, sizeof(message));
	ret->text[JSON_ERROR_TEXT_LENGTH - 1] = (char)json_error_out_of_memory;
}

void checked_json_seed(void)
{
	json_object_seed(0);
}

/*
 * Of jansson's allocations, which have no context. errno does not tell: jansson sets it to 0 for
 * each number.
 */
static struct {
	bool failed;
	void *reserve; /* for the first that fails */
	size_t size;
} memory;

static void *take(size_t size)
{
	void *taken = malloc(size);

	if (taken)
		return taken;
	if (!memory.failed && size <= memory.size) {
		taken = memory.reserve;
		memory.reserve = NULL;
	}
	memory.failed = true;
	return taken;
}

static int watch(size_t reserve)
{
	json_set_alloc_funcs(take, free);
	memory.failed = false;
	memory.size = reserve;
	memory.reserve = reserve > 0 ? malloc(reserve) : NULL;
	return reserve > 0 && !memory.reserve ? -ENOMEM : 0;
}

static void unwatch(void)
{
	free(memory.reserve);
	memory.reserve = NULL;
	memory.size = 0;
}

struct text {
	const char *data;
	size_t len;
};

/*
 * One byte at a time, and none after a failure: the buffer of a string that has lost its end would
 * be written beyond. So at most one growth of a buffer follows it, and that is the reserve's.
 */
static size_t next_byte(void *buffer, size_t size _unused_, void *context)
{
	struct text *text = context;

	if (memory.failed || text->len == 0)
		return 0;
	*(char *)buffer = *text->data++;
	text->len--;
	return 1;
}

json_t *checked_json_read(const char *text, size_t len, size_t flags, json_error_t *ret)
{
	struct text rest = { text, len };
	json_t *json = NULL;
	size_t reserve;

	/* A buffer grows to twice its size, or to what is needed. */
	if (__builtin_mul_overflow(len, (size_t)2, &reserve) ||
	    __builtin_add_overflow(reserve, (size_t)64, &reserve) || watch(reserve) < 0)
		memory.failed = true;
	else
		json = json_load_callback(next_byte, &rest, flags, ret);
	unwatch();
	if (!memory.failed)
		return json;
	json_decref(json);
	say_no_memory(ret);
	return NULL;
}

char *checked_json_write(const json_t *json, size_t flags)
{
	char *text;

	if (watch(0) < 0)
		return NULL;
	text = json_dumps(json, flags);
	if (!memory.failed)
		return text;
	free(text);
	return NULL;
}
