#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The program confines itself before it reads what others wrote, and can then do all that it should:
# the same as without, and no call that its sandbox does not have. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions called by name
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/lib-self.sh
. "$(dirname "$0")/lib-self.sh"
need jq script gzip xz zstd
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
case $ASG in */*) ASG=$(cd "$(dirname "$ASG")" && pwd)/$(basename "$ASG") ;; esac
cd "$work" || exit 99

# status_of FIELD: in /proc of the program that reads a FIFO.
status_of() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$reader/status"
}

in_the_state_that_it_should_be() {
	mkfifo held
	exec 7<>held
	"$ASG" "$@" --from-log held >held.out 2>held.err 7>&- &
	reader=$!
	note_pid "$reader"
	wait_for 5 grep -q '^NoNewPrivs:[[:space:]]*1' "/proc/$reader/status" || :
	wait_for 5 grep -q '^Seccomp:[[:space:]]*2' "/proc/$reader/status" || :
}

confined() {
	in_the_state_that_it_should_be
	is 2 "$(status_of Seccomp)" 'a filter is on it while it reads a log'
	is 1 "$(status_of NoNewPrivs)" 'it can gain no privileges'
	# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, to read what root could read before.
	case $(status_of CapEff) in
	0000000000000006 | 0000000000000000) ok 'of the capabilities it keeps those to read files' ;;
	*)
		status_of CapEff >"$why"
		not_ok 'of the capabilities it keeps those to read files'
		;;
	esac
	cat "$self_log" >&7
	exec 7>&-
	wait "$reader"
	is 0 $? 'and it makes its profile'
	check 'which is one' jq -e .defaultAction held.out
	rm held
}

unconfined() {
	in_the_state_that_it_should_be --no-sandbox
	is 0 "$(status_of Seccomp)" '--no-sandbox: no filter'
	is 0 "$(status_of NoNewPrivs)" 'and no other restriction'
	exec 7>&-
	wait "$reader"
	rm held
}

# What runs a command cannot be confined: the profile is read by another process, which is.
apart() {
	mkfifo held
	exec 7<>held
	"$ASG" exec held -- grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status >held.out 2>held.err 7>&- &
	parent=$!
	note_pid "$parent"
	wait_for 5 grep -q . "/proc/$parent/task/$parent/children" || :
	reader=$(tr -d ' ' <"/proc/$parent/task/$parent/children")
	wait_for 5 grep -q '^Seccomp:[[:space:]]*2' "/proc/$reader/status" || :
	is '2 1' "$(status_of Seccomp) $(status_of NoNewPrivs)" 'exec: who reads the profile is confined'
	reader=$parent
	is 0 "$(status_of Seccomp)" 'and who runs the command is not'
	cat in/broad.json >&7
	exec 7>&-
	wait "$parent"
	is 0 $? 'and it runs'
	is 'Seccomp:	2' "$(grep Seccomp held.out)" 'under its profile'
	[ "$(id -u)" -ne 0 ] || is 'NoNewPrivs:	0' "$(grep NoNew held.out)" 'and nothing else'
	rm held
}

# Products, messages and statuses of all workloads, with and without.
the_same_as_without() {
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$ASG" >with
	cat >without <<END
#!/bin/sh
case \$1 in
check | convert | merge | diff | exec | explain) verb=\$1; shift; exec "$ASG" "\$verb" --no-sandbox "\$@" ;;
*) exec "$ASG" --no-sandbox "\$@" ;;
esac
END
	chmod +x with without
	self_workloads ./without
	mv out without.out
	self_workloads ./with
	# What each took, and names of temporary files, differ from run to run.
	check 'all that it makes and says is the same in its sandbox' diff -r without.out out
	is '' "$(grep -rl 'its own sandbox' out)" 'nothing that it does goes beyond'
	is '' "$(find . -name '.*.??????' -type f)" 'nothing half-written is left'
}

# Rules that libseccomp does not come to an end with, where no process can be made to try them.
what_does_not_end() {
	run timeout 60 "$ASG" exec in/loop.json -- true
	refused "does not come to an end.*those for 'personality'" \
		'exec: nothing is run with rules that libseccomp does not come to an end with'
	for how in '' --no-sandbox; do
		# shellcheck disable=SC2086 # an option or none
		run timeout 60 "$ASG" convert $how -q -f bpf in/loop.json
		if [ "$status" -eq 0 ]; then
			check "the filter of rules that hung libseccomp 2.5 is made $how" test -s "$out"
		else
			refused "does not come to an end.*those for 'personality'" \
				"rules that libseccomp does not come to an end with are refused $how"
		fi
	done
}

self_table() {
	check 'the table is made of the profile' sh -c \
		'sh "$0/tests/self/header.sh" "$0/tests/self/profile.json" | cmp - "$0/src/target/sandbox_calls.h"' "$top_srcdir"
	fails 'the profile allows no program to be run, no process and no socket to be made' \
		grep -E '"(execve|execveat|clone|fork|vfork|socket|connect|ptrace|kill|prctl|seccomp)"' \
		"$top_srcdir/tests/self/profile.json"
}

self_inputs
if "$ASG" --version >/dev/null && nm "$ASG" 2>/dev/null | grep -q __asan_init; then
	skip_all 'a build with sanitizers does not confine itself'
fi
confined
unconfined
apart
the_same_as_without
what_does_not_end
self_table
finish
