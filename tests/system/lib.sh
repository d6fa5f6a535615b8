# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the system tests share: TAP points that say why they fail, a directory of their own, and the
# promise that the kernel's audit settings are afterwards as they were before.
set -u
LC_ALL=C
TZ=UTC
unset NO_COLOR
export LC_ALL TZ
# Debian leaves the system directories out of an ordinary user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

ASG=${ASG:-${top_builddir:-$(cd "$(dirname "$0")/../.." && pwd)}/src/audit-seccomp-gen}
top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
CC=${CC:-cc}
tested=0
status=0
live=no
work=$(mktemp -d "${TMPDIR:-/tmp}/asg-test.XXXXXX") || exit 99
chmod 755 "$work"
out=$work/.out
err=$work/.err
why=$work/.why

# Processes that a script starts in the background put their pids here: `note_pid $!`.
note_pid() {
	echo "$1" >>"$work/.pids"
}

clean_up() {
	trap - EXIT
	if [ -e "$work/.pids" ]; then
		while read -r clean_pid; do
			kill -KILL "$clean_pid" 2>/dev/null
		done <"$work/.pids"
	fi
	cd /
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

ok() {
	tested=$((tested + 1))
	echo "ok $tested - $1"
}

# not_ok DESCRIPTION: with what is in $why as the reason.
not_ok() {
	tested=$((tested + 1))
	echo "not ok $tested - $1"
	head -c 4000 "$why" | tr -c '[:print:]\n' '?' | cut -c 1-400 | awk '{ print "# " $0 }'
}

# skip DESCRIPTION REASON: one point that cannot be tested here.
skip() {
	if [ "${ASG_REQUIRE_LIVE:-}" = 1 ]; then
		echo "required here, but: $2" >"$why"
		not_ok "$1"
	else
		tested=$((tested + 1))
		echo "ok $tested - $1 # SKIP $2"
	fi
}

# skip_all REASON: the whole script.
skip_all() {
	if [ "${ASG_REQUIRE_LIVE:-}" = 1 ]; then
		echo 1..1
		echo "required here, but: $1" >"$why"
		not_ok 'this script can run'
	else
		echo "1..0 # SKIP $1"
	fi
	exit 0
}

# ours_left: pids that run the program under test.
ours_left() {
	for left_exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$left_exe" 2>/dev/null)" != "$(readlink -f "$ASG")" ] ||
			basename "$(dirname "$left_exe")"
	done
}

nothing_of_ours_left() {
	[ -z "$(ours_left)" ]
}

# finish: the plan comes last, so that a script that dies on its way is an error. What still records
# keeps the kernel's settings for the tests that come.
finish() {
	if [ "$live" = yes ]; then
		wait_for 15 nothing_of_ours_left
		is '' "$(ours_left | while read -r left_pid; do
			tr '\0' ' ' <"/proc/$left_pid/cmdline" 2>/dev/null
		done)" 'no process of the program is left'
	fi
	echo "1..$tested"
	exit 0
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# need COMMAND...: without these the script says nothing worth hearing.
need() {
	for need_command; do
		have "$need_command" || skip_all "$need_command is not installed"
	done
}

# need_live: root, and a kernel that lets us record.
need_live() {
	[ "$(id -u)" -eq 0 ] || skip_all 'not root'
	need auditctl jq flock
	# One after the other, also with the unit tests (tests/unit/live.h): they share a kernel.
	exec 9</proc/sys/kernel/seccomp/actions_logged
	flock 9
	live=yes
	need_doctor=$("$ASG" doctor 2>&1) ||
		skip_all "nothing can be recorded here: $(echo "$need_doctor" | grep -m 1 -i fail)"
	save_settings
}

# run COMMAND...: keeps what it says in $out and $err and its exit status in $status.
run() {
	status=0
	"$@" >"$out" 2>"$err" || status=$?
}

# what_happened: of the last run, for a diagnosis.
what_happened() {
	echo "exit status $status; standard error:"
	head -n 25 "$err"
	echo 'standard output:'
	head -n 10 "$out"
}

# exits STATUS DESCRIPTION: how the last run ended.
exits() {
	if [ "$status" -eq "$1" ]; then
		ok "$2"
	else
		{
			echo "expected exit status $1"
			what_happened
		} >"$why"
		not_ok "$2"
	fi
}

