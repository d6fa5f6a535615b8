#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The recording runtime: below a real dockerd with containerd, and with runc and crun driven directly. TAP.
# shellcheck disable=SC2317 # functions that check and trap call
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need_engine
need dockerd docker containerd runc
need_live

state=/var/lib/audit-seccomp-gen
[ ! -e "$state" ] || skip_all "$state exists and is not ours"
mkdir -p "$state"
remove_state() {
	rm -rf "$state"
	engine_clean_up
}
trap remove_state EXIT
ln -s "$ASG" "$work/audit-seccomp-gen-runtime"
if ! engine_docker_start "recording=$work/audit-seccomp-gen-runtime" || ! engine_docker_image >/dev/null; then
	skip_all "dockerd does not start here: $(tail -n 1 "$engine/docker/log")"
fi

# asked OUTPUT: the variable that asks for a recording.
asked() {
	echo "IO_CONTAINERS_TRACE_SYSCALL=of:$1"
}

docker_run() {
	run engine_docker run --rm --net=host "$@"
}

# allows PROFILE NAME...: says which of them is missing.
allows() {
	allows_profile=$1
	shift
	for allows_name; do
		jq -e --arg name "$allows_name" 'any(.syscalls[];
			.action == "SCMP_ACT_ALLOW" and (.args // []) == [] and any(.names[]; . == $name))' \
			"$allows_profile" >/dev/null || {
			echo "$allows_profile does not allow $allows_name"
			return 1
		}
	done
}

denies() {
	! allows "$@" >/dev/null
}

docker_run --runtime=recording -e "$(asked "$state/ls.json")" asg-busybox ls /
exits 0 'docker run with our runtime'
wait_for 10 test -s "$state/ls.json"
check 'the profile is there' allows "$state/ls.json" execve getdents64 exit_group
check 'without what was not called' denies "$state/ls.json" mkdir
docker_run --security-opt seccomp="$state/ls.json" asg-busybox ls /
exits 0 'the container runs under it'
docker_run --security-opt seccomp="$state/ls.json" asg-busybox mkdir /x
exits 1 'a call that was not recorded fails under it'

docker_run --runtime=recording asg-busybox ls /
exits 0 'a container that asks for nothing runs'
check 'and nothing is written for it' test "$(find "$state" -type f | wc -l)" -eq 1

docker_run --runtime=recording -e "$(asked /tmp/x.json)" asg-busybox ls /
check 'a path that is not allowed is refused' test "$status" -ne 0
check 'in words that reach docker' grep -q "$state" "$err"

run engine_docker run --detach --name asg-exec --net=host --runtime=recording \
	-e "$(asked "$state/exec.json")" asg-busybox sleep 60
exits 0 'a container that stays'
run engine_docker exec asg-exec mkdir /x
exits 0 'docker exec in it'
run engine_docker stop --time 1 asg-exec
wait_for 10 test -s "$state/exec.json"
check 'the calls of exec belong to the recording' allows "$state/exec.json" mkdir
check 'with those of the container' allows "$state/exec.json" execve
check 'no lock and no bundle is left' test -z "$(ls -A /run/audit-seccomp-gen)"

# bundle DIRECTORY COMMAND...: with a relative root, which our copy has to lead to.
bundle() {
	bundle_directory=$1
	shift
	mkdir -p "$bundle_directory/rootfs"
	tar -C "$bundle_directory/rootfs" -xf "$engine/busybox.tar"
	jq -n '{
		ociVersion: "1.0.2", root: {path: "rootfs", readonly: false},
		process: {user: {uid: 0, gid: 0}, cwd: "/", args: $ARGS.positional, env: ["PATH=/bin"]},
		mounts: [{destination: "/proc", type: "proc", source: "proc"}],
		linux: {namespaces: [{type: "pid"}, {type: "mount"}]}
	}' --args -- "$@" >"$bundle_directory/config.json"
}

mkdir "$work/all"
chmod 700 "$work/all"
bundle "$work/bundle" mkdir /made
cp "$work/bundle/config.json" "$work/before.json"
for runtime in runc crun; do
	case $runtime in
	crun) set -- --cgroup-manager=disabled ;;
	*) set -- ;;
	esac
	rm -rf "$work/bundle/rootfs/made"
	run "$work/audit-seccomp-gen-runtime" --runtime-path "$(command -v $runtime)" --record-all "$work/all" \
		--root "$work/$runtime-state" "$@" run -b "$work/bundle" "asg-$runtime-$$"
	exits 0 "$runtime behind our runtime, with --record-all"
	wait_for 10 test -s "$work/all/asg-$runtime-$$.json"
	check "$runtime: a profile by the container's id" allows "$work/all/asg-$runtime-$$.json" mkdir execve
	check "$runtime: the bundle is as it was" cmp "$work/before.json" "$work/bundle/config.json"
	run "$work/audit-seccomp-gen-runtime" --runtime-path "$(command -v $runtime)" --version
	check "$runtime: other commands pass through" grep -q "$runtime" "$out"
done

restored 'the audit settings are as before'
finish
