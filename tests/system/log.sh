#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Logs, read from end to end: every wire form, selection, grouping, what is refused and why. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions called by name
. "$(dirname "$0")/lib.sh"
need jq python3
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
wire=$top_srcdir/tests/data/wire
case $ASG in */*) ASG=$(cd "$(dirname "$ASG")" && pwd)/$(basename "$ASG") ;; esac
cd "$work" || exit 99
as_nobody=
[ "$(id -u)" -ne 0 ] || as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'

# rec [FIELD=VALUE]...: one record as auditd writes it. `comm`, `exe` and `subj` are taken as they are.
serial=1000
rec() {
	serial=$((serial + 1))
	rec_time=1700000000.000 rec_serial=$serial rec_node='' rec_auid=1000 rec_uid=0 rec_ses=7
	rec_subj='' rec_pid=100 rec_comm='"probe"' rec_exe='"/usr/bin/probe"' rec_arch=c000003e
	rec_nr=1 rec_code=0x7ffc0000
	for rec_field; do
		eval "rec_${rec_field%%=*}=\${rec_field#*=}"
	done
	printf '%stype=SECCOMP msg=audit(%s:%d): auid=%s uid=%s gid=0 ses=%s %spid=%s comm=%s exe=%s ' \
		"${rec_node:+node=$rec_node }" "$rec_time" "$rec_serial" "$rec_auid" "$rec_uid" "$rec_ses" \
		"${rec_subj:+subj=$rec_subj }" "$rec_pid" "$rec_comm" "$rec_exe"
	printf 'sig=0 arch=%s syscall=%s compat=0 ip=0x7f0000000001 code=%s\n' \
		"$rec_arch" "$rec_nr" "$rec_code"
}

# other: a record of another type, as a whole log has them.
other() {
	serial=$((serial + 1))
	printf 'type=USER_CMD msg=audit(1700000000.000:%d): pid=1 uid=0 res=success\n' "$serial"
}

# lines N: of one record each, quickly made; pid, call and serial number go on.
lines() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++)
		printf("type=SECCOMP msg=audit(%d.%03d:%d): auid=0 uid=0 gid=0 ses=7 pid=%d " \
			"comm=\"probe\" exe=\"/usr/bin/probe\" sig=0 arch=c000003e syscall=%d " \
			"compat=0 ip=0x7f0000000001 code=0x7ffc0000\n",
			1700000000 + i / 1000, i % 1000, i, 100 + i % 7, i % 50) }'
}

# records RECORDING: who did what, how often.
records() {
	jq -r '.groups[] | . as $group | .syscalls[] |
		"\($group.name) \($group.arch) \(.nr) \(.name) \(.actions | tojson)"' "$1" | sort
}

# names RECORDING: the groups.
names() {
	jq -r '[.groups[].name] | unique | join(" ")' "$1"
}

# total RECORDING
total() {
	jq '[.groups[].syscalls[].count] | add // 0' "$1"
}

is_profile() {
	jq -e '.defaultAction == "SCMP_ACT_ERRNO" and (.syscalls | length > 0)' "$1"
}

# untouched FILE: as it was before the run, and nothing beside it.
untouched() {
	[ "$(cat "$1")" = 'what was there before' ] && [ "$(ls -A "$(dirname "$1")")" = "$(basename "$1")" ]
}

# bad PATTERN DESCRIPTION ARGUMENT...: refused with that line, and the old file stays.
bad() {
	bad_pattern=$1
	bad_what=$2
	shift 2
	run "$ASG" -o keep/old.json "$@"
	refused "$bad_pattern" "$bad_what"
	check "$bad_what: nothing is written" untouched keep/old.json
}

inputs_that_fail() {
	mkdir -p keep empty-directory
	echo 'what was there before' >keep/old.json
	rec >good.log
	bad "cannot open 'no\.log': No such file" 'a missing file' --from-log no.log
	bad "cannot open 'no\.log'" 'a missing file behind a good one' --from-log good.log no.log
	bad "cannot open 'good\.log/x'.*Not a directory" 'a file taken for a directory' --from-log good.log/x
	bad "no audit log in directory 'empty-directory'" 'a directory without logs' --from-log empty-directory
	bad '--from-log needs a file' 'no file at all' --from-log
	bad 'cannot open' 'an empty name' --from-log ''
	{ other && other; } >others.log
	bad "no SECCOMP record.*others\.log.*(SCMP_ACT_LOG|SystemCallLog)" \
		'a log without one: says where, and what makes some' --from-log others.log
	: >empty.log
	bad 'no SECCOMP record.*empty\.log' 'an empty log' --from-log empty.log
	bad 'no SECCOMP record' '/dev/null' --from-log /dev/null
	odd_name=$(printf 'odd\n\033[31mname')
	: >"$odd_name"
	bad 'no SECCOMP record.*odd..\[31mname' 'a name that would steer the terminal' --from-log "$odd_name"
	bad 'no SECCOMP record.*2 logs' 'two logs without one' --from-log empty.log others.log
	python3 -c 'import random, sys
random.seed(1)
sys.stdout.buffer.write(b"junk" + random.randbytes(300000))' >junk.log
	bad 'junk\.log:[0-9]+' 'binary junk: says where' --from-log junk.log
	bad 'no SECCOMP record' 'a program' --from-log /bin/sh
	rec code=torn >torn.log
	bad 'torn\.log:1: ' 'nothing but a torn record: says where and why' --from-log torn.log
	gzip -c good.log | head -c 40 >cut.gz
	bad "'cut\.gz' is damaged" 'a cut gzip file' --from-log cut.gz
	gzip -c good.log >flip.gz
	printf 'XXXX' | dd of=flip.gz bs=1 seek=20 conv=notrunc 2>/dev/null
	bad "'flip\.gz' is damaged" 'a damaged gzip file' --from-log flip.gz
	bad 'none of the 1 SECCOMP records was selected; see --pid' 'a selection that leaves nothing' --pid 4 --from-log good.log
	rec code=0x50000 >denied-only.log
	bad 'denied' 'nothing but denied calls' --from-log denied-only.log
	cp good.log secret.log
	chmod 0 secret.log
	mkdir -p locked
	chmod 0 locked
	cp "$ASG" asg
	for path in secret.log locked; do
		# shellcheck disable=SC2086 # words
		run $as_nobody ./asg --from-log $path
		refused "$path.*Permission denied.*sudo" "no right to read $path: says what to do"
	done
	chmod 700 locked
}

huge_lines() {
	{
		rec nr=0
		head -c 104857600 /dev/zero | tr '\0' x
		echo
		rec nr=2
	} >huge.log
	run "$ASG" -f recording -o huge.json --from-log huge.log
	exits 0 'a line of 100 MB that is no record is passed over'
	is '0 2' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' huge.json)" 'what stands around it is used'
	says 'note .*1 odd line .*huge\.log:2' 'and it is mentioned'
	rm huge.log
	{
		rec nr=0
		rec nr=1 | tr -d '\n'
		head -c 1000000 /dev/zero | tr '\0' x
		echo
		rec nr=2
	} >long.log
	run "$ASG" -f recording -o long.json --from-log long.log
	exits 3 'a record that goes on for a megabyte'
	says 'INCOMPLETE: 1 torn or odd record \(long\.log:2: ' 'is torn: says where'
	is '0 2' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' long.json)" 'and is not used'
	{
		rec nr=0
		printf 'a\0b\0\n\0\0\0'
		rec nr=2
		rec nr=1 | tr u '\0'
	} >nul.log
	run "$ASG" -f recording -o nul.json --from-log nul.log
	exits 3 'NUL bytes'
	says 'nul\.log:4' 'the record that they broke: says where'
	is '0 2' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' nul.json)" 'those around it are used'
}

# Within an endless line signals are heard all the same.
endless_line() {
	truncate -s 20G endless.log 2>/dev/null || return 0
	start "$ASG" -o endless.json --from-log good.log endless.log
	wait_for 5 swallowed "$started" R
	sleep 0.3
	kill -INT "$started"
	check 'SIGINT within a line of 20 GB is heard' wait_for 3 sh -c "! kill -0 $started || grep -q '^State:.Z' /proc/$started/status"
	kill -KILL "$started" 2>/dev/null
	wait "$started"
	status=$?
	exits 3 'and what was before it is written'
	rm endless.log
}

# A log cut off anywhere in its last line: either that record is whole, or its loss is told.
cuts() {
	rec nr=0 >cut.log
	first=$(wc -c <cut.log)
	rec nr=2 >>cut.log
	whole=$(($(wc -c <cut.log) - 1))
	head -c "$whole" cut.log >whole.log
	run "$ASG" -f recording -o whole.json --from-log whole.log
	exits 0 'a last line without newline that is whole'
	is 2 "$(total whole.json)" 'is used'
	wrong=
	at=$((first + 1))
	while [ "$at" -lt "$whole" ]; do
		head -c "$at" cut.log >part.log
		run "$ASG" -q -o part.json --from-log part.log
		[ "$status" -eq 3 ] && grep -q 'INCOMPLETE: 1 torn or odd record (part\.log:2: ' "$err" ||
			wrong="$wrong $((at - first)):$status"
		at=$((at + 1))
	done
	is '' "$wrong" 'cut off at any other byte it is reported, with the place'
}

torn_lines() {
	{
		rec nr=0
		rec nr=2 | sed 's/ code=.*//'
		rec nr=2 arch=xyz
		rec nr=99999999999999999999
		rec nr=3
	} >torn.log
	rm -f torn.json
	run "$ASG" -o torn.json --from-log torn.log
	exits 3 'lines that cannot be read make it incomplete'
	says '^torn\.json: INCOMPLETE: 3 torn or odd records \(first at torn\.log:2: no code= ' \
		'counted, with the first place and what is wrong there'
	seen torn.json >torn.seen
	is 'close read' "$(tr '\n' ' ' <torn.seen | sed 's/ $//')" 'the rest is in the profile'
}

