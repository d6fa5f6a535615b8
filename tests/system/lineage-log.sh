#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lineage in logs: with the shipped rules loaded, what several commands and containers did at the same
# time is taken apart from the audit daemon's log, and is the same as what was recorded of each of
# them live, call for call. TAP.
# shellcheck disable=SC2016,SC2317 # programs in quotes; functions called by name
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
# shellcheck source=tests/system/lib-auditd.sh
. "$(dirname "$0")/lib-auditd.sh"
need bash python3 ausearch
need_engine
need_live
need_auditd
[ "$(setting enabled)" -eq 0 ] || skip_all 'auditing is switched on already'
[ "$(auditctl -l)" = 'No rules' ] || skip_all 'audit rules are loaded already'
cd "$work" || exit 99
key=io.containers.trace-syscall
state=/var/lib/audit-seccomp-gen
backlog=
trap 'drop_rules; stop_auditd; [ -z "$backlog" ] || auditctl -b "$backlog" >/dev/null; engine_clean_up' EXIT

containers=yes
if ! engine_image >"$out" 2>"$err" || ! engine_hooks ||
	! podman_run --rm asg-busybox true >"$out" 2>"$err"; then
	containers=
fi

# Pipelines, threads, a daemon that leaves its parent, a process that never starts a program.
program() {
	cat >program.sh <<'END'
ls / | sort -r | { read -r first; echo "$first"; } | wc -l
(sleep 0.3 & exec true)
( (sleep 0.2; mkdir -p "$1.late"; rmdir "$1.late") & )
for i in 1 2 3; do ( : "$i" ); done
python3 -c '
import os, sys, threading, time
def work():
    while True:
        time.sleep(0)
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        os.nice(1)
        os._exit(0)
    os._exit(0)
os.wait()
for _ in range(4):
    threading.Thread(target=work).start()
time.sleep(0.01)
os.symlink("a", sys.argv[1])
os._exit(0)' "$1.link"
sleep 0.4
END
}

# counts FILTER RECORDING: architecture, name and number of records of each call of its groups.
counts() {
	jq -r "[$1"' | .arch as $arch | .syscalls[]
		| {key: "\($arch) \(.name)", count}]
		| group_by(.key)[] | "\(.[0].key) \(map(.count) | add)"' "$2"
}

# same LIVE FILTER DESCRIPTION [FILTER]: one group of log.json passes the filter, and it is what LIVE
# has, in all groups or in those that pass the second filter.
same() {
	counts "${4:-.groups[]}" "$1" >live.counts
	counts "$2" log.json >log.counts
	jq -r "[$2 | .name] | unique | length" log.json >log.names
	if [ "$(cat log.names)" -eq 1 ] && [ -s live.counts ] && cmp -s live.counts log.counts; then
		ok "$3"
	else
		{
			echo "groups: $(jq -rc "[$2 | .name] | unique" log.json)"
			diff live.counts log.counts | head -n 20
			what_happened
		} >"$why"
		not_ok "$3"
	fi
}

# of_session LIVE: a filter for the groups with actors of the session that the recording LIVE has.
of_session() {
	of_session_id=$(jq '[.actors[].session] | unique | first' "$1")
	echo ". as \$r | .groups[] | select([.syscalls[].actors[] | \$r.actors[.].session]
		| any(. == $of_session_id))"
}

# of_container LIVE: for those that are called after the first process of the recording LIVE.
of_container() {
	of_container_pid=$(jq '[.groups[].pid] | unique | first' "$1")
	echo ".groups[] | select(.name | endswith(\"-$of_container_pid\"))"
}

# read_log [OPTION]...: what the log says, into log.json.
read_log() {
	run "$ASG" -f recording -o log.json "$@"
}

