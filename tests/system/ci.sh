#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# contrib/ci/record-profile.sh, with podman: the first profile, an equal run, a new call. TAP.
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need comm
need_engine
need_live
cd "$work" || exit 99
script=$(cd "$top_srcdir" && pwd)/contrib/ci/record-profile.sh
if ! engine_image >"$out" 2>"$err" || ! podman_run --rm asg-busybox true >"$out" 2>"$err"; then
	skip_all "podman runs no container here: $(tail -n 1 "$err")"
fi
engine_hooks || exit 99

# recorded_run ARGUMENT...: the script, with our podman.
recorded_run() {
	run timeout -k 5 120 "$script" --podman "podman --root $engine/root --runroot $engine/runroot \
--tmpdir $engine/tmp --cgroup-manager=cgroupfs --runtime crun --events-backend none --hooks-dir $hooks" \
		--run-options '--net=host --cgroups=disabled --ulimit nofile=1024:1024 --ulimit nproc=1024:1024' \
		--profile seccomp.json --artifact new.json --image asg-busybox "$@"
}

run "$script" --help
exits 0 '--help'
check 'names the options' grep -q -e '--artifact' "$out"
run "$script" --no-such-option
exits 2 'an unknown option'
run "$script" -- true
exits 2 'no image'

recorded_run -- ls /
exits 0 'the first run'
check 'writes the profile' jq -e '.syscalls | length > 0' seccomp.json
cp seccomp.json committed.json
recorded_run -- ls /
exits 0 'an equal run'
check 'says that all is allowed' grep -q 'allows all' "$out"
recorded_run -- sh -c 'ls /; mkdir /x'
exits 1 'a new call fails'
check 'is named' grep -Eq '^  \+ mkdir(at)?$' "$out"
check 'with the updated profile beside it' grep -q mkdir new.json
check 'the committed one is as it was' cmp seccomp.json committed.json
recorded_run --extend -- mkdir /x
exits 1 'extending finds it too'
check 'and keeps what was allowed' grep -q getdents64 new.json
recorded_run -- sh -c 'exit 3'
exits 4 'a failing test run'
jq '.syscalls[0].names = ["mkdir", "mkdirat"]' seccomp.json >narrow.json
cp narrow.json seccomp.json
recorded_run -- ls /
exits 1 'a profile that allows too little'
check 'is told so' grep -q '^  + execve$' "$out"
rm "$hooks"/*.json seccomp.json
recorded_run -- true
exits 2 'no hook files'
restored 'the audit settings are as before'
finish
