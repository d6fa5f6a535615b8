#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands, recorded on the running kernel: whose calls are in the profile, what becomes of status,
# streams, signals and terminal, and what the options make of it. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions called by name
. "$(dirname "$0")/lib.sh"
need python3 bash setsid
need_live
cd "$work" || exit 99
python=$(command -v /usr/bin/python3 || command -v python3)

# shaped PROFILE: the form that runtimes read, and nothing else beside it.
shaped() {
	jq -e '.defaultAction == "SCMP_ACT_ERRNO" and .defaultErrnoRet == 1
		and (.architectures | length > 0 and all(startswith("SCMP_ARCH_")))
		and (.syscalls | length > 0 and all(.action and (.names | length > 0)
			and .names == (.names | sort)))
		and (keys - ["architectures", "defaultAction", "defaultErrnoRet", "syscalls"] == [])' "$1"
}

first_run() {
	run "$ASG" -o ls.json -- ls /
	exits 0 'ls / is recorded'
	check 'the profile has the shape of an OCI seccomp object' shaped ls.json
	seen ls.json >ls.seen
	check 'what ls did is in it' has ls.seen execve openat getdents64 write close exit_group
	check 'and nothing that it did not' lacks ls.seen mkdir socket fork vfork unlink
	is "$(ls /)" "$(cat "$out")" "the command's standard output is its own"
	says '^ls\.json: [0-9]+ calls on x86_64, from [0-9]+ records of 1 process$' \
		'the first line: where, how much, from what'
	says '^  seen +access .*' 'what was seen is shown'
	says '^  inferred +[0-9]+ survival · [0-9]+ vDSO · [0-9]+ runtime start \(crun, runc\) · [0-9]+ answered ENOSYS$' \
		'what was inferred is counted'
	says '^  evidence +complete: sentinel seen, no serial missing, nothing dropped, kernel lost \+0$' \
		'the verdict'
	is '' "$(tr -d '\n' <"$err" | grep -c "$(printf '\033')" | grep -v 0)" 'no colour off a terminal'
	"$ASG" -q -- sh -c : >quiet.json 2>"$err"
	is '' "$(cat "$err")" '--quiet is silent when all is well'
	check 'without -o the profile is on standard output' shaped quiet.json
}

statuses() {
	run "$ASG" -o status.json -- sh -c 'exit 7'
	exits 7 'the exit status of the command is passed on'
	check 'and its profile is there' shaped status.json
	run "$ASG" -o term.json -- sh -c 'kill -TERM $$'
	exits 143 'killed by a signal: 128 and its number'
	check 'and its profile is there' shaped term.json
	mkdir not
	run "$ASG" -o not/x.json -- asg-no-such-program
	exits 127 'not found: 127'
	says 'asg-no-such-program.*not found in PATH$' 'and says so'
	for word in explian docter mrge checkk; do
		run "$ASG" -o not/x.json $word
		says "cannot run '$word': not found in PATH; was the verb '(explain|doctor|merge|check)' meant" \
			"$word: a verb with a slip in it"
	done
	echo log >some.log
	run "$ASG" -o not/x.json some.log
	says 'a log is read with --from-log' 'a file in place of a command'
	run "$ASG" -o not/x.json ./some.log
	exits 126 'by its path'
	says 'Permission denied; a log is read with --from-log' 'too'
	run "$ASG" -o not/x.json -- /etc/passwd
	exits 126 'not executable: 126'
	run "$ASG" -o not/x.json -- /etc
	exits 126 'a directory: 126'
	printf '#!/no/such/interpreter\n' >script
	chmod +x script
	run "$ASG" -o not/x.json -- ./script
	exits 127 'an interpreter that is missing: 127'
	check 'no profile of what could not be run' absent not/x.json
	run "$ASG" -o not/x.json --user asg-no-such-user -- true
	refused 'asg-no-such-user' 'a user that does not exist is a usage error'
	run "$ASG" -o not/nowhere/x.json -- touch started
	refused 'not/nowhere' 'a place that cannot be written is known before the start'
	check 'so the command was not started' test ! -e started
}