# All of them at the same time, with programs beside them that nobody records, and somebody who
# listens to the whole host.
run_all() {
	"$ASG" --live -f recording -o host.json 2>host.err 9>&- &
	live_pid=$!
	note_pid "$live_pid"
	check 'somebody listens' wait_for 20 grep -q 'listening to' host.err
	for run_n in 1 2 3; do
		"$ASG" -q -f recording -o "command$run_n.json" -- bash program.sh "$run_n" \
			>"command$run_n.out" 2>&1 9>&- &
		eval "run_pid$run_n=\$!"
	done
	(for run_n in 1 2 3 4 5; do env | sort; done) >/dev/null 2>&1 9>&-
	if [ -n "$containers" ]; then
		# One that never starts a program and is killed with its container.
		check 'a container' podman_run --rm --annotation "$key=of:$work/killed.json" asg-busybox \
			sh -c '(while :; do :; done) & sleep 0.2'
		check 'another one' podman_run --rm --annotation "$key=of:$work/box1.json" \
			--annotation "$key.recording=$work/box1.recording" asg-busybox \
			sh -c 'ls / | sort; (mkdir /tmp/one; rmdir /tmp/one); sleep 0.2'
		check 'and a third one' podman_run --rm --annotation "$key=of:$work/box2.json" \
			--annotation "$key.recording=$work/box2.recording" asg-busybox \
			sh -c 'touch /tmp/f; (sleep 0.1; chmod 700 /tmp/f) & ln -s a /tmp/b; wait'
	fi
	# shellcheck disable=SC2154 # set by eval
	wait "$run_pid1" "$run_pid2" "$run_pid3"
	kill -INT "$live_pid"
	wait "$live_pid"
}

# heard NAME LIVE_NAME DESCRIPTION: the group NAME of the log is the group that --live called LIVE_NAME.
heard() {
	same host.json ".groups[] | select(.name == \"$1\")" "$3" ".groups[] | select(.name == \"$2\")"
}

commands() {
	for commands_n in 1 2 3; do
		same "command$commands_n.json" "$(of_session "command$commands_n.json")" \
			"$1: command $commands_n is one group, and what was recorded live, call for call"
	done
	is bash "$(jq -r "[$(of_session command1.json) | .name] | first | sub(\"-[0-9]+$\"; \"\")" log.json)" \
		"$1: it is called after its first process"
}

program
configure 'log_format = ENRICHED' 'max_log_file_action = ROTATE' 'max_log_file = 50'
backlog=$(setting backlog_limit)
auditctl -b 8192 >/dev/null
start_auditd
check 'the rules for lineage can be loaded' load_rules "$top_srcdir/rules/30-asg-lineage.rules"
run_all
drop_rules
stop_auditd
auditctl -b "$backlog" >/dev/null
cp "$log" "${ASG_KEEP_LOG:-/dev/null}" 2>/dev/null

read_log --from-log "$log"
commands 'auditd'
for n in 1 2 3; do
	name=$(jq -r "[$(of_session "command$n.json") | .name] | first" log.json)
	heard "$name" "$name" "--live has called command $n the same, and heard the same"
done
if [ -n "$containers" ]; then
	same box1.recording "$(of_container box1.recording)" \
		'a container is one group, and what was recorded live, call for call'
	same box2.recording "$(of_container box2.recording)" 'another one, too'
	check 'whoever was killed and had said nothing is counted' jq -e '.evidence.unlinked == 1' log.json
	exits 3 'and makes the evidence incomplete'
	is 4 "$(jq '[.groups[] | select([.syscalls[].exe[]] | any(. == "/bin/busybox")) | .name]
		| unique | length' log.json)" 'and there are no other groups of containers'
	first=$(jq '[.groups[].pid] | unique | first' box1.recording)
	id=$(sed -n "s/^container=\\([0-9a-f]\\{12\\}\\)[0-9a-f]* .* pid=$first .* ended=.*/\\1/p" "$state/containers")
	check 'its collector has written down what it was' test -n "$id"
	is 600 "$(stat -c %a "$state/containers")" 'for nobody but root'
	counts "$(of_container box1.recording)" log.json >without.counts
	read_log --state "$state/containers" --from-log "$log"
	counts ".groups[] | select(.name == \"container-$id\")" log.json >with.counts
	check '--state: the container has its name, and the same calls' cmp without.counts with.counts
	heard "container-$id" "podman-$id" '--live has heard the same of it'