bases() {
	for base in '{' '[]' '"text"' '{}' '{"defaultAction": "SCMP_ACT_PERHAPS"}' \
		'{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": 5}' \
		'{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "ALLOW"}]}'; do
		echo "$base" >bad.json
		bad 'base profile: .*bad\.json' "a base that is no profile: $base" --base bad.json --from-log good.log
	done
	printf '{"defaultAction": "SCMP_ACT_ERRNO",\n"syscalls": [}\n' >bad.json
	bad 'bad\.json.*(line 2|:2)' 'a base that is not JSON: says where' --base bad.json --from-log good.log
	bad 'no\.json.*No such file' 'a base that is missing' --base no.json --from-log good.log
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
		"syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ALLOW"}]}' >base.json
	run "$ASG" --base base.json -o based.json --from-log good.log
	exits 0 'a good base'
	says '^  new +write$' 'what is new is said'
	allowed based.json >based.names
	check 'base and log are in the result' has based.names mkdir write
}

outputs() {
	bad_place() {
		run "$ASG" "$@" --from-log good.log
		refused "cannot be written|cannot write|No such file|not a directory|Is a directory" "refused: $*"
	}
	mkdir -p place
	bad_place -o nowhere/x.json
	bad_place -o good.log/x.json
	bad_place -o place
	bad_place -o place/
	bad_place --output-dir nowhere
	bad_place --output-dir good.log
	is '' "$(ls -A place)" 'nothing was made there'
	chmod 555 place
	for option in '-o place/x.json' '--output-dir place'; do
		# shellcheck disable=SC2086 # words
		run $as_nobody ./asg $option --from-log good.log
		refused 'place.*Permission denied' "no right to write: $option"
	done
	chmod 755 place
	echo 'what was there before' >place/x.json
	chmod 640 place/x.json
	run "$ASG" -q -o place/x.json --from-log good.log
	exits 0 'an existing file is replaced'
	is 640 "$(stat -c %a place/x.json)" 'and keeps its permissions'
	check 'nothing else is there' test "$(ls -A place)" = x.json
	mkdir -p elsewhere
	ln -sf ../place/x.json elsewhere/link.json
	echo '{}' >place/x.json
	run "$ASG" -q -o elsewhere/link.json --from-log good.log
	exits 0 'a symbolic link'
	check 'stays one' test -L elsewhere/link.json
	check 'and its target is written' is_profile place/x.json
	"$ASG" -q -o /dev/stdout --from-log good.log >piped.json 2>"$err"
	check '-o /dev/stdout into a file' is_profile piped.json
	"$ASG" -q -o /dev/stdout --from-log good.log 2>"$err" | cat >piped.json
	check '-o /dev/stdout into a pipe' is_profile piped.json
	run "$ASG" -q -o - --from-log good.log
	check '-o -' is_profile "$out"
	status=0
	"$ASG" --from-log good.log >/dev/full 2>"$err" || status=$?
	: >"$out"
	refused 'standard output: No space left' 'standard output on a full device'
	status=0
	"$ASG" --from-log good.log >&- 2>"$err" || status=$?
	refused 'standard output: Bad file descriptor' 'standard output that is closed'
	"$ASG" -q -o closed.json --from-log good.log >&- 2>&- <&-
	check 'which does not matter when nothing goes there' is_profile closed.json
	run "$ASG" -o /dev/full --from-log good.log
	refused "'/dev/full': No space left" '-o on a full device'
}

