/* SPDX-License-Identifier: Apache-2.0 */
/* The formats systemd, firejail and lxc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit.h"
#include "format/systemd_groups.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A profile that allows what the words of `names` say, made to be freed. */
static void profile_of(char *json, size_t size, const char *arches, const char *const *names,
		       size_t n)
{
	size_t len =
		(size_t)snprintf(json, size,
				 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[%s],"
				 "\"syscalls\":[{\"names\":[",
				 arches);

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(json + len, size - len, "%s\"%s\"", i ? "," : "", names[i]);
	snprintf(json + len, size - len, "],\"action\":\"SCMP_ACT_ALLOW\"}]}");
}

static void a_drop_in_begins_anew(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "systemd", emit_usual, NULL);
	assert_has(&emitted,
		   "\n[Service]\nSystemCallArchitectures=\nSystemCallArchitectures=x86-64\n"
		   "SystemCallErrorNumber=\nSystemCallErrorNumber=EPERM\n"
		   "SystemCallFilter=\nSystemCallFilter=@default ");
	assert_has(&emitted, "# seccomp profile of test, written by");
	assert_said(&emitted, LOSS_NARROWER, "as everything else that is denied");
	assert_said(&emitted, LOSS_NARROWER, ": openat2");
	emit_forget(&emitted);
}

/* What systemd allows of its own accord is taken out again unless the profile has it. */
static void a_drop_in_takes_back_what_is_always_allowed(void **state)
{
	struct emitted emitted;
	const char *back;

	(void)state;
	emit(&emitted, "systemd", emit_usual, NULL);
	back = strstr(emitted.text, "SystemCallFilter=~");
	assert_non_null(back);
	assert_non_null(strstr(back, " execve "));
	assert_non_null(strstr(back, " brk "));
	assert_null(strstr(back, " futex "));
	assert_null(strstr(back, " read "));
	/* One that the libseccomp here may not know, and another one allows. */
	assert_non_null(strstr(back, " uretprobe\n"));
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	if (!syscall_in_libseccomp("uretprobe"))
		assert_said(&emitted, LOSS_NOTE, "of which it warns: uretprobe");
	/* Calls that x86_64 does not have need not be taken back. */
	assert_null(strstr(back, "mmap2"));
	emit_forget(&emitted);
}

/* Namespaces are the one argument that systemd has a word for. */
static void a_drop_in_restricts_namespaces(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "systemd", emit_usual, NULL);
	assert_has(&emitted, "\nRestrictNamespaces=yes\n");
	assert_has(&emitted, " clone ");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	emit_forget(&emitted);
	emit(&emitted, "systemd",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"unshare\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	     "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
	     "\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}",
	     NULL);
	assert_lacks(&emitted, "RestrictNamespaces");
	assert_said(&emitted, LOSS_WIDER, "only some: clone");
	emit_forget(&emitted);
}

/* SystemCallErrorNumber= takes no 0, and what systemd does not take it leaves out. */
static void a_drop_in_has_no_errno_0(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "systemd",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":0,\"syscalls\":["
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     NULL);
	assert_lacks(&emitted, "SystemCallErrorNumber=0");
	assert_said(&emitted, LOSS_NARROWER, "ends the process, where the profile says errno 0");
	emit_forget(&emitted);
}

static void groups_are_used_when_all_of_them_is_allowed(void **state)
{
	const char *names[64];
	_cleanup_name_set_ struct name_set sync = { 0 };
	struct emitted emitted;
	char json[4096];

	(void)state;
	assert_int_equal(systemd_group_expand(systemd_group_by_name("@sync"), &sync), 0);
	assert_in_range(sync.n, 4, 60);
	for (size_t i = 0; i < sync.n; i++)
		names[i] = sync.names[i];
	profile_of(json, sizeof(json), "\"SCMP_ARCH_X86_64\"", names, sync.n);
	emit(&emitted, "systemd", json, NULL);
	assert_has(&emitted, "SystemCallFilter=@default @sync\n");
	assert_lacks(&emitted, "fsync");
	assert_said(&emitted, LOSS_NOTE, "systemd 252");
	emit_forget(&emitted);
	for (size_t i = 0; i < sync.n; i++)
		if (strcmp(names[i], "fsync") == 0)
			names[i] = "read";
	profile_of(json, sizeof(json), "\"SCMP_ARCH_X86_64\"", names, sync.n);
	emit(&emitted, "systemd", json, NULL);
	assert_lacks(&emitted, "@sync");
	assert_lacks(&emitted, "fsync");
	emit_forget(&emitted);
}

