/* SPDX-License-Identifier: Apache-2.0 */
#include "command/input.h"
#include "base/cleanup.h"
#include "format/reader.h"
#include "model/json_extent.h"
#include "model/profile_json.h"
#include "model/recording_json.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST_SIZE ((size_t)64 * 1024) /* of what has no size to ask for */

struct bytes {
	char *data;
	size_t len, allocated;
};

static void bytes_deinit(struct bytes *bytes)
{
	free(bytes->data);
}

static int grow(struct bytes *bytes, size_t wanted)
{
	char *data = realloc(bytes->data, wanted);

	if (!data)
		return -ENOMEM;
	bytes->data = data;
	bytes->allocated = wanted;
	return 0;
}

/* One byte more than the file has, so that its end is met without growing. */
static size_t first_size(int fd)
{
	struct stat file;

	if (fstat(fd, &file) < 0 || !S_ISREG(file.st_mode) || file.st_size < 0 ||
	    (uint64_t)file.st_size > INPUT_SIZE_MAX)
		return FIRST_SIZE;
	return (size_t)file.st_size + 1;
}

/* Members of a recording that no profile begins with, and such as say nothing yet. */
static const struct {
	const char *name;
	bool decides;
} recording_members[] = {
	{ "\"version\"", false }, { "\"tool\"", false },  { "\"complete\"", false },
	{ "\"evidence\"", true }, { "\"actors\"", true }, { "\"groups\"", true },
};

static size_t find_member(struct slice name)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(recording_members) && !slice_is(name, recording_members[i].name))
		i++;
	return i;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Whether a recording can begin so. The text may end anywhere. */
static bool may_be_recording(struct slice text)
{
	struct json_walk walk;
	size_t spaces;

	if (json_walk_init(&walk, text, '{') < 0)
		return false;
	text = (struct slice){ walk.at, (size_t)(walk.end - walk.at) };
	for (spaces = 0; spaces < text.len && is_space(text.data[spaces]); spaces++)
		;
	text = (struct slice){ text.data + spaces, text.len - spaces };
	for (size_t i = 0; i < ARRAY_SIZE(recording_members); i++)
		if (slice_starts(text, slice_from(recording_members[i].name)))
			return true;
	return false;
}

/* How much is read next: not beyond the largest profile before that was looked at. */
static size_t next_size(const struct bytes *bytes)
{
	size_t space = bytes->allocated - bytes->len;

	if (bytes->len <= PROFILE_SIZE_MAX && space > PROFILE_SIZE_MAX + 1 - bytes->len)
		return PROFILE_SIZE_MAX + 1 - bytes->len;
	return space;
}

/* What has come to be too much: for anything, or for what is not a recording. */
static int check_size(const struct bytes *bytes)
{
	if (bytes->len > INPUT_SIZE_MAX)
		return -EFBIG;
	if (bytes->len == PROFILE_SIZE_MAX + 1 &&
	    !may_be_recording((struct slice){ bytes->data, bytes->len }))
		return -EBADMSG;
	return 0;
}

static int make_space(struct bytes *bytes)
{
	if (bytes->len < bytes->allocated)
		return 0;
	return grow(bytes, bytes->allocated > INPUT_SIZE_MAX / 2 ? INPUT_SIZE_MAX + 1
								 : 2 * bytes->allocated);
}

static int read_all(int fd, struct bytes *bytes)
{
	int r = grow(bytes, first_size(fd));

	while (r >= 0) {
		ssize_t n = read(fd, bytes->data + bytes->len, next_size(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		bytes->len += (size_t)n;
		r = check_size(bytes);
		if (r >= 0)
			r = make_space(bytes);
	}
	return r;
}

static int read_path(const char *path, struct bytes *bytes)
{
	_cleanup_close_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, bytes);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : read_all(fd, bytes);
}

/* Told by the first members: a recording is large, and is not read twice for this. */
static bool is_recording(struct slice text)
{
	struct slice name, value;
	struct json_walk walk;
	bool any = false;

	if (json_walk_init(&walk, text, '{') < 0)
		return false;
	while (json_walk_next(&walk, &name, &value) > 0) {
		size_t i = find_member(name);

		if (i == ARRAY_SIZE(recording_members))
			return false;
		if (recording_members[i].decides)
			return true;
		any = true;
	}
	return any;
}

int input_parse(struct input *ret, struct slice text, const char *name, struct error *err)
{
	struct input input = { .kind = INPUT_RECORDING, .format = "recording" };
	int r;

	if (is_recording(text)) {
		r = recording_read_json(&input.recording, text.data, text.len, name, err);
	} else {
		const struct reader *reader = NULL;

		input.kind = INPUT_PROFILE;
		r = reader_read(text, name, &input.profile, &reader, err);
		input.format = r < 0 ? NULL : reader->name;
	}
	if (r < 0)
		return r;
	*ret = input;
	return 0;
}

int input_read(struct input *ret, const char *path, struct error *err)
{
	_cleanup_(bytes_deinit) struct bytes bytes = { 0 };
	_cleanup_strbuf_ struct strbuf name = { 0 };
	int r = read_path(path, &bytes);

	input_put_name(&name, path);
	if (!strbuf_text(&name) || r == -ENOMEM)
		return error_memory(err);
	if (r == -EFBIG)
		return error_set(err, r, "%s: more than %zu GB", strbuf_text(&name),
				 INPUT_SIZE_MAX >> 30);
	if (r == -EBADMSG)
		return error_set(err, r, "%s: not a recording, and larger than a profile: %d MB",
				 strbuf_text(&name), PROFILE_SIZE_MAX >> 20);
	if (r < 0)
		return error_set(err, r, "%s: %s", strbuf_text(&name), strerror(-r));
	return input_parse(ret, (struct slice){ bytes.data, bytes.len }, strbuf_text(&name), err);
}

void input_deinit(struct input *input)
{
	input->profile = profile_free(input->profile);
	recording_deinit(&input->recording);
}

static void put_amount(struct strbuf *ret, uint64_t n, const char *one)
{
	strbuf_printf(ret, ", %" PRIu64 " %s%s", n, one, n == 1 ? "" : "s");
}

void input_describe(const struct input *input, struct strbuf *ret)
{
	uint64_t records = 0;

	if (input->kind == INPUT_PROFILE) {
		strbuf_printf(ret, "%s profile", input->format);
		put_amount(ret, input->profile->n_rules, "rule");
		return;
	}
	for (size_t i = 0; i < input->recording.n_groups; i++)
		if (__builtin_add_overflow(records, group_records(&input->recording.groups[i]),
					   &records))
			records = UINT64_MAX;
	strbuf_puts(ret, "recording");
	put_amount(ret, input->recording.n_groups, "group");
	put_amount(ret, records, "record");
	if (!evidence_complete(&input->recording.evidence))
		strbuf_puts(ret, ", INCOMPLETE");
}

void input_put_name(struct strbuf *ret, const char *path)
{
	strbuf_put_shown(ret, strcmp(path, "-") == 0 ? SLICE("standard input") : slice_from(path));
}
