#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where nothing can be recorded it is said before the start, in one line with a way out; where records
# are lost the profile says that it is incomplete. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions by name
. "$(dirname "$0")/lib.sh"
need setpriv unshare
need_live
cd "$work" || exit 99
actions=/proc/sys/kernel/seccomp/actions_logged
actions_before=$(cat "$actions")
rule='always,exclude -F msgtype=SECCOMP'

put_back() {
	echo "$actions_before" >"$actions"
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
	impossible 'another network namespace' 'network namespace' unshare -n
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

losses() {
	flood_program >"$err" 2>&1 || {
		skip 'losses' 'no compiler'
		return
	}
	run "$ASG" -f recording -o all.json -- ./flood 200000
	exits 0 '200,000 calls at full speed'
	is 200000 "$(jq '[.groups[].syscalls[] | select(.name == "getppid").count] | add' all.json)" \
		'not one is lost'
	run "$ASG" --receive-buffer 4096 --backlog 64 -o small.json -- ./flood 300000
	exits 3 'a receive buffer that is too small: incomplete'
	is small.json "$(head -n 1 "$err" | grep -E '^small\.json: INCOMPLETE: .*lost.*do not enforce it' | cut -d: -f1)" \
		'the first line says so'
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
	says 'INCOMPLETE: .*lost' 'and says that records were lost'
	check 'the profile is written' jq -e .defaultAction slept.json
	run "$ASG" -o again.json -- true
	exits 0 'the next recording is complete again'
}

missing
fallback
settings_in_the_way
losses
restored "the kernel's settings are what they were"
finish
