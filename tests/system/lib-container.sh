#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lib-container.sh RUNTIME PROFILE SHARED COMMAND [ARG]...: runs the command under that seccomp profile in
# a container whose root is the host's, seen through an overlay, with the directory SHARED as it is.
# In a mount namespace of its own, so that nothing stays behind. Not a test by itself.
set -eu

runtime=$1
profile=$2
shared=$3
shift 3
if [ -z "${ASG_CONTAINER:-}" ]; then
	ASG_CONTAINER=yes
	export ASG_CONTAINER
	exec unshare -m sh "$0" "$runtime" "$profile" "$shared" "$@"
fi

[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 none /sys/fs/cgroup
bundle=$(mktemp -d "$shared/bundle.XXXXXX")
mount -t tmpfs none "$bundle"
mkdir "$bundle/upper" "$bundle/work" "$bundle/rootfs" "$bundle/state"
mount -t overlay overlay -o "lowerdir=/,upperdir=$bundle/upper,workdir=$bundle/work" "$bundle/rootfs"

jq -n --slurpfile seccomp "$profile" --arg shared "$shared" '
	["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
		"CAP_SETPCAP", "CAP_SYS_CHROOT", "CAP_NET_BIND_SERVICE"] as $caps |
	{
		ociVersion: "1.0.2",
		root: {path: "rootfs", readonly: false},
		process: {
			user: {uid: 0, gid: 0}, cwd: $shared, args: $ARGS.positional,
			env: ["PATH=\(env.PATH)", "LC_ALL=C", "TZ=UTC"], noNewPrivileges: false,
			capabilities: {bounding: $caps, effective: $caps, permitted: $caps}
		},
		mounts: [
			{destination: "/proc", type: "proc", source: "proc"},
			{destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755"]},
			{destination: $shared, type: "bind", source: $shared, options: ["rbind", "rw"]}
		],
		linux: {
			namespaces: [{type: "pid"}, {type: "mount"}, {type: "ipc"}, {type: "uts"}],
			seccomp: $seccomp[0]
		}
	}' --args -- "$@" >"$bundle/config.json"

case $runtime in
crun) set -- --cgroup-manager=disabled ;;
*) set -- ;;
esac
status=0
"$runtime" --root "$bundle/state" "$@" run -b "$bundle" "asg-test-$$" || status=$?
umount -l "$bundle/rootfs" "$bundle"
rmdir "$bundle"
exit "$status"
