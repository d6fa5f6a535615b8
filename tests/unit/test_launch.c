/* SPDX-License-Identifier: Apache-2.0 */
#include "target/launch.h"

#include "audit/record.h"
#include "base/cleanup.h"
#include "live.h"
#include "target/descendants.h"
#include "target/identity.h"
#include "target/privilege.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

static struct source_netlink *source;
static struct live_records records;
static struct filter filter;
static char directory[] = "/tmp/launch-XXXXXX";

/* Runs it whole and waits for all. The status of the command itself; -1 with a message. */
static int run(struct launch_options *options, uint32_t *session)
{
	struct launch launch;
	struct error err = { 0 };
	int status, last = -1;
	pid_t pid;

	options->filter = &filter;
	int r = launch_start(&launch, options, &err);
	if (r == 0)
		r = launch_release(&launch, &err);
	if (r < 0)
		fail_msg("%s: %s", options->argv[0], error_message(&err, r));
	if (session)
		*session = launch.session;
	while ((pid = waitpid(-1, &status, 0)) > 0)
		if (pid == launch.pid)
			last = status;
	launch_deinit(&launch);
	return WIFEXITED(last) ? WEXITSTATUS(last) : 128 + WTERMSIG(last);
}

/* Without us: for what the tests need, and to compare with. */
static int plain_shell(const char *script)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", script, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

static int run_shell(const char *script, const char *user)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct launch_options options = { .argv = argv, .user = user, .new_session = true };

	return run(&options, NULL);
}

static int shell_fails(const char *script, const char *user)
{
	int status = run_shell(script, user);

	if (status != 0)
		print_message("# status %d: %s\n", status, script);
	return status;
}

/* The records of the session, after checking that it had any and that `exe` is among them. */
static size_t count_session(uint32_t session, const char *exe)
{
	size_t n = 0, matching = 0;

	for (size_t i = 0; i < records.n; i++) {
		if (records.items[i].session != session)
			continue;
		n++;
		matching += strcmp(strrchr(records.items[i].exe, '/') ?: "", exe) == 0;
	}
	if (matching == 0)
		fail_msg("no record of %s in session %u (%zu records)", exe, session, n);
	return n;
}

static void record_shell(const char *script, uint32_t *session)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct launch_options options = { .argv = argv, .new_session = true };

	records.n = records.overflow = 0;
	assert_int_equal(run(&options, session), 0);
	assert_int_not_equal(*session, RECORD_UNSET);
	assert_int_equal(live_read(source, &records), 0);
	assert_int_equal(records.overflow, 0);
}

static void test_pipeline_carries_the_session(void **state _unused_)
{
	uint32_t session;

	record_shell("ls / | cat >/dev/null", &session);
	size_t n = count_session(session, "/ls");
	assert_int_equal(count_session(session, "/cat"), n);
	/* Whatever else logs on this host is not of this session. */
	for (size_t i = 0; i < records.n; i++)
		if (strstr(records.items[i].exe, "test_launch"))
			assert_int_equal(records.items[i].session, session);
}

static void test_double_fork_carries_the_session(void **state _unused_)
{
	uint32_t session;

	record_shell("(setsid sh -c 'sleep 0.2; (env true &) &' &) &", &session);
	count_session(session, "/sleep");
	count_session(session, "/env");
}

/* Of ours only the exec may be in it. */
static void test_nothing_of_ours_is_recorded(void **state _unused_)
{
	char *argv[] = { (char *)"true", NULL };
	sigset_t none;
	struct launch_options options = { .argv = argv, .new_session = true, .signal_mask = &none };
	uint32_t session;
	size_t ours = 0;

	sigemptyset(&none);
	records.n = 0;
	assert_int_equal(run(&options, &session), 0);
	assert_int_equal(live_read(source, &records), 0);
	for (size_t i = 0; i < records.n; i++) {
		if (records.items[i].session != session ||
		    !strstr(records.items[i].exe, "test_launch"))
			continue;
		assert_int_equal(records.items[i].nr, SYS_execve);
		ours++;
	}
	assert_int_equal(ours, 1);
}

static void test_session_only_if_asked(void **state _unused_)
{
	char *argv[] = { (char *)"true", NULL };
	struct launch_options options = { .argv = argv };
	uint32_t session = 0;

	assert_int_equal(run(&options, &session), 0);
	assert_int_equal(session, RECORD_UNSET);
}

static void test_user_ends_without_capabilities(void **state _unused_)
{
	assert_int_equal(shell_fails("grep -q '^CapEff:.0*$' /proc/self/status && "
				     "grep -q '^CapPrm:.0*$' /proc/self/status && "
				     "grep -q '^CapInh:.0*$' /proc/self/status && "
				     "grep -q '^CapAmb:.0*$' /proc/self/status",
				     "nobody"),
			 0);
	assert_int_equal(shell_fails("test \"$(id -u):$(id -ru):$(id -g):$(id -G)\" = "
				     "\"$(id -u nobody):$(id -u nobody):$(id -g nobody):$(id -G "
				     "nobody)\"",
				     "nobody"),
			 0);
	assert_int_equal(shell_fails("! test -r /etc/shadow", "nobody"), 0);
	assert_int_equal(shell_fails("grep -q '^NoNewPrivs:.0' /proc/self/status", "nobody"), 0);
	setenv("HOME", "/as/it/was", 1);
	assert_int_equal(shell_fails("test \"$HOME\" = /as/it/was", "nobody"), 0);
}

