/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/unpack.h"

#include "audit/gzip_check.h"
#include "base/cleanup.h"
#include "config.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#define FILTER(function) function
#else
struct archive;
#define FILTER(function) NULL
#endif

struct unpack_format {
	const char *name; /* also of the program that unpacks it with -dc */
	struct slice magic;
	int (*enable)(struct archive *archive);
	bool gzip_check; /* the library leaves it to us */
};

static const struct unpack_format formats[] = {
	{ "gzip", { "\x1f\x8b", 2 }, FILTER(archive_read_support_filter_gzip), true },
	{ "xz", { "\xfd\x37zXZ\0", 6 }, FILTER(archive_read_support_filter_xz), false },
	{ "zstd", { "\x28\xb5\x2f\xfd", 4 }, FILTER(archive_read_support_filter_zstd), false },
	{ "bzip2", { "BZh", 3 }, FILTER(archive_read_support_filter_bzip2), false },
};

int unpack_recognise(struct slice start, const struct unpack_format **ret)
{
	int answer = 0;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct slice magic = formats[i].magic;
		size_t common = start.len < magic.len ? start.len : magic.len;

		if (common > 0 && memcmp(start.data, magic.data, common) != 0)
			continue;
		if (common == magic.len) {
			*ret = &formats[i];
			return 1;
		}
		answer = -EAGAIN;
	}
	return answer;
}

static int cannot_unpack(const struct unpack_format *format, const char *name, const char *who,
			 struct error *err)
{
	return error_set(err, -EOPNOTSUPP,
			 "%s is compressed with %s, which %s cannot read: unpack it first, "
			 "as in '%s -dc < FILE | audit-seccomp-gen --from-log -'",
			 name, format->name, who, format->name);
}

#ifdef HAVE_LIBARCHIVE

#define INPUT_SIZE ((size_t)64 * 1024)

struct unpack {
	const struct unpack_format *format;
	const char *name;
	struct archive *archive;
	int fd;
	int problem; /* negative errno of a failed read(2) */
	char *start;
	size_t start_len; /* 0 once it was handed over */
	char *input;
	uint64_t consumed, produced;
	bool empty;
	const char *block; /* of plain bytes, inside libarchive */
	size_t block_len;
	struct gzip_check check;
};

struct unpack *unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return NULL;
	archive_read_free(unpack->archive);
	free(unpack->start);
	free(unpack->input);
	free(unpack);
	return NULL;
}

static void unpack_closep(struct unpack **unpack)
{
	unpack_close(*unpack);
}

static void note_packed(struct unpack *unpack, const char *data, ssize_t n)
{
	if (unpack->format->gzip_check)
		gzip_check_packed(&unpack->check, (struct slice){ data, (size_t)n });
}

static la_ssize_t feed(struct archive *archive, void *context, const void **ret)
{
	struct unpack *unpack = context;
	struct pollfd poll_fd = { .fd = unpack->fd, .events = POLLIN };
	ssize_t n;

	if (unpack->start_len > 0) {
		n = (ssize_t)unpack->start_len;
		*ret = unpack->start;
		unpack->start_len = 0;
		note_packed(unpack, unpack->start, n);
		return n;
	}
	do {
		n = poll(&poll_fd, 1, -1);
		if (n >= 0)
			n = read(unpack->fd, unpack->input, INPUT_SIZE);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0) {
		unpack->problem = -errno;
		archive_set_error(archive, errno, "%s", strerror(errno));
		return -1;
	}
	unpack->consumed += (uint64_t)n;
	*ret = unpack->input;
	note_packed(unpack, unpack->input, n);
	return n;
}

static int damaged(const struct unpack *unpack, const char *what, struct error *err)
{
	return error_set(err, -EBADMSG, "%s is damaged: after %llu plain bytes of %s data: %s",
			 unpack->name, (unsigned long long)unpack->produced, unpack->format->name,
			 what);
}

static int archive_failed(const struct unpack *unpack, struct error *err)
{
	const char *text = archive_error_string(unpack->archive);

	if (unpack->problem < 0)
		return error_set(err, unpack->problem, "cannot read %s: %s", unpack->name,
				 strerror(-unpack->problem));
	return damaged(unpack, text ? text : "it is cut off or broken", err);
}

