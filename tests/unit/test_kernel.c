/* SPDX-License-Identifier: Apache-2.0 */
/* On the real kernel: rules are really added, and removed again whatever happens. */
#include "audit/kernel.h"

#include "base/cleanup.h"
#include "live.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

#define ACTIONS_LOGGED "/proc/sys/kernel/seccomp/actions_logged"
#define KEY	       "asg-test-kernel"

/* What auditctl says is thrown away: only its status counts. */
static int run(const char *const *words)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = open("/dev/null", O_WRONLY);

		if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
			execvp(words[0], (char *const *)words);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct audit_state read_state(void)
{
	struct audit_state state;
	struct error err = { 0 };

	if (audit_state_read(&state, &err) < 0)
		fail_msg("%s", err.message);
	return state;
}

static void test_state(void **state _unused_)
{
	struct audit_state first = read_state();
	struct audit_state second = read_state();

	assert_true(first.enabled <= 2);
	assert_true(first.failure <= 2);
	assert_int_equal(first.enabled, second.enabled);
	assert_int_equal(first.backlog_limit, second.backlog_limit);
	assert_int_equal(first.rate_limit, second.rate_limit);
	assert_true(second.lost >= first.lost);
}

static void test_backlog(void **state _unused_)
{
	struct audit_state before = read_state();
	struct audit_state changed;
	struct error err = { 0 };

	assert_int_equal(audit_set_backlog(before.backlog_limit + 8192, &err), 0);
	changed = read_state();
	assert_int_equal(audit_set_backlog(before.backlog_limit, &err), 0);
	assert_int_equal(changed.backlog_limit, before.backlog_limit + 8192);
	assert_int_equal(read_state().backlog_limit, before.backlog_limit);
}

/* Rules and whether they can keep a SECCOMP record back. */
static const struct exclude_case {
	const char *fields[4];
	bool excludes;
	const char *words;
} exclude_cases[] = {
	{ { "msgtype=SECCOMP" }, true, "-a always,exclude -F msgtype=SECCOMP" },
	{ { "msgtype=1326" }, true, "-a always,exclude -F msgtype=SECCOMP" },
	{ { "msgtype>=1300" }, true, "-a always,exclude -F msgtype>=SYSCALL" },
	{ { "msgtype<=1326" }, true, "-a always,exclude -F msgtype<=SECCOMP" },
	{ { "msgtype!=CWD" }, true, "-a always,exclude -F msgtype!=CWD" },
	{ { "msgtype>=1300", "msgtype<=1399" },
	  true,
	  "-a always,exclude -F msgtype>=SYSCALL -F msgtype<=1399" },
	{ { "uid=4294967294" }, true, "-a always,exclude -F uid=4294967294" },
	{ { "auid=-1", "pid=1" }, true, "-a always,exclude -F auid=-1 -F pid=1" },
	{ { "exe=/bin/true", "msgtype=SECCOMP" },
	  true,
	  "-a always,exclude -F exe=/bin/true -F msgtype=SECCOMP" },
	{ { "msgtype=CWD" }, false, "" },
	{ { "msgtype<1326" }, false, "" },
	{ { "msgtype>1326" }, false, "" },
	{ { "msgtype!=SECCOMP" }, false, "" },
	{ { "msgtype>=1300", "msgtype<=1320" }, false, "" },
	{ { "msgtype=CWD", "uid=0" }, false, "" },
};

static int change_rule(const char *how, const struct exclude_case *rule)
{
	const char *words[16] = { "auditctl", how, "always,exclude" };
	size_t n = 3;

	for (size_t i = 0; i < ARRAY_SIZE(rule->fields) && rule->fields[i]; i++) {
		words[n++] = "-F";
		words[n++] = rule->fields[i];
	}
	return run(words);
}

static int remove_rules(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(exclude_cases); i++)
		(void)change_rule("-d", &exclude_cases[i]);
	return 0;
}

