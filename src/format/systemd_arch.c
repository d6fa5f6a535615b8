/* SPDX-License-Identifier: Apache-2.0 */
#include "format/systemd_arch.h"
#include <string.h>

/* systemd's name, ours. */
static const char *const arch_names[][2] = {
	{ "x86", "x86" },	 { "x86-64", "x86_64" },      { "x32", "x32" },
	{ "arm", "arm" },	 { "arm64", "aarch64" },      { "loongarch64", "loongarch64" },
	{ "mips", "mips" },	 { "mips64", "mips64" },      { "mips64-n32", "mips64n32" },
	{ "mips-le", "mipsel" }, { "mips64-le", "mipsel64" }, { "mips64-le-n32", "mipsel64n32" },
	{ "parisc", "parisc" },	 { "parisc64", "parisc64" },  { "ppc", "ppc" },
	{ "ppc64", "ppc64" },	 { "ppc64-le", "ppc64le" },   { "riscv64", "riscv64" },
	{ "s390", "s390" },	 { "s390x", "s390x" },
};

const char *systemd_arch_name(const struct arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(arch_names); i++)
		if (strcmp(arch_names[i][1], arch->name) == 0)
			return arch_names[i][0];
	return NULL;
}

const struct arch *systemd_arch_by_name(struct slice name)
{
	for (size_t i = 0; i < ARRAY_SIZE(arch_names); i++)
		if (slice_is(name, arch_names[i][0]))
			return arch_by_name(slice_from(arch_names[i][1]));
	return NULL;
}
