/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/output.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test runs in an empty directory of its own. */
static int enter_directory(void **state)
{
	char *dir = strdup("/tmp/test_output.XXXXXX");

	if (!dir || !mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	umask(022);
	*state = dir;
	return 0;
}

static int leave_directory(void **state)
{
	_cleanup_free_ char *dir = *state;
	_cleanup_closedir_ DIR *listing = opendir(dir);
	struct dirent *entry;

	while (listing && (entry = readdir(listing)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove(entry->d_name);
	return chdir("/") < 0 ? -1 : rmdir(dir);
}

static void put(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
}

static void assert_content(const char *path, const char *text)
{
	_cleanup_fclose_ FILE *stream = fopen(path, "r");
	char content[256];
	size_t len;

	if (!stream)
		fail_msg("%s is not there", path);
	len = fread(content, 1, sizeof(content) - 1, stream);
	content[len] = '\0';
	assert_string_equal(content, text);
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

/* Says which, when a file is there that is not one of the `n`. */
static void assert_files(size_t n)
{
	_cleanup_closedir_ DIR *listing = opendir(".");
	const char *last = "";
	struct dirent *entry;
	size_t found = 0;

	assert_non_null(listing);
	while ((entry = readdir(listing))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		found++;
		last = entry->d_name;
	}
	if (found != n)
		fail_msg("%zu files instead of %zu, one is %s", found, n, last);
}

static void write_whole(const char *path, const char *text)
{
	struct error err = { 0 };
	struct output output;

	if (output_open(&output, path, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(fputs(text, output.stream) >= 0);
	if (output_commit(&output, &err) < 0)
		fail_msg("%s", err.message);
	assert_null(output.stream);
}

static void new_file_appears_at_commit(void **state)
{
	struct output output;

	(void)state;
	assert_int_equal(output_open(&output, "new", NULL), 0);
	fputs("text", output.stream);
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(output_commit(&output, NULL), 0);
	assert_content("new", "text");
	assert_mode("new", 0644);
	assert_files(1);
	output_discard(&output);
	assert_content("new", "text");
}

static void old_file_keeps_its_mode(void **state)
{
	(void)state;
	put("old", "before");
	assert_int_equal(chmod("old", 0604), 0);
	write_whole("old", "after");
	assert_content("old", "after");
	assert_mode("old", 0604);
	assert_files(1);
}

static void discard_leaves_the_old_file(void **state)
{
	struct output output;

	(void)state;
	put("old", "before");
	assert_int_equal(output_open(&output, "old", NULL), 0);
	fputs("half", output.stream);
	fflush(output.stream);
	assert_files(2);
	output_discard(&output);
	output_discard(&output);
	assert_content("old", "before");
	assert_files(1);
}

static void links_lead_to_their_file(void **state)
{
	(void)state;
	put("file", "before");
	assert_int_equal(symlink("file", "one"), 0);
	assert_int_equal(symlink("./one", "two"), 0);
	write_whole("two", "after");
	assert_content("file", "after");
	assert_int_equal(symlink("fresh", "dangling"), 0);
	write_whole("dangling", "first");
	assert_content("fresh", "first");
	assert_files(5);
}

static void assert_refused(const char *path, int code, const char *words)
{
	struct error err = { 0 };
	struct output output;
	int r = output_open(&output, path, &err);

	if (r != code || !strstr(err.message, words) || !strstr(err.message, path))
		fail_msg("'%s' gives %d: %s", path, r, err.message);
	assert_null(output.stream);
	output_discard(&output);
}

static void what_cannot_be_written_is_refused(void **state)
{
	(void)state;
	put("file", "x");
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_refused("dir", -EISDIR, "name of a file");
	assert_refused("none/", -EISDIR, "name of a file");
	assert_refused("none/file", -ENOENT, "create its directory");
	assert_refused("file/file", -ENOTDIR, "not a directory");
	assert_refused("loop", -ELOOP, "circle");
	assert_refused("", -ENOENT, "No such file");
	assert_files(3);
}

static void write_protection_is_respected(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	put("file", "before");
	assert_int_equal(chmod("file", 0444), 0);
	assert_int_equal(chmod(".", 0777), 0);
	pid = fork();
	if (pid == 0) {
		struct output output;

		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		_exit(output_open(&output, "file", NULL) == -EACCES ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_content("file", "before");
	assert_files(1);
}

static void long_names_have_room(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	write_whole(name, "text");
	assert_content(name, "text");
	assert_files(1);
}

static void pipe_is_written_in_place(void **state)
{
	_cleanup_close_ int reader = -1;
	char text[16] = "";

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	write_whole("fifo", "through");
	assert_int_equal(read(reader, text, sizeof(text)), 7);
	assert_string_equal(text, "through");
	assert_files(1);
	write_whole("/dev/null", "gone");
	assert_int_equal(access("/dev/null", W_OK), 0);
}

static void discarded_pipe_gets_nothing(void **state)
{
	_cleanup_close_ int reader = -1;
	struct output output;
	char text[16] = "";

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_open(&output, "fifo", NULL), 0);
	fputs("half", output.stream);
	output_discard(&output);
	assert_int_equal(read(reader, text, sizeof(text)), 0);
}

/* An open file of the shell's (`>>log`) is added to, not replaced. */
static void open_file_behind_proc_is_added_to(void **state)
{
	_cleanup_close_ int fd = -1;
	char path[64];

	(void)state;
	put("log", "before ");
	fd = open("log", O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	write_whole(path, "after");
	assert_content("log", "before after");
	assert_files(1);
}

/* In small pieces, or in one that leaves nothing in the stream's buffer. */
static void write_much(FILE *stream, bool at_once)
{
	static const char block[1000000];

	if (at_once)
		fwrite(block, 1, sizeof(block), stream);
	for (int i = 0; !at_once && i < 100000; i++)
		fputs("0123456789", stream);
}

static void assert_write_fails(const char *path, int code, const char *words)
{
	for (int at_once = 0; at_once < 2; at_once++) {
		struct error err = { 0 };
		struct output output;
		int r;

		assert_int_equal(output_open(&output, path, &err), 0);
		write_much(output.stream, at_once);
		r = output_commit(&output, &err);
		if (r != code || !strstr(err.message, words) ||
		    (path && !strstr(err.message, path)))
			fail_msg("%d: %s", r, err.message);
		assert_null(output.stream);
	}
}

static void full_device(void **state)
{
	(void)state;
	assert_write_fails("/dev/full", -ENOSPC, "free some space");
}

static void standard_output(void **state)
{
	_cleanup_close_ int saved = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
	_cleanup_close_ int file = open("stdout", O_WRONLY | O_CREAT, 0600);

	(void)state;
	fflush(stdout);
	assert_true(saved >= 0 && full >= 0 && file >= 0);
	assert_true(dup2(file, STDOUT_FILENO) >= 0);
	write_whole("-", "a");
	write_whole(NULL, "b");
	assert_true(dup2(full, STDOUT_FILENO) >= 0);
	assert_write_fails(NULL, -ENOSPC, "standard output");
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	assert_content("stdout", "ab");
}

static void limit_on_file_size(void **state)
{
	struct rlimit before, small;

	(void)state;
	put("old", "before");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 4096, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_write_fails("old", -EFBIG, "limit on file sizes");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_content("old", "before");
	assert_files(1);
}

static void full_disk(void **state)
{
	char *dir = *state;

	assert_int_equal(mount("none", dir, "tmpfs", 0, "size=64k"), 0);
	assert_int_equal(chdir(dir), 0);
	put("old", "before");
	assert_write_fails("old", -ENOSPC, "free some space");
	assert_write_fails("new", -ENOSPC, "free some space");
	assert_content("old", "before");
	assert_files(1);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(umount(dir), 0);
	assert_int_equal(chdir(dir), 0);
}

/* What is mounted on cannot be replaced. */
static void file_that_is_a_mount(void **state)
{
	(void)state;
	put("file", "before");
	put("other", "mounted");
	assert_int_equal(mount("other", "file", NULL, MS_BIND, NULL), 0);
	assert_write_fails("file", -EBUSY, "mounted on it");
	assert_content("file", "mounted");
	assert_int_equal(umount("file"), 0);
	assert_content("file", "before");
	assert_files(2);
}

/* Mounts of our own need privileges: without them the last tests are left out. */
static bool may_mount(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)
#define TESTS                                                                                      \
	TEST(new_file_appears_at_commit), TEST(old_file_keeps_its_mode),                           \
		TEST(discard_leaves_the_old_file), TEST(links_lead_to_their_file),                 \
		TEST(what_cannot_be_written_is_refused), TEST(write_protection_is_respected),      \
		TEST(long_names_have_room), TEST(pipe_is_written_in_place),                        \
		TEST(discarded_pipe_gets_nothing), TEST(open_file_behind_proc_is_added_to),        \
		TEST(full_device), TEST(standard_output), TEST(limit_on_file_size)

int main(void)
{
	const struct CMUnitTest everywhere[] = { TESTS };
	const struct CMUnitTest privileged[] = { TESTS, TEST(full_disk),
						 TEST(file_that_is_a_mount) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (may_mount())
		return cmocka_run_group_tests(privileged, NULL, NULL);
	print_message("# full_disk and file_that_is_a_mount are left out: they need the "
		      "privilege to mount\n");
	return cmocka_run_group_tests(everywhere, NULL, NULL);
}
