/* SPDX-License-Identifier: Apache-2.0 */
/* The formats spo, minijail, kafel, snapd, names and table: how they look, and what they say is
 * lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit.h"
#include <string.h>

#define X86_64 "\"architectures\":[\"SCMP_ARCH_X86_64\"],"
#define ERRNO  "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1," X86_64 "\"syscalls\":["
#define KILL   "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\"," X86_64 "\"syscalls\":["
#define ALLOW  "{\"defaultAction\":\"SCMP_ACT_ALLOW\"," X86_64 "\"syscalls\":["
#define END    "]}"

#define RULE(names, action, more)                                                                  \
	"{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\"" more "}"
#define ARGS(args) ",\"args\":[" args "]"
#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}"
#define MASKED(index, mask, datum)                                                                 \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask                     \
	",\"valueTwo\":" #datum "}"

static void test_spo(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "spo",
	     ERRNO RULE("\"write\",\"read\",\"no\"", "ALLOW", "") "," RULE(
		     "\"socket\"", "ERRNO", ",\"errnoRet\":97" ARGS(MASKED(0, 3, 1))) END,
	     NULL);
	assert_has(&emitted, "apiVersion: security-profiles-operator.x-k8s.io/v1\n"
			     "kind: SeccompProfile\n"
			     "metadata:\n"
			     "  name: test\n"
			     "spec:\n"
			     "  defaultAction: SCMP_ACT_ERRNO\n"
			     "  architectures:\n"
			     "  - SCMP_ARCH_X86_64\n"
			     "  syscalls:\n"
			     "  - action: SCMP_ACT_ALLOW\n"
			     "    names:\n"
			     /* To YAML 1.1 the bare word is a truth value. */
			     "    - \"no\"\n"
			     "    - read\n"
			     "    - write\n"
			     "  - action: SCMP_ACT_ERRNO\n"
			     "    errnoRet: 97\n"
			     "    args:\n"
			     "    - index: 0\n"
			     "      op: SCMP_CMP_MASKED_EQ\n"
			     "      value: 3\n"
			     "      valueTwo: 1\n"
			     "    names:\n"
			     "    - socket\n");
	assert_int_equal(emitted.emission.n_losses, 0);
	emit_forget(&emitted);
}

static void test_spo_losses(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "spo",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"architectures\":["
	     "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_LOONGARCH64\"],\"flags\":["
	     "\"SECCOMP_FILTER_FLAG_NEW_LISTENER\",\"SECCOMP_FILTER_FLAG_LOG\"],\"listenerPath\":"
	     "\"/tmp/x\",\"other\":1,\"syscalls\":[" RULE("\"read\"", "ALLOW", ARGS(ARG(0, "EQ", 9223372036854775808))) "," RULE(
		     "\"write\"", "KILL",
		     ARGS(ARG(
			     0, "EQ",
			     18446744073709551615))) "," RULE("\"open\"", "ERRNO",
							      ",\"errnoRet\":0") "," RULE("\"close"
											  "\"",
											  "ALLOW",
											  ARGS(ARG(0, "EQ", 1) "," ARG(
												  0,
												  "EQ",
												  2)))
		     END,
	     NULL);
	assert_said(&emitted, LOSS_NARROWER, "EPERM, where the profile has errno ENOSYS");
	assert_said(&emitted, LOSS_NARROWER, "operator does not take: SCMP_ARCH_LOONGARCH64");
	assert_said(&emitted, LOSS_NARROWER, "take: SECCOMP_FILTER_FLAG_NEW_LISTENER");
	assert_said(&emitted, LOSS_NARROWER, "take: listenerPath other");
	assert_said(&emitted, LOSS_NARROWER, "is left out: read");
	assert_said(&emitted, LOSS_WIDER, "is left out: write");
	assert_said(&emitted, LOSS_NARROWER, "these get EPERM: open");
	assert_lacks(&emitted, "- SCMP_ARCH_LOONG");
	assert_lacks(&emitted, "  listenerPath");
	assert_lacks(&emitted, "- read\n");
	/* What runtimes OR is two entries. */
	assert_has(&emitted,
		   "      value: 1\n    names:\n    - close\n  - action: SCMP_ACT_ALLOW\n");
	emit_forget(&emitted);
	emit(&emitted, "spo", "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", NULL);
	assert_has(&emitted, "defaultAction: SCMP_ACT_ERRNO\n");
	assert_said(&emitted, LOSS_NARROWER, "cannot be the default");
	emit_forget(&emitted);
}

