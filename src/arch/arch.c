/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arch.h"
#include <linux/audit.h>
#include <seccomp.h>

/* x86_64 stands before x32, which has the same audit value. */
static const struct arch arches[] = {
	{ "x86", "SCMP_ARCH_X86", "i386", AUDIT_ARCH_I386, SCMP_ARCH_X86, SCMP_ARCH_X86_64, true },
	{ "x86_64", "SCMP_ARCH_X86_64", "x86_64", AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64,
	  SCMP_ARCH_X86_64, false },
	{ "x32", "SCMP_ARCH_X32", "x32", AUDIT_ARCH_X86_64, SCMP_ARCH_X32, SCMP_ARCH_X86_64,
	  false },
	{ "arm", "SCMP_ARCH_ARM", "arm", AUDIT_ARCH_ARM, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, false },
	{ "aarch64", "SCMP_ARCH_AARCH64", "aarch64", AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64,
	  SCMP_ARCH_AARCH64, false },
	{ "loongarch64", "SCMP_ARCH_LOONGARCH64", "loongarch64", ARCH_LOONGARCH64, ARCH_LOONGARCH64,
	  ARCH_LOONGARCH64, false },
	{ "mips", "SCMP_ARCH_MIPS", "mips", AUDIT_ARCH_MIPS, SCMP_ARCH_MIPS, SCMP_ARCH_MIPS64,
	  true },
	{ "mips64", "SCMP_ARCH_MIPS64", "mips64", AUDIT_ARCH_MIPS64, SCMP_ARCH_MIPS64,
	  SCMP_ARCH_MIPS64, false },
	{ "mips64n32", "SCMP_ARCH_MIPS64N32", "mips64n32", AUDIT_ARCH_MIPS64N32,
	  SCMP_ARCH_MIPS64N32, SCMP_ARCH_MIPS64, false },
	{ "mipsel", "SCMP_ARCH_MIPSEL", "mipsel", AUDIT_ARCH_MIPSEL, SCMP_ARCH_MIPSEL,
	  SCMP_ARCH_MIPSEL64, true },
	{ "mipsel64", "SCMP_ARCH_MIPSEL64", "mipsel64", AUDIT_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64,
	  SCMP_ARCH_MIPSEL64, false },
	{ "mipsel64n32", "SCMP_ARCH_MIPSEL64N32", "mipsel64n32", AUDIT_ARCH_MIPSEL64N32,
	  SCMP_ARCH_MIPSEL64N32, SCMP_ARCH_MIPSEL64, false },
	{ "parisc", "SCMP_ARCH_PARISC", "parisc", AUDIT_ARCH_PARISC, SCMP_ARCH_PARISC,
	  SCMP_ARCH_PARISC64, false },
	{ "parisc64", "SCMP_ARCH_PARISC64", "parisc64", AUDIT_ARCH_PARISC64, SCMP_ARCH_PARISC64,
	  SCMP_ARCH_PARISC64, false },
	{ "ppc", "SCMP_ARCH_PPC", "ppc", AUDIT_ARCH_PPC, SCMP_ARCH_PPC, SCMP_ARCH_PPC64, true },
	{ "ppc64", "SCMP_ARCH_PPC64", "ppc64", AUDIT_ARCH_PPC64, SCMP_ARCH_PPC64, SCMP_ARCH_PPC64,
	  true },
	{ "ppc64le", "SCMP_ARCH_PPC64LE", "ppc64le", AUDIT_ARCH_PPC64LE, SCMP_ARCH_PPC64LE,
	  SCMP_ARCH_PPC64LE, true },
	{ "riscv64", "SCMP_ARCH_RISCV64", "riscv64", AUDIT_ARCH_RISCV64, SCMP_ARCH_RISCV64,
	  SCMP_ARCH_RISCV64, false },
	{ "s390", "SCMP_ARCH_S390", "s390", AUDIT_ARCH_S390, SCMP_ARCH_S390, SCMP_ARCH_S390X,
	  true },
	{ "s390x", "SCMP_ARCH_S390X", "s390x", AUDIT_ARCH_S390X, SCMP_ARCH_S390X, SCMP_ARCH_S390X,
	  true },
};

/* What else people and uname(2) call them. */
static const struct {
	const char *name;
	uint32_t token;
} aliases[] = {
	{ "i486", SCMP_ARCH_X86 },     { "i586", SCMP_ARCH_X86 },      { "i686", SCMP_ARCH_X86 },
	{ "amd64", SCMP_ARCH_X86_64 }, { "armv6l", SCMP_ARCH_ARM },    { "armv7l", SCMP_ARCH_ARM },
	{ "armv8l", SCMP_ARCH_ARM },   { "arm64", SCMP_ARCH_AARCH64 },
};

size_t arch_count(void)
{
	return ARRAY_SIZE(arches);
}

const struct arch *arch_at(size_t index)
{
	return &arches[index];
}

const struct arch *arch_by_audit(uint32_t audit, int64_t nr)
{
	/* -1, which tracers use to skip a call, has the bit and is no x32 call. */
	if (audit == AUDIT_ARCH_X86_64 && nr >= ARCH_X32_BIT && nr <= INT32_MAX)
		return arch_by_token(SCMP_ARCH_X32);
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (arches[i].audit == audit)
			return &arches[i];
	return NULL;
}

const struct arch *arch_by_token(uint32_t token)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (arches[i].token == token)
			return &arches[i];
	return NULL;
}

const struct arch *arch_by_name(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		if (slice_is(name, arches[i].name) || slice_is(name, arches[i].oci) ||
		    slice_is(name, arches[i].machine))
			return &arches[i];
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (slice_is(name, aliases[i].name))
			return arch_by_token(aliases[i].token);
	return NULL;
}

/* x32 and MIPS's n32 have the audit value, or its 64-bit mark, of another architecture. */
bool arch_is_narrow(const struct arch *arch)
{
	return !(arch->audit & __AUDIT_ARCH_64BIT) || arch->token != arch->audit;
}

const struct arch *arch_native(void)
{
	return arch_by_token(seccomp_arch_native());
}
