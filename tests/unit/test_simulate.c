/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/simulate.h"
#include "base/cleanup.h"
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LOAD(field)	 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value)	 BPF_STMT(BPF_RET | BPF_K, (value))
#define ALU(op, operand) BPF_STMT(BPF_ALU | (op), (operand))
#define TAX		 BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define TXA		 BPF_STMT(BPF_MISC | BPF_TXA, 0)
#define RETURN_A	 BPF_STMT(BPF_RET | BPF_A, 0)

struct program {
	const char *name;
	struct sock_filter insns[12];
	size_t n;
	bool valid;
	uint32_t value;
};

/* All with nr 7, arch x86_64, args 0x1122334455667788, 5, 0. */
static const struct seccomp_data input = {
	.nr = 7,
	.arch = AUDIT_ARCH_X86_64,
	.args = { 0x1122334455667788, 5, 0 },
};

static const struct program programs[] = {
	{ "return K", { RETURN(SECCOMP_RET_LOG) }, 1, true, SECCOMP_RET_LOG },
	{ "return A", { LOAD(nr), RETURN_A }, 2, true, 7 },
	{ "A is 0 at first", { RETURN_A }, 1, true, 0 },
	{ "X is 0 at first", { LOAD(nr), TXA, RETURN_A }, 3, true, 0 },
	{ "load arch", { LOAD(arch), RETURN_A }, 2, true, AUDIT_ARCH_X86_64 },
	{ "load last word", { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), RETURN_A }, 2, true, 0 },
	{ "load length", { BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RETURN_A }, 2, true, 64 },
	{ "load length to X",
	  { BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), TXA, RETURN_A },
	  3,
	  true,
	  64 },
	{ "immediate", { BPF_STMT(BPF_LD | BPF_IMM, 9), RETURN_A }, 2, true, 9 },
	{ "add", { LOAD(nr), ALU(BPF_ADD | BPF_K, 3), RETURN_A }, 3, true, 10 },
	{ "subtract below 0",
	  { LOAD(nr), ALU(BPF_SUB | BPF_K, 8), RETURN_A },
	  3,
	  true,
	  UINT32_MAX },
	{ "multiply X", { LOAD(nr), TAX, ALU(BPF_MUL | BPF_X, 0), RETURN_A }, 4, true, 49 },
	{ "divide", { LOAD(nr), ALU(BPF_DIV | BPF_K, 2), RETURN_A }, 3, true, 3 },
	{ "and", { LOAD(nr), ALU(BPF_AND | BPF_K, 2), RETURN_A }, 3, true, 2 },
	{ "or", { LOAD(nr), ALU(BPF_OR | BPF_K, 8), RETURN_A }, 3, true, 15 },
	{ "xor X", { LOAD(nr), TAX, ALU(BPF_XOR | BPF_X, 0), RETURN_A }, 4, true, 0 },
	{ "shift left", { LOAD(nr), ALU(BPF_LSH | BPF_K, 31), RETURN_A }, 3, true, 0x80000000 },
	{ "shift right", { LOAD(nr), ALU(BPF_RSH | BPF_K, 1), RETURN_A }, 3, true, 3 },
	{ "shift by 33 in X",
	  { BPF_STMT(BPF_LDX | BPF_IMM, 33), LOAD(nr), ALU(BPF_LSH | BPF_X, 0), RETURN_A },
	  4,
	  true,
	  14 },
	{ "negate", { LOAD(nr), ALU(BPF_NEG, 0), RETURN_A }, 3, true, (uint32_t)-7 },
	{ "divide by X of 0",
	  { LOAD(nr), ALU(BPF_DIV | BPF_X, 0), RETURN(SECCOMP_RET_ALLOW) },
	  3,
	  true,
	  SECCOMP_RET_KILL_THREAD },
	{ "memory",
	  { LOAD(nr), BPF_STMT(BPF_ST, 15), BPF_STMT(BPF_LD | BPF_IMM, 0),
	    BPF_STMT(BPF_LDX | BPF_MEM, 15), TXA, RETURN_A },
	  6,
	  true,
	  7 },
	{ "memory from X",
	  { LOAD(nr), TAX, BPF_STMT(BPF_STX, 0), BPF_STMT(BPF_LD | BPF_IMM, 0),
	    BPF_STMT(BPF_LD | BPF_MEM, 0), RETURN_A },
	  6,
	  true,
	  7 },
	{ "jump always", { BPF_STMT(BPF_JMP | BPF_JA, 1), RETURN(1), RETURN(2) }, 3, true, 2 },
	{ "equal",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ, 7, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  1 },
	{ "not equal",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ, 8, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  2 },
	{ "greater",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JGT, 7, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  2 },
	{ "greater is unsigned",
	  { LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JGT, 1, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  1 },
	{ "greater or equal",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JGE, 7, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  1 },
	{ "bits",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JSET, 4, 0, 1), RETURN(1), RETURN(2) },
	  4,
	  true,
	  1 },
	{ "equal X",
	  { LOAD(nr), TAX, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1), RETURN(1), RETURN(2) },
	  5,
	  true,
	  1 },

	{ "nothing", { RETURN(0) }, 0, false, 0 },
	{ "no return", { LOAD(nr) }, 1, false, 0 },
	{ "unaligned", { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RETURN(1) }, 2, false, 0 },
	{ "beyond the data", { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RETURN(1) }, 2, false, 0 },
	{ "before the data",
	  { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_AD_OFF), RETURN(1) },
	  2,
	  false,
	  0 },
	{ "half word", { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), RETURN(1) }, 2, false, 0 },
	{ "byte", { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RETURN(1) }, 2, false, 0 },
	{ "indirect", { BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RETURN(1) }, 2, false, 0 },
	{ "header length", { BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), RETURN(1) }, 2, false, 0 },
	{ "return X", { BPF_STMT(BPF_RET | BPF_X, 0) }, 1, false, 0 },
	{ "remainder", { ALU(BPF_MOD | BPF_K, 2), RETURN(1) }, 2, false, 0 },
	{ "divide by 0", { ALU(BPF_DIV | BPF_K, 0), RETURN(1) }, 2, false, 0 },
	{ "shift too far", { ALU(BPF_LSH | BPF_K, 32), RETURN(1) }, 2, false, 0 },
	{ "shift right too far", { ALU(BPF_RSH | BPF_K, 32), RETURN(1) }, 2, false, 0 },
	{ "memory out of range", { BPF_STMT(BPF_ST, 16), RETURN(1) }, 2, false, 0 },
	{ "memory not written", { BPF_STMT(BPF_LD | BPF_MEM, 0), RETURN(1) }, 2, false, 0 },
	{ "memory written on one way only",
	  { LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ, 7, 0, 1), BPF_STMT(BPF_ST, 0),
	    BPF_STMT(BPF_LD | BPF_MEM, 0), RETURN_A },
	  5,
	  false,
	  0 },
	{ "jump to the end", { BPF_STMT(BPF_JMP | BPF_JA, 1), RETURN(1) }, 2, false, 0 },
	{ "jump far out", { BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), RETURN(1) }, 2, false, 0 },
	{ "true leads out", { BPF_JUMP(BPF_JMP | BPF_JEQ, 0, 1, 0), RETURN(1) }, 2, false, 0 },
	{ "false leads out", { BPF_JUMP(BPF_JMP | BPF_JEQ, 0, 0, 1), RETURN(1) }, 2, false, 0 },
	{ "no such instruction", { { 0xFFFF, 0, 0, 0 }, RETURN(1) }, 2, false, 0 },
};

