/* SPDX-License-Identifier: Apache-2.0 */
/* auditd_conf_read(): the lines of auditd.conf(5) that say how long records live on disk. */
#include "audit/kernel.h"

#include "base/cleanup.h"
#include "base/slice.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_PATH "/etc/audit/auditd.conf"
#define FILE_MAX     ((size_t)64 * 1024)
/* auditd skips longer lines, newline included. */
#define LINE_MAX_LEN ((size_t)159)

typedef void (*setter)(struct auditd_conf *conf, struct slice value);

static bool same_word(struct slice slice, const char *word)
{
	return slice.len == strlen(word) && strncasecmp(slice.data, word, slice.len) == 0;
}

static void set_log_file(struct auditd_conf *conf, struct slice value)
{
	if (value.len == 0 || value.data[0] != '/' || value.len >= sizeof(conf->log_file))
		return;
	memcpy(conf->log_file, value.data, value.len);
	conf->log_file[value.len] = '\0';
}

static void set_max_log_file(struct auditd_conf *conf, struct slice value)
{
	uint64_t megabytes;

	if (slice_to_u64(value, 10, &megabytes) == 0 && megabytes <= UINT32_MAX)
		conf->max_log_file = megabytes * 1024 * 1024;
}

static void set_num_logs(struct auditd_conf *conf, struct slice value)
{
	uint64_t number;

	if (slice_to_u64(value, 10, &number) == 0 && number <= 999)
		conf->num_logs = (uint32_t)number;
}

static void set_action(struct auditd_conf *conf, struct slice value)
{
	conf->rotates = same_word(value, "rotate");
}

static void set_write_logs(struct auditd_conf *conf, struct slice value)
{
	conf->writes = !same_word(value, "no");
}

/* The old way to say write_logs = no. */
static void set_log_format(struct auditd_conf *conf, struct slice value)
{
	if (same_word(value, "nolog"))
		conf->writes = false;
}

static const struct {
	const char *key;
	setter set;
} settings[] = {
	{ "log_file", set_log_file },	      { "log_format", set_log_format },
	{ "max_log_file", set_max_log_file }, { "max_log_file_action", set_action },
	{ "num_logs", set_num_logs },	      { "write_logs", set_write_logs },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes the next word off `text`: up to a blank or an equal sign. */
static struct slice take_word(struct slice *text)
{
	struct slice word;

	while (text->len > 0 && is_blank(text->data[0])) {
		text->data++;
		text->len--;
	}
	word = (struct slice){ text->data, 0 };
	while (word.len < text->len && !is_blank(text->data[word.len]) &&
	       text->data[word.len] != '=' && text->data[word.len] != '\0')
		word.len++;
	text->data += word.len;
	text->len -= word.len;
	return word;
}

static void read_line(struct auditd_conf *conf, struct slice line)
{
	struct slice key = take_word(&line);
	struct slice between = take_word(&line);
	struct slice value;

	if (key.len == 0 || key.data[0] == '#' || between.len > 0)
		return;
	if (line.len == 0 || line.data[0] != '=')
		return;
	line.data++;
	line.len--;
	value = take_word(&line);
	if (value.len == 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (same_word(key, settings[i].key))
			settings[i].set(conf, value);
}

static void read_lines(struct auditd_conf *conf, struct slice text)
{
	while (text.len > 0) {
		const char *newline = memchr(text.data, '\n', text.len);
		size_t len = newline ? (size_t)(newline - text.data) : text.len;

		if (len < LINE_MAX_LEN)
			read_line(conf, (struct slice){ text.data, len });
		len += newline ? 1 : 0;
		text.data += len;
		text.len -= len;
	}
}

/* Up to `size` bytes of a regular file. */
static ssize_t read_whole(int fd, char *data, size_t size)
{
	size_t have = 0;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	while (have < size) {
		ssize_t n = read(fd, data + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* As auditd.conf is shipped: what most hosts have. */
static const struct auditd_conf shipped = {
	.log_file = "/var/log/audit/audit.log",
	.max_log_file = (uint64_t)8 * 1024 * 1024,
	.num_logs = 5,
	.rotates = true,
	.writes = true,
};

static int read_text(struct auditd_conf *conf, int fd, const char *path, struct error *err)
{
	_cleanup_free_ char *text = malloc(FILE_MAX);
	ssize_t n;

	if (!text)
		return error_memory(err);
	n = read_whole(fd, text, FILE_MAX);
	if (n < 0)
		return error_set(err, (int)n, "cannot read '%s': %s", path,
				 n == -EINVAL ? "not a regular file" : strerror((int)-n));
	if ((size_t)n == FILE_MAX)
		return error_set(err, -EFBIG, "cannot read '%s': too large for auditd.conf", path);
	read_lines(conf, (struct slice){ text, (size_t)n });
	/* "If the number is < 2, logs are not rotated." */
	conf->rotates = conf->rotates && conf->num_logs >= 2;
	return 0;
}

int auditd_conf_read(const char *path, struct auditd_conf *ret, struct error *err)
{
	struct auditd_conf conf = shipped;
	_cleanup_close_ int fd = -1;
	int r;

	if (!path)
		path = DEFAULT_PATH;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		return error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	if (fd >= 0) {
		conf.num_logs = 0;
		conf.rotates = false;
		r = read_text(&conf, fd, path, err);
		if (r < 0)
			return r;
	}
	*ret = conf;
	return 0;
}