/* What denies with EPERM where the default has another number: runtimes leave it out of an object
 * whose default is EPERM. */
static void test_spo_default(void **state _unused_)
{
	struct emitted emitted;

	emit(
		&emitted, "spo",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":[" RULE("\"mount\",\"read\"", "ERRNO", ",\"errnoRet\":1") "," RULE(
			"\"mount\"", "ALLOW",
			ARGS(ARG(
				0, "EQ",
				4))) "," RULE("\"umount2\"", "ALLOW",
					      ARGS(ARG(
						      0, "EQ",
						      4))) "," RULE("\"umount2\"", "ERRNO",
								    ARGS(ARG(
									    1, "EQ",
									    4))) "," RULE("\"write"
											  "\"",
											  "ERRNO",
											  ",\"errno"
											  "Ret\":"
											  "38") "," RULE("\"write\"",
													 "ALLOW",
													 "")
			END,
		NULL);
	assert_said(&emitted, LOSS_WIDER, "another one counts that allows more: mount");
	assert_false(emit_said(&emitted, LOSS_WIDER, "umount2"));
	assert_false(emit_said(&emitted, LOSS_WIDER, "read"));
	/* What said what the default said had no effect, and gets none. */
	assert_lacks(&emitted, "errnoRet: 38");
	emit_forget(&emitted);
	emit(&emitted, "spo",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[" RULE(
		     "\"mount\"", "ERRNO", ",\"errnoRet\":0") "," RULE("\"mount\"", "ALLOW",
								       ARGS(ARG(0, "EQ", 4))) END,
	     NULL);
	assert_said(&emitted, LOSS_WIDER, "another one counts that allows more: mount");
	emit_forget(&emitted);
}

static void test_incomplete(void **state _unused_)
{
	static const char *const formats[] = { "spo",	"systemd", "minijail", "lxc",
					       "kafel", "snapd",   "names" };
	struct emitted emitted;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i],
		     KILL RULE("\"read\"", "ALLOW",
			       ",\"comment\":\"INCOMPLETE: 3 records\\nlost | x\"") END,
		     NULL);
		assert_has(&emitted, " INCOMPLETE: 3 records\\x0alost\n");
		emit_forget(&emitted);
	}
}

static void test_minijail(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "minijail",
	     KILL RULE("\"write\",\"read\"", "ALLOW", "") "," RULE("\"openat2\"", "ERRNO", ",\"errnoRet\":38") "," RULE(
		     "\"socket\"", "ALLOW",
		     ARGS(ARG(0, "EQ", 1) "," ARG(
			     2, "NE",
			     5))) "," RULE("\"socket\"", "ALLOW",
					   ARGS(MASKED(1, 15,
						       5))) "," RULE("\"getpid\"", "LOG",
								     "") "," RULE("\"ptrace\"",
										  "TRAP", "") END,
	     NULL);
	assert_has(&emitted,
		   "\ngetpid: 1\n"
		   "openat2: return 38\n"
		   "read: 1\n"
		   "socket: arg0 == 1 && arg2 != 5 || arg1 & 0x1 && arg1 & 0x4 && arg1 in "
		   "0xfffffffffffffff5\n"
		   "write: 1\n");
	assert_said(&emitted, LOSS_NOTE, "without being logged: getpid");
	assert_said(&emitted, LOSS_NARROWER, "another answer: ptrace");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	emit_forget(&emitted);
	emit(&emitted, "minijail", emit_usual, NULL);
	assert_said(&emitted, LOSS_NARROWER,
		    "kills the process, where the profile has errno EPERM");
	assert_has(&emitted, "\nclone: arg0 in 0xffffffff81fdffff\n");
	emit_forget(&emitted);
}