streams() {
	echo hello | "$ASG" -q -o cat.json -- cat >"$out" 2>"$err"
	is hello "$(cat "$out")" 'standard input reaches the command'
	"$ASG" -q -o e.json -- sh -c 'echo said >&2' 2>"$err"
	is said "$(cat "$err")" 'and its standard error comes through'
	run ls /proc/self/fd
	cp "$out" fds
	run "$ASG" -q -o fds.json -- ls /proc/self/fd
	is "$(cat fds)" "$(cat "$out")" 'no descriptor of ours leaks into it'
	run "$ASG" -q -o sig.json -- grep -E '^Sig(Blk|Ign):' /proc/self/status
	is "$(grep -E '^Sig(Blk|Ign):' /proc/self/status)" "$(cat "$out")" \
		'it has the signal mask that it would have without us'
}

sessions() {
	run "$ASG" -q -f recording -o auid.json -- cat /proc/self/loginuid
	is "$(jq -r '[.actors[].auid] | unique | @csv' auid.json)" "$(cat "$out")" \
		'each record has the auid that the command had'
	before=$(cat /proc/self/loginuid)
	[ "$before" != 4294967295 ] || before=0
	run "$ASG" -q -o auid.json -- cat /proc/self/loginuid
	is "$before" "$(cat "$out")" 'the one that we had, or root for nobody'
	run "$ASG" -q -f recording -o session.json -- cat /proc/self/sessionid
	is "$(jq -r '[.actors[].session] | unique | @csv' session.json)" "$(cat "$out")" \
		'and a session of its own'
	fails 'other than ours' test "$(cat "$out")" = "$(cat /proc/self/sessionid)"
}

# A program that goes into the background twice over, and works there when its parent has gone.
daemon_program() {
	cat >daemon.sh <<'END'
setsid sh -c '(sleep 1; mkdir late; : >ended) </dev/null >/dev/null 2>&1 & exit 0' </dev/null
END
}

descendants() {
	run "$ASG" -q -o pipe.json -- bash -c 'ls / | sort -r | { read -r a; echo "$a"; } | wc -l; mkdir made'
	exits 0 'a bash pipeline'
	seen pipe.json >pipe.seen
	check 'all of its programs are in the profile' has pipe.seen execve pipe2 dup2 wait4 mkdir
	run "$ASG" -q -o py.json -- "$python" -c '
import subprocess, threading, os
t = threading.Thread(target=lambda: os.symlink("a", "b")); t.start(); t.join()
subprocess.run(["rmdir", "made"], check=True)'
	exits 0 'python3 with a thread and a child process'
	seen py.json >py.seen
	check 'the calls of both are there' has py.seen symlink rmdir execve
	daemon_program
	run "$ASG" -o daemon.json -- sh daemon.sh
	exits 0 'a daemon that outlives its parents'
	check 'is waited for' test -e ended
	seen daemon.json >daemon.seen
	check 'and recorded to its end' has daemon.seen mkdir setsid
	rmdir late
	rm -f ended
	run "$ASG" --until-exit=main -o main.json -- sh daemon.sh
	exits 0 '--until-exit=main'
	check 'does not wait for it' test ! -e ended
	seen main.json >main.seen
	check 'so its late calls are not in' lacks main.seen mkdir
	says 'note: [0-9]+ processes? .*(go|goes) on' 'and says that something goes on'
	wait_for 5 test -e ended
	run "$ASG" -q -o unshare.json -- unshare -fmpn sh -c 'mkdir other; rmdir other'
	exits 0 'in other namespaces'
	seen unshare.json >unshare.seen
	check 'recorded all the same' has unshare.seen unshare mkdir rmdir
}

