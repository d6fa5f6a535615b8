#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Formats in the hands of engines: podman, docker with its archMap, and a systemd that runs services. TAP.
# shellcheck disable=SC2016,SC2046,SC2086,SC2317 # words; programs in quotes; functions called by name
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
# shellcheck source=tests/system/lib-judge.sh
. "$(dirname "$0")/lib-judge.sh"
need_engine
need systemd-analyze systemctl pgrep
need_live
cd "$work" || exit 99

# under FORM ENGINE ARGUMENT...: what was recorded works, what was not does not.
under() {
	under_form=$1
	under_engine=$2
	shift 2
	run "$@" --rm --security-opt "seccomp=$work/box.$under_form" asg-busybox ls /
	exits 0 "$under_form: runs under it ($under_engine)"
	run "$@" --rm --security-opt "seccomp=$work/box.$under_form" asg-busybox mkdir /made
	check "$under_form: and not what was not recorded ($under_engine)" test "$status" -ne 0
	says 'Operation not permitted' "$under_form: with the profile's answer ($under_engine)"
}

# asleep FORM ENGINE ARGUMENT...: what the kernel has is what was meant. Engines do not say what they
# change, so a form for them loses nothing.
asleep() {
	asleep_form=$1
	asleep_engine=$2
	shift 2
	"$@" --rm --security-opt "seccomp=$work/made.$asleep_form" asg-busybox $sleeper >"$out" 2>"$err" &
	note_pid $!
	judged "$asleep_form ($asleep_engine)" made.json "$work/losses"
}

made_up $(native_arches) >made.json
for form in docker oci systemd; do
	run "$ASG" convert -f "$form" -o "made.$form" made.json
	exits 0 "$form: made up"
	cp "$err" "losses.$form"
done
: >losses
run "$ASG" -o box.json -- busybox ls /
exits 0 'recorded: busybox ls'
run "$ASG" convert -f docker -o box.docker box.json
exits 0 'docker: converted'
is null "$(jq -c .architectures box.docker)" 'docker: archMap and architectures exclude each other'
run "$ASG" convert -f oci -o box.oci box.docker
exits 0 'oci: converted'
is "$(allowed box.json)" "$(allowed box.oci)" 'and it allows the same again'
is null "$(jq -c .archMap box.oci)" 'oci: no archMap'

if engine_image >"$out" 2>"$err"; then
	under docker podman podman_run
	asleep docker podman podman_run
	under oci podman podman_run
	asleep oci podman podman_run
else
	skip 'podman' "it makes no image here: $(tail -n 1 "$err")"
fi
if have dockerd && have containerd && have runc && engine_docker_start && engine_docker_image >"$out" 2>"$err"; then
	under docker docker engine_docker run --net=host
	asleep docker docker engine_docker run --net=host
	under oci docker engine_docker run --net=host
	asleep oci docker engine_docker run --net=host
else
	skip 'docker' 'dockerd does not start here'
fi

# A systemd for this user alone. Where the machine was started by another init, it is told otherwise, in
# /run of our own.
start_systemd() {
	engine_private /run && mkdir -p /run/systemd/system /run/user/0/systemd/user/asg.service.d || return 1
	XDG_RUNTIME_DIR=/run/user/0
	export XDG_RUNTIME_DIR
	cp made.systemd /run/user/0/systemd/user/asg.service.d/made.conf
	printf '[Service]\nExecStart=%s %s\n' "$(command -v sleep)" "${sleeper#sleep }" \
		>/run/user/0/systemd/user/asg.service
	systemd=/lib/systemd/systemd
	[ -x "$systemd" ] || systemd=/usr/lib/systemd/systemd
	unshare -C sh -c 'mount -t cgroup2 none /sys/fs/cgroup; exec "$0" --user --log-target=console' \
		"$systemd" >systemd.log 2>&1 9>&- &
	systemd_pid=$!
	note_pid $systemd_pid
	wait_for 10 systemctl --user list-units
}

# The process has another name in /proc than ours: systemd gives the program's whole path.
if start_systemd; then
	sleeper="$(command -v sleep) ${sleeper#sleep }"
	run timeout 30 systemctl --user start asg.service
	exits 0 'systemd: a service starts under the drop-in'
	judged systemd made.json losses.systemd
	kill -TERM $systemd_pid
	wait $systemd_pid
else
	skip 'systemd' "it does not start here: $(tail -n 1 systemd.log)"
fi
restored "the kernel's settings are what they were"
finish