# What a run on a full file system leaves there: printed.
full_disk_program() {
	cat >full.sh <<'END'
mount -t tmpfs -o size=64k,mode=755 none disk || exit 120
echo 'what was there before' >disk/old.json
head -c 100000 /dev/zero >disk/filler 2>/dev/null
"$ASG" "$@"
status=$?
cat disk/*.json >left
ls -A disk | tr '\n' ' ' >names
exit $status
END
}

full_disk() {
	mkdir -p disk
	if ! unshare -m mount -t tmpfs none disk 2>/dev/null; then
		skip 'a full disk' 'cannot mount here'
		return
	fi
	full_disk_program
	for option in '-o disk/old.json' '-o disk/new.json' '--output-dir disk' '-f recording -o disk/old.json'; do
		# shellcheck disable=SC2086 # words
		run env ASG="$ASG" unshare -m sh full.sh $option --from-log good.log
		refused "cannot write 'disk/.*No space left" "a full disk: $option"
		is 'what was there before; filler old.json ' "$(cat left); $(cat names)" 'nothing half-written stays'
	done
	mkdir -p read-only
	run unshare -m sh -c 'mount -t tmpfs -o ro none read-only && exec "$0" "$@"' "$ASG" \
		-o read-only/x.json --from-log good.log
	refused 'read-only/x\.json.*Read-only' 'a read-only file system'
}

options() {
	for wrong in '-o x.json --output-dir place' '-q -v' '--exact --runtime-base=all' \
		'--errno ENOSYS --default-action kill_process' '--base base.json --errno EPERM' \
		'--since 2026-01-02 --until 2026-01-01' '--user root' '--timeout 5s' '--until-exit main' \
		'--backlog 8192' '--receive-buffer 8M' '--pid -1' '--pid 1.5' '--pid 0x10' '--pid 1,' \
		'--pid ,1' '--pid 1,,2' '--pid 4294967296' '--pid 99999999999999999999' '--session -5' \
		'--session x' '--uid -1' '--uid asg-no-such-user' '--errno 0' '--errno -1' '--errno 4096' \
		'--errno EWHAT' '--since @99999999999999999999' '--since -99999999999999h' \
		'--since yesteryear' '--since 2026-02-30' '--until 25:00' '--default-action allow' \
		'--default-action perhaps' '--format nonsense' '--group-by colour' '--runtime-base docker' \
		'--no-such-option' '--pid= ' '--exe= ' '--output= ' '--from-log=x'; do
		rm -f x.json
		# shellcheck disable=SC2086 # words; a blank ends a word that is empty
		run "$ASG" ${wrong% } --from-log good.log
		refused '.' "$wrong is refused"
	done
	check 'and nothing was written' test ! -e x.json -a "$(ls -A place)" = x.json
	run "$ASG" --from-log good.log --no-such-option
	refused 'no-such-option' 'options behind the file are seen, too'
	run "$ASG" --from-log -- --no-such-file
	refused "'--no-such-file'" 'and -- ends them'
}

rotated() {
	mkdir -p rotated
	rec nr=0 time=1700000001.000 >rotated/audit.log.4
	rec nr=2 time=1700000002.000 >rotated/audit.log.3
	rec nr=3 time=1700000003.000 >rotated/audit.log.2
	rec nr=4 time=1700000004.000 >rotated/audit.log.1
	rec nr=5 time=1700000005.000 >rotated/audit.log
	cp good.log rotated/other.log
	run "$ASG" -f recording -o plain.json --from-log rotated
	exits 0 'a directory of rotated logs'
	is '0 2 3 4 5' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' plain.json)" \
		'all of them are read, and nothing else there'
	says 'no serial number missing|tell nothing in an extract' 'and the verdict is there'
	mkdir -p packed
	cp rotated/audit.log* packed
	gzip packed/audit.log.1
	for packer in xz:2 zstd:3 bzip2:4; do
		number=${packer#*:}
		packer=${packer%:*}
		if have "$packer"; then
			"$packer" -q "packed/audit.log.$number"
			rm -f "packed/audit.log.$number"
		else
			skip "a log packed with $packer" 'not installed'
		fi
	done
	run "$ASG" -f recording -o packed.json --from-log packed
	if [ "$status" -eq 2 ] && grep -q 'cannot read: unpack it first' "$err"; then
		refused "'packed/.*gzip|packed/.*xz|packed/.*zstd" 'without libarchive the error is clear'
		skip 'packed members' 'built without libarchive'
		return
	fi
	exits 0 'a directory with packed members'
	check 'gives the same recording' cmp plain.json packed.json
	gzip -c rotated/audit.log >one.gz
	run "$ASG" -f recording -o one.json --from-log - <one.gz
	exits 0 'packed standard input'
	is 1 "$(total one.json)" 'is unpacked, too'
	cp rotated/audit.log.1 packed/audit.log.1
	run "$ASG" -f recording -o twice.json --from-log packed
	is 5 "$(total twice.json)" 'a member that is there packed and plain counts once'
	# The order shows in the serial numbers: in the wrong one, time would go backwards.
	mkdir -p many
	for number in 1 2 9 10 11; do
		{ other && rec nr=0 time="17000000$((90 - number)).000"; } >many/audit.log.$number
	done
	rm -f strace.out
	if have strace && strace -f -o strace.out -e trace=openat "$ASG" --no-sandbox -q -o many.json --from-log many 2>/dev/null; then
		is '11 10 9 2 1' "$(sed -n 's/.*many\/audit\.log\.\([0-9]*\)".*/\1/p' strace.out | tr '\n' ' ' | sed 's/ $//')" \
			'the oldest first, by number'
	else
		skip 'the order of files' 'strace cannot be used'
	fi
}