endings() {
	run "$ASG" --timeout 1s -o timeout.json -- sh -c 'sleep 600 & echo $! >sleeper; wait'
	exits 143 '--timeout ends the command'
	check 'what it did is written' shaped timeout.json
	says 'timeout' 'and the reason is said'
	fails 'nothing of it is left' kill -0 "$(cat sleeper)"
	run "$ASG" --timeout 1s -o stubborn.json -- sh -c 'trap "" TERM; mkdir stubborn; sleep 600 & wait; wait'
	check 'a command that ignores SIGTERM is ended, too' shaped stubborn.json
	exits 137 'by SIGKILL'
	for signal in INT:130 TERM:143; do
		expected=${signal#*:}
		signal=${signal%:*}
		rm -f started
		# Jobs in the background of a script ignore SIGINT; python undoes that, as a shell would.
		"$python" -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$ASG" -o "$signal.json" -- \
			sh -c ': >started; exec sleep 600' >"$out" 2>"$err" &
		pid=$!
		note_pid "$pid"
		wait_for 10 test -e started
		check "backlog_limit is raised while recording (SIG$signal)" \
			test "$(setting backlog_limit)" -ge 8192
		kill "-$signal" "$pid"
		wait "$pid"
		status=$?
		exits "$expected" "SIG$signal reaches the command"
		check "and what it did is written (SIG$signal)" shaped "$signal.json"
		restored "the kernel's settings are back (SIG$signal)"
	done
	rm -f started
	"$ASG" -o two.json -- sh -c 'trap "echo asked >>asked" TERM; : >started; while :; do sleep 0.1; done' \
		>"$out" 2>"$err" &
	pid=$!
	note_pid "$pid"
	wait_for 10 test -e started
	kill -TERM "$pid"
	wait_for 5 test -s asked
	check 'a command that handles SIGTERM goes on, and so does the recording' kill -0 "$pid"
	kill -TERM "$pid"
	wait "$pid"
	check 'a second SIGTERM ends both, with a profile' shaped two.json
	restored "the kernel's settings are back after a second SIGTERM"
	run timeout 20 setsid -w "$ASG" -o stopped.json -- sh -c \
		'(sleep 0.5; kill -CONT $$) & kill -STOP $$; echo went on'
	exits 0 'a command that is stopped and continued where no shell could continue us'
	is 'went on' "$(cat "$out")" 'goes on, and so do we'
	run "$ASG" -o sigpipe.json -- bash -c 'yes | head -n 1; exit ${PIPESTATUS[0]}'
	exits 141 'SIGPIPE works inside as ever'
}

# play SECONDS [KEYS EXPECTED]... -- COMMAND...: at a terminal.
play() {
	run "$python" "$top_srcdir/tests/system/terminal.py" "$@"
}

# Who may change audit sessions leaves that of the recording, as sshd, cron and su do for a login.
leavers() {
	cat >leave.py <<'EOF'
import os

def child(act):
    if os.fork() == 0:
        act()
        os._exit(0)
    os.wait()

def session(number, act):
    with open('/proc/self/loginuid', 'w') as loginuid:
        loginuid.write(number)
    child(act)

child(lambda: session('0', lambda: os.sched_rr_get_interval(0)))
child(lambda: session('4294967295', lambda: os.sched_getparam(0)))
EOF
	run "$ASG" -f recording -o leave.json -- "$python" leave.py
	exits 0 'descendants in audit sessions of their own, and in none'
	jq -r '.groups[].syscalls[].name' leave.json >leave.seen
	check 'are recorded all the same' has leave.seen sched_rr_get_interval sched_getparam
	is 3 "$(jq '[.actors[].session] | unique | length' leave.json)" 'in three sessions'
	is '5 processes' "$(grep -o '[0-9]* processes' "$err")" 'all of them'
	if setpriv --bounding-set -net_admin true 2>/dev/null; then
		run setpriv --bounding-set -net_admin "$ASG" -o leave.json -- "$python" leave.py
		exits 3 'without fork events they cannot be told from others'
		says 'INCOMPLETE: [0-9]+ records could not be attributed' 'and that is said'
	else
		skip 'without fork events' 'no setpriv'
	fi
}

# The pids of our own first record and of the command are neighbours: the former is given again.
pids() {
	cat >again.py <<'EOF'
import os
with open('/proc/sys/kernel/ns_last_pid', 'w') as last:
    last.write(str(os.getpid() - 2))
pid = os.fork()
if pid == 0:
    os.sched_rr_get_interval(0)
    os._exit(0)
os.wait()
EOF
	run "$ASG" -o again.json -- "$python" again.py
	seen again.json >again.seen
	check 'a process with the pid that our first record had is recorded' has again.seen \
		sched_rr_get_interval
}

terminals() {
	cat >patient.sh <<'END'
trap 'echo caught' INT
echo ready
until read -r line; do :; done
echo "read $line"
END
	play 20 '' ready '\x03' caught 'go\n' 'read go' -- "$ASG" -o patient.json -- sh patient.sh
	exits 0 '^C that the command handles does not end the recording'
	seen patient.json >patient.seen
	check 'what it did afterwards is in the profile' has patient.seen read write
	play 20 '' ready '\x03' '' -- "$ASG" -o impatient.json -- sh -c 'echo ready; exec sleep 600'
	exits 130 '^C that it does not handle ends it'
	check 'and what there is, is written' shaped impatient.json
	play 30 \
		'PS1="shell> "; set -m\n' 'shell> ' \
		'"$ASG" -o stopped.json -- sh -c "echo rea''dy; read -r a; echo got \\$a; read -r b; echo got \\$b"\n' 'ready' \
		'one\n' 'got one' \
		'\x1a' 'topped' \
		'fg\n' 'sh -c' \
		'two\n' 'got two' \
		'exit $?\n' 'exit' -- \
		env ASG="$ASG" HISTFILE=/dev/null bash --norc --noprofile -i
	exits 0 '^Z stops the recording with its command, fg continues both'
	check 'and the profile is there' shaped stopped.json
}

users() {
	run "$ASG" -q -o nobody.json --user nobody -- sh -c 'id -u; id -g; id -G; grep Cap /proc/self/status'
	is "$(id -u nobody) $(id -g nobody)" "$(head -n 2 "$out" | tr '\n' ' ' | sed 's/ $//')" \
		'--user: its id and group'
	is "$(id -G nobody)" "$(sed -n 3p "$out")" 'its groups'
	is '0000000000000000' "$(awk '$1 == "CapEff:" { print $2 }' "$out")" 'and no capability'
	run "$ASG" -q -o nnp.json -- grep NoNewPrivs /proc/self/status
	is 'NoNewPrivs:	0' "$(cat "$out")" 'root records without no_new_privs'
	if [ -u /usr/bin/passwd ] && have su; then
		cp "$(command -v id)" suid-id && chmod 4755 suid-id
		run "$ASG" -q -f recording -o suid.json --user nobody -- ./suid-id -u
		is 0 "$(cat "$out")" 'a setuid program gains what it should'
		is 'true' "$(jq -c '[.groups[].syscalls[].name] | contains(["geteuid"])' suid.json)" \
			'and is recorded'
	fi
}

bases() {
	run "$ASG" -q -o base.json -- ls /
	run "$ASG" --base base.json -o more.json -- sh -c 'ls / >/dev/null; mkdir based'
	exits 0 '--base'
	says '^  new .*mkdir' 'what is new is listed'
	allowed base.json >base.names
	allowed more.json >more.names
	is '' "$(comm -23 base.names more.names)" 'all of the base is in the result'
	check 'with what was new' has more.names mkdir
	# What the base allows leaves no record.
	run "$ASG" -f recording --base base.json -o residual.json -- sh -c 'ls / >/dev/null; rmdir based'
	recorded residual.json | sed 's/.* //' | sort -u >residual.names
	is '' "$(comm -12 base.names residual.names)" 'what the base allows is not even recorded'
	check 'what it does not is' has residual.names rmdir
	run "$ASG" --base base.json -o same.json -- ls /
	exits 0 'nothing new at all is no failure'
	says 'nothing: the base allows all' 'and says so'
	is "$(jq -S '.syscalls | map(.names) | add | sort' base.json)" \
		"$(jq -S '.syscalls | map(.names) | add | sort' same.json)" 'the result is the base'
	cat >deny.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
	{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 30},
	{"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"}]}
