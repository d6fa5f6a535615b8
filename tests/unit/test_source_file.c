/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/source_file.h"

#include "base/cleanup.h"
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/test_source_file.XXXXXX";

static int run(const char *output, const char *const *words)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = output ? open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600) : STDERR_FILENO;

		if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
			execvp(words[0], (char *const *)words);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *path_of(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	return path;
}

static void put_file(const char *path, const void *data, size_t len)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(data, 1, len, stream), len);
}

static char *get_file(const char *path, size_t *ret_len)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "r");
	char *data = malloc(1 << 22);

	assert_non_null(stream);
	assert_non_null(data);
	*ret_len = fread(data, 1, 1 << 22, stream);
	return data;
}

static struct source_file *open_source(const char *path)
{
	struct source_file *source = NULL;
	struct error err = { 0 };

	if (source_file_open(&source, path, &err) < 0)
		fail_msg("cannot open %s: %s", path, err.message);
	return source;
}

static struct source_file *open_text(const void *data, size_t len)
{
	_cleanup_free_ char *path = path_of("text");

	put_file(path, data, len);
	return open_source(path);
}

static struct source_line next_line(struct source_file *source)
{
	struct source_line line;
	struct error err = { 0 };
	int r = source_file_next(source, &line, &err);

	if (r != 1)
		fail_msg("expected a line, got %d: %s", r, error_message(&err, r));
	return line;
}

static void expect_text(struct source_file *source, const char *text, size_t len)
{
	struct source_line line = next_line(source);

	assert_int_equal(line.text.len, len);
	assert_memory_equal(line.text.data, text, len);
}

static void expect_end(struct source_file *source)
{
	struct source_line line;
	struct error err = { 0 };

	assert_int_equal(source_file_next(source, &line, &err), 0);
	assert_int_equal(source_file_next(source, &line, &err), 0);
	assert_string_equal(err.message, "");
}

static void test_lines(void **state _unused_)
{
	static const char text[] = "one\n\ntwo\0half\nlast";
	struct source_file *source = open_text(text, sizeof(text) - 1);
	struct source_line line = next_line(source);
	uint64_t consumed, total;

	assert_true(slice_is(line.text, "one"));
	assert_int_equal(line.number, 1);
	assert_int_equal(line.offset, 0);
	assert_false(line.unterminated || line.too_long);
	line = next_line(source);
	assert_int_equal(line.text.len, 0);
	assert_int_equal(line.number, 2);
	assert_int_equal(line.offset, 4);
	expect_text(source, "two\0half", 8);
	assert_true(source_file_buffered(source));
	line = next_line(source);
	assert_true(slice_is(line.text, "last"));
	assert_int_equal(line.number, 4);
	assert_int_equal(line.offset, 14);
	assert_true(line.unterminated);
	assert_false(line.too_long);
	expect_end(source);
	source_file_progress(source, &consumed, &total);
	assert_int_equal(consumed, sizeof(text) - 1);
	assert_int_equal(total, sizeof(text) - 1);
	source_file_close(source);
}

static void test_empty(void **state _unused_)
{
	struct source_file *source = open_text("", 0);

	expect_end(source);
	source_file_close(source);
	source = open_text("\n", 1);
	expect_text(source, "", 0);
	expect_end(source);
	source_file_close(source);
	assert_null(source_file_close(NULL));
}

/* Too short to be anything, or alike to a magic number but not it. */
static void test_looks_compressed(void **state _unused_)
{
	static const char *const texts[] = { "\x1f",	  "B",	      "BZ",
					     "\xfd\x37z", "\x28\xb5", "BZx and more" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct source_file *source = open_text(texts[i], strlen(texts[i]));

		expect_text(source, texts[i], strlen(texts[i]));
		expect_end(source);
		source_file_close(source);
	}
}

