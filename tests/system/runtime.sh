#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The recording runtime: below a real dockerd with containerd, and with runc and crun driven directly. TAP.
# shellcheck disable=SC2016,SC2317 # programs in quotes; functions that check and trap call
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need_engine
need dockerd docker containerd runc
need_live

state=/var/lib/audit-seccomp-gen
mkdir -p "$state"
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

# stays NAME OPTION... COMMAND...: a container in the background, whose profile is NAME.json.
stays() {
	stays_name=$1
	shift
	run engine_docker run --detach --name "asg-$stays_name" --net=host --runtime=recording \
		-e "$(asked "$state/$stays_name.json")" "$@"
	exits 0 "a container that stays: $stays_name"
}

# stopped NAME: it is, and its profile is there.
stopped() {
	run engine_docker stop --time 1 "asg-$1"
	check "$1: a profile" wait_for 10 test -s "$state/$1.json"
	run engine_docker rm "asg-$1"
}

# complete PROFILE: no comment says otherwise, or else it is shown.
complete() {
	jq -r '.. | objects | .comment // empty | select(test("INCOMPLETE"))' "$1" >"$work/.comments"
	[ ! -s "$work/.comments" ] || {
		cat "$work/.comments"
		return 1
	}
}

# One pid namespace for two containers, as in a pod with shareProcessNamespace.
shared_namespace() {
	stays first asg-busybox sleep 60
	docker_run --runtime=recording --pid=container:asg-first -e "$(asked "$state/second.json")" \
		asg-busybox sh -c 'for i in $(seq 50); do mkdir /x$i; done; rmdir /x1'
	exits 0 'a second one in its pid namespace'
	run engine_docker exec asg-first chmod 700 /etc
	exits 0 'and an exec session in the first'
	stopped first
	check "first: the session's calls are in it" allows "$state/first.json" chmod
	check "first: and not the neighbour's" denies "$state/first.json" mkdir
	check 'first: complete' complete "$state/first.json"
	check 'second: a profile' wait_for 10 test -s "$state/second.json"
	check 'second: its own calls are in it' allows "$state/second.json" mkdir rmdir
	check "second: and not the session's" denies "$state/second.json" chmod
	check 'second: complete' complete "$state/second.json"
}

