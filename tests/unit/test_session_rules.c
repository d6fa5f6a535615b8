/* SPDX-License-Identifier: Apache-2.0 */
/* On the real kernel: rules are really added, and removed again whatever happens. */
#include "audit/session_rules.h"

#include "audit/kernel.h"
#include "base/cleanup.h"
#include "live.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY_OF_A_TEST "asg-test-session-rules"

/* One line of what auditctl(8) says, or all that hold `with`. */
static size_t count_lines(const char *command, const char *with)
{
	int pipe_fds[2], status;
	char line[1024];
	size_t n = 0;
	pid_t pid;
	FILE *stream;

	assert_int_equal(pipe(pipe_fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		execlp("auditctl", "auditctl", command, (char *)NULL);
		_exit(127);
	}
	close(pipe_fds[1]);
	stream = fdopen(pipe_fds[0], "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream))
		n += strstr(line, with) != NULL;
	fclose(stream);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return n;
}

static size_t count_rules(void)
{
	return count_lines("-l", "key=" SESSION_RULES_KEY ":");
}

static uint32_t enabled(void)
{
	struct audit_state state;

	assert_int_equal(audit_state_read(&state, NULL), 0);
	return state.enabled;
}

static void begin(struct session_rules *rules)
{
	struct error err = { 0 };

	if (session_rules_begin(rules, &err) < 0)
		fail_msg("%s", err.message);
}

static void end(struct session_rules *rules)
{
	struct error err = { 0 };

	if (session_rules_end(rules, &err) < 0)
		fail_msg("%s", err.message);
}

static void add(struct session_rules *rules)
{
	static const int32_t numbers[] = { 41, 157 };
	struct error err = { 0 };

	if (session_rules_add(rules, 4242, AUDIT_ARCH_X86_64, numbers, 2, &err) < 0)
		fail_msg("%s", err.message);
}

static void test_begin_and_end(void **state _unused_)
{
	struct session_rules rules = { 0 };

	begin(&rules);
	assert_int_equal(enabled(), 1);
	assert_int_equal(count_rules(), 1);
	add(&rules);
	assert_int_equal(count_rules(), 2);
	assert_int_equal(count_lines("-l", "sessionid=4242"), 1);
	end(&rules);
	assert_int_equal(count_rules(), 0);
	assert_int_equal(enabled(), 0);
	/* A second end, and one without a beginning, do nothing. */
	end(&rules);
}

/* A child that begins and waits to be killed or told to end. */
static pid_t start_child(int *ret_release)
{
	int ready[2], release[2];
	char word;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(release), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		static const int32_t numbers[] = { 41 };
		struct session_rules rules = { 0 };

		close(release[1]);
		if (session_rules_begin(&rules, NULL) < 0 ||
		    session_rules_add(&rules, 4243, AUDIT_ARCH_X86_64, numbers, 1, NULL) < 0)
			_exit(1);
		close(ready[1]);
		(void)!read(release[0], &word, 1);
		_exit(session_rules_end(&rules, NULL) < 0);
	}
	close(ready[1]);
	close(release[0]);
	(void)!read(ready[0], &word, 1);
	close(ready[0]);
	*ret_release = release[1];
	return pid;
}

static int reap(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The last to end puts `enabled` back. */
static void test_two_at_a_time(void **state _unused_)
{
	struct session_rules rules = { 0 };
	int release;
	pid_t pid;

	begin(&rules);
	pid = start_child(&release);
	assert_int_equal(count_rules(), 3);
	end(&rules);
	assert_int_equal(enabled(), 1);
	assert_int_equal(count_rules(), 2);
	close(release);
	assert_int_equal(reap(pid), 0);
	assert_int_equal(enabled(), 0);
	assert_int_equal(count_rules(), 0);
}

/* SIGKILL leaves all of it; the next one finds and undoes it, and leaves the host's rules alone. */
static void test_killed(void **state _unused_)
{
	struct session_rules_left left;
	struct error err = { 0 };
	int release;
	pid_t pid = start_child(&release);

	kill(pid, SIGKILL);
	assert_true(WIFSIGNALED(reap(pid)));
	close(release);
	assert_int_equal(count_rules(), 2);
	assert_int_equal(enabled(), 1);
	if (session_rules_sweep(&left, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(left.rules, 2);
	assert_int_equal(left.pid, pid);
	assert_true(left.enabled);
	assert_int_equal(count_rules(), 0);
	assert_int_equal(enabled(), 0);
	assert_int_equal(session_rules_sweep(&left, &err), 0);
	assert_int_equal(left.rules, 0);
	assert_false(left.enabled);
}

/* One that was killed beside one that lives: only its own is undone. */
static void test_killed_beside_another(void **state _unused_)
{
	struct session_rules_left left;
	int release_a, release_b;
	pid_t a = start_child(&release_a), b = start_child(&release_b);

	kill(a, SIGKILL);
	reap(a);
	close(release_a);
	assert_int_equal(session_rules_sweep(&left, NULL), 0);
	assert_int_equal(left.rules, 2);
	assert_false(left.enabled);
	assert_int_equal(enabled(), 1);
	close(release_b);
	assert_int_equal(reap(b), 0);
	assert_int_equal(enabled(), 0);
	assert_int_equal(count_rules(), 0);
}

/* Who was removed by hand (auditctl -D) is no error. */
static void test_removed_by_hand(void **state _unused_)
{
	struct session_rules rules = { 0 };

	begin(&rules);
	add(&rules);
	assert_int_equal(count_lines("-D", ""), 1);
	end(&rules);
	assert_int_equal(enabled(), 0);
	assert_int_equal(count_rules(), 0);
}

static int auditctl(const char *const *words)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execvp(words[0], (char *const *)words);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void test_a_host_that_keeps_records_away(void **state _unused_)
{
	static const char *const add_rule[] = { "auditctl", "-a", "never,task", NULL };
	static const char *const delete_rule[] = { "auditctl", "-d", "never,task", NULL };
	struct session_rules rules = { 0 };
	struct error err = { 0 };
	int r;

	assert_int_equal(auditctl(add_rule), 0);
	r = session_rules_begin(&rules, &err);
	assert_int_equal(auditctl(delete_rule), 0);
	end(&rules);
	assert_int_equal(r, -ENOTSUP);
	assert_non_null(strstr(err.message, "-a never,task"));
	assert_int_equal(enabled(), 0);
	assert_int_equal(count_rules(), 0);
}

static int take(void *context, uint32_t type, struct slice payload _unused_,
		struct error *err _unused_)
{
	size_t *n = context;

	*n += type == AUDIT_SYSCALL;
	return 0;
}

static void count_syscall_records(struct source_netlink *source, size_t *ret)
{
	struct pollfd poller = { .fd = source_netlink_fd(source), .events = POLLIN };

	*ret = 0;
	while (poll(&poller, 1, 200) > 0)
		assert_true(source_netlink_read(source, take, ret, NULL) >= 0);
}

/* A rule for a session makes records of that session and of no other, whatever it calls. */
static void test_only_that_session(void **state _unused_)
{
	static const int32_t numbers[] = { 41 };
	struct session_rules rules = { 0 };
	struct source_netlink *source;
	size_t n;

	assert_int_equal(source_netlink_open(&source, 1 << 20, NULL), 0);
	for (int own = 0; own < 2; own++) {
		int go[2], status;
		uint32_t session = 0;
		pid_t pid;

		begin(&rules);
		assert_int_equal(pipe(go), 0);
		pid = fork();
		if (pid == 0) {
			char word;

			/* A new session, whatever the number is that is written. */
			int fd = open("/proc/self/loginuid", O_WRONLY);
			if (fd < 0 || write(fd, "0", 1) != 1)
				_exit(1);
			close(fd);
			close(go[1]);
			(void)!read(go[0], &word, 1);
			fd = socket(AF_UNIX, SOCK_STREAM, 0);
			_exit(fd < 0);
		}
		close(go[0]);
		while (session == 0 || session == UINT32_MAX) {
			char path[64], text[16] = "";
			int fd;

			snprintf(path, sizeof(path), "/proc/%d/sessionid", (int)pid);
			fd = open(path, O_RDONLY);
			assert_true(fd >= 0);
			assert_true(read(fd, text, sizeof(text) - 1) > 0);
			close(fd);
			session = (uint32_t)strtoul(text, NULL, 10);
			usleep(1000);
		}
		assert_int_equal(session_rules_add(&rules, own ? session : session - 1,
						   AUDIT_ARCH_X86_64, numbers, 1, NULL),
				 0);
		count_syscall_records(source, &n);
		close(go[1]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		count_syscall_records(source, &n);
		end(&rules);
		assert_int_equal(n, own);
		count_syscall_records(source, &n);
	}
	source_netlink_close(source);
}

/* Whatever a test that failed has left. */
static int undo(void **state _unused_)
{
	struct session_rules_left left;

	(void)!session_rules_sweep(&left, NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_begin_and_end, undo),
		cmocka_unit_test_teardown(test_two_at_a_time, undo),
		cmocka_unit_test_teardown(test_killed, undo),
		cmocka_unit_test_teardown(test_killed_beside_another, undo),
		cmocka_unit_test_teardown(test_removed_by_hand, undo),
		cmocka_unit_test_teardown(test_a_host_that_keeps_records_away, undo),
		cmocka_unit_test_teardown(test_only_that_session, undo),
	};
	struct audit_state state;

	if (geteuid() != 0)
		return live_skip("not root");
	live_lock(1);
	if (audit_state_read(&state, NULL) < 0)
		return live_skip("no audit to be had");
	if (state.enabled != 0 || state.pid != 0)
		return live_skip("audit is in use on this host");
	if (count_lines("-l", "No rules") != 1)
		return live_skip("the host has audit rules");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("session_rules", tests, NULL, NULL);
}