/* A line of `len` bytes 'x', with and without newline, then "next". */
static void check_length(size_t len, bool newline)
{
	_cleanup_free_ char *text = malloc(len + 8);
	struct source_file *source;
	struct source_line line;
	size_t n = len;

	assert_non_null(text);
	memset(text, 'x', len);
	if (newline) {
		memcpy(text + len, "\nnext\n", 6);
		n += 6;
	}
	source = open_text(text, n);
	line = next_line(source);
	assert_int_equal(line.text.len, len > SOURCE_LINE_MAX ? SOURCE_LINE_MAX : len);
	assert_memory_equal(line.text.data, text, line.text.len);
	assert_int_equal(line.too_long, len > SOURCE_LINE_MAX);
	assert_int_equal(line.unterminated, !newline && len <= SOURCE_LINE_MAX);
	if (newline) {
		line = next_line(source);
		assert_true(slice_is(line.text, "next"));
		assert_int_equal(line.number, 2);
		assert_int_equal(line.offset, len + 1);
	}
	expect_end(source);
	source_file_close(source);
}

static void test_line_length(void **state _unused_)
{
	static const size_t lengths[] = {
		SOURCE_LINE_MAX - 1,	 SOURCE_LINE_MAX,	  SOURCE_LINE_MAX + 1,
		2 * SOURCE_LINE_MAX - 1, 2 * SOURCE_LINE_MAX,	  2 * SOURCE_LINE_MAX + 1,
		3 * SOURCE_LINE_MAX + 7, 4 * SOURCE_LINE_MAX - 1, 1024 * 1024 * 2 + 3,
	};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		check_length(lengths[i], true);
		check_length(lengths[i], false);
	}
}

/* 100 MB without a newline (a hole of NUL bytes), then a line of sense. */
static void test_monster_line(void **state _unused_)
{
	_cleanup_free_ char *path = path_of("monster");
	const off_t size = 100 * 1000 * 1000;
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct source_file *source;
	struct source_line line;

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\nsense\n", 7, size), 7);
	source = open_source(path);
	line = next_line(source);
	assert_true(line.too_long);
	assert_int_equal(line.text.len, SOURCE_LINE_MAX);
	line = next_line(source);
	assert_true(slice_is(line.text, "sense"));
	assert_int_equal(line.number, 2);
	assert_int_equal(line.offset, size + 1);
	expect_end(source);
	source_file_close(source);
	assert_int_equal(unlink(path), 0);
}

/* Random text, cut into lines by hand and by the source. */
static void check_random(unsigned int seed)
{
	const size_t len = 3000000;
	_cleanup_free_ char *text = malloc(len);
	size_t begin = 0;
	struct source_file *source;

	assert_non_null(text);
	srandom(seed);
	for (size_t i = 0; i < len; i++)
		text[i] = random() % 300 == 0 ? '\n' : (char)('a' + random() % 26);
	source = open_text(text, len);
	for (uint64_t number = 1; begin < len; number++) {
		const char *newline = memchr(text + begin, '\n', len - begin);
		size_t end = newline ? (size_t)(newline - text) : len;
		struct source_line line = next_line(source);

		if (line.number != number || line.offset != begin || line.text.len != end - begin ||
		    memcmp(line.text.data, text + begin, end - begin) != 0)
			fail_msg("seed %u: line %llu at %zu differs", seed,
				 (unsigned long long)number, begin);
		begin = end + 1;
	}
	expect_end(source);
	source_file_close(source);
}

static void test_random(void **state _unused_)
{
	for (unsigned int seed = 1; seed <= 3; seed++)
		check_random(seed);
}

/* Standard input from a pipe, whose other end is returned. */
static struct source_file *open_pipe(int *ret_saved, int *ret_write)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	*ret_saved = dup(STDIN_FILENO);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	*ret_write = ends[1];
	return open_source("-");
}

