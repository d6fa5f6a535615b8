/* SPDX-License-Identifier: Apache-2.0 */
#include "target/cgroup_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID  "3f2a96c1d0b84e57a1c9e2f7048b6d35c4f1a2e39b8d7c605142a3b4c5d6e7f8"
#define ID2 "00000000000000000000000000000000000000000000000000000000deadbeef"
#define POD "8b5e1f52_6a61_4c0f_9f0e_3d5c8a7b1e42"

struct row {
	const char *path;
	enum cgroup_kind kind;
	const char *engine, *id, *pod, *name;
};

/* The forms that the engines, the kubelet and systemd make; where two lines of a version differ,
 * both. */
static const struct row rows[] = {
	/* docker */
	{ "/docker/" ID, CGROUP_CONTAINER, "docker", ID, "", "docker-3f2a96c1d0b8" },
	{ "/system.slice/docker-" ID ".scope", CGROUP_CONTAINER, "docker", ID, "",
	  "docker-3f2a96c1d0b8" },
	{ "/system.slice/docker-" ID ".scope/init.scope", CGROUP_CONTAINER, "docker", ID, "",
	  "docker-3f2a96c1d0b8" },
	{ "/docker/" ID "/docker/" ID2, CGROUP_CONTAINER, "docker", ID, "", "docker-3f2a96c1d0b8" },
	{ "/build.slice/" ID, CGROUP_CONTAINER, "oci", ID, "", "oci-3f2a96c1d0b8" },
	{ "/system.slice:docker:" ID, CGROUP_CONTAINER, "docker", ID, "", "docker-3f2a96c1d0b8" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/docker-" ID ".scope",
	  CGROUP_CONTAINER, "docker", ID, "", "user-1000:docker-3f2a96c1d0b8" },
	{ "/system.slice/docker.service", CGROUP_UNIT, NULL, "docker.service", "",
	  "docker.service" },
	/* podman */
	{ "/machine.slice/libpod-" ID ".scope", CGROUP_CONTAINER, "podman", ID, "",
	  "podman-3f2a96c1d0b8" },
	{ "/machine.slice/libpod-" ID ".scope/container", CGROUP_CONTAINER, "podman", ID, "",
	  "podman-3f2a96c1d0b8" },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", CGROUP_CONTAINER,
	  "podman", ID, "", "podman-3f2a96c1d0b8" },
	{ "/libpod_parent/libpod-" ID, CGROUP_CONTAINER, "podman", ID, "", "podman-3f2a96c1d0b8" },
	{ "/system.slice/web.service/libpod-payload-" ID, CGROUP_CONTAINER, "podman", ID, "",
	  "podman-3f2a96c1d0b8" },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	  CGROUP_CONTAINER, "podman", ID, "", "user-1000:podman-3f2a96c1d0b8" },
	{ "/machine.slice/libpod-conmon-" ID ".scope", CGROUP_UNIT, NULL,
	  "libpod-conmon-" ID ".scope", "", "libpod-conmon-" ID ".scope" },
	{ "/libpod_parent/conmon", CGROUP_PLAIN, NULL, "", "", "" },
	/* CRI-O */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD ".slice/crio-" ID
	  ".scope",
	  CGROUP_CONTAINER, "cri-o", ID, POD,
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-o-3f2a96c1d0b8" },
	{ "/kubepods.slice/kubepods-pod" POD ".slice/crio-" ID ".scope/container", CGROUP_CONTAINER,
	  "cri-o", ID, POD, "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-o-3f2a96c1d0b8" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" POD
	  ".slice/crio-conmon-" ID ".scope",
	  CGROUP_UNIT, NULL, "crio-conmon-" ID ".scope", "", "crio-conmon-" ID ".scope" },
	{ "/kubepods/besteffort/pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/crio-" ID, CGROUP_CONTAINER,
	  "cri-o", ID, "8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42",
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-o-3f2a96c1d0b8" },
	/* containerd */
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" POD
	  ".slice/cri-containerd-" ID ".scope",
	  CGROUP_CONTAINER, "containerd", ID, POD,
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:containerd-3f2a96c1d0b8" },
	{ "/kubepods/burstable/pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/" ID, CGROUP_CONTAINER,
	  "cri", ID, "8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42",
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-3f2a96c1d0b8" },
	{ "/system.slice/containerd.service/kubepods-burstable-pod" POD ".slice:cri-containerd:" ID,
	  CGROUP_CONTAINER, "containerd", ID, "", "containerd-3f2a96c1d0b8" },
	{ "/kubepods.slice/kubepods-pod0123456789abcdef0123456789abcdef.slice/cri-containerd-" ID
	  ".scope",
	  CGROUP_CONTAINER, "containerd", ID, "0123456789abcdef0123456789abcdef",
	  "pod-0123456789abcdef0123456789abcdef:containerd-3f2a96c1d0b8" },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" POD
	  ".slice/cri-containerd-" ID ".scope",
	  CGROUP_CONTAINER, "containerd", ID, POD,
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:containerd-3f2a96c1d0b8" },
	{ "/default/" ID, CGROUP_CONTAINER, "containerd", ID, "", "containerd-3f2a96c1d0b8" },
	{ "/k8s.io/" ID, CGROUP_CONTAINER, "containerd", ID, "", "containerd-3f2a96c1d0b8" },
	{ "/system.slice/nerdctl-" ID ".scope", CGROUP_CONTAINER, "containerd", ID, "",
	  "containerd-3f2a96c1d0b8" },
	/* seen from a cgroup namespace of one's own, as a DaemonSet does */
	{ "/../../kubepods-besteffort-pod" POD ".slice/cri-containerd-" ID ".scope",
	  CGROUP_CONTAINER, "containerd", ID, POD,
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:containerd-3f2a96c1d0b8" },
	{ "/../../pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/" ID, CGROUP_CONTAINER, "cri", ID,
	  "8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42",
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-3f2a96c1d0b8" },
	{ "/../../../burstable/pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/" ID, CGROUP_CONTAINER,
	  "cri", ID, "8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42",
	  "pod-8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42:cri-3f2a96c1d0b8" },
	/* whoever calls his control group so is no pod */
	{ "/x/pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/" ID, CGROUP_CONTAINER, "oci", ID, "",
	  "oci-3f2a96c1d0b8" },
	{ "/../x/pod8b5e1f52-6a61-4c0f-9f0e-3d5c8a7b1e42/" ID, CGROUP_CONTAINER, "oci", ID, "",
	  "oci-3f2a96c1d0b8" },
	{ "/../../podium/" ID, CGROUP_CONTAINER, "oci", ID, "", "oci-3f2a96c1d0b8" },
	{ "/../nginx.service", CGROUP_UNIT, NULL, "nginx.service", "", "nginx.service" },
	/* LXC, LXD, Proxmox */
	{ "/lxc/web", CGROUP_CONTAINER, "lxc", "web", "", "lxc-web" },
	{ "/lxc/101/ns/system.slice/nginx.service", CGROUP_CONTAINER, "lxc", "101", "", "lxc-101" },
	{ "/lxc.payload/web/init.scope", CGROUP_CONTAINER, "lxc", "web", "", "lxc-web" },
	{ "/lxc.payload.web/system.slice/docker-" ID ".scope", CGROUP_CONTAINER, "lxc", "web", "",
	  "lxc-web" },
	{ "/lxc.monitor.web", CGROUP_PLAIN, NULL, "", "", "" },
	/* systemd-nspawn, libvirt */
	{ "/machine.slice/machine-web.scope", CGROUP_CONTAINER, "nspawn", "web", "", "nspawn-web" },
	{ "/machine.slice/machine-web\\x2d1.scope/payload", CGROUP_CONTAINER, "nspawn", "web\\x2d1",
	  "", "nspawn-web-1" },
	{ "/machine.slice/systemd-nspawn@web.service/payload/init.scope", CGROUP_CONTAINER,
	  "nspawn", "web", "", "nspawn-web" },
	{ "/machine.slice/systemd-nspawn@web.service/supervisor", CGROUP_UNIT, NULL,
	  "systemd-nspawn@web.service", "", "systemd-nspawn@web.service" },
	{ "/machine.slice/machine-lxc\\x2d7\\x2dweb.scope", CGROUP_CONTAINER, "libvirt-lxc",
	  "lxc\\x2d7\\x2dweb", "", "libvirt-lxc-lxc-7-web" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/emulator", CGROUP_UNIT, NULL,
	  "machine-qemu\\x2d1\\x2dvm.scope", "", "machine-qemu\\x5cx2d1\\x5cx2dvm.scope" },
	/* units */
	{ "/system.slice/nginx.service", CGROUP_UNIT, NULL, "nginx.service", "", "nginx.service" },
	{ "/system.slice/system-getty.slice/getty@tty1.service", CGROUP_UNIT, NULL,
	  "getty@tty1.service", "", "getty@tty1.service" },
	{ "/system.slice/systemd-udevd.service/udev", CGROUP_UNIT, NULL, "systemd-udevd.service",
	  "", "systemd-udevd.service" },
	{ "/system.slice/delegated.service/other.service", CGROUP_UNIT, NULL, "delegated.service",
	  "", "delegated.service" },
	{ "/system.slice/_tasks.service", CGROUP_UNIT, NULL, "tasks.service", "", "tasks.service" },
	{ "/init.scope", CGROUP_UNIT, NULL, "init.scope", "", "init.scope" },
	{ "/system.slice", CGROUP_PLAIN, NULL, "", "", "" },
	{ "/system.slice/.service", CGROUP_PLAIN, NULL, "", "", "" },
	/* users */
	{ "/user.slice/user-1000.slice/session-3.scope", CGROUP_SESSION, NULL, "session-3.scope",
	  "", "user-1000:session-3.scope" },
	{ "/user.slice/user-1000.slice/user@1000.service/init.scope", CGROUP_UNIT, NULL,
	  "user@1000.service", "", "user-1000:user@1000.service" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service", CGROUP_UNIT, NULL,
	  "foo.service", "", "user-1000:foo.service" },
	{ "/user.slice/user-1000.slice/user@1000.service", CGROUP_UNIT, NULL, "user@1000.service",
	  "", "user-1000:user@1000.service" },
	/* what is none */
	{ "/", CGROUP_PLAIN, NULL, "", "", "" },
	{ "", CGROUP_PLAIN, NULL, "", "", "" },
	{ "//", CGROUP_PLAIN, NULL, "", "", "" },
	{ "/process_api/efe564d9ad128c40de68ea46821fbf23", CGROUP_PLAIN, NULL, "", "", "" },
	{ "/system.slice/docker-" ID "0.scope", CGROUP_UNIT, NULL, "docker-" ID "0.scope", "",
	  "docker-" ID "0.scope" },
	{ "/docker/3F2A96C1D0B84E57A1C9E2F7048B6D35C4F1A2E39B8D7C605142A3B4C5D6E7F8", CGROUP_PLAIN,
	  NULL, "", "", "" },
	{ "/podcast.slice/pod" POD, CGROUP_PLAIN, NULL, "", "", "" },
	/* what somebody calls so to be shown, or to be taken for another */
	{ "/lxc/a\033[2Jb", CGROUP_CONTAINER, "lxc", "a\033[2Jb", "", "lxc-a\\x1b[2Jb" },
	{ "/machine.slice/machine-a\\x1bb\\xZZ\\x2.scope", CGROUP_CONTAINER, "nspawn",
	  "a\\x1bb\\xZZ\\x2", "", "nspawn-a\\x1bb\\x5cxZZ\\x5cx2" },
	{ "/user.slice/user-99999999999.slice/session-1.scope", CGROUP_UNIT, NULL,
	  "session-1.scope", "", "session-1.scope" },
};

static void test_forms(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		_cleanup_strbuf_ struct strbuf shown = { 0 };
		struct cgroup_name name;

		cgroup_name_parse(slice_from(row->path), &name);
		cgroup_name_put(&name, &shown);
		if (name.kind != row->kind)
			fail_msg("%s: kind %d, not %d", row->path, (int)name.kind, (int)row->kind);
		if (!slice_is(name.id, row->id) || !slice_is(name.pod, row->pod))
			fail_msg("%s: id '%.*s', pod '%.*s'", row->path, (int)name.id.len,
				 name.id.data, (int)name.pod.len, name.pod.data);
		if (!name.engine != !row->engine ||
		    (name.engine && strcmp(name.engine, row->engine) != 0))
			fail_msg("%s: engine %s", row->path, name.engine ? name.engine : "none");
		assert_string_equal(strbuf_text(&shown), row->name);
	}
}

/* The same id in two places is two containers: one of them may be a user's own cgroup. */
static void test_impostor(void **state _unused_)
{
	struct cgroup_name real, inner, forged;

	cgroup_name_parse(SLICE("/system.slice/docker-" ID ".scope"), &real);
	cgroup_name_parse(SLICE("/system.slice/docker-" ID ".scope/a/b"), &inner);
	cgroup_name_parse(SLICE("/system.slice/other.service/docker-" ID ".scope"), &forged);
	assert_true(slice_equal(real.path, inner.path));
	assert_false(slice_equal(real.path, forged.path));
	assert_int_equal(forged.kind, CGROUP_CONTAINER);
}

static void test_choose(void **state _unused_)
{
	static const struct {
		const char *file, *id;
	} files[] = {
		/* v2 alone */
		{ "0::/system.slice/nginx.service\n", "nginx.service" },
		/* v1: docker with cgroupfs leaves the systemd hierarchy to it, too */
		{ "12:pids:/docker/" ID "\n11:memory:/docker/" ID "\n1:name=systemd:/docker/" ID
		  "\n0::/system.slice/containerd.service\n",
		  ID },
		/* hybrid: the unified one says nothing */
		{ "3:cpu,cpuacct:/\n1:name=systemd:/system.slice/ssh.service\n0::/\n",
		  "ssh.service" },
		/* of two that say the same much, the unified one */
		{ "1:name=systemd:/system.slice/a.service\n0::/system.slice/b.service\n",
		  "b.service" },
		{ "5:memory:/system.slice/c.service\n1:name=systemd:/system.slice/a.service\n",
		  "a.service" },
		{ "0::/system.slice/unterminated.service", "unterminated.service" },
		{ "0::/system.slice/colon:in:it.service\n", "colon:in:it.service" },
		{ "", "" },
		{ "rubbish\n\n::\n:", "" },
		{ "0::\n", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct cgroup_name name;

		cgroup_name_choose(slice_from(files[i].file), &name);
		if (!slice_is(name.id, files[i].id))
			fail_msg("%s: '%.*s'", files[i].file, (int)name.id.len, name.id.data);
	}
}

static void test_put(void **state _unused_)
{
	_cleanup_strbuf_ struct strbuf id = { 0 }, pod = { 0 };
	struct cgroup_name name;

	cgroup_name_parse(SLICE("/machine.slice/machine-web\\x2d1.scope"), &name);
	cgroup_name_put_id(&name, &id);
	cgroup_name_put_pod(&name, &pod);
	assert_string_equal(strbuf_text(&id), "web-1");
	assert_string_equal(strbuf_text(&pod), "");
	strbuf_clear(&id);
	/* a unit's name is what systemctl takes: with its escapes */
	cgroup_name_parse(SLICE("/system.slice/a\\x2db.service"), &name);
	cgroup_name_put_id(&name, &id);
	assert_string_equal(strbuf_text(&id), "a\\x2db.service");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_impostor),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_put),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cgroup_name", tests, NULL, NULL);
}