END
	run "$ASG" --base deny.json -o denied.json -- sh -c 'mkdir d && rmdir d'
	exits 0 'a base that denies: nothing is denied while recording'
	allowed denied.json >denied.names
	check 'its denials stay denials' lacks denied.names mkdir
	check 'with their errno' jq -e '[.syscalls[] | select(.names == ["mkdir"])] | length == 1
		and .[0].action == "SCMP_ACT_ERRNO" and .[0].errnoRet == 30' denied.json
	says 'mkdir' 'and the run says that the command needs it'
	for bad in '{' '[]' '{"defaultAction": "SCMP_ACT_PERHAPS"}' '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": 5}'; do
		echo "$bad" >bad.json
		rm -f started
		run "$ASG" --base bad.json -o x.json -- touch started
		refused 'bad\.json' "a base that is no profile: $bad"
		check 'nothing was started or written' test ! -e started -a ! -e x.json
	done
}

policies() {
	run "$ASG" -q --exact -o exact.json -- ls /
	is 1 "$(jq '.syscalls | length' exact.json)" '--exact: one rule, what was seen'
	is '' "$(jq -r '.syscalls[0].names[]' exact.json | grep -xE 'setuid|restart_syscall|clone3')" \
		'nothing inferred'
	run "$ASG" -q --runtime-base=none -o none.json -- ls /
	allowed none.json >none.names
	check '--runtime-base=none: nothing for a runtime' lacks none.names capset setresuid
	run "$ASG" -q --runtime-base=crun -o crun.json -- ls /
	run "$ASG" -q --runtime-base=runc -o runc.json -- ls /
	run "$ASG" -q --runtime-base=all -o all.json -- ls /
	allowed crun.json >crun.names
	allowed runc.json >runc.names
	allowed all.json >all.names
	sort -u crun.names runc.names >both.names
	check '--runtime-base=all is crun and runc' cmp both.names all.names
	run "$ASG" -q --default-action kill_process -o kill.json -- ls /
	is '"SCMP_ACT_KILL_PROCESS" null' "$(jq -r '"\(.defaultAction | tojson) \(.defaultErrnoRet)"' kill.json)" \
		'--default-action kill_process'
	run "$ASG" -q --errno ENOSYS -o enosys.json -- ls /
	is 38 "$(jq .defaultErrnoRet enosys.json)" '--errno ENOSYS'
	# A filter of the command's own that denies: the lowest action wins, and LOG makes it visible.
	"$python" - >own.bpf <<'END'
import struct, sys
code = [(0x20, 0, 0, 0), (0x15, 0, 1, 83), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000)]
sys.stdout.buffer.write(b"".join(struct.pack("HBBI", *i) for i in code))
END
	if [ "$(uname -m)" = x86_64 ]; then
		cat >own.py <<'END'
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
code = open("own.bpf", "rb").read()
buffer = ctypes.create_string_buffer(code, len(code))
prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer)))
assert libc.syscall(317, 1, 2, prog) == 0, os.strerror(ctypes.get_errno())
try:
    os.mkdir("never")