# start COMMAND...: in the background, with $start_input as its standard input; its pid in $started.
# Jobs of a script ignore SIGINT, unlike those at a terminal.
start() {
	python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' "$@" <"${start_input:-/dev/null}" >"$out" 2>"$err" &
	started=$!
	note_pid "$started"
}

# swallowed PID [STATE]: it is our program by now, and sleeps, having read all there is.
swallowed() {
	[ "$(awk '{ print $3 }' "/proc/$1/stat")" = "${2:-S}" ] && [ "$(readlink "/proc/$1/exe")" = "$(readlink -f "$ASG")" ]
}

streams() {
	start_input=slow
	mkfifo slow
	"$ASG" -f recording -o slow.json --from-log - <slow >"$out" 2>"$err" &
	pid=$!
	note_pid "$pid"
	exec 4>slow
	rec nr=0 >&4
	rec nr=2 | tr -d '\n' | head -c 50 >half
	tail -c +51 >rest <<END
$(rec nr=2)
END
	sleep 0.1
	cat half >&4
	sleep 0.1
	check 'a slow pipe is waited for' kill -0 "$pid"
	cat rest >&4
	exec 4>&-
	wait "$pid"
	status=$?
	exits 0 'and its end is the end'
	is '0 2' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' slow.json)" 'a line that came in two parts is one'
	for signal in INT TERM HUP; do
		rm -f slow.json
		exec 4<>slow
		start "$ASG" -o slow.json --from-log -
		rec nr=0 >&4
		wait_for 5 swallowed "$started"
		sleep 0.1
		kill "-$signal" "$started"
		wait "$started"
		status=$?
		exec 4>&-
		exits 3 "SIG$signal writes what there is"
		says '^slow\.json: INCOMPLETE: ended before the input was' "and marks it (SIG$signal)"
		check "the profile is there (SIG$signal)" is_profile slow.json
	done
	exec 4<>slow
	start "$ASG" -o keep/old.json --from-log -
	wait_for 5 swallowed "$started"
	sleep 0.1
	kill -INT "$started"
	wait "$started"
	status=$?
	exec 4>&-
	refused 'no SECCOMP record' 'SIGINT before anything came'
	check 'writes nothing' untouched keep/old.json
	rec nr=0 | "$ASG" -q --from-log - >"$out" 2>"$err"
	check 'a profile from a pipe' is_profile "$out"
	lines 20000 >many.log
	"$ASG" --group-by all --from-log many.log 2>"$err" | head -c 1 >/dev/null
	is '' "$(grep -i 'signal\|abort' "$err")" 'a reader that goes away'
}

