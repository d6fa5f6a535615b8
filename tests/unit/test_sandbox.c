/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "arch/syscall.h"
#include "target/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define DONE 42 /* exit status of a child that did what it was to do */

/* ---- the filter, run in a simulator ---------------------------------------------------------- */

static uint32_t answer(const struct filter *filter, uint32_t arch, int64_t nr)
{
	const struct seccomp_data data = { .arch = arch, .nr = (int)nr };
	uint32_t code = 0;

	assert_int_equal(simulate(filter->program, filter->n, &data, &code), 0);
	return code;
}

static bool is_in(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Every call with a name, and numbers that have none. */
static void test_every_call(void **state _unused_)
{
	const struct sandbox_calls *calls = &sandbox_offline;
	const uint32_t audit = arch_native()->audit;
	struct syscall_table names = { 0 };
	struct filter filter = { 0 };
	const int32_t *numbers;
	size_t n;

	assert_int_equal(sandbox_filter(calls, &filter), 0);
	assert_int_equal(syscall_numbers(&names, arch_native(), &numbers, &n), 0);
	for (size_t i = 0; i < n; i++) {
		const char *name = syscall_name(&names, arch_native(), numbers[i]);
		uint32_t expected = SECCOMP_RET_TRAP;

		if (is_in(calls->allowed, calls->n_allowed, name))
			expected = SECCOMP_RET_ALLOW;
		else if (is_in(calls->missing, calls->n_missing, name))
			expected = SECCOMP_RET_ERRNO | ENOSYS;
		if (answer(&filter, audit, numbers[i]) != expected)
			fail_msg("%s: %#x, expected %#x", name, answer(&filter, audit, numbers[i]),
				 expected);
	}
	assert_int_equal(answer(&filter, audit, numbers[n - 1] + 1), SECCOMP_RET_ERRNO | ENOSYS);
	/* A tracer's word for a call that is skipped; there is none of that number. */
	assert_int_equal(answer(&filter, audit, -1), SECCOMP_RET_ALLOW);
	assert_int_equal(answer(&filter, audit, -2), SECCOMP_RET_TRAP);
	assert_int_equal(answer(&filter, audit, ARCH_X32_BIT), SECCOMP_RET_TRAP);
	assert_int_equal(answer(&filter, audit ^ 1, 0), SECCOMP_RET_KILL_PROCESS);
	filter_deinit(&filter);
	syscall_table_deinit(&names);
}

/* What an attacker would want is not among what the program was recorded to call. */
static void test_what_is_not_there(void **state _unused_)
{
	static const char *const wanted[] = {
		"execve",
		"execveat",
		"fork",
		"vfork",
		"clone",
		"clone3",
		"socket",
		"connect",
		"bind",
		"ptrace",
		"bpf",
		"mount",
		"kill",
		"tkill",
		"setuid",
		"capset",
		"prctl",
		"seccomp",
		"process_vm_writev",
		"unshare",
		"setns",
		"keyctl",
		"io_uring_setup",
		"init_module",
		"symlink",
		"link",
		"mknod",
		"userfaultfd",
		"chroot",
	};
	const struct sandbox_calls *calls = &sandbox_offline;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (is_in(calls->allowed, calls->n_allowed, wanted[i]))
			fail_msg("%s", wanted[i]);
	assert_true(is_in(calls->allowed, calls->n_allowed, "read"));
	assert_true(is_in(calls->missing, calls->n_missing, "clone3"));
}

static void test_too_many(void **state _unused_)
{
	const char *many[300];
	const struct sandbox_calls calls = { many, ARRAY_SIZE(many), NULL, 0 };
	struct filter filter = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = "read";
	assert_int_equal(sandbox_filter(&calls, &filter), -E2BIG);
	assert_null(filter.program);
}

/* ---- the real thing, in a child -------------------------------------------------------------- */

struct place {
	char directory[64], inside[96], outside[96], made[96];
};

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	snprintf(place->directory, sizeof(place->directory), "/tmp/asg-sandbox.XXXXXX");
	assert_non_null(mkdtemp(place->directory));
	snprintf(place->inside, sizeof(place->inside), "%s/in", place->directory);
	assert_int_equal(mkdir(place->inside, 0700), 0);
	snprintf(place->inside, sizeof(place->inside), "%s/in/file", place->directory);
	snprintf(place->made, sizeof(place->made), "%s/in/made", place->directory);
	snprintf(place->outside, sizeof(place->outside), "%s/outside", place->directory);
	make_file(place->inside);
	make_file(place->outside);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	(void)unlink(place->made);
	(void)unlink(place->inside);
	(void)unlink(place->outside);
	*strrchr(place->inside, '/') = '\0';
	(void)rmdir(place->inside);
	(void)rmdir(place->directory);
	free(place);
	return 0;
}

