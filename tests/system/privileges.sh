#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where nothing can be recorded it is said before the start, in one line with a way out; where records
# are lost the profile says that it is incomplete. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions by name
. "$(dirname "$0")/lib.sh"
need setpriv unshare python3 setsid
need_live
cd "$work" || exit 99
actions=/proc/sys/kernel/seccomp/actions_logged
actions_before=$(cat "$actions")
rate_before=$(setting rate_limit)
rule='always,exclude -F msgtype=SECCOMP'

put_back() {
	echo "$actions_before" >"$actions"
	[ ! -e "$work/.rate" ] || {
		auditctl -r "$rate_before"
		rm -f "$work/.rate"
	} >/dev/null 2>&1
	[ ! -e "$work/.rule" ] || {
		# shellcheck disable=SC2086 # words
		auditctl -d $rule
		rm -f "$work/.rule"
	} >/dev/null 2>&1
}
trap 'put_back; clean_up' EXIT

# impossible WHY PATTERN WRAPPER...: a recording is refused, doctor names it with a remedy.
impossible() {
	impossible_why=$1
	impossible_pattern=$2
	shift 2
	rm -f started
	run "$@" "$ASG" -o "$work/x.json" -- touch "$work/started"
	refused "$impossible_pattern" "$impossible_why: one line, exit status 2"
	check "$impossible_why: the command was not started, nothing written" test ! -e started -a ! -e x.json
	run "$@" "$ASG" doctor
	exits 1 "$impossible_why: doctor fails"
	if cat "$out" "$err" | grep -Ei '^(FAIL|not ok|fail)' | grep -Eq -e "$impossible_pattern"; then
		ok "$impossible_why: and shows it with a remedy"
	else
		what_happened >"$why"
		not_ok "$impossible_why: and shows it with a remedy"
	fi
}

# Who has no privileges shall fail for that reason, not because the program cannot be reached.
chmod 1777 "$work"
cp "$ASG" "$work/audit-seccomp-gen" && ASG=$work/audit-seccomp-gen

missing() {
	impossible 'not root' 'run .*as root' setpriv --reuid 65534 --regid 65534 --clear-groups
	impossible 'a user namespace' 'user namespace.*(host|root)' unshare -Ur
	impossible 'without CAP_AUDIT_READ' 'CAP_AUDIT_READ.*root' \
		setpriv --bounding-set -audit_read --inh-caps -audit_read
	impossible 'without CAP_AUDIT_CONTROL' 'CAP_AUDIT_CONTROL.*root' \
		setpriv --bounding-set -audit_control --inh-caps -audit_control
	impossible 'another network namespace' 'network namespace.*host' unshare -n
	impossible 'another pid namespace' 'pid namespace.*host' unshare -fp
	impossible 'another pid namespace with its own /proc' 'pid namespace.*host' \
		unshare -fp --mount-proc
}

# CAP_SYS_ADMIN only decides whether setuid programs gain anything: no reason not to record.
fallback() {
	run setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$ASG" -o nnp.json -- \
		grep NoNewPrivs /proc/self/status
	exits 0 'without CAP_SYS_ADMIN a command can be recorded'
	is 'NoNewPrivs:	1' "$(cat "$out")" 'with no_new_privs'
	run setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$ASG" doctor
	check 'doctor says so' grep -q 'CAP_SYS_ADMIN.*no_new_privs' "$out" "$err"
}

