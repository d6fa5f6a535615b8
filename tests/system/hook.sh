#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The hook, in real containers: podman, crun, and the annotation that people know. What is recorded,
# what is refused, what an attacker gets, and what becomes of a container whose collector dies. TAP.
# shellcheck disable=SC2016,SC2317 # programs in quotes; functions called by name
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need python3 mkfifo truncate pgrep
need_engine
need_live
cd "$work" || exit 99
key=io.containers.trace-syscall
mkdir shared
if ! engine_image >"$out" 2>"$err" || ! podman_run --rm asg-busybox true >"$out" 2>"$err"; then
	skip_all "podman runs no container here: $(tail -n 1 "$err")"
fi
engine_hooks || exit 99

# traced ANNOTATION ARGUMENT...: a container that is recorded.
traced() {
	traced_what=$1
	shift
	run podman_run --annotation "$key=$traced_what" "$@"
}

# under PROFILE COMMAND...: and one that runs under what was recorded.
under() {
	under_profile=$1
	shift
	run podman_run --rm --security-opt "seccomp=$work/$under_profile" asg-busybox "$@"
}

# shaped PROFILE: the form that the users of the hook have, and nothing else.
shaped() {
	jq -e '.defaultAction == "SCMP_ACT_ERRNO"
		and ((has("architectures") and has("archMap")) | not)
		and (.architectures // .archMap | length > 0)
		and (.syscalls | length > 0 and all(.action and (.names | length > 0)))' "$1"
}

# complete PROFILE: no comment says otherwise.
complete() {
	jq -e '[.. | objects | .comment // empty] | all(test("INCOMPLETE") | not)' "$1"
}

incomplete() {
	jq -e '[.. | objects | .comment // empty] | any(test("INCOMPLETE"))' "$1"
}

# either FILE NAME NAME: one of the two, as architectures differ.
either() {
	grep -qxF -e "$2" -e "$3" "$1" || {
		echo "neither $2 nor $3"
		return 1
	}
}

first() {
	traced "of:$work/ls.json" --rm asg-busybox ls /
	cp ls.json at-once.json 2>/dev/null
	exits 0 'a container is recorded, with --rm'
	check 'the profile is there when podman run returns' test -s at-once.json
	is 600 "$(stat -c %a ls.json)" 'it is for its owner only'
	check 'it has the form that the users of the hook have' shaped ls.json
	check 'and is complete' complete ls.json
	allowed ls.json >ls.allowed
	check 'what ls did is in it' has ls.allowed execve getdents64 write exit_group
	check 'what it did not is not' lacks ls.allowed mkdir mkdirat chmod fchmodat socket unshare
	traced "of:$work/kept.json" --name kept asg-busybox ls /
	exits 0 'and without --rm'
	check 'the profile is there as well' shaped kept.json
	is "$(cat ls.allowed)" "$(allowed kept.json)" 'with the same calls'
	engine_podman rm kept >/dev/null 2>&1
	traced "of:$work/status.json" --rm asg-busybox sh -c 'exit 7'
	exits 7 'the exit status of the container is its own'
}

runs_under_it() {
	under ls.json ls /
	exits 0 'the same command runs under its profile'
	under ls.json mkdir /x
	fails 'a call that was not recorded fails under it' test "$status" -eq 0
	says 'mkdir: .*Operation not permitted' 'because it is not permitted'
}

extended() {
	traced "if:$work/ls.json;of:$work/both.json" --rm asg-busybox mkdir /x
	exits 0 'a base is extended'
	check 'the result has the form' shaped both.json
	allowed both.json >both.allowed
	check 'and what was in the base' has both.allowed getdents64 execve
	check 'and what was recorded now' either both.allowed mkdir mkdirat
	check 'the base is as it was' cmp ls.json at-once.json
	under both.json mkdir /x
	exits 0 'mkdir runs under both'
	under both.json ls /
	exits 0 'and ls'
	traced "of:$work/order.json;if:$work/ls.json" --rm asg-busybox true
	exits 0 'the order of if: and of: does not matter'
	traced "if:$work/ls.json;of:$work/whole.json" --rm --annotation "$key.residual=false" \
		asg-busybox ls /
	exits 0 'a base without residual recording'
	check 'gives a profile too' shaped whole.json
}

denied_stays_denied() {
	jq '.syscalls = [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}] + .syscalls' \
		ls.json >denies.json
	traced "if:$work/denies.json;of:$work/denied.json" --rm asg-busybox sh -c 'mkdir /x; ls /'
	exits 0 'a container under a base that denies a call'
	allowed denied.json >denied.allowed
	check 'has it recorded, but not allowed' lacks denied.allowed mkdir mkdirat
	check 'the rule that denies it is kept' jq -e \
		'any(.syscalls[]; .action == "SCMP_ACT_ERRNO" and (.names | index("mkdir")))' denied.json
	under denied.json mkdir /x
	fails 'it fails under the result' test "$status" -eq 0
	traced "of:$work/own.json" --rm --security-opt "seccomp=$work/denies.json" asg-busybox mkdir /x
	fails "what the container's own profile denies" test "$status" -eq 0
	says 'mkdir: .*not permitted' 'is denied while it is recorded'
}

without_seccomp() {
	traced "of:$work/unconfined.json" --rm --security-opt seccomp=unconfined asg-busybox mkdir /x
	exits 0 'a container without seccomp'
	allowed unconfined.json >unconfined.allowed
	check 'is recorded all the same' either unconfined.allowed mkdir mkdirat
	traced "of:$work/privileged.json" --rm --privileged asg-busybox mkdir /x
	exits 0 'a privileged one'
	allowed privileged.json >privileged.allowed
	check 'too' either privileged.allowed mkdir mkdirat
	podman_run --rm asg-busybox true >"$out" 2>"$err"
	is '' "$(find shared /run/audit-seccomp-gen -name '*.lock' 2>/dev/null)" \
		'no lock stays behind, and a container without the annotation has none'
}

# not_started PATTERN DESCRIPTION ANNOTATION [OPTION]...: podman fails, says why, and the command did not run.
not_started() {
	not_started_pattern=$1
	not_started_what=$2
	not_started_of=$3
	shift 3
	rm -f shared/ran
	traced "$not_started_of" --rm "$@" -v "$work/shared:/shared" asg-busybox touch /shared/ran
	if [ "$status" -ne 0 ] && [ "$status" -ne 124 ] && [ ! -e shared/ran ] &&
		grep -Eq -e "$not_started_pattern" "$err"; then
		ok "$not_started_what"
	else
		{
			echo "expected a failure that says: $not_started_pattern"
			[ ! -e shared/ran ] || echo 'the command ran'
			what_happened
		} >"$why"
		not_ok "$not_started_what"
	fi
}

refusals() {
	mkdir refused
	not_started 'absolute|relative' 'a relative output is refused' 'of:refused/x.json'
	not_started 'absolute|relative' 'a relative base' "if:ls.json;of:$work/refused/x.json"
	not_started 'of:' 'an annotation without of:' "if:$work/ls.json"
	not_started 'of:' 'an empty one' ''
	not_started 'xx' 'an unknown prefix' "xx:$work/refused/x.json;of:$work/refused/x.json"
	not_started 'no-such-base' 'a base that is not there' \
		"if:$work/no-such-base.json;of:$work/refused/x.json"
	echo '{"defaultAction": "SCMP_ACT_' >broken.json
	not_started 'broken' 'a base that is not JSON' "if:$work/broken.json;of:$work/refused/x.json"
	echo '{"defaultAction": "SCMP_ACT_NO_SUCH", "syscalls": []}' >invalid.json
	not_started 'NO_SUCH|invalid' 'a base that is not a profile' \
		"if:$work/invalid.json;of:$work/refused/x.json"
	not_started 'no-such-directory' 'an output directory that is not there' \
		"of:$work/no-such-directory/x.json"
	is '' "$(ls -A refused)" 'nothing was written for any of them'
}

# refuses_directly ANNOTATION-FILE: precreate does not prepare a container for it.
refuses_directly() {
	jq -n --rawfile what "$1" --arg key "$key" '{ociVersion: "1.0.2", process: {args: ["true"]},
		annotations: {($key): $what, "io.container.manager": "libpod"}}' >config.json
	is_refused
}