wire_forms() {
	cat "$wire"/*.log >mixed.log
	"$ASG" -f recording -q --from-log "$wire/auditd.log" >reference.json 2>"$err"
	records reference.json | sed 's/"errno":1/"errno":N/; s/"log":1/"log":N/' >reference
	is 3 "$(wc -l <reference)" 'the reference has three calls'
	forms=0
	for log in "$wire"/*.log; do
		form=$(basename "$log" .log)
		forms=$((forms + 1))
		run "$ASG" -f recording --from-log "$log"
		exits 0 "$form: complete"
		records "$out" | sed 's/^host1://; s/"errno":1/"errno":N/; s/"log":1/"log":N/' >one
		check "$form: the same set as from auditd" cmp reference one
		is "$(jq -c '[.groups[].syscalls[] | .exe, .comm]' reference.json)" \
			"$(jq -c '[.groups[].syscalls[] | .exe, .comm]' "$out")" "$form: the same programs"
	done
	run "$ASG" -f recording --from-log mixed.log
	exits 0 'all forms in one file'
	records "$out" | sed 's/^host1://; s/:[0-9]*}/:N}/' | sort -u >one
	check 'give the same set' cmp reference one
	is $((3 * forms)) "$(total "$out")" 'and every record of them counts'
	sed 's/$/\r/' "$wire/auditd.log" >crlf.log
	run "$ASG" -f recording --from-log crlf.log
	exits 0 'lines that end as on Windows'
	records "$out" | sed 's/"errno":1/"errno":N/; s/"log":1/"log":N/' >one
	check 'give the same set, too' cmp reference one
}

groups() {
	{
		other
		rec pid=10 comm='"one"' exe='"/usr/bin/one"' ses=3 uid=0 nr=0 time=1700000010.000 subj='docker-default (enforce)'
		rec pid=11 comm='"two"' exe='"/usr/bin/two"' ses=3 uid=5 nr=2 time=1700000020.000 subj==unconfined
		rec pid=12 comm='"two"' exe='"/opt/two"' ses=4 uid=6 nr=3 time=1700000030.000 subj==unconfined
		rec pid=13 comm=61202262 exe=2F7573722F62696E2F612062 ses=4294967295 nr=4 time=1700000040.000
		rec pid=10 arch=40000003 nr=1 comm='"one"' exe='"/usr/bin/one"' ses=3 time=1700000050.000
		rec node=web1 serial=5 pid=10 comm='"one"' exe='"/usr/bin/one"' ses=3 nr=5 time=1700000060.000
	} >groups.log
	grouped() {
		run "$ASG" -f recording --group-by "$1" --from-log groups.log
		is "$2" "$(names "$out")" "--group-by $1"
	}
	grouped pid 'pid-10 pid-11 pid-12 pid-13 web1:pid-10'
	grouped exe '/opt/two /usr/bin/a b /usr/bin/one /usr/bin/two web1:/usr/bin/one'
	grouped comm 'a "b one two web1:one'
	grouped session 'no-session session-3 session-4 web1:session-3'
	grouped label '=unconfined docker-default (enforce) no-label web1:no-label'
	grouped node 'no-node web1'
	grouped all all
	selected() {
		selected_expected=$1
		shift
		run "$ASG" -f recording "$@" --from-log groups.log
		is "$selected_expected" "$(jq -r '[.groups[] | .arch as $arch | .syscalls[] | "\($arch):\(.nr)"] |
			sort | join(" ")' "$out")" "$*"
	}
	selected 'x86:1 x86_64:0 x86_64:5' --pid 10
	selected 'x86_64:2 x86_64:3' --pid 11,12
	selected 'x86_64:2 x86_64:3' --pid 11 --pid 12
	selected 'x86:1 x86_64:0 x86_64:5' --exe '/usr/bin/one'
	selected 'x86_64:2 x86_64:3' --exe '*/two'
	selected 'x86_64:3 x86_64:4' --exe '/opt/*' --exe '*a b'
	selected 'x86:1 x86_64:0 x86_64:2 x86_64:3 x86_64:5' --comm '[ot]*'
	selected 'x86_64:4' --comm 'a "?'
	selected 'x86_64:2 x86_64:3' --uid 5,6
	selected 'x86:1 x86_64:0 x86_64:4 x86_64:5' --uid root
	selected 'x86_64:3' --session 4
	selected 'x86_64:4' --session 4294967295
	selected 'x86_64:5' --node web1
	selected 'x86:1 x86_64:4 x86_64:5' --since '2023-11-14 22:14:00'
	selected 'x86_64:0 x86_64:2' --until @1700000020
	selected 'x86_64:2 x86_64:3' --since @1700000020 --until 2023-11-14T22:13:50Z
	selected 'x86_64:2' --comm two --uid 5 --session 3 --since @1700000000
	run "$ASG" -o several.json --from-log groups.log
	refused 'pid-10, pid-11, pid-12, pid-13, web1:pid-10.*--output-dir' \
		'several groups and one file: refused, the groups are listed'
	check 'nothing is written' absent several.json
	run "$ASG" --from-log groups.log
	exits 0 'several groups on standard output'
	check 'are one object of profiles' jq -e 'keys == ["pid-10", "pid-11", "pid-12", "pid-13", "web1:pid-10"]
		and all(.[]; .defaultAction and .syscalls)' "$out"
	says '^5 groups from 6 records' 'and a table'
	says '^  pid-13 +x86_64 +1 +1 ' 'with a line for each'
	run "$ASG" --pid 10 --node web1 --from-log groups.log
	check 'one group on standard output is its profile' is_profile "$out"
}