static void single_programs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const struct program *program = &programs[i];
		uint32_t value = 42;
		int r = simulate(program->insns, program->n, &input, &value);

		if (r != (program->valid ? 0 : -EINVAL) ||
		    value != (program->valid ? program->value : 42))
			fail_msg("%s: gives %d and %08x", program->name, r, value);
	}
}

/* What this kernel says to the program, loaded in a process of its own: 0 or an errno. */
static int kernel_takes(const struct sock_filter *insns, size_t n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct sock_fprog prog = { (unsigned short)n, (struct sock_filter *)insns };

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
			_exit(errno);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	/* Killed by its own filter: then it was taken. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

static void kernel_agrees_on_what_is_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct sock_filter insns[13];
		size_t n = programs[i].n;
		int r;

		/* The process under it must be able to exit: every return allows. */
		memcpy(insns, programs[i].insns, sizeof(programs[i].insns));
		for (size_t k = 0; k < n; k++)
			if (BPF_CLASS(insns[k].code) == BPF_RET &&
			    (insns[k].code == (BPF_RET | BPF_K) ||
			     insns[k].code == (BPF_RET | BPF_A)))
				insns[k] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
		r = kernel_takes(insns, n);
		if (r != (programs[i].valid ? 0 : EINVAL))
			fail_msg("%s: the kernel says %d", programs[i].name, r);
	}
}