static void test_exclude_rules(void **state _unused_)
{
	assert_false(read_state().excluded);
	for (size_t i = 0; i < ARRAY_SIZE(exclude_cases); i++) {
		const struct exclude_case *rule = &exclude_cases[i];
		struct audit_state with;

		if (change_rule("-a", rule) != 0)
			fail_msg("auditctl does not add the rule with %s", rule->fields[0]);
		with = read_state();
		assert_int_equal(change_rule("-d", rule), 0);
		if (with.excluded != rule->excludes)
			fail_msg("%s: excluded is %d", rule->fields[0], with.excluded);
		assert_string_equal(with.exclude_rule, rule->words);
	}
	assert_false(read_state().excluded);
}

/* Rules of other lists, and enough of them for several datagrams, are none of our business. */
static void test_other_rules(void **state _unused_)
{
	static const char *const add[] = { "auditctl", "-a",	"never,exit", "-S", "getppid",
					   "-F",       "pid=1", "-k",	      KEY,  NULL };

	assert_int_equal(run(add), 0);
	assert_false(read_state().excluded);
	assert_int_equal(change_rule("-a", &exclude_cases[0]), 0);
	assert_string_equal(read_state().exclude_rule, exclude_cases[0].words);
}

static int remove_other_rules(void **state)
{
	(void)run((const char *const[]){ "auditctl", "-d", "never,exit", "-S", "getppid", "-F",
					 "pid=1", "-k", KEY, NULL });
	return remove_rules(state);
}

static void get_actions(char *text, size_t size)
{
	_cleanup_close_ int fd = open(ACTIONS_LOGGED, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, size - 1);

	assert_true(n > 0);
	text[n] = '\0';
}

static int put_actions(const char *text)
{
	_cleanup_close_ int fd = open(ACTIONS_LOGGED, O_WRONLY | O_CLOEXEC);

	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -errno;
}

static void test_actions_logged(void **state _unused_)
{
	char before[512];
	struct audit_state without;
	struct error err = { 0 };
	int r;

	get_actions(before, sizeof(before));
	assert_true(read_state().logs_allowed);
	if (put_actions("kill_process kill_thread trap errno") < 0) {
		print_message("# actions_logged cannot be changed here\n");
		return;
	}
	r = audit_state_read(&without, &err);
	assert_int_equal(put_actions(before), 0);
	assert_int_equal(r, 0);
	assert_false(without.logs_allowed);
	assert_true(read_state().logs_allowed);
}

static void expect_refusal(bool user_namespace, const char *words)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct audit_state state;
		struct error err = { 0 };
		int r = user_namespace ? unshare(CLONE_NEWUSER) : setresuid(65534, 65534, 65534);

		if (r < 0)
			_exit(3);
		r = audit_state_read(&state, &err);
		if (r == -EPERM && strstr(err.message, words))
			_exit(0);
		fprintf(stderr, "# expected \"%s\", got %d \"%s\"\n", words, r, err.message);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_refusals(void **state _unused_)
{
	expect_refusal(false, "CAP_AUDIT_CONTROL");
	expect_refusal(true, "user namespace");
}

static struct auditd_conf read_conf(const void *text, size_t len)
{
	char path[] = "/tmp/test_kernel.XXXXXX";
	_cleanup_close_ int fd = mkstemp(path);
	struct auditd_conf conf;
	struct error err = { 0 };
	int r;

	assert_int_equal(write(fd, text, len), len);
	r = auditd_conf_read(path, &conf, &err);
	unlink(path);
	if (r < 0)
		fail_msg("%s", err.message);
	return conf;
}

static void expect_conf(size_t number, const char *text, const struct auditd_conf *expected)
{
	struct auditd_conf conf = read_conf(text, strlen(text));

	print_message("# case %zu\n", number);
	assert_string_equal(conf.log_file, expected->log_file);
	assert_int_equal(conf.max_log_file, expected->max_log_file);
	assert_int_equal(conf.num_logs, expected->num_logs);
	assert_int_equal(conf.rotates, expected->rotates);
	assert_int_equal(conf.writes, expected->writes);
}

#define MB  ((uint64_t)1024 * 1024)
#define LOG "/var/log/audit/audit.log"

