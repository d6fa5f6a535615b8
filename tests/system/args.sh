#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --args: what was recorded passes under the profile, what lies beside it is denied, by crun and runc;
# and however a recording ends, no audit rule is left and audit is off again. TAP.
# shellcheck disable=SC2016,SC2317 # programs in quotes; functions that check, run and trap call
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
need_engine
need auditctl
need_live
[ "$(setting enabled)" = 0 ] || skip_all 'audit is in use on this host'
[ "$(auditctl -l)" = 'No rules' ] || skip_all 'the host has audit rules'

# Whatever has happened: nothing of ours stays in the kernel, and audit goes off.
args_clean_up() {
	"$ASG" doctor >/dev/null 2>&1
	[ "$(setting enabled)" = 0 ] || auditctl -e 0 >/dev/null
	engine_clean_up
}
trap args_clean_up EXIT
state=/var/lib/audit-seccomp-gen
mkdir -p "$state"

cd "$work" || exit 99
runtimes=
for runtime in crun runc; do
	! have "$runtime" || runtimes="$runtimes $runtime"
done

# Makes the calls that its arguments name, "NAME:A0:A1:A2", and says how each went. @ is a pointer
# to what socketcall(SYS_SOCKET) reads.
cat >probe.c <<'END'
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct { const char *name; long nr; } calls[] = {
	{ "socket", SYS_socket }, { "personality", SYS_personality }, { "prctl", SYS_prctl },
	{ "setsockopt", SYS_setsockopt }, { "madvise", SYS_madvise }, { "unshare", SYS_unshare },
	{ "ptrace", SYS_ptrace }, { "fcntl", SYS_fcntl },
#ifdef SYS_socketcall
	{ "socketcall", SYS_socketcall },
#endif
};

int main(int argc, char **argv)
{
	static long of_socket[6] = { 1, 1, 0 };

	for (int i = 1; i < argc; i++) {
		unsigned long args[4] = { 0 };
		char *at = strchr(argv[i], ':');
		size_t len = at ? (size_t)(at - argv[i]) : strlen(argv[i]);

		for (int j = 0; at && j < 4; j++) {
			if (at[1] == '@') {
				args[j] = (unsigned long)of_socket;
				at += 2;
			} else {
				args[j] = strtoul(at + 1, &at, 0);
			}
			at = *at == ':' ? at : NULL;
		}
		for (size_t j = 0; j < sizeof(calls) / sizeof(calls[0]); j++) {
			long r;

			if (strlen(calls[j].name) != len || strncmp(calls[j].name, argv[i], len) != 0)
				continue;
			errno = 0;
			r = syscall(calls[j].nr, args[0], args[1], args[2], args[3], 0L, 0L);
			printf("%s %s\n", argv[i], r >= 0 || errno == 0 ? "ok" : strerror(errno));
		}
	}
	return 0;
}
END

compile() {
	compile_to=$1
	shift
	"$CC" -o "$compile_to" "$@" >"$err" 2>&1
}

nothing_is_left() {
	[ "$(auditctl -l)" = 'No rules' ] && [ "$(setting enabled)" = 0 ]
}

# left_nothing HOW: no rule, and audit is off.
left_nothing() {
	if nothing_is_left; then
		ok "no rule is left, audit is off: $1"
	else
		{
			auditctl -l
			auditctl -s
			what_happened
		} >"$why"
		not_ok "no rule is left, audit is off: $1"
		"$ASG" doctor >/dev/null 2>&1
	fi
}

# conditions PROFILE NAME: how many rules with arguments the call has, and how many without.
conditions() {
	jq -r --arg name "$2" '[.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and any(.names[]; . == $name))] |
		"\(map(select((.args // []) != [])) | length) \(map(select((.args // []) == [])) | length)"' "$1"
}

enforce() {
	enforce_runtime=$1
	enforce_profile=$2
	shift 2
	run timeout 60 sh "$top_srcdir/tests/system/lib-container.sh" "$enforce_runtime" "$enforce_profile" \
		"$work" "$@"
}

# The errno of the profile is one that none of these calls has itself.
denied='Invalid cross-device link'

# ---- a command, recorded and enforced --------------------------------------------------------

