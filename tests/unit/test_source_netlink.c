/* SPDX-License-Identifier: Apache-2.0 */
/* On the real kernel: children under a LOG filter make the records. */
#include "audit/source_netlink.h"

#include "base/cleanup.h"
#include "live.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What the records of one child came to. */
struct tally {
	char pid[32]; /* " pid=N " */
	uint64_t records, odd;
	uint32_t type;
	char first[512];
};

static int count(void *context, uint32_t type, struct slice payload, struct error *err _unused_)
{
	struct tally *tally = context;

	if (type != AUDIT_SECCOMP ||
	    !memmem(payload.data, payload.len, tally->pid, strlen(tally->pid)))
		return 0;
	if (tally->records++ == 0)
		snprintf(tally->first, sizeof(tally->first), "%.*s", (int)payload.len,
			 payload.data);
	if (!slice_starts(payload, SLICE("audit(")) || payload.data[payload.len - 1] == '\n' ||
	    payload.data[payload.len - 1] == '\0')
		tally->odd++;
	tally->type = type;
	return 0;
}

static void log_and_call(unsigned long calls)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (!filter || seccomp_rule_add(filter, SCMP_ACT_LOG, SCMP_SYS(getppid), 0) < 0 ||
	    seccomp_load(filter) < 0)
		_exit(2);
	while (calls--)
		(void)syscall(SYS_getppid);
	_exit(0);
}

static pid_t start(unsigned long calls)
{
	pid_t pid = fork();

	if (pid == 0)
		log_and_call(calls);
	assert_true(pid > 0);
	return pid;
}

static void finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static struct source_netlink *open_source(size_t buffer)
{
	struct source_netlink *source = NULL;
	struct error err = { 0 };

	if (source_netlink_open(&source, buffer, &err) < 0)
		fail_msg("%s", err.message);
	return source;
}

/* Reads until nothing came for `quiet_ms`. */
static void drain(struct source_netlink *source, struct tally *tally, int quiet_ms)
{
	struct pollfd poll_fd = { .fd = source_netlink_fd(source), .events = POLLIN };
	struct error err = { 0 };

	while (poll(&poll_fd, 1, quiet_ms) > 0) {
		int r = source_netlink_read(source, count, tally, &err);

		if (r < 0)
			fail_msg("cannot read: %s", error_message(&err, r));
	}
}

static void test_records(void **state _unused_)
{
	struct source_netlink *source = open_source(NETLINK_RECEIVE_BUFFER);
	struct tally tally = { 0 };
	pid_t pid = start(3);

	snprintf(tally.pid, sizeof(tally.pid), " pid=%d ", (int)pid);
	finish(pid);
	drain(source, &tally, 200);
	assert_int_equal(tally.records, 3);
	assert_int_equal(tally.odd, 0);
	assert_non_null(strstr(tally.first, " syscall="));
	assert_non_null(strstr(tally.first, " code=0x7ffc0000"));
	assert_true(source_netlink_buffer(source) >= NETLINK_RECEIVE_BUFFER);
	assert_int_equal(source_netlink_drops(source), 0);
	assert_null(source_netlink_close(source));
	assert_null(source_netlink_close(NULL));
}

static int refuse(void *context, uint32_t type _unused_, struct slice payload _unused_,
		  struct error *err)
{
	++*(int *)context;
	return error_set(err, -ECANCELED, "no more");
}

static void test_handler_ends_it(void **state _unused_)
{
	struct source_netlink *source = open_source(NETLINK_RECEIVE_BUFFER);
	struct pollfd poll_fd = { .fd = source_netlink_fd(source), .events = POLLIN };
	struct error err = { 0 };
	int calls = 0;

	assert_int_equal(source_netlink_read(source, refuse, &calls, &err), 0);
	finish(start(5));
	assert_int_equal(poll(&poll_fd, 1, 2000), 1);
	assert_int_equal(source_netlink_read(source, refuse, &calls, &err), -ECANCELED);
	assert_int_equal(calls, 1);
	assert_string_equal(err.message, "no more");
	source_netlink_close(source);
}