# Without an audit session of its own a command is told by its fork events. /proc is mounted once more,
# on itself: another /proc would hide which processes there are.
lineage() {
	cat >read-only.sh <<'END'
mount --bind /proc /proc && mount -o remount,bind,ro /proc && exec "$@"
END
	cat >family.sh <<'END'
ls / | sort -r | { read -r first; echo "$first"; } | wc -l
(setsid sh -c 'sleep 0.3; mkdir late; rmdir late' &)
END
	if ! unshare -m sh read-only.sh true 2>"$err"; then
		skip 'a /proc that cannot be written' 'no mount namespace can be made'
		return
	fi
	run "$ASG" -f recording -o session.json -- bash family.sh
	exits 0 'a family of processes, told by its session'
	# Somebody else records at the same time: not ours.
	"$ASG" -q -o other.json -- sh -c 'for i in 1 2 3 4 5 6; do ln -s a "s$i"; rm "s$i"; sleep 0.2; done' \
		2>/dev/null &
	other=$!
	note_pid "$other"
	run unshare -m sh read-only.sh "$ASG" -f recording -o lineage.json -- bash family.sh
	exits 0 'where /proc/self/loginuid cannot be written it is recorded all the same'
	wait "$other"
	recorded session.json >session.calls
	recorded lineage.json >lineage.calls
	is '' "$(comm -3 session.calls lineage.calls | tr '\n' ' ')" 'with the same calls'
	check "and nobody else's" lacks lineage.calls 'x86_64 symlink' 'x86_64 symlinkat'
	is "$(jq '[.actors[].session] | unique | length' session.json)" \
		"$(jq '[.actors[].session] | unique | length' lineage.json)" 'all of them in one session'
	run unshare -m sh read-only.sh "$ASG" doctor
	exits 0 'doctor: no reason not to record'
	check 'but says by what commands are told then' grep -Eq '^note +audit session .*fork events' "$out"
}

settings_in_the_way() {
	if ! sed 's/\<log\>//' "$actions" >"$work/actions" || ! cat "$work/actions" >"$actions" 2>/dev/null; then
		skip 'actions_logged without log' 'it cannot be written here'
	else
		impossible 'actions_logged without log' "actions_logged lacks 'log'.*sysctl -w"
		echo "$actions_before" >"$actions"
	fi
	: >"$work/.rule"
	# shellcheck disable=SC2086 # words
	if auditctl -a $rule >/dev/null 2>&1; then
		impossible 'an exclude rule' 'rule.*auditctl -d'
		put_back
	else
		rm -f "$work/.rule"
		skip 'an exclude rule' 'none can be added here'
	fi
	restored 'the settings that the tests changed are back'
	run "$ASG" -o after.json -- true
	exits 0 'and recording works again'
}

# changed DESCRIPTION PATTERN COMMAND: what the command changes and leaves so is found at the end.
changed() {
	run "$ASG" -o changed.json -- sh -c "$3"
	put_back
	exits 3 "$1 during a recording: incomplete"
	check "$1: the first line says so" first_line "^changed\.json: INCOMPLETE: .*$2.*; do not enforce it"
	check "$1: the profile is written" jq -e .defaultAction changed.json
}

settings_that_change() {
	: >"$work/.rate"
	changed 'rate_limit' "rate_limit was $rate_before, is 100000" 'auditctl -r 100000 >/dev/null'
	: >"$work/.rate"
	changed 'a rate_limit that is put back' 'the kernel lost [0-9]+ audit records, [0-9]+ serial numbers missing' \
		"auditctl -r 5 >/dev/null; ls -l / >/dev/null; auditctl -r $rate_before >/dev/null"
	if [ -w "$actions" ]; then
		changed 'actions_logged' 'actions_logged has log was 1, is 0' "echo errno >$actions"
		changed 'actions_logged that is put back' '2 audit settings changed' \
			"echo errno >$actions; sleep 2; echo $actions_before >$actions; ls /"
	else
		skip 'actions_logged during a recording' 'it cannot be written here'
	fi
	: >"$work/.rule"
	changed 'an exclude rule' 'exclude rule for SECCOMP was 0, is 1' "auditctl -a $rule >/dev/null 2>&1"
	restored 'the settings that the tests changed are back again'
}

# What we raise ourselves is put back, however the recording ends.
backlog() {
	run "$ASG" -q --backlog 4096 -o backlog.json -- auditctl -s
	check 'backlog_limit is what --backlog says' grep -qx 'backlog_limit 4096' "$out"
	for signal in TERM INT HUP; do
		rm -f started
		python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$ASG" -o signal.json -- sh -c ': >started; exec sleep 60' \
			>"$out" 2>"$err" &
		pid=$!
		note_pid "$pid"
		wait_for 10 test -e started
		kill "-$signal" "$pid"
		wait "$pid"
		status=$?
		restored "backlog_limit is back after SIG$signal"
	done
	run python3 "$top_srcdir/tests/system/terminal.py" 20 '' ready '\x03' '' -- \
		"$ASG" -o interrupted.json -- sh -c 'echo ready; exec sleep 60'
	exits 130 'at a terminal, ^C ends it'
	restored 'and backlog_limit is back'
	run "$ASG" -q --backlog 4096 -o backlog.json -- auditctl -b 5000
	is 5000 "$(setting backlog_limit)" 'what somebody else has set meanwhile is left alone'
	auditctl -b "$(echo "$settings_before" | sed 's/.*backlog_limit=\([0-9]*\).*/\1/')" >/dev/null
}