# is_refused: succeeds when precreate refuses config.json.
is_refused() {
	timeout 60 "$ASG" hook precreate <config.json >prepared.json 2>/dev/null || return 0
	jq -e '.linux.seccomp.defaultAction // "" | startswith("SCMP_ACT_") | not' prepared.json
}

attacks() {
	mkdir target sub
	ln -s target link
	not_started 'link' 'an output below a symbolic link' "of:$work/link/x.json"
	ln -s "$work/target/y.json" symlink.json
	not_started 'symlink' 'an output that is one' "of:$work/symlink.json"
	not_started '\.\.' "one with '..'" "of:$work/sub/../target/x.json"
	not_started 'self|/proc' 'one by way of /proc/self/root' "of:/proc/self/root$work/target/x.json"
	is '' "$(ls -A target)" 'nothing was written there'
	mkfifo fifo
	not_started 'fifo' 'a FIFO' "of:$work/fifo"
	check 'is still one' test -p fifo
	not_started '/dev/null' 'a device' 'of:/dev/null'
	for place in /etc/profile.d/x.sh /usr/share/x.json "$work/.hidden/x.json" /var/lib/x.json; do
		not_started "$place" "where an image's author must not write: $place" "of:$place"
	done
	not_started '/var/lib/containers' 'a base from a layer of an image' \
		"if:/var/lib/containers/storage/overlay/x/diff/base.json;of:$work/target/x.json"
	not_started 'same file' 'a recording that would be the profile' "of:$work/target/x.json" \
		--annotation "$key.recording=$work/target/x.json"
	check 'is still one' test -c /dev/null
	echo 'root:x:0:0' >precious
	cp precious precious.copy
	not_started 'precious' 'a file that is not a profile' "of:$work/precious"
	check 'is untouched' cmp precious precious.copy
	mkdir -m 777 open
	chown 12345 open
	not_started 'open' "a directory that is somebody else's" "of:$work/open/x.json"
	truncate -s 1G big.json
	not_started 'big' 'a base of 1 GB' "if:$work/big.json;of:$work/target/x.json"
	rm big.json
	not_started '[Aa]nnotation|;|of:' 'as many semicolons as an argument takes' \
		"$(head -c 130000 /dev/zero | tr '\0' ';')"
	head -c 1048576 /dev/zero | tr '\0' ';' >semicolons
	check '2^20 semicolons' refuses_directly semicolons
	printf 'of:%s/target/x.json\nof:/etc/x' "$work" >lines
	check 'a line feed in a path' refuses_directly lines
	is '' "$(ls -A target)" 'nothing was written for any of them'
	jq -n --arg of "of:$work/target/x.json" --arg key "$key" '{ociVersion: "1.0.2",
		process: {args: ["true"]}, annotations: {($key): $of, "io.container.manager": "libpod",
		"io.kubernetes.cri-o.SandboxID": "x"}}' >config.json
	check 'a pod that claims to be podman' is_refused
	jq '.annotations += {"io.kubernetes.cri-o.ContainerType": "sandbox"}' config.json >sandbox.json
	check "a pod's sandbox is not recorded" eval '"$ASG" hook precreate <sandbox.json | cmp - sandbox.json'
}