except PermissionError:
    print("denied")
END
		run "$ASG" -o own.json -- "$python" own.py
		is denied "$(cat "$out")" "a command's own filter stays in force"
		says '^  denied +mkdir \(errno, 1\)' 'what it denied is listed'
		allowed own.json >own.names
		check 'and not allowed' lacks own.names mkdir
		run "$ASG" --include-denied -o own.json -- "$python" own.py
		allowed own.json >own.names
		check 'but with --include-denied' has own.names mkdir
	else
		skip "a command's own filter" 'written for x86_64'
	fi
	for wrong in '--errno 5000' '--errno EWHAT' '--errno -1' '--default-action allow' '--timeout -1s' \
		'--timeout 0' '--receive-buffer -5' '--receive-buffer 99999999999999999999' '--backlog -1' \
		'--backlog 5000000000' '--pid -2' '--pid 99999999999' '--until-exit never' '--format nonsense' \
		'--runtime-base docker' '--group-by colour' '--since yesteryear' '--uid asg-no-such-user' \
		'--no-such-option' '--exact --runtime-base=all' '--output-dir . -o x.json'; do
		rm -f started
		# shellcheck disable=SC2086 # two words
		run "$ASG" $wrong -- touch started
		refused '.' "$wrong is refused"
		check 'before the start' test ! -e started
	done
}