static void test_user_by_number(void **state _unused_)
{
	assert_int_equal(shell_fails("test \"$(id -u) $(id -g) $(id -G)\" = '54321 54321 54321'",
				     "54321"),
			 0);
	assert_int_equal(shell_fails("test \"$(id -u):$(id -G)\" = \"1:$(id -G 1)\"", "1"), 0);
	assert_int_equal(shell_fails("test $(id -u) = 0 && ! grep -q '^CapEff:.0*$' "
				     "/proc/self/status",
				     "root"),
			 0);
}

static void check_user_refused(const char *user)
{
	char *argv[] = { (char *)"true", NULL };
	struct launch_options options = { .argv = argv, .user = user, .filter = &filter };
	struct launch launch;
	struct error err = { 0 };

	assert_int_equal(launch_start(&launch, &options, &err), -EINVAL);
	assert_non_null(strstr(err.message, "no user"));
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

static void test_unknown_users(void **state _unused_)
{
	check_user_refused("no-such-user");
	check_user_refused("");
	check_user_refused("-1");
	check_user_refused("4294967295");
}

/* A copy of id(1) that belongs to root and is setuid, run by nobody. */
static void test_setuid_gains(void **state _unused_)
{
	char script[256];

	snprintf(script, sizeof(script), "cp /usr/bin/id %s/id && chmod 4755 %s/id", directory,
		 directory);
	assert_int_equal(run_shell(script, NULL), 0);
	snprintf(script, sizeof(script), "test $(%s/id -u) = 0 && test $(/usr/bin/id -u) != 0",
		 directory);
	assert_int_equal(shell_fails(script, "nobody"), 0);
}

static void test_no_new_privs(void **state _unused_)
{
	char *argv[] = { (char *)"grep", (char *)"-q", (char *)"^NoNewPrivs:.1",
			 (char *)"/proc/self/status", NULL };
	struct launch_options options = { .argv = argv, .no_new_privs = true };

	assert_int_equal(run(&options, NULL), 0);
	options.user = "nobody";
	assert_int_equal(run(&options, NULL), 0);
}

static void test_32_bit_program_lives(void **state _unused_)
{
	char script[512];
	uint32_t session;
	size_t n = 0;

	snprintf(script, sizeof(script),
		 "echo 'int main(void) { return 0; }' >%s/i.c && gcc -m32 -o %s/i386 %s/i.c "
		 "2>/dev/null",
		 directory, directory, directory);
	if (plain_shell(script) != 0) {
		print_message("# gcc -m32 makes no program here\n");
		return;
	}
	snprintf(script, sizeof(script), "%s/i386", directory);
	record_shell(script, &session);
	count_session(session, "/i386");
	for (size_t i = 0; i < records.n; i++)
		n += records.items[i].session == session && records.items[i].arch == 0x40000003;
	assert_true(n > 0);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* launch_start() or launch_release() says `code`, and nobody is left behind. */
static void check_fails(const char *name, bool before_start, int code, const char *message)
{
	char *argv[] = { (char *)name, NULL };
	struct launch_options options = { .argv = argv, .filter = &filter };
	struct launch launch;
	struct error err = { 0 };
	int r = launch_start(&launch, &options, &err);

	if (before_start != (r < 0))
		fail_msg("%s: start says %d: %s", name, r, err.message);
	if (r == 0)
		r = launch_release(&launch, &err);
	launch_deinit(&launch);
	if (r != code || !strstr(err.message, message))
		fail_msg("%s: %d instead of %d: %s", name, r, code, err.message);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_what_cannot_be_run(void **state _unused_)
{
	write_file("plain", "text", 0644);
	write_file("bad", "#!/no/such/interpreter\n", 0755);
	check_fails("no-such-program", true, -ENOENT, "PATH");
	check_fails("", true, -ENOENT, "''");
	check_fails("/no/such/program", true, -ENOENT, "/no/such/program");
	check_fails("/etc", true, -EACCES, "/etc");
	check_fails("/etc/passwd", true, -EACCES, "/etc/passwd");
	check_fails("/etc/passwd/x", true, -ENOTDIR, "/etc/passwd/x");
	check_fails("plain", true, -EACCES, "plain");
	check_fails("bad", false, -ENOENT, "interpreter");
}

static void test_script_without_interpreter(void **state _unused_)
{
	char *argv[] = { (char *)"script", (char *)"a b", (char *)"c", NULL };
	struct launch_options options = { .argv = argv };

	write_file("script", "test \"$#:$1:$2\" = '2:a b:c' && exit 42\n", 0755);
	assert_int_equal(run(&options, NULL), 42);
}

static void test_signal_state(void **state _unused_)
{
	char *argv[] = { (char *)"grep", (char *)"-qE", NULL, (char *)"/proc/self/status", NULL };
	struct launch_options options = { .argv = argv };
	sigset_t all, mask;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	options.signal_mask = &mask;
	argv[2] = (char *)"^SigBlk:.0*$";
	int empty = run(&options, NULL);
	sigaddset(&mask, SIGUSR1);
	argv[2] = (char *)"^SigBlk:.0*200$";
	int one = run(&options, NULL);
	options.sigchld_ignored = true;
	argv[2] = (char *)"^SigIgn:.*[13579bdf]....$";
	int ignored = run(&options, NULL);
	sigdelset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	assert_int_equal(empty, 0);
	assert_int_equal(one, 0);
	assert_int_equal(ignored, 0);
}

/* Nothing is run when the recorder goes before the release. */
static void test_dies_with_us(void **state _unused_)
{
	char path[128];
	int status;
	char *argv[] = { (char *)"touch", path, NULL };
	struct launch_options options = { .argv = argv, .filter = &filter };

	snprintf(path, sizeof(path), "%s/touched", directory);
	pid_t pid = fork();
	if (pid == 0) {
		struct launch launch;
		if (launch_start(&launch, &options, NULL) < 0)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	/* The child of the dead one is ours now, and waitpid() ends when it has gone too. */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_no_descriptor_is_inherited(void **state _unused_)
{
	const char *script = "exit $(ls /proc/self/fd | wc -l)";

	assert_int_equal(run_shell(script, NULL), plain_shell(script));
}

static void test_killed_before_release(void **state _unused_)
{
	char *argv[] = { (char *)"true", NULL };
	struct launch_options options = { .argv = argv, .filter = &filter };
	struct launch launch;
	struct error err = { 0 };
	int status;

	assert_int_equal(launch_start(&launch, &options, &err), 0);
	assert_int_equal(syscall(SYS_pidfd_send_signal, launch.pidfd, SIGKILL, NULL, 0), 0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)launch.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(launch_release(&launch, &err), 0);
	assert_int_equal(waitpid(launch.pid, &status, 0), launch.pid);
	assert_true(WIFSIGNALED(status));
	launch_deinit(&launch);
}

/* Who may not load a filter hears that, and not that the program was not found. */
static void test_filter_needs_privilege(void **state _unused_)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char *argv[] = { (char *)"/bin/true", NULL };
		struct launch_options options = { .argv = argv, .filter = &filter };
		struct launch launch;
		struct error err = { 0 };
		if (setuid(65534) < 0 || privilege_has(CAP_SYS_ADMIN) ||
		    launch_start(&launch, &options, &err) < 0)
			_exit(1);
		if (launch_release(&launch, &err) != -EPERM || !strstr(err.message, "filter"))
			_exit(2);
		options.no_new_privs = true;
		if (launch_start(&launch, &options, &err) < 0 || launch_release(&launch, &err) < 0)
			_exit(3);
		options.user = "0";
		struct error other = { 0 };
		_exit(launch_start(&launch, &options, &other) == -EPERM &&
				      strstr(other.message, "user '0'")
			      ? 0
			      : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	while (waitpid(-1, &status, 0) > 0)
		;
}

static int set_up(void **state _unused_)
{
	char path[256];

	if (!mkdtemp(directory) || chmod(directory, 0755) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", directory);
	if (setenv("PATH", path, 1) < 0 || descendants_adopt() < 0)
		return -1;
	return filter_compile(NULL, 0, &filter, NULL);
}

static int tear_down(void **state _unused_)
{
	char script[256];

	filter_deinit(&filter);
	snprintf(script, sizeof(script), "rm -rf %s", directory);
	return plain_shell(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pipeline_carries_the_session),
		cmocka_unit_test(test_double_fork_carries_the_session),
		cmocka_unit_test(test_nothing_of_ours_is_recorded),
		cmocka_unit_test(test_session_only_if_asked),
		cmocka_unit_test(test_user_ends_without_capabilities),
		cmocka_unit_test(test_user_by_number),
		cmocka_unit_test(test_unknown_users),
		cmocka_unit_test(test_setuid_gains),
		cmocka_unit_test(test_no_new_privs),
		cmocka_unit_test(test_32_bit_program_lives),
		cmocka_unit_test(test_what_cannot_be_run),
		cmocka_unit_test(test_script_without_interpreter),
		cmocka_unit_test(test_signal_state),
		cmocka_unit_test(test_dies_with_us),
		cmocka_unit_test(test_no_descriptor_is_inherited),
		cmocka_unit_test(test_killed_before_release),
		cmocka_unit_test(test_filter_needs_privilege),
	};
	struct error err = { 0 };
	int r = source_netlink_open(&source, NETLINK_RECEIVE_BUFFER, &err);

	live_lock(0);
	if (r < 0)
		return live_skip(error_message(&err, r));
	if (geteuid() != 0 || !privilege_has(CAP_AUDIT_CONTROL))
		return live_skip("not root with CAP_AUDIT_CONTROL");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	r = cmocka_run_group_tests(tests, set_up, tear_down);
	source_netlink_close(source);
	return r;
}