static void longest_program(void **state)
{
	static struct sock_filter insns[BPF_MAXINSNS + 1];
	uint32_t value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(insns); i++)
		insns[i] = (struct sock_filter)ALU(BPF_ADD | BPF_K, 1);
	insns[BPF_MAXINSNS - 1] = insns[BPF_MAXINSNS] = (struct sock_filter)RETURN_A;
	assert_int_equal(simulate(insns, BPF_MAXINSNS, &input, &value), 0);
	assert_int_equal(value, BPF_MAXINSNS - 1);
	assert_int_equal(simulate(insns, BPF_MAXINSNS + 1, &input, &value), -EINVAL);
}

struct compiled {
	struct sock_filter insns[BPF_MAXINSNS];
	size_t n;
};

/* A filter for x86_64, x86 and aarch64 with rules on arguments. */
static void compile(struct compiled *compiled, bool binary_tree)
{
	_cleanup_close_ int fd = memfd_create("bpf", MFD_CLOEXEC);
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(1));
	ssize_t len;

	assert_non_null(ctx);
	assert_true(fd >= 0);
	assert_int_equal(seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE), 0);
	assert_int_equal(seccomp_arch_add(ctx, SCMP_ARCH_X86_64), 0);
	assert_int_equal(seccomp_arch_add(ctx, SCMP_ARCH_X86), 0);
	assert_int_equal(seccomp_arch_add(ctx, SCMP_ARCH_AARCH64), 0);
	assert_int_equal(seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_LOG), 0);
	if (binary_tree)
		assert_int_equal(seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2), 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 0), 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_LOG, SCMP_SYS(openat), 0), 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(ptrace), 0), 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 2,
					  SCMP_A0(SCMP_CMP_LE, 2, 0),
					  SCMP_A2(SCMP_CMP_GT, 0x100000000, 0)),
			 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1,
					  SCMP_A0(SCMP_CMP_EQ, 0xFFFFFFFF, 0)),
			 0);
	assert_int_equal(seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					  SCMP_A0(SCMP_CMP_MASKED_EQ, 0x7E020000, 0)),
			 0);
	assert_int_equal(seccomp_export_bpf(ctx, fd), 0);
	len = pread(fd, compiled->insns, sizeof(compiled->insns), 0);
	assert_true(len > 0 && len % (ssize_t)sizeof(compiled->insns[0]) == 0);
	compiled->n = (size_t)len / sizeof(compiled->insns[0]);
	seccomp_release(ctx);
}

#define REFUSED (SECCOMP_RET_ERRNO | 1)

