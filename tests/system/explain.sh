#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# explain: calls, profiles, recordings, denials, the report. With records of a real program at the end. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016 # programs in quotes
. "$(dirname "$0")/lib.sh"
need jq awk sha256sum base64
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
case $ASG in */*) ASG=$(cd "$(dirname "$ASG")" && pwd)/$(basename "$ASG") ;; esac
cd "$work" || exit 99

# prints PATTERN DESCRIPTION: a line on standard output of the last run matches (grep -E).
prints() {
	if grep -Eq -e "$1" "$out"; then
		ok "$2"
	else
		{
			echo "no line on standard output matches: $1"
			what_happened
		} >"$why"
		not_ok "$2"
	fi
}

# folded: standard output of the last run with continued lines joined.
folded() {
	awk '/^             / { sub(/^ +/, " "); printf "%s", $0; next } { printf("%s%s", NR > 1 ? "\n" : "", $0) }
		END { print "" }' "$out"
}

# rec SERIAL EXE COMM ARCH NR CODE
rec() {
	printf 'type=SECCOMP msg=audit(%d.000:%d): auid=0 uid=0 gid=0 ses=7 pid=100 comm=%s exe=%s sig=0 arch=%s syscall=%s compat=0 ip=0x7f code=%s\n' \
		"$((1700000000 + $1))" "$1" "$3" "$2" "$4" "$5" "$6"
}

# Calls in general

run "$ASG" explain ptrace bpf
exits 0 'a call is explained without any file'
prints '^ptrace: debugging and observation, risk high$' 'area and rank'
prints '^bpf: BPF, risk critical$' 'several calls'
folded >text
check 'what it can do' grep -q '^  can  *loads programs that run inside the kernel' text
check 'why to look at it' grep -q '^  look at  *controls other processes' text
run "$ASG" explain clone3
prints 'answered ENOSYS: threads: libc goes on with clone' 'what the tables would add, and why'
run "$ASG" explain
refused 'nothing to explain' 'nothing to explain'
run "$ASG" explain no_such_call
refused "'no_such_call' is no system call that is known here" 'neither a call nor a file'
run "$ASG" explain ./missing.json
refused 'missing.json: No such file' 'a file that is not there'
echo '{' >torn.json
run "$ASG" explain torn.json
refused 'torn.json' 'a file that cannot be read'

# A profile and recordings from logs

{
	rec 1 '"/usr/sbin/served"' '"served"' c000003e 0 0x7ffc0000
	rec 2 '"/usr/sbin/served"' '"served"' c000003e 0 0x7ffc0000
	rec 3 '"/usr/sbin/served"' '"worker"' c000003e 41 0x7ffc0000
	rec 4 '"/bin/sh"' '"sh"' 40000003 11 0x7ffc0000
	rec 5 '"/bin/sh"' '"sh"' c000003e 321 0x7ffc0000
} >a.log
"$ASG" -q -f recording --group-by all -o a.rec --from-log a.log
"$ASG" -q --group-by all -o a.json --from-log a.log
run "$ASG" explain a.json a.rec
exits 0 'a profile and its recording'
prints '^a.rec: recording, 1 group, 5 records$' 'says what it was given'
prints '^  evidence  *complete' 'the verdict on the evidence'
prints '^  bpf  *1  *1  *0  *0  *critical$' 'counts by area'
prints '^  look at  *bpf \(critical, seen\): loads code into the kernel$' 'what deserves a second look'
run "$ASG" explain a.json a.rec read exit_group openat2 write
folded >text
check 'seen: how often, where, when, by whom' grep -qF \
	'2 times on x86_64 in all; first 2023-11-14T22:13:21.000Z, last 2023-11-14T22:13:22.000Z; by /usr/sbin/served (served)' text
check 'inferred: which set' grep -qF 'allowed, not recorded but inferred (survival): ending and resuming' text
check 'inferred: why this very call' grep -qF 'survival: ends the process: without it' text
check 'answered: which set' grep -qF 'denied by name (answered ENOSYS)' text
check 'not in the profile' grep -qF 'not spoken of: the default action (errno) decides' text
run "$ASG" explain a.rec
prints 'none was given: what follows is the one that the recording makes' 'a recording alone stands for its profile'
run "$ASG" explain a.json
prints '^  evidence  *none: no recording was given' 'a profile alone has no evidence'
prints '^  all .* 0  *[0-9]+  *4 ' 'and what is not marked is stated'
run "$ASG" explain a.json a.json
refused 'second profile' 'two profiles'

run "$ASG" explain --json a.json a.rec
exits 0 'as JSON'
is 'true false' "$(jq -r '"\(.complete) \(.derived)"' "$out")" 'with the verdict'
is 'seen 2 2023-11-14T22:13:21.000Z /usr/sbin/served' \
	"$(jq -r '.calls[] | select(.call == "read") | "\(.ground) \(.count) \(.first) \(.exe | join(","))"' "$out")" \
	'seen: how often, when, by whom'
is 'inferred survival' "$(jq -r '.calls[] | select(.call == "exit_group") | "\(.ground) \(.set)"' "$out")" \
	'inferred: which set'
is "$(jq -r '[.syscalls[].names[]] | unique | length' a.json)" "$(jq '.calls | length' "$out")" 'all that the profile names'
run "$ASG" explain --json write mount a.json
is 'write default null mount default null' "$(jq -r '[.calls[] | "\(.call) \(.ground) \(.count)"] | join(" ")' "$out")" \
	'or the calls that are named'
is null "$(jq -r .complete "$out")" 'without a recording there is no verdict'
run "$ASG" explain --json mount
is critical "$(jq -r '.calls[0].risk' "$out")" 'a call alone'

cat >wide.json <<'EOF'
{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
  {"names": ["read", "mount"], "action": "SCMP_ACT_ALLOW"},
  {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}
EOF
run "$ASG" explain wide.json a.rec
prints '^  stated  *mount: allowed, but neither recorded nor marked as added$' 'allowed without a reason'
prints '^  left out  *bpf execve: recorded, but the profile does not allow it$' 'recorded and not allowed'
run "$ASG" explain wide.json a.rec socket
folded >text
check 'conditions are told' grep -qF 'allow if arg0 == 1' text
run "$ASG" explain -v -o overview.txt wide.json a.rec
check '-o, and -v lists every call' grep -q '^ *socket\*$' overview.txt
is '' "$(cat "$out")" 'with -o standard output is empty'
rec 9 '"/usr/sbin/served"' '"served"' c000003e 2 0x7ffc0000 >b.log
"$ASG" -q -f recording --group-by comm -o b.rec --from-log b.log
run "$ASG" explain a.json a.rec b.rec open
exits 0 'several recordings'
folded >text
check 'of which each counts' grep -q '^  seen  *1 time on x86_64 in served' text
run "$ASG" explain a.rec
folded >text
check 'a group of one run: no estimate' grep -q '^  estimate  *none: one run does not say' text
{
	rec 1 '"/usr/sbin/served"' '"served"' c000003e 0 0x7ffc0000
	rec 2 '"/usr/sbin/served"' '"served"' c000003e 39 0x7ffc0000
} >c.log
"$ASG" -q -f recording --group-by all -o c.rec --from-log c.log
run "$ASG" explain a.rec c.rec
folded >text
check 'two runs: how likely the next shows something new' grep -q '^  estimate  *2 of 2 runs had a call of their own: the next shows' text
jq '.complete = false | .evidence.dropped = 3' a.rec >lossy.rec
run "$ASG" explain lossy.rec
exits 3 'an incomplete recording: exit status'
prints 'INCOMPLETE: 3 records lost' 'an incomplete recording: said'

# Denials

{
	rec 1 '"/usr/sbin/served"' '"served"' c000003e 101 0x50000
	rec 2 '"/usr/sbin/served"' '"served"' c000003e 101 0x50000
	rec 3 '"/usr/sbin/served"' '"served"' 40000003 26 0x80000000
	rec 4 '"/bin/sh"' 3C7363726970743E c000003e 165 0x30000
	rec 5 '"/bin/sh"' '"sh"' c000003e 999 0x7fc00000
	rec 6 '"/bin/sh"' '"sh"' c000003e 0 0x7ffc0000
} >denied.log
run "$ASG" explain --denied --from-log denied.log
exits 0 'denials'
prints '^3 calls were denied, in 5 records of 2 groups$' 'how many'
prints '^  caution  *Denied is not needed: ' 'says that denied is not needed'
prints '^/usr/sbin/served, x86$' 'by group and architecture'
folded >text
check 'how often, with which answer, to whom' grep -qF \
	'2 times, errno; 2023-11-14T22:13:21.000Z to 2023-11-14T22:13:22.000Z; /usr/sbin/served (served)' text
check 'what it would open' grep -qF 'would open (risk critical) attaches, binds' text
check 'a supervisor may have let it through' grep -qF 'what it decided is not in the record' text
prints '^  could add  mount ptrace$' 'what would be added'
prints '^  note  *the log also has calls that were let through' 'and that there was more'
run "$ASG" explain --denied --from-log -f oci -o more.json denied.log
exits 0 'a proposal as a profile'
is '' "$(cat "$out")" 'goes to its file'
says '^3 calls were denied' 'and the rest to standard error'
is 'mount ptrace' "$(jq -r '[.syscalls[].names[]] | join(" ")' more.json)" 'a rule for each call'
is true "$(jq '[.syscalls[] | .action == "SCMP_ACT_ALLOW" and (.comment | test("denied is not needed"))] | all' more.json)" \
	'each with its reason'
check 'the proposal is a profile that is read' "$ASG" explain more.json
run "$ASG" explain --denied --exe /bin/sh --from-log denied.log
prints '^2 calls were denied, in 2 records of 1 group$' 'a selection'
run "$ASG" explain --denied --from-log - <denied.log
prints '^3 calls were denied' 'standard input'
run "$ASG" explain --denied --from-log a.log
refused 'no call was denied in the 5 SECCOMP records' 'a log without denials'
run "$ASG" explain --denied --from-log missing.log
refused 'missing.log' 'a log that is not there'
run "$ASG" explain --denied denied.log
refused 'give --from-log' '--denied without --from-log'

# The report

rec 10 '"/bin/<img/src=x/onerror=alert(1)>"' 3C7363726970743E616C6572742832293C2F7363726970743E c000003e 1 \
	0x7ffc0000 >>a.log
"$ASG" -q -f recording --group-by all -o evil.rec --from-log a.log
run "$ASG" explain --html -o report.html a.json evil.rec
exits 0 'a report'
check 'the executable is text' grep -qF '&lt;img/src=x/onerror=alert(1)&gt;' report.html
check 'the command name is text' grep -qF '&lt;script&gt;alert(2)&lt;/script&gt;' report.html
is 1 "$(grep -c '<script>' report.html)" 'one script, its own'
fails 'no address in it' grep -Eiq 'https?:|<link|<img|<iframe|url\(|@import' report.html
check 'columns have the command names' grep -qF '<th scope="col"><span>&lt;script&gt;alert(2)' report.html
check 'the grid can be scrolled with the keyboard' grep -q 'class="scroll grid" tabindex="0" role="region" aria-label=' report.html
fails 'no attribute that runs or styles' grep -Eq '<[^>]* (on[a-z]+|style)=' report.html
check 'the verdict names what is not allowed' grep -qF '1 recorded call is not allowed' report.html
run "$ASG" explain --html a.json evil.rec
check 'the same input, the same bytes' cmp report.html "$out"
run "$ASG" explain --html ./lossy.rec
exits 3 'a report on an incomplete recording: exit status'
prints 'Evidence incomplete: do not enforce this profile' 'and verdict'
run "$ASG" explain --html a.rec c.rec
prints '<p>Estimate: 2 of 2 runs had a call of their own' 'a report with the estimate'
run "$ASG" explain --html ptrace
refused 'takes no names of calls' 'a report of a call'

# hash ELEMENT: what a browser computes of its content: SHA-256 in base64.
hash() {
	hash_bytes=$(awk -v start="<$1>" -v end="</$1>" '
		{ text = text $0 "\n" }
		END {
			text = substr(text, index(text, start) + length(start))
			printf "%s", substr(text, 1, index(text, end) - 1)
		}' report.html | sha256sum | awk '{
			hex = "0123456789abcdef"
			for (i = 1; i < 64; i += 2)
				printf "\\%03o", (index(hex, substr($1, i, 1)) - 1) * 16 + index(hex, substr($1, i + 1, 1)) - 1
		}')
	# shellcheck disable=SC2059 # the escapes are the format
	printf "$hash_bytes" | base64
}
for element in script style; do
	is "'sha256-$(hash $element)'" \
		"$(grep -o "$element-src '[^']*'" report.html | cut -d ' ' -f 2)" \
		"the page's policy has the hash of its $element"
done

# A real program

if [ "$(id -u)" -ne 0 ] || ! have auditctl || ! have flock; then
	skip 'a real program' 'not root, or no auditctl'
	finish
fi
exec 9</proc/sys/kernel/seccomp/actions_logged
flock 9
if ! "$ASG" doctor >doctor.txt 2>&1; then
	skip 'a real program' "nothing can be recorded here: $(grep -m 1 -i fail doctor.txt)"
	finish
fi
save_settings
"$ASG" -q -f recording -o real.rec -- sh -c 'ls / | sort; cat /dev/null' >/dev/null
"$ASG" -q -o real.json -- sh -c 'ls / | sort; cat /dev/null' >/dev/null
run "$ASG" explain real.json real.rec
exits 0 'of a real program nothing is unexplained'
fails 'all that is allowed was recorded or has a reason' grep -q '^  stated' "$out"
run "$ASG" explain -v real.json real.rec openat
folded >text
for program in ls sort cat; do
	check "openat was made by $program" grep -Eq "by .*/($program|busybox|coreutils) \\(" text
done
run "$ASG" explain --html -o real.html real.json real.rec
check 'its report says that the evidence is complete' grep -q 'verdict good' real.html
restored 'audit settings are as they were'
finish