/* What the child is allowed beside reading: to make files where its input is, or not. */
enum writing { READS_ONLY, MAKES_FILES };

static int enter(const struct place *place, enum writing writing)
{
	char directory[96];
	struct landlock landlock;
	struct error err = { 0 };
	int r;

	snprintf(directory, sizeof(directory), "%s/in", place->directory);
	if (landlock_init(&landlock) < 0 || landlock_allow_read(&landlock, directory) < 0 ||
	    (writing == MAKES_FILES && landlock_allow_make(&landlock, directory) < 0))
		return -1;
	r = sandbox_enter(&sandbox_offline, &landlock, 0, &err);
	landlock_deinit(&landlock);
	return r;
}

/* The wait status of a child that enters the sandbox and tries something; what it says goes to
 * `said`. -1: it cannot be confined here. */
static int tried(const struct place *place, enum writing writing,
		 int (*attempt)(const struct place *place), char *said, size_t size)
{
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int r;

		dup2(ends[1], STDERR_FILENO);
		r = enter(place, writing);
		_exit(r == -ENOSYS ? 77 : r < 0 ? 1 : attempt(place));
	}
	close(ends[1]);
	n = read(ends[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return -1;
	return status;
}

static int open_inside(const struct place *place)
{
	return open(place->inside, O_RDONLY | O_CLOEXEC) >= 0 ? DONE : errno;
}

static int open_outside(const struct place *place)
{
	return open(place->outside, O_RDONLY | O_CLOEXEC) >= 0 ? DONE : errno;
}

static int write_inside(const struct place *place)
{
	return open(place->inside, O_WRONLY | O_CLOEXEC) >= 0 ? DONE : errno;
}

static int make_and_rename(const struct place *place)
{
	int fd = open(place->made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || rename(place->made, place->inside) < 0)
		return errno;
	return DONE;
}

static int run_program(const struct place *place _unused_)
{
	char *const argv[] = { (char[]){ "true" }, NULL };

	execve("/bin/true", argv, NULL);
	return DONE;
}

static int make_socket(const struct place *place _unused_)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : errno;
}

static int make_process(const struct place *place _unused_)
{
	return fork() >= 0 ? DONE : errno;
}

static int try_new_call(const struct place *place _unused_)
{
	return syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS ? DONE : 1;
}

static int gain_privileges(const struct place *place _unused_)
{
	FILE *stream = fopen("/proc/self/status", "re");

	return stream ? 1 : DONE; /* /proc is none of the inputs */
}

static void test_files(void **state)
{
	char said[512];
	int status = tried(*state, READS_ONLY, open_inside, said, sizeof(said));

	if (status < 0)
		return;
	assert_int_equal(WEXITSTATUS(status), DONE);
	status = tried(*state, READS_ONLY, open_outside, said, sizeof(said));
	/* Without Landlock the filter alone remains, which cannot tell one path from another. */
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 0)
		return;
	assert_int_equal(WEXITSTATUS(status), EACCES);
	status = tried(*state, READS_ONLY, write_inside, said, sizeof(said));
	assert_int_equal(WEXITSTATUS(status), EACCES);
	status = tried(*state, READS_ONLY, make_and_rename, said, sizeof(said));
	assert_int_equal(WEXITSTATUS(status), EACCES);
	status = tried(*state, READS_ONLY, gain_privileges, said, sizeof(said));
	assert_int_equal(WEXITSTATUS(status), DONE);
	status = tried(*state, MAKES_FILES, make_and_rename, said, sizeof(said));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void assert_ended(struct place *place, int (*attempt)(const struct place *), int nr)
{
	char said[512], number[32];
	int status = tried(place, READS_ONLY, attempt, said, sizeof(said));

	if (status < 0)
		return;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SANDBOX_EXIT_STATUS);
	snprintf(number, sizeof(number), "system call %d,", nr);
	if (!strstr(said, "ended by its own sandbox") || (nr >= 0 && !strstr(said, number)))
		fail_msg("%s", said);
}

static void test_calls_beyond(void **state)
{
	char said[512];
	int status;

	assert_ended(*state, run_program, SYS_execve);
	assert_ended(*state, make_socket, SYS_socket);
	assert_ended(*state, make_process, -1); /* which call that is, libc knows */
	status = tried(*state, READS_ONLY, try_new_call, said, sizeof(said));
	if (status >= 0)
		assert_int_equal(WEXITSTATUS(status), DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_call),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_calls_beyond, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