/* A call of a group that another architecture has counts only where that one is covered. */
static void groups_are_judged_by_architecture(void **state)
{
	static const char *const names[] = { "epoll_create",  "epoll_create1",	"epoll_ctl",
					     "epoll_ctl_old", "epoll_pwait",	"epoll_pwait2",
					     "epoll_wait",    "epoll_wait_old", "eventfd",
					     "eventfd2",      "poll",		"ppoll",
					     "pselect6",      "select" };
	struct emitted emitted;
	char json[4096];

	(void)state;
	profile_of(json, sizeof(json), "\"SCMP_ARCH_X86_64\"", names, ARRAY_SIZE(names));
	emit(&emitted, "systemd", json, NULL);
	assert_has(&emitted, "@io-event");
	emit_forget(&emitted);
	/* i386 has _newselect, ppoll_time64 and pselect6_time64, too. */
	profile_of(json, sizeof(json), "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"", names,
		   ARRAY_SIZE(names));
	emit(&emitted, "systemd", json, NULL);
	assert_lacks(&emitted, "@io-event");
	emit_forget(&emitted);
}

static void a_drop_in_can_deny(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "systemd",
	     "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
	     "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
	     "{\"names\":[\"acct\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":4000},"
	     "{\"names\":[\"swapon\"],\"action\":\"SCMP_ACT_TRAP\"}]}",
	     NULL);
	assert_has(&emitted, "SystemCallFilter=\n"
			     "SystemCallFilter=~acct:4000 bpf:kill mount:ENOSYS swapon:kill\n");
	assert_lacks(&emitted, "@default");
	assert_said(&emitted, LOSS_NARROWER, "end the process");
	emit_forget(&emitted);
}

static void killing_is_the_drop_ins_default(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "systemd",
	     "{\"defaultAction\":\"SCMP_ACT_TRAP\",\"syscalls\":[{\"names\":[\"read\"],"
	     "\"action\":\"SCMP_ACT_ALLOW\"}]}",
	     NULL);
	assert_has(&emitted, "SystemCallErrorNumber=\nSystemCallFilter=\n");
	assert_said(&emitted, LOSS_NARROWER, "where the profile says trap");
	emit_forget(&emitted);
}

static void lxc_has_everything_in_lines(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "lxc", emit_usual, NULL);
	assert_int_equal(
		strncmp(emitted.text, "2\nallowlist errno 1\n# seccomp profile of test", 40), 0);
	assert_has(&emitted, "\nread allow\nwrite allow\nclone allow "
			     "[0,0,SCMP_CMP_MASKED_EQ,2114060288]\n");
	assert_has(&emitted, "\nopenat2 errno 38\n");
	assert_said(&emitted, LOSS_WIDER, "lxc applies every rule to these architectures");
	assert_said(&emitted, LOSS_WIDER, ": x32 x86");
	emit_forget(&emitted);
	emit(&emitted, "lxc", emit_usual, "x86_64,x86,x32");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	emit_forget(&emitted);
}

static void lxc_has_all_kinds_of_answers(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "lxc",
	     "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"architectures\":[\"SCMP_ARCH_X86_64\","
	     "\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"],\"syscalls\":["
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG\"},"
	     "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_TRAP\"},"
	     "{\"names\":[\"acct\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":3},"
	     "{\"names\":[\"sigreturn\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	     "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
	     "{\"index\":0,\"value\":16,\"op\":\"SCMP_CMP_NE\"},"
	     "{\"index\":2,\"value\":18446744073709551615,\"op\":\"SCMP_CMP_LE\"}]}]}",
	     NULL);
	assert_has(&emitted, "2\nallowlist kill\n");
	assert_has(&emitted, "\nread allow\n");
	assert_has(&emitted, "\nbpf trap\n");
	assert_has(&emitted, "\nacct errno 38\n");
	assert_has(&emitted,
		   "\nsocket allow [0,16,SCMP_CMP_NE][2,18446744073709551615,SCMP_CMP_LE]\n");
	assert_lacks(&emitted, "\nsigreturn");
	assert_said(&emitted, LOSS_NARROWER, "knows: sigreturn");
	assert_said(&emitted, LOSS_WIDER, "ends the thread");
	assert_said(&emitted, LOSS_NARROWER, "under lxc: acct");
	assert_said(&emitted, LOSS_NOTE, "logged: read");
	emit_forget(&emitted);
}

