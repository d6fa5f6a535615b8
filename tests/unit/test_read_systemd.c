/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "describe.h"
#include "format/systemd_arch.h"
#include "format/systemd_groups.h"
#include <errno.h>

/* An allow list brings @default along: here it is taken away again by a second line. */
#define SERVICE	   "[Service]\n"
#define NO_DEFAULT "SystemCallFilter=~@default\n"

static void test_lists(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		{ SERVICE "SystemCallFilter=read write\n" NO_DEFAULT,
		  "kill_process; allow read write" },
		{ SERVICE "SystemCallFilter = read\nSystemCallFilter=write\n" NO_DEFAULT,
		  "kill_process; allow read write" },
		/* What a second line takes away, and what a third brings back. */
		{ SERVICE "SystemCallFilter=read write open\nSystemCallFilter=~write open\n"
			  "SystemCallFilter=open\n" NO_DEFAULT,
		  "kill_process; allow open read" },
		{ SERVICE "SystemCallFilter=read\nSystemCallFilter=\nSystemCallFilter=~mount\n",
		  "allow; kill_process mount" },
		/* Two names of one number. */
		{ SERVICE "SystemCallFilter=~mount:EOPNOTSUPP umount2:ENOTSUP\n",
		  "allow; errno:95 mount umount2" },
		{ SERVICE "SystemCallFilter=~mount umount2:EPERM swapon:5 reboot:kill\n"
			  "SystemCallErrorNumber=ENOSYS\n",
		  "allow; kill_process reboot; errno:1 umount2; errno:5 swapon; errno:38 mount" },
		{ SERVICE "SystemCallFilter=~@swap\nSystemCallFilter=swapon\n",
		  "allow; kill_process swapoff" },
		{ SERVICE "SystemCallFilter=~@swap:EACCES\nSystemCallFilter=~swapon\n",
		  "allow; kill_process swapon; errno:13 swapoff" },
		{ SERVICE "SystemCallFilter=~\n", "allow" },
		{ SERVICE "SystemCallFilter=read\nSystemCallFilter=\n", "allow" },
		{ SERVICE "SystemCallErrorNumber=EPERM\nSystemCallErrorNumber=\n"
			  "SystemCallFilter=read\n" NO_DEFAULT,
		  "kill_process; allow read" },
		{ SERVICE "SystemCallErrorNumber=1\nSystemCallFilter=read\n" NO_DEFAULT,
		  "errno:1; allow read" },
		/* A call that this systemd would not know stays. */
		{ SERVICE "SystemCallFilter=brandnew\n" NO_DEFAULT,
		  "kill_process; allow brandnew" },
		{ "[Socket]\nSystemCallFilter=~mount\n", "allow; kill_process mount" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("systemd", tests[i].text, tests[i].expected);
}

static void test_log(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		{ SERVICE "SystemCallLog=mount\n", "allow; log mount" },
		{ SERVICE "SystemCallLog=~read write\n", "log; allow read write" },
		{ SERVICE "SystemCallFilter=~mount\nSystemCallLog=mount open\n",
		  "allow; kill_process mount; log open" },
		{ SERVICE "SystemCallFilter=~mount\nSystemCallLog=~mount open\n",
		  "log; kill_process mount; allow open" },
		{ SERVICE "SystemCallFilter=read write\n" NO_DEFAULT "SystemCallLog=write mount\n",
		  "kill_process; log write; allow read" },
		{ SERVICE "SystemCallFilter=read write\n" NO_DEFAULT "SystemCallLog=~write\n",
		  "kill_process; log read; allow write" },
		{ SERVICE "SystemCallLog=read\nSystemCallLog=\nSystemCallFilter=~mount\n",
		  "allow; kill_process mount" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("systemd", tests[i].text, tests[i].expected);
}

/* What a unit may not do with namespaces is taken from what its filter lets through. */
static void test_namespaces(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		/* Of a deny list: the flags one by one, setns and clone3 altogether. */
		{ SERVICE "SystemCallFilter=~mount\nRestrictNamespaces=yes\n",
		  "allow; errno:1 clone if arg0 & 0x20000 == 0x20000; errno:1 clone if arg0 & "
		  "0x2000000 == 0x2000000; errno:1 clone if arg0 & 0x4000000 == 0x4000000; errno:1 "
		  "clone if arg0 & 0x8000000 == 0x8000000; errno:1 clone if arg0 & 0x10000000 == "
		  "0x10000000; errno:1 clone if arg0 & 0x20000000 == 0x20000000; errno:1 clone if "
		  "arg0 & 0x40000000 == 0x40000000; errno:1 unshare if arg0 & 0x20000 == 0x20000; "
		  "errno:1 unshare if arg0 & 0x2000000 == 0x2000000; errno:1 unshare if arg0 & "
		  "0x4000000 == 0x4000000; errno:1 unshare if arg0 & 0x8000000 == 0x8000000; "
		  "errno:1 unshare if arg0 & 0x10000000 == 0x10000000; errno:1 unshare if arg0 & "
		  "0x20000000 == 0x20000000; errno:1 unshare if arg0 & 0x40000000 == 0x40000000; "
		  "kill_process mount; errno:1 setns; errno:38 clone3" },
		/* Of an allow list: none of the flags. What is denied anyway stays so. */
		{ SERVICE "SystemCallErrorNumber=EPERM\nRestrictNamespaces=yes\n"
			  "SystemCallFilter=clone clone3 read\n" NO_DEFAULT,
		  "errno:1; allow clone if arg0 & 0x7e020000 == 0; errno:38 clone3; allow read" },
		{ SERVICE "SystemCallFilter=clone\n" NO_DEFAULT "RestrictNamespaces=~user net\n"
			  "RestrictNamespaces=net\n",
		  "kill_process; allow clone if arg0 & 0x10000000 == 0; errno:1 clone if arg0 & "
		  "0x10000000 == 0x10000000" },
		{ SERVICE "SystemCallFilter=~@mount unshare clone\nRestrictNamespaces=~net\n"
			  "SystemCallFilter=@mount\n",
		  "allow; errno:1 setns if arg1 == 0; errno:1 setns if arg1 & 0x40000000 == "
		  "0x40000000; kill_process clone unshare; errno:38 clone3" },
		{ SERVICE "SystemCallFilter=~mount\nRestrictNamespaces=yes\n"
			  "RestrictNamespaces=\n",
		  "allow; kill_process mount" },
		{ SERVICE "SystemCallFilter=~mount\nRestrictNamespaces=no\n",
		  "allow; kill_process mount" },
	};

	if (slice_starts(slice_from(arch_native()->name), SLICE("s390")))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		assert_reads("systemd", tests[i].text, tests[i].expected);
}

/* systemd.syntax(7). */
/* Filters that systemd adds for other settings are no rules of the profile, but are named. */
static void test_other_settings(void **state _unused_)
{
	static const struct {
		const char *text, *expected;
	} tests[] = {
		{ SERVICE "SystemCallFilter=read\nNoNewPrivileges=yes\n", "" },
		{ SERVICE "SystemCallFilter=read\nRestrictAddressFamilies=AF_UNIX\n"
			  "LockPersonality=yes\nMemoryDenyWriteExecute=1\n",
		  " LockPersonality MemoryDenyWriteExecute RestrictAddressFamilies" },
		{ SERVICE "SystemCallFilter=read\nMemoryDenyWriteExecute=no\nLockPersonality=\n"
			  "PrivateDevices=False\nProtectClock=OFF\nRestrictRealtime=0\n",
		  "" },
		{ SERVICE "SystemCallFilter=read\nLockPersonality=yes\nLockPersonality=no\n"
			  "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=\n",
		  "" },
		{ SERVICE "SystemCallFilter=read\nRestrictAddressFamilies=none\n"
			  "ProtectHostname=private\n",
		  " ProtectHostname RestrictAddressFamilies" },
		{ "[Unit]\nLockPersonality=yes\n" SERVICE "SystemCallFilter=read\n", "" },
		{ SERVICE "SystemCallFilter=read\nDynamicUser=yes\nPrivateDevices=t\n"
			  "ProtectClock=y\nProtectKernelLogs=on\nProtectKernelModules=true\n"
			  "ProtectKernelTunables=yes\nRestrictRealtime=yes\nRestrictSUIDSGID=yes\n",
		  " DynamicUser PrivateDevices ProtectClock ProtectKernelLogs ProtectKernelModules "
		  "ProtectKernelTunables RestrictRealtime RestrictSUIDSGID" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		_cleanup_profile_ struct profile *profile = NULL, *copy = NULL;
		_cleanup_strbuf_ struct strbuf found = { 0 };

		assert_int_equal(
			reader_read(slice_from(tests[i].text), "text", &profile, NULL, NULL), 0);
		copy = profile_copy(profile);
		assert_non_null(copy);
		strbuf_puts(&found, "");
		for (char **name = copy->settings; name && *name; name++)
			strbuf_printf(&found, " %s", *name);
		assert_string_equal(strbuf_text(&found), tests[i].expected);
	}
}

static void test_syntax(void **state _unused_)
{
	static const char expected[] = "allow; kill_process mount umount2";
	static const char *const texts[] = {
		SERVICE "SystemCallFilter=~mount \\\n umount2\n",
		SERVICE "SystemCallFilter=~mount\\\n# comment\n;comment\n  umount2",
		SERVICE "SystemCallFilter=\\\n~mount umount2\\\n",
		"# top\n\n[Unit]\nDescription=x=y\n[Service]\r\nSystemCallFilter=~mount "
		"umount2\r\nExecStart=/bin/true",
		"  [Service]\n\t SystemCallFilter =   ~mount\tumount2  \n",
		"[X-Other]\nKey=[\n" SERVICE "Environment=SystemCallFilter=read\n"
		"SystemCallFilter=~mount umount2\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_reads("systemd", texts[i], expected);
}

static void test_default_comes_along(void **state _unused_)
{
	_cleanup_name_set_ struct name_set set = { 0 };
	_cleanup_strbuf_ struct strbuf text = { 0 };

	assert_int_equal(systemd_group_expand(systemd_group_by_name("@default"), &set), 0);
	assert_true(name_set_add(&set, "mount") >= 0);
	strbuf_puts(&text, "kill_process; allow");
	for (size_t i = 0; i < set.n; i++)
		strbuf_printf(&text, " %s", set.names[i]);
	assert_reads("systemd", SERVICE "SystemCallFilter=mount\n", strbuf_text(&text));
	/* Not to a list of what is logged. */
	assert_reads("systemd", SERVICE "SystemCallLog=mount\n", "allow; log mount");
}

static void test_architectures(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	const struct arch *native = arch_native();

	strbuf_printf(&text, "allow on %s; kill_process mount", native->oci);
	assert_reads("systemd", SERVICE "SystemCallArchitectures=native\nSystemCallFilter=~mount\n",
		     strbuf_text(&text));
	strbuf_clear(&text);
	strbuf_printf(&text, "allow on %s SCMP_ARCH_S390X SCMP_ARCH_RISCV64; kill_process mount",
		      native->oci);
	assert_reads("systemd",
		     SERVICE "SystemCallArchitectures=arm\nSystemCallArchitectures=\n"
			     "SystemCallArchitectures=s390x native\n"
			     "SystemCallArchitectures=riscv64\nSystemCallFilter=~mount\n",
		     strbuf_text(&text));
	assert_reads("systemd", SERVICE "SystemCallArchitectures=\nSystemCallFilter=~mount\n",
		     "allow; kill_process mount");
	for (size_t i = 0; i < arch_count(); i++) {
		const char *name = systemd_arch_name(arch_at(i));

		assert_non_null(name);
		assert_ptr_equal(systemd_arch_by_name(slice_from(name)), arch_at(i));
	}
	assert_null(systemd_arch_by_name(SLICE("native")));
}

/* Not more names than any kernel has: what a text costs is bounded. */
static void test_bounds(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf text = { 0 };
	struct profile *profile = NULL;
	struct error err = { 0 };

	strbuf_puts(&text, SERVICE "SystemCallFilter=");
	for (int i = 0; i < 17000; i++)
		strbuf_printf(&text, " c%d", i);
	assert_int_equal(reader_by_name("systemd")->read((struct slice){ text.data, text.len }, "f",
							 &profile, &err),
			 -EBADMSG);
	assert_string_equal(err.message, "f: line 2: SystemCallFilter=: more than 16384 calls");
	/* Nor more work than a unit is worth: groups are long. */
	strbuf_clear(&text);
	strbuf_puts(&text, "[Service]\n");
	for (int i = 0; i < 100000; i++)
		strbuf_puts(&text, "SystemCallFilter=~@known\nSystemCallFilter=\n");
	err = (struct error){ 0 };
	assert_int_equal(reader_by_name("systemd")->read((struct slice){ text.data, text.len }, "f",
							 &profile, &err),
			 -EBADMSG);
	assert_non_null(strstr(err.message, "more than 1000000 calls are named"));
}

static void test_invalid(void **state _unused_)
{
	assert_refuses("systemd", 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),	      cmocka_unit_test(test_log),
		cmocka_unit_test(test_namespaces),    cmocka_unit_test(test_other_settings),
		cmocka_unit_test(test_syntax),	      cmocka_unit_test(test_default_comes_along),
		cmocka_unit_test(test_architectures), cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("read_systemd", tests, NULL, NULL);
}