# A container without a pid namespace of its own, beside one that has it.
host_namespace() {
	stays host --pid=host asg-busybox sh -c 'mkdir /x; sleep 60'
	docker_run --runtime=recording -e "$(asked "$state/beside.json")" \
		asg-busybox sh -c 'for i in $(seq 50); do chmod 700 /etc; done'
	exits 0 'a container beside it'
	run engine_docker exec asg-host rmdir /x
	exits 0 "an exec session in the host's pid namespace"
	stopped host
	check 'host: its calls are in it, and those of the session' allows "$state/host.json" mkdir rmdir
	check "host: and not the neighbour's" denies "$state/host.json" chmod
	check 'host: complete' complete "$state/host.json"
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
check 'and nothing is written for it' test "$(find "$state" -type f -name "*.json" | wc -l)" -eq 1

docker_run --runtime=recording -e "$(asked /tmp/x.json)" asg-busybox ls /
check 'a path that is not allowed is refused' test "$status" -ne 0
check 'in words that reach docker' grep -q "$state" "$err"

stays exec asg-busybox sleep 60
run engine_docker exec asg-exec mkdir /x
exits 0 'docker exec in it'
stopped exec
check 'the calls of exec belong to the recording' allows "$state/exec.json" mkdir
check 'with those of the container' allows "$state/exec.json" execve
shared_namespace
host_namespace
check 'no lock and no bundle is left' test -z "$(find /run/audit-seccomp-gen -mindepth 1 ! -name backlog_limit)"

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

# containerd without docker, with the option that contrib/containerd sets.
containerd_alone() {
	bundle "$work/ctr" mkdir /x
	jq --arg env "$(asked "$state/ctr.json")" --arg root "$work/ctr/rootfs" \
		'.process.env += [$env] | .root.path = $root' "$work/ctr/config.json" >"$work/ctr.json"
	run timeout 60 ctr --address "$engine/docker/exec/containerd/containerd.sock" --namespace asg run \
		--rm --config "$work/ctr.json" --runtime io.containerd.runc.v2 \
		--runc-binary "$work/audit-seccomp-gen-runtime" asg-ctr
	exits 0 'containerd alone'
	check 'containerd: a profile' wait_for 10 test -s "$state/ctr.json"
	check 'containerd: its calls are in it' allows "$state/ctr.json" mkdir execve
}
containerd_alone

# What an engine without precreate does, CRI-O for one: a profile that logs everything, and the
# hooks around the start and the end.
hooks_alone() {
	bundle "$work/hooked" sh -c 'mkdir /x; sleep 4'
	jq --slurpfile log "$top_srcdir/rules/log-all.json" --arg hook "$ASG" --arg of "of:$state/hooked.json" '
		.linux.seccomp = $log[0] | .annotations = {"io.containers.trace-syscall": $of} |
		.hooks = {
			createRuntime: [{path: $hook, args: [$hook, "hook", "createRuntime"]}],
			poststop: [{path: $hook, args: [$hook, "hook", "poststop"]}]
		} | .linux.namespaces = $ARGS.named.namespaces' --argjson namespaces "$1" \
		"$work/hooked/config.json" >"$work/hooked.json"
	mv "$work/hooked.json" "$work/hooked/config.json"
	rm -rf "$work/hooked/rootfs/x" "$state/hooked.json"
	crun --root "$work/hooked-state" --cgroup-manager=disabled run -b "$work/hooked" asg-hooked \
		>"$work/hooked.out" 2>&1 &
	hooked=$!
	wait_for 10 test -d "$work/hooked/rootfs/x"
	run crun --root "$work/hooked-state" --cgroup-manager=disabled exec asg-hooked rmdir /x
	exits 0 "an exec session: $2"
	wait "$hooked"
	is 0 $? "the hooks without precreate: $2"
	check 'a profile is there at the end' test -s "$state/hooked.json"
	check 'with its calls and those of an exec session' allows "$state/hooked.json" mkdir rmdir
	check 'complete' complete "$state/hooked.json"
}
hooks_alone '[{"type": "pid"}, {"type": "mount"}]' 'with a pid namespace'
hooks_alone '[{"type": "mount"}]' "in the host's pid namespace"

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

# recorded_by_crun NAME OPTION...: the bundle behind our runtime, with --record-all.
recorded_by_crun() {
	recorded_name=$1
	shift
	run "$work/audit-seccomp-gen-runtime" --runtime-path "$(command -v crun)" --record-all "$work/all" \
		--root "$work/crun-state" --cgroup-manager=disabled run "$@" "asg-$recorded_name-$$"
}

# What an image's author wants is not what the administrator has asked for.
bundle "$work/image" mkdir /x
jq --arg env "$(asked "$work/all/other.json")" '.process.env += [$env]' "$work/image/config.json" \
	>"$work/image.json"
recorded_by_crun image -b"$work/image" --config "$work/image.json"
exits 0 "crun's short option, and a config apart from its bundle"
check '--record-all: a profile by the id' allows "$work/all/asg-image-$$.json" mkdir
check "and none where the image wants it" test ! -e "$work/all/other.json"

# A sandbox of its own in a container that has no pid namespace is not the container.
bundle "$work/nested" sh -c 'unshare -p -f true; sleep 0.5; mkdir /x'
jq '.linux.namespaces = [{type: "mount"}]' "$work/nested/config.json" >"$work/nested.json"
mv "$work/nested.json" "$work/nested/config.json"
recorded_by_crun nested -b "$work/nested"
exits 0 'a nested pid namespace'
wait_for 10 test -s "$work/all/asg-nested-$$.json"
check 'what comes after it is recorded' allows "$work/all/asg-nested-$$.json" unshare mkdir

# As a restart policy does it.
again() {
	for _ in 1 2 3 4 5 6 7 8; do
		recorded_by_crun again -b "$work/bundle"
		[ "$status" -eq 0 ] || return 1
		rm -rf "$work/bundle/rootfs/made"
	done
}
rm -rf "$work/bundle/rootfs/made"
check 'the same id again and again' again

# What asks for nothing is the runtime's alone.
echo 'no JSON' >"$work/image/config.json"
run "$work/audit-seccomp-gen-runtime" --runtime-path "$(command -v crun)" --root "$work/crun-state" \
	run -b "$work/image" "asg-broken-$$"
fails "a config that is no JSON is the runtime's to refuse" grep -q audit-seccomp-gen "$err"

restored 'the audit settings are as before'
finish
