#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Beside the audit daemon: a recording and the daemon's log of the same run say the same, in each form
# that the log can have, and so does what it hands to a plugin. The daemon runs in the foreground with
# a configuration of its own, in a mount namespace where that is the host's. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions by name
if [ -z "${ASG_PRIVATE_MOUNTS:-}" ] && [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	exec env ASG_PRIVATE_MOUNTS=1 unshare -m sh "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
need ausearch bash python3
need_live
[ -n "${ASG_PRIVATE_MOUNTS:-}" ] || skip_all 'no mount namespace can be made'
# shellcheck source=tests/system/lib-auditd.sh
. "$(dirname "$0")/lib-auditd.sh"
need_auditd
cd "$work" || exit 99
libexec=$work/libexec
recordings=$work/recordings
mkdir -m 750 libexec bin
cp "$ASG" bin/audit-seccomp-gen
ASG=$work/bin/audit-seccomp-gen
trap 'stop_auditd; clean_up' EXIT

# counts RECORDING: architecture, name and number of records of each call, over all groups.
counts() {
	jq -r '[.groups[] | .arch as $arch | .syscalls[] | {key: "\($arch) \(.name)", count}]
		| group_by(.key)[] | "\(.[0].key) \(map(.count) | add)"' "$1"
}

# A pipeline, threads, processes, hexadecimal names: what a log can get wrong.
program() {
	cat >program.sh <<'END'
echo 'program started' >&2
ls / | sort -r | { read -r first; echo "$first"; } | wc -l
cp /bin/ls 'l s'
'./l s' / >/dev/null
python3 -c '
import os, subprocess, threading
thread = threading.Thread(target=lambda: os.symlink("a", "b"))
thread.start()
thread.join()
subprocess.run(["rm", "b"], check=True)'
END
}

# same RECORDING DESCRIPTION: its calls are those of the live recording, call for call.
same() {
	counts "$1" >same.counts
	if [ -s live.counts ] && cmp -s live.counts same.counts; then
		ok "$2"
	else
		{
			diff live.counts same.counts | head -n 20
			what_happened
		} >"$why"
		not_ok "$2"
	fi
}

# read_back INPUT DESCRIPTION [OPTION]...: from a log.
read_back() {
	read_back_input=$1
	read_back_what=$2
	shift 2
	run "$ASG" -f recording --group-by all --session "$session" "$@" -o read.json \
		--from-log "$read_back_input"
	same read.json "$read_back_what"
}

# logged FORM LINE...: the same run, live and from the log that auditd wrote with LINEs in auditd.conf.
logged() {
	form=$1
	shift
	configure "$@"
	start_auditd
	run "$ASG" -f recording -o live.json -- bash program.sh
	exits 0 "$form: recorded while auditd runs"
	session=$(jq -r '[.actors[].session] | unique | @csv' live.json)
	counts live.json >live.counts
	stop_auditd
	read_back "$log" "$form: the log says the same, call for call"
	is 'true false' "$(jq -r '"\(.complete) \(.evidence.live)"' read.json)" \
		"$form: and is complete"
	is 'true' "$(jq -r '[.groups[].syscalls[].comm[]] | any(. == "l s")' read.json)" \
		"$form: a name with a blank in it is read"
	ausearch -m SECCOMP --raw -if "$log" >raw.txt 2>"$err"
	read_back raw.txt "$form: and what \`ausearch --raw\` prints"
	ausearch -i -if "$log" >interpreted.txt 2>"$err"
	read_back interpreted.txt "$form: and what \`ausearch -i\` prints"
	ausearch -i -m SECCOMP -if "$log" >interpreted.txt 2>"$err"
	read_back - "$form: on standard input, too" <interpreted.txt
	run "$ASG" -q --session "$session" --group-by all -o offline.json --from-log "$log"
	"$ASG" -q --group-by all --runtime-base=none -o of-live.json --session "$session" \
		--from-log raw.txt 2>"$err"
	check "$form: the same profile" cmp offline.json of-live.json
}

# Whose recordings were going on at the time is no call of anybody.
sentinels() {
	check 'the sentinel is in the log' grep -q 'comm="asg-sentinel"' "$log"
	run "$ASG" -f recording --group-by comm --output-dir . --from-log "$log"
	fails 'but no group of a recording' test -e asg-sentinel.json -o -e comm-asg-sentinel.json
	fails 'so there is no call without a name' grep -q 'no name' "$err"
}

nodes() {
	check 'the log has the name of its machine' grep -q '^node=somewhere type=SECCOMP' "$log"
	read_back "$log" '--node: that machine' --node somewhere
	run "$ASG" -f recording --group-by node -o read.json --from-log "$log"
	is somewhere "$(jq -r '[.groups[].node] | unique | @csv' read.json | tr -d '"')" \
		'a group by node has its name'
	run "$ASG" -o x.json --node elsewhere --from-log "$log"
	refused 'none of the [0-9]+ SECCOMP records was selected' '--node: another'
}

# What is said about auditd, with the figures of its configuration.
warnings() {
	configure 'log_format = RAW' 'max_log_file_action = ROTATE'
	start_auditd
	run "$ASG" -o x.json -- bash program.sh
	is "audit-seccomp-gen: note: auditd (pid $auditd) writes every record to $log too, about 250 bytes each; its 3 files of 2 MB hold about 25165 of them, then this host's older audit events are rotated away" \
		"$(head -n 1 "$err")" 'what a recording does to the log is said, in figures'
	is 'program started' "$(sed -n 2p "$err")" 'before the command starts'
	said=$(sed -n 's/^  also read  by auditd: about \([0-9]*\) kB went into its log, .*$/\1/p' "$err")
	written=$(($(wc -c <"$log") / 1024))
	check "afterwards, how much it was: $said kB of $written" \
		test "${said:-0}" -gt $((written / 2)) -a "${said:-0}" -lt $((written * 2))
	run "$ASG" -q -o x.json -- true
	is '' "$(cat "$err")" '--quiet does not say it'
	run "$ASG" doctor
	exits 0 'for doctor it is no reason not to record'
	check 'but worth a note' grep -Eq '^note +other readers .*auditd \(pid [0-9]+\).*25165' "$out"
	stop_auditd

	configure 'log_format = RAW' 'max_log_file_action = IGNORE'
	start_auditd
	run "$ASG" -o x.json -- true
	says "^audit-seccomp-gen: note: auditd .*not rotated, so watch the disk" \
		'a log that is not rotated'
	stop_auditd

	configure 'write_logs = no'
	start_auditd
	run "$ASG" -o x.json -- true
	fails 'no warning where auditd writes no log' grep -q auditd "$err"
	stop_auditd
	run "$ASG" -o x.json -- true
	fails 'nor where there is no auditd' grep -q auditd "$err"
}

# A log that was rotated away under a recording: read in its order, and nothing made up for the rest.
rotation() {
	configure 'log_format = ENRICHED' 'max_log_file_action = ROTATE' 'max_log_file = 1'
	start_auditd
	run "$ASG" -f recording -o live.json -- bash -c \
		'for ((i = 0; i < 2500; i++)); do read -r line; done </dev/null; ls / >/dev/null'
	session=$(jq -r '[.actors[].session] | unique | @csv' live.json)
	counts live.json >live.counts
	stop_auditd
	check 'the log was rotated' test -e "$log.1"
	read_back "$work/log" 'a directory of rotated logs: nothing is lost between its files'
	exits 0 'and complete'
	rm -f "$log.1"
	run "$ASG" --group-by all -o x.json --from-log "$log"
	exits 0 'the newest file alone is a log like any other'
}

# arguments RECORDING: those of each call that has some, without what differs from run to run.
arguments() {
	jq -S '[.groups[] | .arch as $arch | .syscalls[] | select(.arguments) | {arch: $arch, name, arguments}]
		| sort_by(.arch, .name)' "$1"
}

# The daemon's log has the arguments as well: the same ones.
with_arguments() {
	configure 'log_format = ENRICHED' 'max_log_file_action = ROTATE' 'max_log_file = 8'
	start_auditd
	run "$ASG" --args -f recording -o live.json -- python3 -c '
import mmap, socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
socket.socketpair()
mmap.mmap(-1, 4096)'
	exits 0 '--args beside the audit daemon'
	session=$(jq -r '[.actors[].session] | unique | @csv' live.json)
	stop_auditd
	"$ASG" -q --args --group-by all -f recording -o log.json --session "$session" --from-log "$log" 2>"$err"
	arguments live.json >live.arguments
	arguments log.json >log.arguments
	check 'socket has some' grep -q '"name": "socket"' live.arguments
	check 'and they are in its log' cmp live.arguments log.arguments
}

# one_recording: the plugin's file, whole.
one_recording() {
	set -- "$recordings"/*.json
	[ $# -eq 1 ] && jq -e .version "$1"
}

# The shipped files in a prefix of their own, the program on the PATH that the script sets.
plugin() {
	install -m 750 "$top_srcdir/rules/audit-seccomp-gen-plugin" "$libexec/"
	sed -e "s|^path = .*|path = $libexec/audit-seccomp-gen-plugin|" \
		-e "s|^args = .*|args = $recordings|" \
		"$top_srcdir/rules/audit-seccomp-gen-plugin.conf" \
		>"$conf/plugins.d/audit-seccomp-gen-plugin.conf"
	chmod 640 "$conf/plugins.d/audit-seccomp-gen-plugin.conf"
	mount --bind "$work/bin" /usr/local/sbin || {
		skip 'the plugin' 'nothing can be mounted on /usr/local/sbin'
		return
	}
	configure 'log_format = ENRICHED' 'max_log_file_action = ROTATE' 'max_log_file = 8'
	start_auditd
	check 'auditd starts the plugin' wait_for 5 plugin_runs
	run "$ASG" -f recording -o live.json -- bash program.sh
	session=$(jq -r '[.actors[].session] | unique | @csv' live.json)
	kill -HUP "$auditd"
	sleep 0.3
	check 'it goes on when auditd reads its configuration again' plugin_runs
	run "$ASG" -f recording -o late.json -- sh -c 'mkdir late; rmdir late'
	late=$(jq -r '[.actors[].session] | unique | @csv' late.json)
	fails 'while auditd runs nothing is written' test -e "$(echo "$recordings"/*.json)"
	stop_auditd
	check 'when it stops there is one recording' wait_for 10 one_recording
	mv "$recordings"/*.json plugin.json
	counts live.json >live.counts
	of_session "$session" >session.json
	same session.json 'with all the calls of what was run meanwhile, call for call'
	counts late.json >live.counts
	of_session "$late" >session.json
	same session.json 'and of what was run after the SIGHUP'
	is '"700 600"' "\"$(stat -c %a "$recordings") $(stat -c %a plugin.json)\"" \
		'for nobody but root'
}

plugin_runs() {
	tr ' ' '\n' <"/proc/$auditd/task/$auditd/children" | while read -r plugin_pid; do
		[ "$(cat "/proc/$plugin_pid/comm")" != audit-seccomp-g ] || echo runs
	done | grep -q runs
}

# of_session SESSION: the groups of the plugin's recording whose actors have that session.
of_session() {
	jq --argjson session "$1" '. as $recording | {groups: [.groups[]
		| select([.syscalls[].actors[] | $recording.actors[.].session] | all(. == $session))]}' \
		plugin.json
}

program
warnings
logged 'ENRICHED' 'log_format = ENRICHED' 'max_log_file_action = ROTATE' 'max_log_file = 8'
sentinels
logged 'RAW' 'log_format = RAW' 'max_log_file_action = ROTATE' 'max_log_file = 8'
logged 'ENRICHED with node=' 'log_format = ENRICHED' 'name_format = USER' 'name = somewhere' \
	'max_log_file_action = ROTATE' 'max_log_file = 8'
nodes
logged 'RAW with node=' 'log_format = RAW' 'name_format = USER' 'name = somewhere' \
	'max_log_file_action = ROTATE' 'max_log_file = 8'
rotation
with_arguments
plugin
is 0 "$(setting enabled)" 'auditing was not switched on'
restored "the kernel's settings are what they were"
finish