/* Masks of 32 bits where arguments have no more, numbers that cannot be are no conditions. */
static void test_minijail_narrow(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "minijail",
	     "{\"defaultAction\":\"SCMP_ACT_KILL\",\"architectures\":[\"SCMP_ARCH_ARM\"],"
	     "\"syscalls\":[" RULE("\"clone\"", "ALLOW", ARGS(MASKED(0, 2114060288, 0))) "," RULE(
		     "\"read\"", "ALLOW",
		     ARGS(ARG(0, "LT", 4294967296))) "," RULE("\"write\"", "ALLOW",
							      ARGS(ARG(0, "EQ", 4294967296))) END,
	     NULL);
	assert_has(&emitted, "\nclone: arg0 in 0x81fdffff\nread: 1\n");
	assert_lacks(&emitted, "write:");
	emit_forget(&emitted);
}

static void test_deny_list(void **state _unused_)
{
	static const char *const formats[] = { "minijail", "snapd", "names" };
	struct emitted emitted;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		emit(&emitted, formats[i], ALLOW RULE("\"mount\"", "ERRNO", ",\"errnoRet\":1") END,
		     NULL);
		assert_has(&emitted, "\nread");
		assert_has(&emitted, "\nfutex_waitv");
		assert_lacks(&emitted, "\nmount\n");
		assert_lacks(&emitted, "\nmount: 1");
		assert_said(&emitted, LOSS_NARROWER, "allows what it does not name");
		emit_forget(&emitted);
	}
}

static void test_kafel(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "kafel",
	     ERRNO RULE("\"write\",\"stat\",\"clone3\"", "ALLOW", "") "," RULE(
		     "\"openat2\"", "ERRNO",
		     ",\"errnoRet\":38") "," RULE("\"socket\"", "ALLOW",
						  ARGS(ARG(0, "EQ", 1) "," MASKED(
							  1, 15, 5))) "," RULE("\"socket\"", "LOG",
									       ARGS(ARG(0, "EQ",
											2))) END,
	     NULL);
	assert_has(&emitted, "#define clone3 435\n"
			     "#define openat2 437\n"
			     "#define socket 41\n"
			     "#define stat 4\n"
			     "POLICY profile {\n"
			     "  ERRNO(38) {\n"
			     "    openat2\n"
			     "  },\n"
			     "  LOG {\n"
			     "    socket(a0, a1) { a0 == 2 }\n"
			     "  },\n"
			     "  ALLOW {\n"
			     "    clone3,\n"
			     "    socket(a0, a1) { a0 == 1 && (a1 & 0xf) == 0x5 },\n"
			     "    stat,\n"
			     "    write\n"
			     "  }\n"
			     "}\n"
			     "USE profile DEFAULT ERRNO(1)\n");
	assert_false(emission_lost(&emitted.emission, LOSS_WIDER));
	assert_false(emission_lost(&emitted.emission, LOSS_NARROWER));
	emit_forget(&emitted);
	/* Its tables are trusted for x86_64 only. */
	emit(&emitted, "kafel",
	     "{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[" RULE("\"read\"", "ALLOW", "")
		     END,
	     "aarch64");
	assert_has(&emitted, "#define read 63\n");
	emit_forget(&emitted);
}

static void test_snapd(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "snapd",
	     KILL RULE("\"write\",\"read\"", "ALLOW", "") "," RULE(
		     "\"socket\"", "ALLOW",
		     ARGS(ARG(2, "GE", 7) "," ARG(
			     0, "NE",
			     1))) "," RULE("\"openat\"", "ALLOW",
					   ARGS(MASKED(
						   2, 64,
						   64))) "," RULE("\"lseek\"", "ALLOW",
								  ARGS(ARG(
									  1, "EQ",
									  4294967296))) "," RULE("\"clone\"",
												 "A"
												 "L"
												 "L"
												 "O"
												 "W",
												 ARGS(MASKED(
													 0,
													 64,
													 0)))
		     END,
	     NULL);
	assert_has(&emitted, "\nopenat - - |64\nread\nsocket !1 - >=7\nwrite\n");
	assert_said(&emitted, LOSS_NARROWER, "cannot be written: clone lseek");
	assert_said(&emitted, LOSS_WIDER, "gets EPERM, where the profile has kill_process");
	assert_said(&emitted, LOSS_WIDER, "on the architecture x86,");
	emit_forget(&emitted);
}