static void close_pipe(struct source_file *source, int saved)
{
	source_file_close(source);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

static void expect_again(struct source_file *source)
{
	struct source_line line;
	struct error err = { 0 };

	assert_int_equal(source_file_next(source, &line, &err), -EAGAIN);
	assert_false(source_file_buffered(source));
}

static void put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void test_pipe(void **state _unused_)
{
	int saved, fd;
	struct source_file *source = open_pipe(&saved, &fd);
	struct pollfd poll_fd = { .fd = source_file_fd(source), .events = POLLIN };
	uint64_t consumed, total;

	assert_false(source_file_buffered(source));
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	put(fd, "B");
	expect_again(source);
	put(fd, "o");
	expect_again(source);
	put(fd, "rn\nto be\nwi");
	expect_text(source, "Born", 4);
	assert_true(source_file_buffered(source));
	expect_text(source, "to be", 5);
	assert_false(source_file_buffered(source));
	put(fd, "ld");
	expect_again(source);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	close(fd);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_true(next_line(source).unterminated);
	assert_true(source_file_buffered(source));
	expect_end(source);
	source_file_progress(source, &consumed, &total);
	assert_int_equal(consumed, 15);
	assert_int_equal(total, 0);
	close_pipe(source, saved);
}

/* The rest of a line that was too long arrives together with a short one. */
static void test_pipe_too_long(void **state _unused_)
{
	_cleanup_free_ char *text = malloc(SOURCE_LINE_MAX + 4096);
	int saved, fd;
	struct source_file *source = open_pipe(&saved, &fd);
	struct source_line line;
	struct error err = { 0 };
	int r = -EAGAIN;

	assert_non_null(text);
	memset(text, 'x', SOURCE_LINE_MAX + 4096);
	for (size_t sent = 0; r == -EAGAIN; sent += 4096) {
		assert_true(sent < SOURCE_LINE_MAX + 4096);
		assert_int_equal(write(fd, text, 4096), 4096);
		r = source_file_next(source, &line, &err);
	}
	assert_int_equal(r, 1);
	assert_true(line.too_long);
	assert_int_equal(line.text.len, SOURCE_LINE_MAX);
	assert_false(source_file_buffered(source));
	put(fd, "tail");
	expect_again(source);
	put(fd, "tail\nshort\nshorter\n");
	expect_text(source, "short", 5);
	assert_true(source_file_buffered(source));
	expect_text(source, "shorter", 7);
	close(fd);
	expect_end(source);
	close_pipe(source, saved);
}

/* Opening a FIFO does not wait for a writer, and without one it has not ended. */
static void test_fifo(void **state _unused_)
{
	_cleanup_free_ char *path = path_of("fifo");
	_cleanup_close_ int fd = -1;
	struct source_file *source;
	struct pollfd poll_fd = { .events = POLLIN };

	assert_int_equal(mkfifo(path, 0600), 0);
	source = open_source(path);
	poll_fd.fd = source_file_fd(source);
	assert_false(source_file_buffered(source));
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	put(fd, "through\n");
	expect_text(source, "through", 7);
	source_file_close(source);
	assert_int_equal(unlink(path), 0);
}

static void expect_failure(const char *path, int code, const char *words)
{
	struct source_file *source = NULL;
	struct error err = { 0 };
	int r = source_file_open(&source, path, &err);

	if (r == 0) {
		struct source_line line;

		while ((r = source_file_next(source, &line, &err)) == 1)
			;
	}
	source_file_close(source);
	if (r != code)
		fail_msg("%s: expected %s, got %d: %s", path, strerror(-code), r, err.message);
	if (!strstr(err.message, words) || strchr(err.message, '\n'))
		fail_msg("expected one line with \"%s\", got: %s", words, err.message);
}

static void test_not_to_be_opened(void **state _unused_)
{
	_cleanup_free_ char *missing = path_of("missing");

	expect_failure(directory, -EISDIR, "is a directory");
	expect_failure(missing, -ENOENT, "missing': No such file");
	expect_failure("/proc/self/mem", -EIO, "cannot read '/proc/self/mem'");
}

static void test_unreadable(void **state _unused_)
{
	_cleanup_free_ char *path = path_of("unreadable");
	pid_t pid;
	int status;

	put_file(path, "x\n", 2);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(directory, 0711), 0);
	pid = fork();
	if (pid == 0) {
		struct source_file *source = NULL;
		struct error err = { 0 };
		int r = -1;

		if (geteuid() != 0 || setresuid(65534, 65534, 65534) == 0)
			r = source_file_open(&source, path, &err);
		_exit(r == -EACCES && strstr(err.message, "sudo") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(unlink(path), 0);
}

static const struct packer {
	const char *suffix;
	const char *const words[5];
} packers[] = {
	{ "gz", { "gzip", "-c" } },
	{ "xz", { "xz", "-c" } },
	{ "zst", { "zstd", "-q", "-c" } },
	{ "bz2", { "bzip2", "-c" } },
};

/* The compressed form of 20,000 lines; NULL when the program for it is not here. */
static char *pack(const struct packer *packer)
{
	_cleanup_free_ char *plain = path_of("plain");
	_cleanup_free_ char *name = NULL;
	const char *words[6] = { 0 };
	_cleanup_fclose_ FILE *stream = fopen(plain, "w");
	char *packed;
	int status;

	assert_non_null(stream);
	for (int i = 0; i < 20000; i++)
		fprintf(stream, "line %d of a log %x\n", i, (unsigned int)i * 2654435761U);
	assert_int_equal(fflush(stream), 0);
	assert_true(asprintf(&name, "packed.%s", packer->suffix) > 0);
	packed = path_of(name);
	memcpy(words, packer->words, sizeof(packer->words));
	for (size_t i = 0; i < 6; i++)
		if (!words[i]) {
			words[i] = plain;
			break;
		}
	status = run(packed, words);
	if (status != 0) {
		print_message("# %s is not here\n", packer->words[0]);
		free(packed);
		return NULL;
	}
	return packed;
}

static void expect_log(struct source_file *source)
{
	struct source_line line = { 0 };
	struct error err = { 0 };
	uint64_t number = 0;
	int r;

	while ((r = source_file_next(source, &line, &err)) != 0) {
		char text[64];
		int len;

		if (r == -EAGAIN)
			continue;
		if (r < 0)
			fail_msg("line %llu: %s", (unsigned long long)number + 1, err.message);
		len = snprintf(text, sizeof(text), "line %u of a log %x",
			       (unsigned int)(number % 20000),
			       (unsigned int)(number % 20000) * 2654435761U);
		assert_int_equal(line.number, ++number);
		assert_int_equal(line.text.len, len);
		assert_memory_equal(line.text.data, text, (size_t)len);
	}
	assert_true(number == 20000 || number == 40000);
}

static void read_through_pipe(const char *data, size_t len)
{
	int saved, fd;
	struct source_file *source = open_pipe(&saved, &fd);
	pid_t pid = fork();

	if (pid == 0) {
		bool ok = true;

		for (size_t i = 0; ok && i < len; i += 7777) {
			size_t n = len - i < 7777 ? len - i : 7777;

			ok = write(fd, data + i, n) == (ssize_t)n;
		}
		_exit(ok ? 0 : 1);
	}
	close(fd);
	expect_log(source);
	close_pipe(source, saved);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void check_packed(const char *path)
{
	struct source_file *source = open_source(path);
	_cleanup_free_ char *data = NULL;
	uint64_t consumed, total;
	size_t len;

	expect_log(source);
	source_file_progress(source, &consumed, &total);
	assert_int_equal(consumed, total);
	source_file_close(source);

	data = get_file(path, &len);
	read_through_pipe(data, len);
	/* Two members one behind the other, as appending rotation leaves them. */
	memcpy(data + len, data, len);
	put_file(path, data, 2 * len);
	source = open_source(path);
	expect_log(source);
	source_file_close(source);

	/* Cut off at the magic number, in the middle, just before the end. */
	put_file(path, data, 6);
	expect_failure(path, -EBADMSG, "is damaged");
	put_file(path, data, len / 2);
	expect_failure(path, -EBADMSG, "is damaged");
	put_file(path, data, len - 3);
	expect_failure(path, -EBADMSG, "is damaged");

	memset(data + len / 2, 0x55, 64);
	put_file(path, data, len);
	expect_failure(path, -EBADMSG, "is damaged");
	memcpy(data, data + len, len);
	data[len - 7] ^= 1;
	put_file(path, data, len);
	expect_failure(path, -EBADMSG, "is damaged");
}

/* What `gzip < /dev/null` makes: nothing in it, and nothing wrong with it. */
static void test_compressed_nothing(void **state _unused_)
{
#ifdef HAVE_LIBARCHIVE
	static const char packed[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
	struct source_file *source = open_text(packed, sizeof(packed) - 1);

	expect_end(source);
	source_file_close(source);
#endif
}

static void test_compressed(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++) {
		_cleanup_free_ char *path = pack(&packers[i]);

		if (!path)
			continue;
		print_message("# %s\n", packers[i].words[0]);
#ifdef HAVE_LIBARCHIVE
		check_packed(path);
#else
		expect_failure(path, -EOPNOTSUPP, "without libarchive");
		(void)check_packed;
#endif
		unlink(path);
	}
}

static void check_list(const char *path, const char *expected)
{
	char text[2048] = "";
	struct error err = { 0 };
	char **paths = NULL;
	size_t n = 0;

	if (source_file_list(path, &paths, &n, &err) < 0)
		fail_msg("cannot list %s: %s", path, err.message);
	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
			 paths[i] + strlen(path) + 1);
		assert_int_equal(strncmp(paths[i], path, strlen(path)), 0);
		free(paths[i]);
	}
	free(paths);
	assert_string_equal(text, expected);
}

static void test_list(void **state _unused_)
{
	static const char *const names[] = {
		"audit.log",
		"audit.log.1",
		"audit.log.2",
		"audit.log.10.gz",
		"audit.log.9.xz",
		"audit.log.2.gz",
		"audit.log-20240131.zst",
		"audit.log-20231224",
		"audit.log-20231224.gz",
		"audit.log-20240131-1706659200",
		"audit.log.bak",
		"audit.logs",
		"audit.log.1.swp",
		"audit.log.",
		"audit.log-",
		"messages",
		"xaudit.log",
		"audit.log.99999999999999999999",
	};
	_cleanup_free_ char *dir = path_of("logs");
	_cleanup_free_ char *sub = path_of("logs/audit.log.3");

	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkdir(sub, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = NULL;

		assert_true(asprintf(&path, "%s/%s", dir, names[i]) > 0);
		put_file(path, "", 0);
	}
	check_list(dir, "audit.log-20231224 audit.log-20240131.zst audit.log-20240131-1706659200 "
			"audit.log.10.gz audit.log.9.xz audit.log.2 audit.log.1 audit.log");
}

static void test_list_itself(void **state _unused_)
{
	static const char *const paths[] = { "-", "/no/such/file", "/dev/null" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error err = { 0 };
		char **listed = NULL;
		size_t n = 0;

		assert_int_equal(source_file_list(paths[i], &listed, &n, &err), 0);
		assert_int_equal(n, 1);
		assert_string_equal(listed[0], paths[i]);
		free(listed[0]);
		free(listed);
	}
}

static void test_list_nothing(void **state _unused_)
{
	_cleanup_free_ char *dir = path_of("nothing");
	struct error err = { 0 };
	char **paths = NULL;
	size_t n = 0;

	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(source_file_list(dir, &paths, &n, &err), -ENOENT);
	assert_non_null(strstr(err.message, "audit.log-YYYYMMDD"));
	assert_null(paths);
}

static int setup(void **state _unused_)
{
	return mkdtemp(directory) ? 0 : -1;
}

static int teardown(void **state _unused_)
{
	return run(NULL, (const char *const[]){ "rm", "-r", directory, NULL });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_looks_compressed),
		cmocka_unit_test(test_line_length),
		cmocka_unit_test(test_monster_line),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_pipe_too_long),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_not_to_be_opened),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_compressed_nothing),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_itself),
		cmocka_unit_test(test_list_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source_file", tests, setup, teardown);
}