# says PATTERN DESCRIPTION: a line on standard error of the last run matches (grep -E).
says() {
	if grep -Eq -e "$1" "$err"; then
		ok "$2"
	else
		{
			echo "no line on standard error matches: $1"
			what_happened
		} >"$why"
		not_ok "$2"
	fi
}

# refused PATTERN DESCRIPTION: the last run ended with 2, one line on standard error that matches,
# and nothing on standard output.
refused() {
	if [ "$status" -eq 2 ] && [ "$(wc -l <"$err")" -eq 1 ] && [ ! -s "$out" ] &&
		grep -Eq -e "^audit-seccomp-gen: .*($1)" "$err"; then
		ok "$2"
	else
		{
			echo "expected exit status 2 and one line that matches: $1"
			what_happened
		} >"$why"
		not_ok "$2"
	fi
}

# is EXPECTED ACTUAL DESCRIPTION
is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		{
			echo "expected: $1"
			echo "found:    $2"
			what_happened
		} >"$why"
		not_ok "$3"
	fi
}

# check DESCRIPTION COMMAND...: it succeeds.
check() {
	check_what=$1
	shift
	check_status=0
	"$@" >"$work/.check" 2>&1 || check_status=$?
	if [ "$check_status" -eq 0 ]; then
		ok "$check_what"
	else
		{
			echo "exit status $check_status of: $*"
			cat "$work/.check"
			what_happened
		} >"$why"
		not_ok "$check_what"
	fi
}

# fails DESCRIPTION COMMAND...: it does not succeed.
fails() {
	fails_what=$1
	shift
	if "$@" >"$work/.check" 2>&1; then
		{
			echo "it succeeded: $*"
			cat "$work/.check"
		} >"$why"
		not_ok "$fails_what"
	else
		ok "$fails_what"
	fi
}

# absent FILE: nothing is there, and nothing half-written beside it.
absent() {
	[ -z "$(find "$(dirname "$1")" -maxdepth 1 -name "*$(basename "$1")*" -print)" ]
}

# seen PROFILE: the names of the first ALLOW rule without a comment: what was recorded.
seen() {
	jq -r 'first(.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and .comment == null)) | .names[]' \
		"$1" | sort
}

# allowed PROFILE: every name with an ALLOW rule.
allowed() {
	jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]' "$1" | sort -u
}

# recorded RECORDING: arch and name of each call.
recorded() {
	jq -r '.groups[] | .arch as $arch | .syscalls[] | select(.actions.log) | "\($arch) \(.name)"' \
		"$1" | sort -u
}

# has FILE NAME...: the lines of FILE include these.
has() {
	has_file=$1
	shift
	for has_name; do
		grep -qxF -e "$has_name" "$has_file" || {
			echo "$has_name is missing"
			return 1
		}
	done
}

# lacks FILE NAME...: and do not include these.
lacks() {
	lacks_file=$1
	shift
	for lacks_name; do
		! grep -qxF -e "$lacks_name" "$lacks_file" || {
			echo "$lacks_name is there"
			return 1
		}
	done
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	wait_left=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		wait_left=$((wait_left - 1))
		[ "$wait_left" -gt 0 ] || return 1
		sleep 0.05
	done
}

# setting NAME: of `auditctl -s`.
setting() {
	auditctl -s | awk -v name="$1" '$1 == name { print $2 }'
}

settings() {
	echo "enabled=$(setting enabled) backlog_limit=$(setting backlog_limit)" \
		"rate_limit=$(setting rate_limit) pid=$(setting pid)" \
		"actions_logged=$(cat /proc/sys/kernel/seccomp/actions_logged)" \
		"rules=$(auditctl -l | tr '\n' ';')"
}

save_settings() {
	settings_before=$(settings)
}

settings_are_back() {
	[ "$(settings)" = "$settings_before" ]
}

# restored DESCRIPTION: the kernel's audit settings are what they were at the start.
restored() {
	# Somebody else who records at the same time puts back what he has changed when he ends.
	wait_for 5 settings_are_back
	is "$settings_before" "$(settings)" "$1"
}