static void test_names(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "names", emit_usual, NULL);
	assert_has(&emitted, ".\nclone\nfutex\nread\nwrite\n");
	assert_said(&emitted, LOSS_WIDER, "allows only some: clone");
	assert_said(&emitted, LOSS_NARROWER, "has for them is not said: openat2");
	emit_forget(&emitted);
}

static void test_table(void **state _unused_)
{
	struct emitted emitted;

	emit(&emitted, "table",
	     ERRNO RULE("\"write\",\"read\"", "ALLOW", ",\"comment\":\"a\\u001b[31m\"") "," RULE(
		     "\"socket\"", "LOG",
		     ARGS(ARG(0, "EQ", 1) "," MASKED(
			     1, 15,
			     5))) "," RULE("\"socket\"", "ERRNO",
					   ",\"errnoRet\":97,\"excludes\":{\"caps\":[\"CAP_KILL\"],"
					   "\"minKernel\":\"5.1\"}") END,
	     NULL);
	assert_string_equal(
		emitted.text,
		"default        errno EPERM\n"
		"architectures  SCMP_ARCH_X86_64\n"
		"\n"
		"CALL    ACTION              ORIGIN  WHEN                                COMMENT\n"
		"read    allow               stated                                      "
		"a\\x1b[31m\n"
		"socket  log                 stated  arg0 == 1 and arg1 & 0xf == 5\n"
		"socket  errno EAFNOSUPPORT  stated  without CAP_KILL, before Linux 5.1\n"
		"write   allow               stated                                      "
		"a\\x1b[31m\n");
	emit_forget(&emitted);
	emit(&emitted, "table",
	     "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"architectures\":["
	     "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"],\"syscalls\":[" RULE(
		     "\"read\",\"mmap2\",\"arch_prctl\",\"nobody\"", "ALLOW", "") END,
	     NULL);
	assert_has(&emitted, "CALL        ARCHITECTURE  ACTION  ORIGIN\n"
			     "arch_prctl  all           allow   stated\n"
			     "mmap2       x86           allow   stated\n"
			     "nobody      none          allow   stated\n"
			     "read        all           allow   stated\n");
	emit_forget(&emitted);
	emit(&emitted, "table",
	     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":["
	     "\"SCMP_ARCH_X86_64\"],\"syscalls\":[" RULE(
		     "\"read\",\"nobody\",\"stat\"", "ALLOW",
		     "") "," RULE("\"arch_prctl\"", "KILL", "") "," RULE("\"exit\"", "ALLOW",
									 ",\"comment\":"
									 "\"inferred, survival: "
									 "for a reason\"") END,
	     "aarch64");
	assert_string_equal(emitted.text,
			    "default        errno EPERM\n"
			    "architectures  SCMP_ARCH_AARCH64\n"
			    "\n"
			    "CALL    ACTION  ORIGIN    COMMENT\n"
			    "exit    allow   inferred  inferred, survival: for a reason\n"
			    "nobody  allow   stated\n"
			    "read    allow   stated\n");
	assert_said(&emitted, LOSS_NOTE,
		    "left out on aarch64, which does not have them; --portable");
	emit_forget(&emitted);
	emit(&emitted, "table", "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", NULL);
	assert_string_equal(emitted.text, "default        allow\n\n");
	emit_forget(&emitted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spo),	    cmocka_unit_test(test_spo_losses),
		cmocka_unit_test(test_spo_default), cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_minijail),    cmocka_unit_test(test_minijail_narrow),
		cmocka_unit_test(test_deny_list),   cmocka_unit_test(test_kafel),
		cmocka_unit_test(test_snapd),	    cmocka_unit_test(test_names),
		cmocka_unit_test(test_table),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("emit_lists", tests, NULL, NULL);
}