/* Reads while the child runs: nothing lost, and how dear it was. */
static void test_keeps_up(void **state _unused_)
{
	const unsigned long calls = 100000;
	struct source_netlink *source = open_source(NETLINK_RECEIVE_BUFFER);
	struct tally tally = { 0 };
	struct rusage before, after;
	pid_t pid;
	double seconds;

	getrusage(RUSAGE_SELF, &before);
	pid = start(calls);
	snprintf(tally.pid, sizeof(tally.pid), " pid=%d ", (int)pid);
	drain(source, &tally, 1000);
	finish(pid);
	getrusage(RUSAGE_SELF, &after);
	seconds = (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
		  (double)(after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
		  (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6 +
		  (double)(after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
	print_message("# %.2f s of CPU per million records\n", seconds * 1e6 / (double)calls);
	assert_int_equal(source_netlink_drops(source), 0);
	assert_int_equal(tally.records, calls);
	assert_int_equal(tally.odd, 0);
	source_netlink_close(source);
}

/* A buffer far too small: what is lost is counted, and reading goes on afterwards. */
static void test_overflow(void **state _unused_)
{
	const unsigned long calls = 20000;
	struct source_netlink *source = open_source(16384);
	struct tally tally = { 0 };
	uint64_t drops;
	pid_t pid = start(calls);

	assert_true(source_netlink_buffer(source) < 65536);
	snprintf(tally.pid, sizeof(tally.pid), " pid=%d ", (int)pid);
	finish(pid);
	usleep(300000);
	drain(source, &tally, 300);
	drops = source_netlink_drops(source);
	print_message("# %llu read, %llu dropped\n", (unsigned long long)tally.records,
		      (unsigned long long)drops);
	assert_true(drops > 0);
	assert_true(tally.records > 0 && tally.records < calls);
	assert_true(tally.records + drops >= calls);

	tally.records = 0;
	pid = start(5);
	snprintf(tally.pid, sizeof(tally.pid), " pid=%d ", (int)pid);
	finish(pid);
	drain(source, &tally, 300);
	assert_int_equal(tally.records, 5);
	assert_int_equal(source_netlink_drops(source), drops);
	source_netlink_close(source);
}

/* Anybody may send to a netlink socket by its port: such messages are not the kernel's. */
static void test_forged(void **state _unused_)
{
	struct source_netlink *source = open_source(NETLINK_RECEIVE_BUFFER);
	_cleanup_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	struct sockaddr_nl target = { 0 };
	socklen_t len = sizeof(target);
	struct tally tally = { .pid = " pid=1 " };
	struct {
		struct nlmsghdr header;
		char text[64];
	} message = { .text = "audit(1.000:1): auid=0 pid=1 code=0x7ffc0000" };

	message.header.nlmsg_type = AUDIT_SECCOMP;
	message.header.nlmsg_len = sizeof(message);
	assert_int_equal(getsockname(source_netlink_fd(source), (struct sockaddr *)&target, &len),
			 0);
	/* The kernel may refuse to carry it (no NL_CFG_F_NONROOT_SEND, not root): as good. */
	if (sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&target, sizeof(target)) <
	    0)
		print_message("# the kernel does not carry it: %s\n", strerror(errno));
	drain(source, &tally, 200);
	assert_int_equal(tally.records, 0);
	source_netlink_close(source);
}

/* In a child that has become somebody else: the result and the words it gave. */
static void expect_refusal(int (*become)(void), int code, const char *words)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct source_netlink *source = NULL;
		struct error err = { 0 };
		int r;

		if (become() < 0)
			_exit(3);
		r = source_netlink_open(&source, NETLINK_RECEIVE_BUFFER, &err);
		if (r == code && strstr(err.message, words))
			_exit(0);
		fprintf(stderr, "# expected %d \"%s\", got %d \"%s\"\n", code, words, r,
			err.message);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int become_nobody(void)
{
	return setresuid(65534, 65534, 65534);
}

static int become_user_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int become_network_namespace(void)
{
	return unshare(CLONE_NEWNET);
}

static void test_refusals(void **state _unused_)
{
	expect_refusal(become_nobody, -EPERM, "CAP_AUDIT_READ");
	expect_refusal(become_user_namespace, -EPERM, "CAP_AUDIT_READ");
	expect_refusal(become_network_namespace, -ECONNREFUSED, "network namespace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),	 cmocka_unit_test(test_handler_ends_it),
		cmocka_unit_test(test_keeps_up), cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_forged),	 cmocka_unit_test(test_refusals),
	};
	struct source_netlink *source = NULL;
	struct error err = { 0 };

	live_lock(0);
	if (source_netlink_open(&source, NETLINK_RECEIVE_BUFFER, &err) < 0)
		return live_skip(err.message);
	source_netlink_close(source);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source_netlink", tests, NULL, NULL);
}