neighbours() {
	podman_run --rm --annotation "$key=of:$work/one.json" asg-busybox \
		sh -c 'for i in $(seq 200); do mkdir /x$i; done' >"$out" 2>"$err" &
	one=$!
	podman_run --rm --annotation "$key=of:$work/two.json" asg-busybox \
		sh -c 'for i in $(seq 200); do chmod 700 /etc; done' >>"$out" 2>>"$err" &
	two=$!
	wait "$one"
	is 0 $? 'two containers at once: one'
	wait "$two"
	is 0 $? 'and the other'
	allowed one.json >one.allowed
	allowed two.json >two.allowed
	check 'the one has its own calls' either one.allowed mkdir mkdirat
	check "and not the other's" lacks one.allowed chmod fchmodat
	check 'the other has its own' either two.allowed chmod fchmodat
	check "and not the one's" lacks two.allowed mkdir mkdirat
}

exec_session() {
	run podman_run -d --name exec --annotation "$key=of:$work/exec.json" asg-busybox sleep 100
	exits 0 'a detached container'
	run engine_podman exec exec mkdir /x
	exits 0 'and an exec session'
	run engine_podman stop -t 1 exec
	exits 0 'it is stopped'
	check 'its profile comes within 10 seconds' wait_for 10 test -s exec.json
	allowed exec.json >exec.allowed
	check "with the session's calls" either exec.allowed mkdir mkdirat
	check 'and its own' either exec.allowed nanosleep clock_nanosleep
	engine_podman rm exec >/dev/null 2>&1
}