else
	exits 0 'every process in the log has a parent'
	skip 'a container is one group' 'podman runs no container here'
fi

# Without the rules each process would be on its own.
run "$ASG" -q -f recording --group-by pid -o pids.json --from-log "$log"
check 'by pid there are many more' test "$(jq '[.groups[].name] | unique | length' pids.json)" -gt 50
is "$(jq '[.groups[].syscalls[].count] | add' pids.json)" \
	"$(jq '[.groups[].syscalls[].count] | add' log.json)" 'with the same records'

ausearch --raw -if "$log" >raw.txt 2>"$err"
read_log --from-log raw.txt
commands 'ausearch --raw'
ausearch -i -if "$log" >interpreted.txt 2>"$err"
read_log --from-log - <interpreted.txt
commands 'ausearch -i'

# Without its SYSCALL records a log tells nothing of descent, and does not pretend to.
grep -Ev 'type=(SYSCALL|LOGIN)' "$log" >calls.log
read_log --from-log calls.log
is "$(jq -c '[.groups[].name] | unique' pids.json)" "$(jq -c '[.groups[].name] | unique' log.json)" \
	'without SYSCALL records each pid is on its own'

# asked DESCRIPTION NAMES [OPTION]...: the groups of the log, where each of two processes still lives.
asked() {
	asked_what=$1
	asked_names=$2
	shift 2
	read_log "$@" --from-log "$log"
	is "$asked_names" "$(jq -c '[.groups[].name] | unique' log.json)" "$asked_what"
}

# both_live FILE: the command and its child, which starts no program, have said who they are.
both_live() {
	[ "$(grep -c . "$1")" -eq 2 ]
}

# waiting NAME [CGROUP]: a command that waits, with a child that does, until something is in NAME.fifo.
waiting() {
	mkfifo "$1.fifo"
	[ $# -lt 2 ] || mkdir -p "$2"
	bash -c '[ -z "$4" ] || echo $$ >"$4/cgroup.procs"
		exec "$1" -q -o "$2.json" -- bash -c '\''
			echo $$ >"$0.pids"
			(echo $BASHPID >>"$0.pids"; read -r x <"$0.fifo"; exit) &
			wait'\'' "$2"' - "$ASG" "$1" - "${2:-}" 9>&- &
	waiting_pid=$!
	note_pid "$waiting_pid"
	wait_for 10 both_live "$1.pids"
}

# No rule, no audit: what still lives can be asked.
start_auditd
check 'a command waits' waiting plain
plain=$(head -n 1 plain.pids)
child=$(tail -n 1 plain.pids)
asked 'without --resolve-proc each is on its own' "[\"pid-$plain\",\"pid-$child\"]"
asked '--resolve-proc: a child belongs to its parent' "[\"pid-$plain\"]" --resolve-proc
echo >plain.fifo
wait "$waiting_pid"
asked 'who has ended cannot be asked' "[\"pid-$plain\",\"pid-$child\"]" --resolve-proc
stop_auditd
cgroup=/sys/fs/cgroup/libpod-$(printf '%064d' 7).scope
start_auditd
if waiting caged "$cgroup"; then
	asked '--resolve-proc: a control group names the container' '["podman-000000000000"]' --resolve-proc
	echo >caged.fifo
	wait "$waiting_pid"
else
	skip 'a control group names the container' 'no control group can be made'
fi
rmdir "$cgroup" 2>/dev/null
stop_auditd

restored "the kernel's settings are what they were"
finish