# enforced PROGRAM PROFILE NEIGHBOURS RECORDED...
enforced() {
	enforced_program=$1
	enforced_profile=$2
	enforced_beside=$3
	shift 3
	for runtime in $runtimes; do
		enforce "$runtime" "$enforced_profile" "$enforced_program" "$@"
		exits 0 "$enforced_profile: runs under it ($runtime)"
		is "$#" "$(grep -cv "$denied" "$out")" "what was recorded passes ($runtime)"
		# shellcheck disable=SC2086 # one word a call
		enforce "$runtime" "$enforced_profile" "$enforced_program" $enforced_beside
		# shellcheck disable=SC2086
		is "$(echo $enforced_beside | wc -w)" "$(grep -c "$denied" "$out")" \
			"what lies beside it is denied ($runtime)"
	done
	[ -n "$runtimes" ] || skip "$enforced_profile: enforced" 'neither crun nor runc'
}

of_a_command() {
	compile probe -O1 -static probe.c || {
		skip 'a command' "the compiler cannot -static: $(head -n 1 "$err")"
		return
	}
	set -- socket:1:1:0 socket:1:0x80802:0 socket:2:2:17 personality:0xffffffff prctl:15:0 prctl:38:1 \
		madvise:0:0:4 unshare:0x400 setsockopt:0:1:2 fcntl:0:1
	run "$ASG" --args --errno=EXDEV -o probe.json -- ./probe "$@"
	exits 0 'a command is recorded with its arguments'
	says 'enabled 0 to 1.*until the host is started again' 'what that costs is said'
	says '^  arguments .*personality.* socket' 'the summary names the calls that are held to them'
	says 'evidence +complete' 'the evidence is complete'
	left_nothing 'at the end'
	is '3 0' "$(conditions probe.json socket)" 'a rule for each combination, and none without'
	is 1 "$(jq '[.syscalls[] | select(.comment == "seen: domain 0x2, type 0x2, protocol 0x11")] | length' probe.json)" \
		'a comment says which'
	enforced ./probe probe.json 'socket:1:2:1 socket:17:3:0 socket:2:1:0 socket:2:1:17 personality:8
		personality:0 prctl:22:0 prctl:35:0 madvise:0:0:12 unshare:0x10000000 unshare:0x20000400
		setsockopt:0:1:3 setsockopt:0:2:2' "$@"
}

# With a list only these, the others as they are without.
of_some_calls() {
	run "$ASG" --args=socket,ptrace -q -o some.json -- ./probe socket:1:1:0 personality:0
	exits 0 'a list'
	is '1 0' "$(conditions some.json socket)" 'held to its arguments: what is in the list'
	is '0 1' "$(conditions some.json personality)" 'and not what is not'
}

# A second recording extends the conditions of the first, and logs what these let through as well.
with_a_base() {
	run "$ASG" --args --base some.json -q -o more.json -- ./probe socket:1:1:0 socket:2:2:17
	exits 0 'a base that has conditions'
	is '2 0' "$(conditions more.json socket)" 'is extended by what is new'
	run "$ASG" --base some.json -o same.json -- ./probe socket:2:2:17
	says '^ +decides these by argument or condition' 'without --args it decides'
	is '1 0' "$(conditions same.json socket)" 'and stays as it is'
}

of_32_bits() {
	compile probe32 -m32 -O1 -static probe.c || {
		skip 'i386' "the compiler cannot -m32 -static: $(head -n 1 "$err")"
		return
	}
	run "$ASG" --args --errno=EXDEV -o probe32.json -- ./probe32 socketcall:1:@ personality:0xffffffff socket:16:3:0
	exits 0 'i386: recorded'
	is '1 0' "$(conditions probe32.json socketcall)" 'i386: socketcall is held to its sub-call'
	enforced ./probe32 probe32.json 'socketcall:8:@ socketcall:4:@ personality:8 socket:17:3:0' \
		socketcall:1:@ personality:0xffffffff socket:16:3:0
	left_nothing 'i386'
}

# Who leaves the session leaves the rules; it is then not known what all of its calls were.
outside_of_the_session() {
	run "$ASG" --args -o left.json -- sh -c \
		'./probe socket:1:1:0; echo 0 >/proc/self/loginuid; exec ./probe socket:17:3:0'
	exits 0 'a descendant that leaves the session'
	says 'any args +.*socket: 1 of 2 records came without arguments|^ +socket: 1 of 2 records came without' \
		'why the call is allowed whatever its arguments'
	is '0 1' "$(conditions left.json socket)" 'and so it is'
}

