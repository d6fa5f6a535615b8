# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Container engines of our own for the system tests: podman with its own storage, dockerd with its
# own data, both on an image made of busybox. Source it in the place of lib.sh: the script is then run
# again in a mount namespace of its own with a pure cgroup2, so that nothing which is mounted here stays
# on the host.
if [ -z "${ASG_ENGINE:-}" ] && [ "$(id -u)" -eq 0 ] && command -v unshare >/dev/null 2>&1; then
	ASG_ENGINE=$$
	export ASG_ENGINE
	exec unshare -m --propagation private sh "$0" "$@"
fi

# shellcheck source=tests/system/lib.sh
. "${lib_directory:-$(dirname "$0")}/lib.sh"
case $ASG in
/*) ;;
*) ASG=$PWD/$ASG ;;
esac
hooks=$work/hooks
engine=$work/engine
docker_pid=

# engine_clean_up: the containers, what they have mounted, and lib.sh's part.
engine_clean_up() {
	trap - EXIT
	[ ! -d "$engine/root" ] || timeout 60 podman --root "$engine/root" --runroot "$engine/runroot" \
		--tmpdir "$engine/tmp" --cgroup-manager=cgroupfs --runtime crun --events-backend none \
		rm --all --force --time 0 >/dev/null 2>&1
	engine_docker_stop
	cd /
	awk -v below="$work/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
		while read -r engine_mount; do
			umount -l "$engine_mount" 2>/dev/null
		done
	clean_up
}

# need_engine: root, a namespace of our own, podman, crun and something to put into an image.
need_engine() {
	[ "$(id -u)" -eq 0 ] || skip_all 'not root'
	[ -n "${ASG_ENGINE:-}" ] || skip_all 'unshare is not installed'
	need podman crun conmon busybox tar jq timeout
	if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
		mount -t cgroup2 none /sys/fs/cgroup || skip_all 'cgroup2 cannot be mounted'
	fi
	mkdir -p "$hooks" "$engine"
	trap engine_clean_up EXIT
	# podman has its locks in /dev/shm, and syslog its socket in /dev: neither is the host's.
	if ! engine_private /dev || ! mkdir -p /dev/shm /dev/pts ||
		! mount -t tmpfs -o mode=1777 none /dev/shm ||
		! mount -t devpts -o newinstance,ptmxmode=0666,mode=620 none /dev/pts; then
		skip_all '/dev cannot be overlaid'
	fi
	# Where collectors and administrators put profiles.
	if ! engine_private /var/lib || ! rm -rf /var/lib/audit-seccomp-gen; then
		skip_all '/var/lib cannot be overlaid'
	fi
}

# engine_private DIRECTORY: what is written below it from now on stays with this script.
engine_private() {
	engine_overlay=$work/overlay.$(basename "$1")
	mkdir -p "$engine_overlay" && mount -t tmpfs none "$engine_overlay" &&
		mkdir "$engine_overlay/upper" "$engine_overlay/work" &&
		mount -t overlay -o "lowerdir=$1,upperdir=$engine_overlay/upper,workdir=$engine_overlay/work" \
			overlay "$1"
}

# engine_podman ARGUMENT...: never hangs, never touches what the host's podman has.
engine_podman() {
	timeout -k 5 "${engine_seconds:-60}" podman --root "$engine/root" --runroot "$engine/runroot" \
		--tmpdir "$engine/tmp" --cgroup-manager=cgroupfs --runtime crun --events-backend none \
		--hooks-dir "$hooks" "$@" 9>&-
}

# podman_run ARGUMENT...: `podman run` for where cgroups, networks and limits are not ours.
podman_run() {
	engine_podman run --net=host --cgroups=disabled --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "$@"
}

# engine_tree: a tar file with busybox and its names.
engine_tree() {
	[ ! -e "$engine/busybox.tar" ] || return 0
	engine_root=$engine/tree
	mkdir -p "$engine_root/bin" "$engine_root/tmp" "$engine_root/etc" "$engine_root/proc" \
		"$engine_root/sys" "$engine_root/dev" || return
	cp "$(command -v busybox)" "$engine_root/bin/busybox" || return
	for engine_name in $(busybox --list); do
		[ "$engine_name" = busybox ] || ln -s busybox "$engine_root/bin/$engine_name" || return
	done
	tar -C "$engine_root" -cf "$engine/busybox.tar" . && rm -rf "$engine_root"
}

# engine_image: podman's asg-busybox.
engine_image() {
	engine_tree && engine_podman import --quiet "$engine/busybox.tar" asg-busybox
}

# engine_hooks: our hook files, with the program that is tested.
engine_hooks() {
	for engine_hook in "$top_srcdir"/hooks/*.json.in; do
		sed "s|@bindir@/audit-seccomp-gen|$ASG|" "$engine_hook" \
			>"$hooks/$(basename "$engine_hook" .in)" || return
	done
}

# engine_docker_start [NAME=RUNTIME]...: a dockerd, with these runtimes added.
engine_docker_start() {
	for engine_runtime; do
		shift
		set -- "$@" --add-runtime "$engine_runtime"
	done
	mkdir -p "$engine/docker"
	dockerd --iptables=false --ip6tables=false --bridge=none \
		--exec-opt native.cgroupdriver=cgroupfs --data-root "$engine/docker/data" \
		--exec-root "$engine/docker/exec" --pidfile "$engine/docker/pid" \
		-H "unix://$engine/docker/sock" "$@" >"$engine/docker/log" 2>&1 9>&- &
	docker_pid=$!
	wait_for 30 engine_docker version
}

engine_docker() {
	timeout -k 5 "${engine_seconds:-60}" docker -H "unix://$engine/docker/sock" "$@"
}

# engine_docker_image: docker's asg-busybox.
engine_docker_image() {
	engine_tree && engine_docker import "$engine/busybox.tar" asg-busybox
}

docker_is_gone() {
	! kill -0 "$docker_pid" 2>/dev/null
}

# engine_docker_stop: with its containers, and the containerd which it has started.
engine_docker_stop() {
	[ -n "$docker_pid" ] || return 0
	# shellcheck disable=SC2046 # one word an id
	engine_docker rm --force $(engine_docker ps --all --quiet) >/dev/null 2>&1
	containerd_pid=$(cat "$engine/docker/exec/containerd/containerd.pid" 2>/dev/null)
	kill -TERM "$docker_pid"
	if ! wait_for 15 docker_is_gone; then
		kill -KILL "$docker_pid"
		[ -z "$containerd_pid" ] || kill -KILL "$containerd_pid"
	fi
	wait "$docker_pid" 2>/dev/null
	docker_pid=
}