# first_line PATTERN: of what was said, but for notes on who else reads along.
first_line() {
	grep -v '^audit-seccomp-gen: note: ' "$err" | head -n 1 | grep -Eq -e "$1"
}

flood_program() {
	cat >flood.c <<'END'
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000; n > 0; n--)
		syscall(SYS_getppid);
	return 0;
}
END
	"$CC" -O1 -o flood flood.c
}

# With the buffer that there is by default: what it holds is not lost, and what it does not is told.
stopped_in_a_flood() {
	rm -f flooding
	"$ASG" -f recording -o held.json -- sh -c 'echo $$ >flooding; exec ./flood 300000' >"$out" 2>"$err" &
	pid=$!
	note_pid "$pid"
	wait_for 10 test -s flooding
	kill -STOP "$pid"
	sleep 2
	kill -CONT "$pid"
	wait "$pid"
	status=$?
	found=$(jq '[.groups[].syscalls[] | select(.name == "getppid").count] | add' held.json)
	held=$(jq -c '[.complete, (.evidence.dropped + .evidence.missing_serials + .evidence.kernel_lost) > 0]' \
		held.json)
	case "$status $found $held" in
	'0 300000 [true,false]') ok 'stopped for two seconds: nothing is lost' ;;
	'3 '*' [false,true]') ok 'stopped for two seconds: what is lost is told' ;;
	*)
		{
			echo "$found of 300000 counted; complete, and losses: $held"
			what_happened
		} >"$why"
		not_ok 'stopped for two seconds: nothing is lost, or it is told'
		;;
	esac
}

losses() {
	flood_program >"$err" 2>&1 || {
		skip 'losses' 'no compiler'
		return
	}
	run "$ASG" -f recording -o all.json -- ./flood 200000
	exits 0 '200,000 calls at full speed'
	is 200000 "$(jq '[.groups[].syscalls[] | select(.name == "getppid").count] | add' all.json)" \
		'not one is lost'
	run "$ASG" --receive-buffer 4096 -o small.json -- ./flood 1000000
	exits 3 'a receive buffer that is too small for a million calls: incomplete'
	check 'the first line says so' first_line \
		'^small\.json: INCOMPLETE: [0-9]+ records lost .*do not enforce it'
	says 'Remedy: .*receive-buffer' 'with a remedy'
	check 'the profile is written all the same' jq -e .defaultAction small.json
	run "$ASG" --receive-buffer 4096 -f recording -o small.json -- ./flood 300000
	check 'the recording says how much was lost' jq -e '.complete == false
		and (.evidence.dropped + .evidence.missing_serials + .evidence.kernel_lost) > 0' small.json
	run "$ASG" --receive-buffer 4096 -o seven.json -- sh -c './flood 300000; exit 7'
	exits 7 "the command's own status comes before ours"

	"$ASG" --receive-buffer 65536 --backlog 128 -o slept.json -- sh -c 'echo $$ >flooding; exec ./flood 100000' \
		>"$out" 2>"$err" &
	pid=$!
	note_pid "$pid"
	wait_for 10 test -s flooding
	kill -STOP "$pid"
	sleep 2
	kill -CONT "$pid"
	wait "$pid"
	status=$?
	exits 3 'a recorder that was stopped in a flood: incomplete'
	check 'and says first that records were lost' first_line '^slept\.json: INCOMPLETE: .*lost'
	check 'the profile is written' jq -e .defaultAction slept.json
	stopped_in_a_flood
	run "$ASG" -o again.json -- true
	exits 0 'the next recording is complete again'
}

missing
fallback
lineage
settings_in_the_way
settings_that_change
backlog
losses
restored "the kernel's settings are what they were"
finish
