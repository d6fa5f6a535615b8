/* SPDX-License-Identifier: Apache-2.0 */
#include "target/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID "3f2a96c1d0b84e57a1c9e2f7048b6d35c4f1a2e39b8d7c605142a3b4c5d6e7f8"

static const struct {
	const char *executable;
	struct slice arguments;
	const char *engine, *name; /* engine NULL: none */
} rows[] = {
	/* podman 4.3 */
	{ "conmon",
	  SLICE("/usr/bin/conmon\0--api-version\0001\0-c\0" ID "\0-u\0" ID
		"\0-r\0/usr/bin/crun\0-b\0"
		"/var/lib/containers\0-p\0/run/pidfile\0-n\0web\0--exit-dir\0/run/exits\0"),
	  "podman", "web" },
	/* an exec session: the same container */
	{ "conmon", SLICE("/usr/bin/conmon\0--api-version\0001\0-c\0" ID "\0-u\0x\0-e\0"), "podman",
	  "" },
	/* docker 20.10, containerd */
	{ "containerd-shim-runc-v2",
	  SLICE("/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0" ID
		"\0-address\0/run/containerd/containerd.sock\0"),
	  "docker", "" },
	{ "containerd-shim-runc-v2",
	  SLICE("/usr/bin/containerd-shim-runc-v2\0-namespace\0k8s.io\0-id\0" ID), "containerd",
	  "" },
	{ "conmon", SLICE("conmon\0-c\0too-short\0"), NULL, "" },
	{ "conmon", SLICE("conmon\0-c"), NULL, "" },
	{ "conmon", SLICE("conmon\0-c\0" ID "0\0"), NULL, "" },
	{ "conmon", SLICE(""), NULL, "" },
	{ "sh", SLICE("conmon\0-c\0" ID "\0"), NULL, "" },
	{ "", SLICE("conmon\0-c\0" ID "\0"), NULL, "" },
};

static void every_form(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct supervisor_name name = { 0 };
		bool found =
			supervisor_parse(slice_from(rows[i].executable), rows[i].arguments, &name);

		if (found != (rows[i].engine != NULL))
			fail_msg("row %zu: %d", i, found);
		if (!found)
			continue;
		assert_string_equal(name.engine, rows[i].engine);
		assert_true(slice_is(name.id, ID));
		assert_true(slice_is(name.name, rows[i].name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_form) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