# Threads make their calls at the same time, of one process.
of_threads() {
	cat >threads.c <<'END'
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
static void *run(void *of)
{
	for (int i = 0; i < 400; i++)
		close(socket(*(int *)of, SOCK_DGRAM, 0));
	return of;
}
int main(void)
{
	static int domains[4] = { AF_UNIX, AF_INET, AF_UNIX, AF_INET };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, run, &domains[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
END
	compile threads -O1 -pthread threads.c || {
		skip 'threads' "it does not compile: $(head -n 1 "$err")"
		return
	}
	run "$ASG" --args=socket -f recording -o threads.json -- ./threads
	exits 0 'four threads'
	is 'true 2' "$(jq -r '[.groups[].syscalls[] | select(.name == "socket")] | first |
		"\(.count == .arguments.known and .count >= 1600) \(.arguments.seen | length)"' threads.json)" \
		'the arguments of each of their calls are known'
}

# ---- recordings that are merged, and logs ----------------------------------------------------

merged() {
	run "$ASG" --args=socket -q -f recording -o a.json -- ./probe socket:1:1:0
	run "$ASG" --args=socket -q -f recording -o b.json -- ./probe socket:2:2:17
	run "$ASG" -q -f recording -o c.json -- ./probe socket:2:2:17
	is '2 2 1' "$(jq -r .version a.json b.json c.json | tr '\n' ' ' | sed 's/ $//')" \
		'a recording with arguments is of version 2, one without of version 1'
	run "$ASG" merge -f oci -o ab.json a.json b.json
	is '2 0' "$(conditions ab.json socket)" 'two recordings: what either has seen'
	run "$ASG" check ab.json --args -- ./probe socket:1:1:0
	exits 0 'a check of a command with its arguments'
	run "$ASG" check --args ab.json -- ./probe socket:10:1:0
	exits 1 'which decide'
	check 'and what they are not is missing' grep -q '^  missing  *socket .* allow if ' "$out"
	run "$ASG" merge -f oci -o abc.json a.json b.json c.json
	is '0 1' "$(conditions abc.json socket)" 'and one that knows no arguments: any'
}

from_a_log() {
	cat >log <<'END'
type=SECCOMP msg=audit(1700000000.000:1): auid=0 uid=0 gid=0 ses=1 pid=50 comm="x" exe="/x" sig=0 arch=c000003e syscall=41 compat=0 ip=0x1 code=0x7ffc0000
type=SYSCALL msg=audit(1700000000.000:2): arch=c000003e syscall=41 success=yes exit=3 a0=10 a1=80003 a2=9 a3=0 items=0 ppid=1 pid=50 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=(none) ses=1 comm="x" exe="/x" key=(null)
type=PROCTITLE msg=audit(1700000000.000:2): proctitle="x"
type=EOE msg=audit(1700000000.000:2): 
END
	run "$ASG" --from-log --args -o log.json log
	exits 0 'a log with SYSCALL records'
	is 1 "$(jq '[.syscalls[] | select(.comment == "seen: domain 0x10, type 0x3, protocol 0x9")] | length' log.json)" \
		'its arguments are in the profile'
	run "$ASG" --from-log -o plain.json log
	is '0 1' "$(conditions plain.json socket)" 'without --args they are not'
	sed -i /type=SYSCALL/d log
	run "$ASG" --from-log --args -o lost.json log
	says 'socket: 1 of 1 records came without arguments' 'a log without them says so'
}

# ---- every way out ---------------------------------------------------------------------------

has_rules() {
	auditctl -l | grep -q sessionid=
}

# in_the_background COMMAND...: a recording, whose pid is in $recorder.
in_the_background() {
	"$ASG" --args -q -o background.json -- "$@" >"$out" 2>"$err" 9>&- &
	recorder=$!
	note_pid "$recorder"
	wait_for 10 has_rules
}

ways_out() {
	run "$ASG" --args -q -o x.json -- ./no-such-program
	exits 127 'a command that is not there'
	left_nothing 'a command that is not there'
	printf '#!/no/such/interpreter\n' >broken
	chmod 755 broken
	run "$ASG" --args -q -o x.json -- ./broken
	left_nothing 'a command that cannot be run'
	run "$ASG" --args -q -o x.json --user no-such-user -- true
	left_nothing 'a user that does not exist'
	run "$ASG" --args -q -o no/such/directory/x.json -- true
	left_nothing 'an output that cannot be written'
	run "$ASG" --args -q --timeout 1 -o x.json -- sleep 60
	left_nothing '--timeout'
	run "$ASG" --args -q -o x.json -- sh -c 'kill -SEGV $$'
	left_nothing 'a command that crashes'
	for signal in INT TERM HUP; do
		# sh starts background jobs with SIGINT ignored; the command is in our process group.
		in_the_background sh -c 'trap "exit 5" INT TERM HUP; while :; do sleep 0.1; done'
		check "there are rules while it runs ($signal)" has_rules
		is 1 "$(setting enabled)" "and audit is on ($signal)"
		kill -s "$signal" "$recorder"
		[ "$signal" != INT ] || kill -s TERM "$recorder"
		wait "$recorder"
		left_nothing "SIG$signal"
	done
}

# SIGKILL leaves all of it, until the next recording or doctor.
killed() {
	for undo in recording doctor; do
		in_the_background sleep 2
		kill -KILL "$recorder"
		wait "$recorder" 2>/dev/null
		check "SIGKILL leaves rules ($undo)" has_rules
		case $undo in
		recording) run "$ASG" -o x.json -- true ;;
		doctor)
			run "$ASG" doctor
			cp "$out" "$err"
			;;
		esac
		exits 0 "the next $undo"
		says "was killed \(pid $recorder\) had left [0-9] audit rules and audit switched on: undone" \
			"says what it has found ($undo)"
		left_nothing "after SIGKILL and the next $undo"
	done
}

