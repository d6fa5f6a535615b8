/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/guarded_path.h"
#include "base/strbuf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define LARGEST 64

static char top[64];

static const char *at(const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *stream = fopen(at(name), "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static void make_dir(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(at(name), 0700), 0);
	assert_int_equal(chmod(at(name), mode), 0);
}

static int setup(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/test_guarded_path.XXXXXX");
	assert_non_null(mkdtemp(top));
	make_dir("safe", 0755);
	make_dir("world", 0777);
	make_dir("group", 0775);
	make_dir("sticky", 01777);
	make_dir("sticky/sub", 0755);
	put("safe/file", "text");
	put("safe/empty", "");
	put("world/file", "text");
	put("group/file", "text");
	put("sticky/file", "text");
	put("sticky/sub/file", "text");
	put("safe/large", "0123456789012345678901234567890123456789012345678901234567890123x");
	assert_int_equal(symlink("safe", at("link")), 0);
	assert_int_equal(symlink("file", at("safe/link")), 0);
	assert_int_equal(link(at("safe/file"), at("sticky/hard")), 0);
	assert_int_equal(mkfifo(at("safe/fifo"), 0600), 0);
	if (geteuid() == 0) {
		put("sticky/theirs", "text");
		assert_int_equal(chown(at("sticky/theirs"), 65534, 65534), 0);
		make_dir("theirs", 0755);
		put("theirs/file", "text");
		assert_int_equal(chown(at("theirs"), 65534, 65534), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {
		"safe/file",	 "safe/empty",	"world/file",
		"group/file",	 "sticky/file", "sticky/sub/file",
		"safe/large",	 "link",	"safe/link",
		"sticky/hard",	 "safe/fifo",	"safe/new",
		"sticky/theirs", "theirs/file", "theirs",
		"sticky/sub",	 "sticky",	"group",
		"world",	 "safe",	"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove(at(names[i]));
	return 0;
}

struct read_case {
	const char *path; /* below the directory of the test unless it begins with '/' */
	int result;
	const char *says;
	bool root_only;
};

static const struct read_case reads[] = {
	{ "safe/file", 0, NULL, false },
	{ "safe/empty", 0, NULL, false },
	{ "sticky/file", 0, NULL, false },
	{ "sticky/sub/file", 0, NULL, false },
	{ "safe/none", -ENOENT, "none' cannot be opened", false },
	{ "none/file", -ENOENT, "create the directory", false },
	{ "safe/file/file", -ENOTDIR, "file' is not a directory", false },
	{ "link/file", -ELOOP, "link' is a symbolic link", false },
	{ "safe/link", -EPERM, "is a symbolic link", false },
	{ "safe/fifo", -EPERM, "is a FIFO", false },
	{ "safe/large", -EFBIG, "larger than 64 bytes", false },
	{ "safe", -EPERM, "is a directory", false },
	{ "safe/../safe/file", -EINVAL, "'..'", false },
	{ "safe/./file", -EINVAL, "'..'", false },
	{ "safe//file", -EINVAL, "empty component", false },
	{ "safe/file/", -EINVAL, "empty component", false },
	{ "safe/..", -EINVAL, "'..'", false },
	{ "world/file", -EPERM, "world' is an unsafe directory, others", false },
	{ "group/file", -EPERM, "group' is an unsafe directory, others", false },
	{ "sticky/hard", -EPERM, "hard links", false },
	{ "sticky/theirs", -EPERM, "somebody else's", true },
	{ "theirs/file", -EPERM, "theirs' is an unsafe directory, it does not", true },
	{ "/proc/self/root/etc/passwd", -EPERM, "'/proc' is in a file system", false },
	{ "/proc/version", -EPERM, "file system of the kernel's", false },
	{ "/sys/kernel/notes", -EPERM, "file system of the kernel's", false },
	{ "/dev/zero", -EPERM, "character device", false },
	{ "/", -EINVAL, "empty component", false },
	{ "//etc/passwd", -EINVAL, "empty component", false },
};

static void reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		const struct read_case *c = &reads[i];
		const char *path = c->path[0] == '/' ? c->path : at(c->path);
		_cleanup_free_ char *text = NULL;
		struct error err = { 0 };
		size_t len = 99;
		int r;

		if (c->root_only && geteuid() != 0)
			continue;
		r = guarded_read(NULL, path, LARGEST, &text, &len, &err);
		if (r != c->result || (c->says && !strstr(err.message, c->says)))
			fail_msg("%s gives %d: %s", path, r, err.message);
		if (r == 0 && strlen(text) != len)
			fail_msg("%s has %zu bytes", path, len);
		if (r < 0)
			assert_null(text);
	}
}

static void not_a_path(void **state)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct error err = { 0 };
	const char *name;
	int fd;

	(void)state;
	assert_int_equal(guarded_parent(NULL, "", &fd, &name, NULL), -EINVAL);
	assert_int_equal(guarded_parent(NULL, "etc/passwd", &fd, &name, NULL), -EINVAL);
	assert_int_equal(guarded_parent(NULL, "\033[2J", &fd, &name, &err), -EINVAL);
	assert_non_null(strstr(err.message, "'\\x"));
	strbuf_puts(&text, "/");
	for (size_t i = 0; i < 256; i++)
		strbuf_putc(&text, 'x');
	assert_int_equal(guarded_parent(NULL, strbuf_text(&text), &fd, &name, NULL), -ENAMETOOLONG);
	for (size_t i = 0; i < 1 << 20; i++)
		strbuf_puts(&text, "/x");
	assert_int_equal(guarded_parent(NULL, strbuf_text(&text), &fd, &name, NULL), -ENAMETOOLONG);
}

static void roots(void **state)
{
	static const struct {
		const char *root, *path;
		int result;
	} cases[] = {
		{ "safe", "safe/file", 0 },	   { "safe/", "safe/file", 0 },
		{ "saf", "safe/file", -EPERM },	   { "safe", "safe", -EPERM },
		{ "sticky", "safe/file", -EPERM }, { "sticky", "sticky/sub/file", 0 },
		{ "world", "world/file", -EPERM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const list[] = { "/nowhere", at(cases[i].root), NULL };
		const struct path_guard guard = { list };
		_cleanup_close_ int fd = -1;
		struct error err = { 0 };
		const char *name = NULL;
		int r = guarded_parent(&guard, at(cases[i].path), &fd, &name, &err);

		if (r != cases[i].result)
			fail_msg("%s in %s: %d: %s", cases[i].path, cases[i].root, r, err.message);
		if (r == 0)
			assert_string_equal(name, "file");
	}
}

static void presence(void **state)
{
	static const struct {
		const char *name;
		int result;
		const char *text;
	} cases[] = {
		{ "none", 0, NULL },	   { "empty", 0, "" },	      { "fifo", -EEXIST, NULL },
		{ "link", -EEXIST, NULL }, { "file", -EEXIST, NULL }, { "large", -EFBIG, NULL },
		{ ".", -EEXIST, NULL },
	};
	_cleanup_close_ int dirfd = open(at("safe"), O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = NULL;
		struct error err = { 0 };
		size_t len;
		int r = guarded_present(dirfd, cases[i].name, "/p", LARGEST, &text, &len, &err);

		if (r != cases[i].result || (r < 0 && !strstr(err.message, "not overwritten")) ||
		    (r == 0 && !text != !cases[i].text))
			fail_msg("%s: %d: %s", cases[i].name, r, err.message);
		if (text)
			assert_string_equal(text, cases[i].text);
	}
}

static size_t count_entries(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	size_t n = 0;

	while (dir && readdir(dir))
		n++;
	return n;
}

static void writing(void **state)
{
	_cleanup_free_ char *text = NULL;
	const char *name;
	struct stat st;
	size_t len, before;
	int fd;

	(void)state;
	assert_int_equal(guarded_parent(NULL, at("safe/new"), &fd, &name, NULL), 0);
	assert_int_equal(guarded_write(fd, name, "/p", 0640, "first", 5, NULL), 0);
	assert_int_equal(guarded_write(fd, name, "/p", 0640, "second", 6, NULL), 0);
	assert_int_equal(guarded_present(fd, name, "/p", LARGEST, &text, &len, NULL), 0);
	assert_string_equal(text, "second");
	assert_int_equal(stat(at("safe/new"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	close(fd);

	before = count_entries(top);
	fd = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(guarded_write(fd, "safe", "/p", 0600, "x", 1, NULL), -EISDIR);
	close(fd);
	assert_int_equal(count_entries(top), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),  cmocka_unit_test(not_a_path), cmocka_unit_test(roots),
		cmocka_unit_test(presence), cmocka_unit_test(writing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