recordings() {
	run "$ASG" -f recording -o rec.json -- sh -c 'mkdir r; rmdir r'
	exits 0 '-f recording'
	check 'version, verdict, evidence' jq -e '.version == 1 and .complete == true
		and .evidence.live == true and .evidence.records > 0 and .evidence.dropped == 0' rec.json
	check 'a group has name, node, pid, session, arch, syscalls as far as they are known' jq -e '.groups
		| length > 0 and all(.name == "sh" and .arch and (.syscalls | length > 0))' rec.json
	check 'a syscall has name, nr, count, first, last, actions, exe, comm' jq -e '[.groups[].syscalls[]]
		| all((.name | type == "string") and (.nr | type == "number") and .count > 0
			and (.first | endswith("Z")) and .first <= .last and (.actions.log == .count)
			and (.exe | length > 0) and (.comm | length > 0))' rec.json
	is mkdir "$(jq -r '.groups[].syscalls[] | select(.name == "mkdir") | .comm[]' rec.json)" \
		'mkdir was called by mkdir'
	mkdir -p by && rm -f by/*
	run "$ASG" --group-by exe --output-dir by -- sh -c 'ls / >/dev/null; mkdir by-exe'
	exits 0 '--group-by exe --output-dir'
	grep -l '"mkdir"' by/* >by.files
	is 1 "$(wc -l <by.files)" 'one file a program'
	check 'named after it' grep -q mkdir by.files
	check 'each of them a profile' sh -c 'for f in by/*; do jq -e .defaultAction "$f" || exit 1; done'
	run "$ASG" --group-by exe -- sh -c 'ls / >/dev/null'
	check 'several groups on standard output: one object with a profile each' jq -e \
		'to_entries | length > 1 and all(.value.defaultAction)' "$out"
}

together() {
	"$ASG" -q -o one.json -- sh -c 'for i in 1 2 3 4 5 6 7 8; do mkdir "m$i"; rmdir "m$i"; sleep 0.1; done' &
	first=$!
	"$ASG" -q -o two.json -- sh -c 'for i in 1 2 3 4 5 6 7 8; do ln -s a "s$i"; rm "s$i"; sleep 0.1; done'
	second_status=$?
	wait "$first"
	is '0 0' "$? $second_status" 'two recordings at the same time'
	seen one.json >one.seen
	seen two.json >two.seen
	check "the first has its calls and not the other's" has one.seen mkdir rmdir
	check 'the second has its own' has two.seen symlinkat unlinkat
	check 'nothing leaks into the first' lacks one.seen symlink symlinkat unlinkat
	check 'nothing leaks into the second' lacks two.seen mkdir rmdir
}

first_run
statuses
streams
sessions
descendants
leavers
pids
endings
terminals
users
bases
policies
recordings
together
restored "the kernel's settings are what they were"
finish