# The last of several puts it back.
two_at_a_time() {
	in_the_background sleep 3
	run "$ASG" --args=socket -o two.json -- ./probe socket:1:1:0
	exits 0 'a second recording beside it'
	says 'evidence +complete' 'is complete'
	is '1 0' "$(conditions two.json socket)" 'has its own arguments'
	is 1 "$(setting enabled)" 'and leaves audit on for the first'
	wait "$recorder"
	is 0 $? 'the first ends'
	left_nothing 'after two at a time'
}

refused_here() {
	auditctl -a never,task >/dev/null
	run "$ASG" --args -o x.json -- true
	auditctl -d never,task >/dev/null
	exits 2 'a host whose rules keep the records away'
	says '[-]-args: a rule of this host \(-a never,task\)' 'is refused by that rule'
	left_nothing 'a refusal'
}

# ---- containers ------------------------------------------------------------------------------

# bundle DIRECTORY ANNOTATIONS COMMAND...
bundle() {
	bundle_directory=$1
	bundle_annotations=$2
	shift 2
	mkdir -p "$bundle_directory/rootfs/bin" "$bundle_directory/rootfs/proc" "$bundle_directory/rootfs/dev"
	cp probe "$bundle_directory/rootfs/bin/probe"
	jq -n --argjson annotations "$bundle_annotations" '{
		ociVersion: "1.0.2", root: {path: "rootfs", readonly: false}, annotations: $annotations,
		process: {user: {uid: 0, gid: 0}, cwd: "/", args: $ARGS.positional, env: ["PATH=/bin"]},
		mounts: [{destination: "/proc", type: "proc", source: "proc"}],
		linux: {namespaces: [{type: "pid"}, {type: "mount"}]}
	}' --args -- "$@" >"$bundle_directory/config.json"
}

by_the_runtime() {
	for runtime in $runtimes; do
		bundle "$runtime.bundle" "$(jq -n --arg of "of:$state/$runtime.json" \
			--arg recording "$state/$runtime.recording.json" '{
				"io.containers.trace-syscall": $of, "io.containers.trace-syscall.args": "true",
				"io.containers.trace-syscall.recording": $recording
			}')" probe socket:1:1:0 prctl:16:0 personality:0xffffffff
		case $runtime in
		crun) set -- --cgroup-manager=disabled ;;
		*) set -- ;;
		esac
		run "$work/audit-seccomp-gen-runtime" --runtime-path "$(command -v "$runtime")" \
			--root "$work/$runtime.state" "$@" run -b "$work/$runtime.bundle" "asg-args-$$-$runtime"
		exits 0 "a container behind our runtime ($runtime)"
		check "its profile ($runtime)" wait_for 10 test -s "$state/$runtime.json"
		is '1 0' "$(conditions "$state/$runtime.json" socket)" "holds it to its arguments ($runtime)"
		is '1 0' "$(conditions "$state/$runtime.json" personality)" "all of them ($runtime)"
		check "and is complete ($runtime)" complete "$state/$runtime.json"
		wait_for 10 nothing_is_left
		left_nothing "a container behind our runtime ($runtime)"
		runtime_needs "$runtime"
		under_its_profile "$runtime" "$@"
	done
}

