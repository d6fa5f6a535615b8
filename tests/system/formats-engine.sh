#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The forms of container profiles in the hands of engines: podman, and docker with its archMap. TAP.
# shellcheck disable=SC2317 # functions called by name
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need_engine
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
	under oci podman podman_run
else
	skip 'podman' "it makes no image here: $(tail -n 1 "$err")"
fi
if have dockerd && have containerd && have runc && engine_docker_start && engine_docker_image >"$out" 2>"$err"; then
	under docker docker engine_docker run --net=host
	under oci docker engine_docker run --net=host
else
	skip 'docker' 'dockerd does not start here'
fi
restored "the kernel's settings are what they were"
finish