odd_names() {
	{
		rec pid=1 comm=2E2E2F2E2E2F657463 exe='"/"' nr=0
		rec pid=2 comm='"a/b"' exe='(null)' nr=0
		rec pid=3 comm='"a_b"' exe='"<too_long>"' nr=0
		rec pid=4 comm=0A1B5B33316D exe=2F78202864656C6574656429 nr=0
		rec pid=5 comm='"-rf"' nr=0
		rec pid=6 comm='".hidden"' nr=0
		rec pid=7 comm=FFFE41 nr=0
		rec pid=8 comm='"$(id)"' nr=0
	} >odd.log
	mkdir -p odd
	run "$ASG" --group-by comm --output-dir odd --from-log odd.log
	exits 0 '--output-dir with odd names'
	is 8 "$(find odd -type f | wc -l)" 'one file a group'
	is '' "$(find odd -type f | LC_ALL=C grep -v '^odd/[A-Za-z0-9_][A-Za-z0-9._:@+~-]*\.json$')" \
		'with names that neither shell nor terminal takes for something else'
	check 'each of them a profile' sh -c 'for f in odd/*; do jq -e .defaultAction "$f" || exit 1; done'
	check 'nothing left the directory' test ! -e etc.json -a ! -e ../etc.json
	check 'nothing on standard error steers a terminal' sh -c '! grep -q "$(printf "\\033")" "$1"' - "$err"
	run "$ASG" --group-by comm --from-log odd.log
	check 'the same on standard output is valid JSON' jq -e 'length == 8' "$out"
	run "$ASG" --group-by comm -f recording --from-log odd.log
	check 'and so is a recording' jq -e '.groups | length == 8' "$out"
	run "$ASG" --group-by exe -f recording --from-log odd.log
	exits 0 'odd paths of executables'
}

denied() {
	{
		rec nr=0
		rec nr=83 code=0x50000
		rec nr=84 code=0x30000
		rec nr=85 code=0x7ff00000
		rec nr=86 code=0x7fc00000
		rec nr=87 code=0x80000000
		rec nr=88 code=0x0
		rec nr=89 code=0x12340000
		rec nr=83 code=0x50000
	} >denied.log
	run "$ASG" -o denied.json --from-log denied.log
	exits 0 'denied calls'
	says '^  denied +mkdir \(errno, 2\), rmdir \(trap, 1\), creat \(trace, 1\), link \(.*notif.*, 1\), unlink \(kill_process, 1\), symlink \(kill_thread, 1\), readlink \(.*, 1\)$' \
		'are counted and listed, each with the answer'
	is read "$(seen denied.json)" 'only what was logged is allowed'
	run "$ASG" --include-denied -o denied.json --from-log denied.log
	allowed denied.json >denied.names
	check '--include-denied allows them' has denied.names read mkdir rmdir creat link unlink symlink readlink
	run "$ASG" --include-denied --from-log denied-only.log
	exits 0 '--include-denied where there is nothing else'
}