complete() {
	jq -e '[.. | objects | .comment // empty] | all(test("INCOMPLETE") | not)' "$1"
}

# What the runtime itself asked for is what the table of what runtimes need has, so that a recorded
# command can be run in a container.
runtime_needs() {
	jq -r '.groups[].syscalls[] | select(.arguments) | .name as $name | .arguments.seen[] | "\($name) \(.[0])"' \
		"$state/$1.recording.json" | grep -E '^(prctl|fcntl|ioctl|madvise) ' |
		grep -vxE 'prctl 0x10|(prctl) 0x(1|4|8|f|17|18|26|2f|53564d41)|fcntl 0x([0-4]|406)|ioctl 0x(5401|5413)|madvise 0x(4|8|e|f|19)' \
			>"$work/needs"
	is '' "$(cat "$work/needs")" "what the runtime asks for is known ($1)"
}

# under_its_profile RUNTIME [OPTION]: once more, under a profile of the recording, with other calls. What
# the threads of runc do differs from run to run: so with what is known to be needed.
under_its_profile() {
	under_runtime=$1
	shift
	run "$ASG" merge --runtime-base "$under_runtime" -f oci -o under.json "$state/$under_runtime.recording.json"
	exits 0 "a profile of the recording ($under_runtime)"
	is '1 0' "$(conditions under.json socket)" "holds it to its arguments, too ($under_runtime)"
	jq --slurpfile profile under.json '.linux.seccomp = $profile[0] | del(.annotations) |
		.linux.seccomp.defaultErrnoRet = 18 |
		.process.args = ["probe", "socket:1:1:0", "personality:0xffffffff", "socket:2:1:0", "personality:8"]' \
		"$under_runtime.bundle/config.json" >config.json
	cp config.json "$under_runtime.bundle/config.json"
	run timeout 60 "$under_runtime" --root "$work/$under_runtime.state" "$@" run \
		-b "$work/$under_runtime.bundle" "asg-under-$$-$under_runtime"
	exits 0 "it runs under its profile ($under_runtime)"
	is "socket:2:1:0 $denied;personality:8 $denied;" "$(grep "$denied" "$out" | tr '\n' ';')" \
		"what lies beside is denied, and nothing else ($under_runtime)"
}

# A hook comes when the container is there already, in the session of whoever started it.
by_a_hook() {
	bundle hooked "$(jq -n --arg of "of:$state/hooked.json" '{
		"io.containers.trace-syscall": $of, "io.containers.trace-syscall.args": "true"}')" probe socket:1:1:0
	jq --slurpfile log "$top_srcdir/rules/log-all.json" --arg hook "$ASG" '.linux.seccomp = $log[0] | .hooks = {
		createRuntime: [{path: $hook, args: [$hook, "hook", "createRuntime"]}],
		poststop: [{path: $hook, args: [$hook, "hook", "poststop"]}]
	}' hooked/config.json >config.json
	cp config.json hooked/config.json
	run timeout 60 crun --root "$work/hooked.state" --cgroup-manager=disabled run -b "$work/hooked" "asg-hooked-$$"
	exits 0 'a container with a hook'
	is '0 1' "$(conditions "$state/hooked.json" socket)" 'has a profile without arguments'
	check 'and a comment in it says why' jq -e '[.. | objects | .comment // empty] |
		any(test("^without arguments: .* audit session of its own"))' "$state/hooked.json"
	left_nothing 'a hook'
}

of_a_command
of_some_calls
with_a_base
of_32_bits
outside_of_the_session
of_threads
merged
from_a_log
ways_out
killed
two_at_a_time
refused_here
ln -s "$ASG" "$work/audit-seccomp-gen-runtime"
by_the_runtime
by_a_hook

restored 'the audit settings are as before'
finish