hostile_containers() {
	traced "of:$work/comms.json" --rm --annotation "$key.recording=$work/comms.recording" \
		asg-busybox sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i + 1))
			printf "x\" \033[2J$i" >/proc/self/comm; done; mkdir /x'
	exits 0 'a container that calls itself all sorts of names'
	allowed comms.json >comms.allowed
	check 'is recorded' either comms.allowed mkdir mkdirat
	check 'and complete' complete comms.json
	check 'its recording is JSON' jq -e '.groups | length == 1' comms.recording
	traced "of:$work/kills.json" --rm asg-busybox sh -c 'sleep 50 & kill -9 -1; mkdir /x'
	exits 0 'one that kills whatever it can'
	allowed kills.json >kills.allowed
	check 'is recorded to its end' either kills.allowed mkdir mkdirat
	run podman_run -d --name forks --annotation "$key=of:$work/forks.json" asg-busybox \
		sh -c 'mkdir /x; while :; do (:); done'
	exits 0 'one that forks for ever'
	sleep 3
	run engine_podman rm --force --time 0 forks
	exits 0 'is removed'
	check 'its profile comes' wait_for 15 test -s forks.json
	allowed forks.json >forks.allowed
	check 'with its calls' either forks.allowed mkdir mkdirat
	check 'and complete' complete forks.json
}

many_processes() {
	engine_seconds=180
	traced "of:$work/many.json" --rm --annotation "$key.recording=$work/many.recording" asg-busybox \
		sh -c 'i=0; while [ $i -lt 10000 ]; do /bin/true; i=$((i + 1)); done; mkdir /x'
	engine_seconds=60
	exits 0 '10,000 processes in one container'
	check 'the profile is complete' complete many.json
	allowed many.json >many.allowed
	check 'to the last call' either many.allowed mkdir mkdirat
	check 'every process is in the recording' jq -e '[.groups[].syscalls[]
		| select(.name == "execve") | .count] | add >= 10000' many.recording
}

daemonises() {
	traced "of:$work/daemon.json" --rm asg-busybox \
		sh -c "(setsid sh -c 'sleep 1; mkdir /x; : >/done' &); while [ ! -e /done ]; do sleep 0.1; done"
	exits 0 'a container that daemonises'
	allowed daemon.json >daemon.allowed
	check "the daemon's calls are in its profile" either daemon.allowed mkdir mkdirat
	traced "of:$work/instant.json" --rm asg-busybox true
	exits 0 'one that ends within a millisecond'
	check 'has a profile' shaped instant.json
}

thirty_two_bits() {
	cat >program.c <<'END'
static long call(long number, long argument)
{
	long answer;

	__asm__ volatile("int $0x80" : "=a"(answer) : "a"(number), "b"(argument) : "memory");
	return answer;
}

void _start(void)
{
	call(64, 0); /* getppid */
	call(1, 0);  /* exit */
}
END
	if ! "$CC" -m32 -static -nostdlib -fno-pie -no-pie -fno-stack-protector -fcf-protection=none \
		-o shared/program32 program.c 2>"$err" || ! shared/program32; then
		skip 'a 32-bit program' 'none can be built or run'
		return
	fi
	traced "of:$work/x86.json" --rm -v "$work/shared:/shared" asg-busybox /shared/program32
	exits 0 'a 32-bit program in the container'
	check 'its architecture is in the profile' jq -e '[.architectures // [.archMap[]
		| .architecture, .subArchitectures[]?] | .[]] | index("SCMP_ARCH_X86")' x86.json
	allowed x86.json >x86.allowed
	check 'and its calls' has x86.allowed getppid
}

has_lock() {
	[ -s "/run/audit-seccomp-gen/$(cat cid).lock" ]
}

killed_collector() {
	podman_run --rm --cidfile "$work/cid" --annotation "$key=of:$work/killed.json" asg-busybox \
		sh -c 'sleep 3; mkdir /x' >"$out" 2>"$err" &
	killed=$!
	check 'the collector notes its pid' wait_for 10 has_lock
	collector=$(head -n 1 "/run/audit-seccomp-gen/$(cat cid).lock")
	is audit-seccomp-g "$(cat "/proc/$collector/comm" 2>/dev/null)" 'which is ours'
	[ "$(cat "/proc/$collector/comm" 2>/dev/null)" != audit-seccomp-g ] || kill -KILL "$collector"
	wait "$killed"
	is 0 $? 'the container of a killed collector ends as if nothing had happened'
	check 'no profile, and none half-written' absent "$work/killed.json"
	check 'and no lock' test ! -e "/run/audit-seccomp-gen/$(cat cid).lock"
	is '' "$(find /run/audit-seccomp-gen -mindepth 1 ! -name backlog_limit)" 'nor what was beside it'
	restored 'the audit settings of a killed collector are put back'
}

