/* SPDX-License-Identifier: Apache-2.0 */
#include "model/member_json.h"
#include "audit/record.h"
#include "base/time.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

void text_deinit(struct text *text)
{
	strbuf_deinit(&text->bytes);
}

int unknown_member(const char *name, struct error *err)
{
	_cleanup_strbuf_ struct strbuf shown = { 0 };

	strbuf_put_shown(&shown, slice_from(name));
	return error_set(err, -EBADMSG, "'%.60s' is not a member that is known here",
			 shown.failed ? "?" : strbuf_text(&shown));
}

int members_known(const json_t *json, const char *const *known, struct error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return error_set(err, -EBADMSG, "not an object");
	json_object_foreach((json_t *)json, name, value)
	{
		size_t i = 0;

		while (known[i] && strcmp(known[i], name) != 0)
			i++;
		if (!known[i])
			return unknown_member(name, err);
	}
	return 0;
}

static int bytes_from_hex(struct slice hex, struct text *ret, struct error *err)
{
	if (hex.len % 2 != 0)
		return error_set(err, -EBADMSG, "an odd number of hexadecimal digits");
	for (size_t i = 0; i < hex.len; i += 2) {
		uint64_t byte;

		if (slice_to_u64((struct slice){ hex.data + i, 2 }, 16, &byte) < 0 || byte == 0)
			return error_set(err, -EBADMSG, "not hexadecimal bytes other than 00");
		strbuf_putc(&ret->bytes, (char)byte);
	}
	if (!strbuf_text(&ret->bytes))
		return error_memory(err);
	ret->slice = (struct slice){ strbuf_text(&ret->bytes), ret->bytes.len };
	return 0;
}

int text_from_json(const json_t *json, struct text *ret, struct error *err)
{
	const json_t *hex = json_object_get(json, "hex");

	if (json_is_string(json)) {
		ret->slice = (struct slice){ json_string_value(json), json_string_length(json) };
		return 0;
	}
	if (!json_is_string(hex) || json_object_size(json) != 1)
		return error_set(err, -EBADMSG, "neither a string nor {\"hex\": \"...\"}");
	return bytes_from_hex((struct slice){ json_string_value(hex), json_string_length(hex) },
			      ret, err);
}

int text_member(const json_t *object, const char *name, struct text *ret, struct error *err)
{
	const json_t *json = json_object_get(object, name);
	int r;

	ret->slice = SLICE("");
	if (!json)
		return 0;
	r = text_from_json(json, ret, err);
	return r < 0 ? error_prefix(err, r, "'%s'", name) : 0;
}

int number_from_json(const json_t *json, const char *name, uint64_t least, uint64_t most,
		     uint64_t *ret, struct error *err)
{
	json_int_t number = json_integer_value(json);

	if (!json_is_integer(json))
		return error_set(err, -EBADMSG, "'%s' is not an integer", name);
	if (number < 0 || (uint64_t)number < least || (uint64_t)number > most)
		return error_set(err, -EBADMSG, "'%s' is not from %llu to %llu", name,
				 (unsigned long long)least, (unsigned long long)most);
	*ret = (uint64_t)number;
	return 0;
}

int id_member(const json_t *object, const char *name, uint32_t *ret, struct error *err)
{
	const json_t *json = json_object_get(object, name);
	uint64_t number;
	int r;

	*ret = RECORD_UNSET;
	if (!json)
		return 0;
	r = number_from_json(json, name, 0, RECORD_UNSET - 1, &number, err);
	if (r == 0)
		*ret = (uint32_t)number;
	return r;
}

static int digits(const char *at, size_t n)
{
	uint64_t number;

	return slice_to_u64((struct slice){ at, n }, 10, &number) < 0 ? -1 : (int)number;
}

/* "2026-11-23T10:00:00.123Z" and nothing else. */
static int parse_time(const char *text, int64_t *ret)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";
	struct tm tm = { 0 }, normal;
	time_t seconds;

	for (size_t i = 0; i < sizeof(form); i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return -EINVAL;
	tm.tm_year = digits(text, 4) - 1900;
	tm.tm_mon = digits(text + 5, 2) - 1;
	tm.tm_mday = digits(text + 8, 2);
	tm.tm_hour = digits(text + 11, 2);
	tm.tm_min = digits(text + 14, 2);
	tm.tm_sec = digits(text + 17, 2);
	normal = tm;
	/* timegm() takes the 31st of February for a day in March. */
	seconds = timegm(&normal);
	if (seconds < 0 || normal.tm_mon != tm.tm_mon || normal.tm_mday != tm.tm_mday ||
	    normal.tm_hour != tm.tm_hour || normal.tm_min != tm.tm_min ||
	    normal.tm_sec != tm.tm_sec)
		return -EINVAL;
	*ret = (int64_t)seconds * 1000 + digits(text + 20, 3);
	return 0;
}

int time_member(const json_t *object, const char *name, int64_t *ret, struct error *err)
{
	const json_t *json = json_object_get(object, name);

	*ret = TIME_UNKNOWN;
	if (!json)
		return 0;
	if (!json_is_string(json) || parse_time(json_string_value(json), ret) < 0)
		return error_set(err, -EBADMSG,
				 "'%s' is not a time such as \"2026-11-23T10:00:00.123Z\"", name);
	return 0;
}