static void test_conf(void **state _unused_)
{
	static const struct {
		const char *text;
		struct auditd_conf expected;
	} cases[] = {
		{ "", { LOG, 8 * MB, 0, false, true } },
		{ "# num_logs = 3\n\n   \n", { LOG, 8 * MB, 0, false, true } },
		{ "NUM_LOGS = 3\nMax_Log_File = 50\nmax_log_file_action = rotate\n",
		  { LOG, 50 * MB, 3, true, true } },
		{ "num_logs=9\r\n\tmax_log_file_action=ROTATE\r\nmax_log_file=1",
		  { LOG, 1 * MB, 9, true, true } },
		{ "num_logs = 1\nmax_log_file_action = ROTATE\n", { LOG, 8 * MB, 1, false, true } },
		{ "num_logs = 5\nmax_log_file_action = keep_logs\n",
		  { LOG, 8 * MB, 5, false, true } },
		{ "write_logs = NO\nlog_file = /x/y.log\n",
		  { "/x/y.log", 8 * MB, 0, false, false } },
		{ "log_format = nolog\n", { LOG, 8 * MB, 0, false, false } },
		{ "num_logs = -1\nmax_log_file = 99999999999999999999\nlog_file = relative\n",
		  { LOG, 8 * MB, 0, false, true } },
		{ "num_logs = 1000\nnum_logs 7\nnum_logs x = 7\n= 7\nnum_logs =\n=\n==\n",
		  { LOG, 8 * MB, 0, false, true } },
		{ "num_logs = 7 # seven", { LOG, 8 * MB, 7, false, true } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_conf(i, cases[i].text, &cases[i].expected);
}

/* A line that auditd skips for its length; bytes of any kind; a file that is none. */
static void test_conf_odd(void **state _unused_)
{
	char text[65536];
	struct auditd_conf conf;
	struct error err = { 0 };

	memset(text, 'x', sizeof(text));
	memcpy(text, "log_file = /", 12);
	memcpy(text + 300, "\nnum_logs = 4\n", 14);
	conf = read_conf(text, 1000);
	assert_string_equal(conf.log_file, LOG);
	assert_int_equal(conf.num_logs, 4);

	srandom(1);
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < 2000; i++)
			text[i] = random() % 8 ? "num_logs=\n \0#"[random() % 13] : (char)random();
		(void)read_conf(text, 2000);
	}
	assert_int_equal(auditd_conf_read("/dev/zero", &conf, &err), -EINVAL);
	assert_int_equal(auditd_conf_read("/tmp", &conf, NULL), -EISDIR);
	assert_int_equal(auditd_conf_read("/proc/kallsyms", &conf, NULL), -EFBIG);
	assert_non_null(strstr(err.message, "not a regular file"));
	assert_int_equal(auditd_conf_read("/no/such/auditd.conf", &conf, &err), 0);
	assert_int_equal(conf.num_logs, 5);
	assert_true(conf.rotates && conf.writes);
}

/* The one that this host has; as it is shipped when nobody changed it. */
static void test_conf_real(void **state _unused_)
{
	struct auditd_conf conf;
	struct error err = { 0 };
	int r = auditd_conf_read(NULL, &conf, &err);

	if (r < 0)
		fail_msg("%s", err.message);
	print_message("# %s, %llu bytes, %u files\n", conf.log_file,
		      (unsigned long long)conf.max_log_file, conf.num_logs);
	assert_int_equal(conf.log_file[0], '/');
	assert_true(conf.max_log_file > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test_teardown(test_exclude_rules, remove_rules),
		cmocka_unit_test_teardown(test_other_rules, remove_other_rules),
		cmocka_unit_test(test_actions_logged),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_conf),
		cmocka_unit_test(test_conf_odd),
		cmocka_unit_test(test_conf_real),
	};
	struct audit_state state;
	struct error err = { 0 };

	live_lock(1);
	if (audit_state_read(&state, &err) < 0)
		return live_skip(err.message);
	if (state.excluded || state.enabled == 2)
		return live_skip("this host's audit rules exclude records, or are locked");
	if (run((const char *const[]){ "auditctl", "-l", NULL }) != 0)
		return live_skip("auditctl is not here");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