static void lxc_denies_in_a_denylist(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "lxc",
	     "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":["
	     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
	     "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
	     NULL);
	assert_int_equal(strncmp(emitted.text, "2\ndenylist\n#", 12), 0);
	assert_has(&emitted, "\nbpf errno 1\n");
	assert_lacks(&emitted, "\nread");
	assert_said(&emitted, LOSS_NOTE, "without being logged");
	emit_forget(&emitted);
}

static void firejail_keeps(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "firejail", emit_usual, NULL);
	assert_has(&emitted, "\nseccomp-error-action EPERM\n"
			     "seccomp.keep clone,futex,openat2:ENOSYS,read,write\n"
			     "seccomp.block-secondary\n");
	assert_said(&emitted, LOSS_WIDER, "only some: clone");
	assert_said(&emitted, LOSS_WIDER, "own needs: execve execveat prctl");
	emit_forget(&emitted);
	emit_try(&emitted, "firejail", emit_usual, NULL, ORIGIN_POLICY);
	assert_has(&emitted, "seccomp.keep futex,openat2:ENOSYS,read,write\n");
	assert_said(&emitted, LOSS_NARROWER, "inferred and not seen: clone");
	emit_forget(&emitted);
}

static void firejail_blocks_other_architectures(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "firejail",
	     "{\"defaultAction\":\"SCMP_ACT_KILL\",\"architectures\":[\"SCMP_ARCH_X86\","
	     "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X32\"],\"syscalls\":[{\"names\":[\"read\","
	     "\"mmap2\",\"arch_prctl\",\"execve\",\"execveat\",\"prctl\"],\"action\":"
	     "\"SCMP_ACT_ALLOW\"}]}",
	     NULL);
	assert_has(&emitted, "\nseccomp-error-action kill\n"
			     "seccomp.keep arch_prctl,execve,execveat,prctl,read\n"
			     "seccomp.block-secondary\n");
	assert_lacks(&emitted, ".32.");
	assert_said(&emitted, LOSS_NARROWER, "every call of x86");
	assert_said(&emitted, LOSS_NARROWER, "every call of x32");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	emit_forget(&emitted);
}

/* What it has no name for, it takes by number. */
static void firejail_has_numbers_for_new_calls(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "firejail",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"process_madvise\",\"epoll_pwait2\"],\"action\":"
	     "\"SCMP_ACT_ALLOW\"},{\"names\":[\"cachestat\"],\"action\":\"SCMP_ACT_ERRNO\","
	     "\"errnoRet\":38}]}",
	     NULL);
	assert_has(&emitted, "seccomp.keep $451:ENOSYS,$441,process_madvise\n");
	emit_forget(&emitted);
}

static void firejail_drops(void **state)
{
	struct emitted emitted;

	(void)state;
	emit(&emitted, "firejail",
	     "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	     "\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\"},"
	     "{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_KILL\"}]}",
	     NULL);
	assert_has(&emitted, "seccomp.drop bpf:kill,mount:EPERM\n");
	assert_lacks(&emitted, "error-action");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	emit_forget(&emitted);
}

static void firejail_refuses_what_it_cannot_read(void **state)
{
	struct emitted emitted;

	(void)state;
	emit_try(&emitted, "firejail", emit_usual, "x86", ORIGIN_BASE);
	assert_int_equal(emitted.r, -EINVAL);
	assert_non_null(strstr(emitted.err.message, "x86_64"));
	emit_forget(&emitted);
	emit_try(&emitted, "firejail", "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[]}",
		 NULL, ORIGIN_BASE);
	assert_int_equal(emitted.r, -EINVAL);
	emit_forget(&emitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drop_in_begins_anew),
		cmocka_unit_test(a_drop_in_takes_back_what_is_always_allowed),
		cmocka_unit_test(a_drop_in_restricts_namespaces),
		cmocka_unit_test(a_drop_in_has_no_errno_0),
		cmocka_unit_test(groups_are_used_when_all_of_them_is_allowed),
		cmocka_unit_test(groups_are_judged_by_architecture),
		cmocka_unit_test(a_drop_in_can_deny),
		cmocka_unit_test(killing_is_the_drop_ins_default),
		cmocka_unit_test(lxc_has_everything_in_lines),
		cmocka_unit_test(lxc_has_all_kinds_of_answers),
		cmocka_unit_test(lxc_denies_in_a_denylist),
		cmocka_unit_test(firejail_keeps),
		cmocka_unit_test(firejail_blocks_other_architectures),
		cmocka_unit_test(firejail_has_numbers_for_new_calls),
		cmocka_unit_test(firejail_drops),
		cmocka_unit_test(firejail_refuses_what_it_cannot_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_text", tests, NULL, NULL);
}