podman_itself() {
	pgrep -f -- "--cidfile $work/engine.cid" | while read -r pid; do
		[ "$(cat "/proc/$pid/comm")" != podman ] || echo "$pid"
	done
}

killed_engine() {
	podman_run --cidfile "$work/engine.cid" --annotation "$key=of:$work/engine.json" asg-busybox \
		sh -c 'sleep 2; mkdir /x' >"$out" 2>"$err" &
	check 'an engine that will be killed' wait_for 10 test -s engine.cid
	sleep 1
	for pid in $(podman_itself); do
		kill -KILL "$pid"
	done
	check 'the profile of its container comes' wait_for 15 test -s engine.json
	allowed engine.json >engine.allowed
	check 'with what the container did afterwards' either engine.allowed mkdir mkdirat
}

recordings() {
	traced "of:$work/with.json" --rm --annotation "$key.recording=$work/with.recording" asg-busybox ls /
	exits 0 'a recording is asked for as well'
	check 'it is there' jq -e '.groups | length > 0' with.recording
	recorded with.recording | cut -d ' ' -f 2 >with.recorded
	check 'with what ls did' has with.recorded getdents64
	traced "of:$work/relative.json" --rm --annotation "$key.recording=relative" asg-busybox ls /
	fails 'a relative one is refused' test "$status" -eq 0
	check 'without a profile' absent "$work/relative.json"
}

# The last ones: a configuration of our own in a private /etc.
forced_loss() {
	if ! engine_private /etc || ! mkdir -p /etc/audit-seccomp-gen ||
		! echo 'receive-buffer = 4096' >/etc/audit-seccomp-gen/hook.conf; then
		skip 'forced loss' '/etc cannot be overlaid'
		return
	fi
	engine_seconds=180
	rm -f "$work/loss.cid"
	podman_run --rm --cidfile "$work/loss.cid" --annotation "$key=of:$work/loss.json" asg-busybox \
		sh -c 'echo up; exec dd if=/dev/zero of=/dev/null bs=1 count=200000' >"$out" 2>"$err" &
	losing=$!
	wait_for 30 grep -q up "$out"
	# A collector that is quick enough, on a machine that is slow, loses nothing.
	collector=$(head -n 1 "/run/audit-seccomp-gen/$(cat loss.cid).lock")
	if [ "$(cat "/proc/$collector/comm" 2>/dev/null)" = audit-seccomp-g ]; then
		kill -STOP "$collector"
		sleep 1
		kill -CONT "$collector"
	fi
	status=0
	wait "$losing" || status=$?
	engine_seconds=60
	exits 0 'records are lost, the container does not notice'
	check 'but the profile says so' incomplete loss.json
	check 'and syslog' wait_for 5 grep -qi incomplete syslog
	echo 'no-such-word = 1' >/etc/audit-seccomp-gen/hook.conf
	not_started 'no-such-word' 'a word that hook.conf does not have is refused' "of:$work/conf.json"
	rm /etc/audit-seccomp-gen/hook.conf
}

# listen: /dev/log is ours, as /dev is.
listen() {
	: >syslog
	rm -f /dev/log
	python3 -c '
import socket
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind("/dev/log")
with open("syslog", "ab", buffering=0) as log:
    while True:
        log.write(end.recv(65536).replace(b"\n", b"?") + b"\n")' 9>&- &
	note_pid $!
	wait_for 5 test -S /dev/log
}

in_syslog() {
	not_started 'no-such-base' 'one more refusal' "if:$work/no-such-base.json;of:$work/refused/x.json"
	check 'its reason is in syslog' wait_for 5 grep -q 'audit-seccomp-gen.*no-such-base' syslog
	fails 'with no control character' grep -q '[[:cntrl:]]' syslog
}

listen || exit 99
first
runs_under_it
extended
denied_stays_denied
without_seccomp
refusals
attacks
in_syslog
neighbours
exec_session
hostile_containers
daemonises
thirty_two_bits
recordings
killed_collector
killed_engine
many_processes
forced_loss
restored 'the audit settings are as before'
finish