static const struct {
	uint32_t arch;
	int nr;
	uint64_t args[3];
	uint32_t value;
} verdicts[] = {
	{ AUDIT_ARCH_X86_64, 0, { 0 }, SECCOMP_RET_ALLOW }, /* read */
	{ AUDIT_ARCH_I386, 3, { 0 }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_AARCH64, 63, { 0 }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_I386, 0, { 0 }, REFUSED },
	{ AUDIT_ARCH_X86_64, 3, { 0 }, REFUSED },
	{ AUDIT_ARCH_AARCH64, 0, { 0 }, REFUSED },
	{ AUDIT_ARCH_X86_64, 257, { 0 }, SECCOMP_RET_LOG }, /* openat */
	{ AUDIT_ARCH_I386, 295, { 0 }, SECCOMP_RET_LOG },
	{ AUDIT_ARCH_AARCH64, 56, { 0 }, SECCOMP_RET_LOG },
	{ AUDIT_ARCH_X86_64, 101, { 0 }, SECCOMP_RET_KILL_PROCESS }, /* ptrace */
	{ AUDIT_ARCH_I386, 26, { 0 }, SECCOMP_RET_KILL_PROCESS },
	{ AUDIT_ARCH_AARCH64, 117, { 0 }, SECCOMP_RET_KILL_PROCESS },
	{ AUDIT_ARCH_X86_64, 1, { 2, 0, 0x100000001 }, SECCOMP_RET_ALLOW }, /* write */
	{ AUDIT_ARCH_X86_64, 1, { 2, 0, 0x100000000 }, REFUSED },
	{ AUDIT_ARCH_X86_64, 1, { 2, 0, 0xFFFFFFFF }, REFUSED },
	{ AUDIT_ARCH_X86_64, 1, { 3, 0, 0x100000001 }, REFUSED },
	{ AUDIT_ARCH_X86_64, 1, { 0x100000000, 0, 0x200000000 }, REFUSED },
	{ AUDIT_ARCH_AARCH64, 64, { 0, 0, UINT64_MAX }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_X86_64, 135, { 0xFFFFFFFF }, SECCOMP_RET_ALLOW }, /* personality */
	{ AUDIT_ARCH_X86_64, 135, { 0x1FFFFFFFF }, REFUSED },
	{ AUDIT_ARCH_X86_64, 135, { 0 }, REFUSED },
	{ AUDIT_ARCH_I386, 136, { 0xFFFFFFFF }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_AARCH64, 92, { 0xFFFFFFFF }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_X86_64, 56, { 0x003D0F00 }, SECCOMP_RET_ALLOW }, /* clone: a thread */
	{ AUDIT_ARCH_X86_64, 56, { 0x10000000 }, REFUSED },	      /* a user namespace */
	{ AUDIT_ARCH_AARCH64, 220, { 0x11 }, SECCOMP_RET_ALLOW },
	{ AUDIT_ARCH_AARCH64, 220, { 0x20000000 }, REFUSED },
	{ AUDIT_ARCH_X86_64, 0x40000000, { 0 }, SECCOMP_RET_LOG }, /* x32: not this filter's */
	{ AUDIT_ARCH_S390X, 3, { 0 }, SECCOMP_RET_LOG },
	{ AUDIT_ARCH_X86_64, 9999, { 0 }, REFUSED },
};

static void check_verdicts(bool binary_tree)
{
	static struct compiled compiled;

	compile(&compiled, binary_tree);
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		struct seccomp_data data = { .nr = verdicts[i].nr, .arch = verdicts[i].arch };
		uint32_t value = 0;

		memcpy(data.args, verdicts[i].args, sizeof(verdicts[i].args));
		assert_int_equal(simulate(compiled.insns, compiled.n, &data, &value), 0);
		if (value != verdicts[i].value)
			fail_msg("arch %08x number %d args %jx %jx %jx gives %08x, not %08x",
				 data.arch, data.nr, (uintmax_t)data.args[0],
				 (uintmax_t)data.args[1], (uintmax_t)data.args[2], value,
				 verdicts[i].value);
	}
}

static void filters_made_by_libseccomp(void **state)
{
	(void)state;
	check_verdicts(false);
	check_verdicts(true);
}

/* Cut anywhere, a filter is refused or still ends in a return; it is never run out of. */
static void torn_filters(void **state)
{
	static struct compiled compiled;

	(void)state;
	compile(&compiled, false);
	for (size_t n = 0; n < compiled.n; n++) {
		_cleanup_free_ struct sock_filter *torn = malloc((n + 1) * sizeof(*torn));
		uint32_t value;
		int r;

		assert_non_null(torn);
		memcpy(torn, compiled.insns, n * sizeof(*torn));
		r = simulate(torn, n, &input, &value);
		assert_true(r == 0 || r == -EINVAL);
		if (r == 0)
			assert_int_equal(BPF_CLASS(torn[n - 1].code), BPF_RET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_programs), cmocka_unit_test(kernel_agrees_on_what_is_valid),
		cmocka_unit_test(longest_program), cmocka_unit_test(filters_made_by_libseccomp),
		cmocka_unit_test(torn_filters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
