/* SPDX-License-Identifier: Apache-2.0 */
#include "target/session.h"

#include "audit/record.h"
#include "live.h"
#include "target/privilege.h"
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

static uint32_t read_own(const char *name)
{
	char path[64], text[32] = "";

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	FILE *file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		_exit(100);
	fclose(file);
	return (uint32_t)strtoul(text, NULL, 10);
}

/* Runs `body` in a child, for it changes what cannot be changed back. The child's exit status. */
static int in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(body());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int start_twice(void)
{
	uint32_t auid = read_own("loginuid"), first, second;

	if (session_start(&first) < 0 || first == RECORD_UNSET || read_own("sessionid") != first)
		return 1;
	if (read_own("loginuid") != (auid == RECORD_UNSET ? getuid() : auid))
		return 2;
	/* The auid is set now, be it what it may. */
	auid = read_own("loginuid");
	if (session_start(&second) < 0 || second == first || read_own("sessionid") != second)
		return 3;
	return read_own("loginuid") == auid ? 0 : 4;
}

static void test_again_with_auid_set(void **state _unused_)
{
	assert_int_equal(in_child(start_twice), 0);
}

static void test_own_session_is_kept(void **state _unused_)
{
	uint32_t before = read_own("sessionid");

	assert_int_equal(session_available(), 0);
	assert_int_equal(read_own("sessionid"), before);
}

/* As an ordinary user who has logged in. */
static int without_capabilities(void)
{
	uint32_t session;

	if (session_start(&session) < 0 || setgroups(0, NULL) < 0 || setgid(65534) < 0 ||
	    setuid(65534) < 0)
		return 1;
	if (privilege_has(CAP_AUDIT_CONTROL))
		return 2;
	if (session_available() != -EPERM)
		return 3;
	return session_start(&session) == -EPERM ? 0 : 4;
}

static void test_needs_capability_when_set(void **state _unused_)
{
	assert_true(privilege_has(CAP_AUDIT_CONTROL));
	assert_int_equal(in_child(without_capabilities), 0);
}

/* There its own user is one the kernel does not know, and no capability there counts here. */
static int in_user_namespace(void)
{
	uint32_t session;

	if (session_start(&session) < 0)
		return 1;
	if (!privilege_init_user_namespace())
		return 2;
	if (unshare(CLONE_NEWUSER) < 0)
		return 77;
	if (privilege_init_user_namespace())
		return 3;
	int r = session_available();
	return r == -EPERM || r == -EINVAL ? 0 : 4;
}

static void test_user_namespace(void **state _unused_)
{
	int status = in_child(in_user_namespace);

	if (status == 77)
		print_message("# no user namespaces here\n");
	else
		assert_int_equal(status, 0);
}

static int with_sigchld_ignored(void)
{
	signal(SIGCHLD, SIG_IGN);
	return session_available() < 0 ? 0 : 1;
}

static void test_ignored_children_are_an_error(void **state _unused_)
{
	assert_int_equal(in_child(with_sigchld_ignored), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again_with_auid_set),
		cmocka_unit_test(test_own_session_is_kept),
		cmocka_unit_test(test_needs_capability_when_set),
		cmocka_unit_test(test_user_namespace),
		cmocka_unit_test(test_ignored_children_are_an_error),
	};
	int r = session_available();

	live_lock(0);
	if (r < 0 || geteuid() != 0)
		return live_skip(r < 0 ? strerror(-r) : "not root");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