architectures() {
	named() {
		rec arch="$2" nr="$3" >arch.log
		run "$ASG" -f recording --from-log arch.log
		is "$1 $4 $5" "$(jq -r '.groups[0] | "\(.arch) \(.syscalls[0].name)"' "$out") $status" \
			"arch=$2 number $3 is $4 of $1"
	}
	named x86_64 c000003e 1 write 0
	named x86 40000003 1 exit 0
	named x32 c000003e 1073741825 write 0
	named x32 c000003e 1073742336 rt_sigaction 0
	named aarch64 c00000b7 64 write 0
	named aarch64 c00000b7 435 clone3 0
	named arm 40000028 4 write 0
	named arm 40000028 983045 set_tls 0
	named s390x 80000016 4 write 0
	named s390 16 5 open 0
	named ppc64le c0000015 4 write 0
	named ppc64 80000015 4 write 0
	named ppc 14 1 exit 0
	named riscv64 c00000f3 64 write 0
	named riscv64 c00000f3 259 riscv_flush_icache 0
	named loongarch64 c0000102 435 clone3 0
	named loongarch64 c0000102 462 mseal 0
	named mips 8 4004 write 0
	named mipsel 40000008 4001 exit 0
	named mips64 80000008 5001 write 0
	named mipsel64 c0000008 5001 write 0
	named mips64n32 a0000008 6001 write 0
	named mipsel64n32 e0000008 6001 write 0
	named x86_64 c000003e 451 cachestat 0
	named x86 40000003 462 mseal 0
	{
		rec arch=c000003e nr=1
		rec arch=40000003 nr=1
	} >both.log
	run "$ASG" -o both.json --from-log both.log
	exits 0 'two architectures in one group'
	is 'exit write' "$(seen both.json | tr '\n' ' ' | sed 's/ $//')" 'each number by its own table'
	is SCMP_ARCH_X86,SCMP_ARCH_X86_64 "$(jq -r '.architectures | sort | join(",")' both.json)" \
		'the profile has both, and no other'
	{
		rec nr=0
		rec nr=9999
		rec nr=9999
	} >unnamed.log
	run "$ASG" -o unnamed.json --from-log unnamed.log
	exits 3 'a number that nobody can name makes it incomplete'
	says '^unnamed\.json: INCOMPLETE: 1 call that nobody can name \(arch c000003e number 9999\)' 'says which'
	says '^  no name +number 9999 on x86_64 \(log, 2\)' 'and lists it'
	check 'the profile is written' is_profile unnamed.json
	{
		rec nr=0
		rec arch=deadbeef nr=1
	} >unnamed.log
	run "$ASG" -o unnamed.json --from-log unnamed.log
	exits 3 'an architecture that nobody knows, too'
	says 'number 1 on arch deadbeef' 'and it is listed'
	rec nr=-1 >minus.log
	rec nr=0 >>minus.log
	run "$ASG" -o minus.json --from-log minus.log
	exits 0 'number -1, a call that a tracer cancelled, breaks nothing'
}