/* Only the format that was recognised is let in: nothing nested, no guessing. */
static int archive_prepare(struct unpack *unpack, struct error *err)
{
	unpack->archive = archive_read_new();
	if (!unpack->archive)
		return error_memory(err);
	/* A warning means that libarchive would run an external program for it. */
	if (unpack->format->enable(unpack->archive) != ARCHIVE_OK)
		return cannot_unpack(unpack->format, unpack->name, "this libarchive", err);
	if (archive_read_support_format_raw(unpack->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(unpack->archive) != ARCHIVE_OK)
		return archive_failed(unpack, err);
	return 0;
}

static int archive_begin(struct unpack *unpack, struct error *err)
{
	struct archive_entry *entry;
	int r;

	if (archive_read_open(unpack->archive, unpack, NULL, feed, NULL) != ARCHIVE_OK)
		return archive_failed(unpack, err);
	r = archive_read_next_header(unpack->archive, &entry);
	unpack->empty = r == ARCHIVE_EOF;
	if (r != ARCHIVE_OK && r != ARCHIVE_EOF)
		return archive_failed(unpack, err);
	/* What a filter does not want would come through as it is. */
	if (archive_filter_count(unpack->archive) < 2)
		return damaged(unpack, "its header is cut off or broken", err);
	return 0;
}

int unpack_open(struct unpack **ret, const struct unpack_format *format, int fd, struct slice start,
		const char *name, struct error *err)
{
	_cleanup_(unpack_closep) struct unpack *unpack = calloc(1, sizeof(*unpack));
	int r;

	if (!unpack)
		return error_memory(err);
	unpack->format = format;
	unpack->name = name;
	unpack->fd = fd;
	unpack->consumed = unpack->start_len = start.len;
	gzip_check_init(&unpack->check);
	unpack->start = malloc(start.len + 1);
	unpack->input = malloc(INPUT_SIZE);
	if (!unpack->start || !unpack->input)
		return error_memory(err);
	memcpy(unpack->start, start.data, start.len);
	r = archive_prepare(unpack, err);
	if (r == 0)
		r = archive_begin(unpack, err);
	if (r < 0)
		return r;
	*ret = unpack;
	unpack = NULL;
	return 0;
}

/* The next block of plain bytes: 1, 0 at the end. */
static int next_block(struct unpack *unpack, struct error *err)
{
	la_int64_t offset;
	const void *block;
	int r = ARCHIVE_EOF;

	if (!unpack->empty)
		r = archive_read_data_block(unpack->archive, &block, &unpack->block_len, &offset);
	if (r == ARCHIVE_OK) {
		unpack->block = block;
		if (unpack->format->gzip_check)
			gzip_check_plain(&unpack->check,
					 (struct slice){ block, unpack->block_len });
		return 1;
	}
	unpack->block_len = 0;
	if (r != ARCHIVE_EOF)
		return archive_failed(unpack, err);
	if (unpack->format->gzip_check && !gzip_check_passes(&unpack->check))
		return damaged(unpack, "the checksum behind it does not agree", err);
	return 0;
}

ssize_t unpack_read(struct unpack *unpack, char *data, size_t size, struct error *err)
{
	size_t n;

	while (unpack->block_len == 0) {
		int r = next_block(unpack, err);

		if (r <= 0)
			return r;
	}
	n = unpack->block_len < size ? unpack->block_len : size;
	memcpy(data, unpack->block, n);
	unpack->block += n;
	unpack->block_len -= n;
	unpack->produced += n;
	return (ssize_t)n;
}

uint64_t unpack_consumed(const struct unpack *unpack)
{
	return unpack->consumed;
}

#else

struct unpack *unpack_close(struct unpack *unpack _unused_)
{
	return NULL;
}

int unpack_open(struct unpack **ret _unused_, const struct unpack_format *format, int fd _unused_,
		struct slice start _unused_, const char *name, struct error *err)
{
	return cannot_unpack(format, name, "this program, built without libarchive,", err);
}

ssize_t unpack_read(struct unpack *unpack _unused_, char *data _unused_, size_t size _unused_,
		    struct error *err)
{
	return error_set(err, -EOPNOTSUPP, "built without libarchive");
}

uint64_t unpack_consumed(const struct unpack *unpack _unused_)
{
	return 0;
}

#endif