evidence() {
	{
		rec nr=0
		other
		serial=$((serial + 5))
		rec nr=2
	} >holes.log
	run "$ASG" -o holes.json --from-log holes.log
	exits 3 'holes in the serial numbers of a whole log'
	says '^holes\.json: INCOMPLETE: 5 serial numbers missing .*do not enforce' 'are counted'
	grep SECCOMP holes.log >extract.log
	run "$ASG" -o extract.json --from-log extract.log
	exits 0 'holes in an extract of SECCOMP records only prove nothing'
	says '^  note +6 serial numbers are not in the log' 'and are noted'
	{
		rec nr=0
		echo 'Nov 23 22:55:04 host1 kernel: [ 1624.5] audit_printk_skb: 12 callbacks suppressed'
		rec nr=2
	} >suppressed.log
	run "$ASG" -o suppressed.json --from-log suppressed.log
	exits 3 'suppressed messages'
	says '^suppressed\.json: INCOMPLETE: .*suppressed .*suppressed\.log:2' 'say where, and make it incomplete'
	run "$ASG" -q -o suppressed.json --from-log suppressed.log
	exits 3 '--quiet'
	is 1 "$(wc -l <"$err")" 'says only that'
	run "$ASG" -q -o good.json --from-log good.log
	is '' "$(cat "$err")" 'and nothing when all is well'
	run "$ASG" -v --output-dir place --from-log groups.log
	exits 0 '--verbose'
	says '^  seen +' 'lists the calls of every group'
	is 5 "$(grep -c '^  seen ' "$err")" 'of every single one'
	run "$ASG" -o good.json --from-log good.log
	says '^good\.json: 1 call on x86_64, from 1 record$' 'the first line: where, how much, from what'
	says '^  evidence +complete: every SECCOMP line read' 'the verdict'
	rec nr=425 >look.log
	run "$ASG" -o look.json --from-log look.log
	says '^  look at +io_uring_setup: ' 'calls that deserve a second look'
	rm -f place/*
}

recordings() {
	run "$ASG" -f recording -o rec.json --from-log groups.log
	exits 0 '-f recording'
	check 'version, verdict, evidence' jq -e '.version == 1 and .complete == true
		and .evidence.live == false and .evidence.records == 6' rec.json
	check 'groups' jq -e '.groups | length == 6
		and all(.name and .pid and .arch and (.syscalls | length > 0))
		and ([.[] | select(.node == "web1")] | length == 1)' rec.json
	check 'syscalls' jq -e '[.groups[].syscalls[]] | all((.name | type == "string")
		and (.nr | type == "number") and .count == 1 and .first == .last
		and (.first | startswith("2023-11-14T22:1")) and .actions == {"log": 1}
		and (.exe | length == 1) and (.comm | length == 1))' rec.json
	check 'actors' jq -e 'any(.actors[]; .comm == "a \"b" and .exe == "/usr/bin/a b")' rec.json
	run "$ASG" -f recording --group-by session --from-log groups.log
	check 'sessions' jq -e 'any(.groups[]; .session == 4)' "$out"
	run "$ASG" -f recording -o holes.json --from-log holes.log
	check 'an incomplete one says so' jq -e '.complete == false and .evidence.missing_serials == 5' holes.json
	run "$ASG" -f recording -o rec2.json --from-log groups.log
	check 'the same log gives the same bytes' cmp rec.json rec2.json
	tac groups.log >reversed.log
	run "$ASG" -f recording -o rec2.json --from-log reversed.log
	check 'in any order' cmp rec.json rec2.json
}

terminals() {
	lines 5000 >part.log
	run python3 "$top_srcdir/tests/system/terminal.py" 20 '' ' records, ' '' 'evidence' -- \
		sh -c '{ cat part.log; sleep 0.7; cat part.log; } | "$0" --group-by all -o term.json --from-log -' "$ASG"
	exits 0 'at a terminal progress is shown'
	check 'bytes, records, groups, calls' grep -aEq '[0-9]+ MB.*, [0-9]+ records, 1 groups?, 50 calls' "$out"
	{ cat part.log && sleep 0.7 && cat part.log; } | "$ASG" --group-by all -o term.json --from-log - >"$out" 2>"$err"
	is 0 "$(tr '\r' '\n' <"$err" | grep -c ' MB')" 'and nowhere else'
	run python3 "$top_srcdir/tests/system/terminal.py" 20 -- \
		sh -c '{ cat part.log; sleep 0.7; cat part.log; } | "$0" -q --group-by all -o term.json --from-log -' "$ASG"
	is '' "$(cat "$out")" 'nor with --quiet'
	run python3 "$top_srcdir/tests/system/terminal.py" 20 -- "$ASG" -o term.json --from-log good.log
	fails 'short input needs none' grep -q ' MB' "$out"
	mkfifo waits
	exec 4<>waits
	{ cat part.log && sleep 0.7 && cat part.log; } >&4 &
	run python3 "$top_srcdir/tests/system/terminal.py" 20 '' ' records, ' '\x03' 'INCOMPLETE' -- \
		"$ASG" --group-by all -o term.json --from-log waits
	exec 4>&-
	exits 3 '^C at a terminal ends the reading'
	check 'and writes what there is' is_profile term.json
}

plugin() {
	mkdir -p bin plugin-output
	ln -sf "$ASG" bin/audit-seccomp-gen
	sed "s|^PATH=|PATH=$work/bin:|" "$top_srcdir/rules/audit-seccomp-gen-plugin" >plugin.sh
	mkfifo dispatcher
	env -i /bin/sh plugin.sh "$work/plugin-output" <dispatcher >"$out" 2>"$err" &
	pid=$!
	note_pid "$pid"
	exec 4>dispatcher
	rec nr=0 >&4
	wait_for 5 swallowed "$pid"
	sleep 0.1
	kill -HUP "$pid"
	kill -TERM "$pid"
	sleep 0.1
	(rec nr=2) >&4
	exec 4>&-
	wait "$pid"
	status=$?
	exits 0 'the plugin of auditd'
	is 1 "$(find plugin-output -name '*.json' | wc -l)" 'writes one recording'
	is '0 2' "$(jq -r '[.groups[].syscalls[].nr] | join(" ")' plugin-output/*.json)" \
		'of all that came before the pipe was closed, whatever signals said'
	is 600 "$(stat -c %a plugin-output/*.json)" 'for its owner only'
}

inputs_that_fail
huge_lines
endless_line
cuts
torn_lines
bases
outputs
full_disk
options
rotated
streams
wire_forms
groups
odd_names
denied
architectures
evidence
recordings
terminals
plugin
finish
