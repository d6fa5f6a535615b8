#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What goes wrong: memory, reads, writes, any system call. For every verb that makes something, and
# one fault after the other: it ends with a message and a status that is not 0, or as if nothing had
# been; what was there stays whole, and nothing half-written is left. ASG_FAULT_STEP: every how many
# allocations grows the step from one that fails to the next; a large number tries all. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions called by name
. "$(dirname "$0")/lib.sh"
need jq strace
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
log=$top_srcdir/tests/data/real/ls.log
case $ASG in */*) ASG=$(cd "$(dirname "$ASG")" && pwd)/$(basename "$ASG") ;; esac
cd "$work" || exit 99
$CC -std=gnu11 -D_GNU_SOURCE -O1 -fPIC -shared -o fault.so "$top_srcdir/tests/system/fault.c" -ldl || exit 99
# A build with sanitizers wants to be the first library; what it finds leaking fails the test.
ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99:allocator_may_return_null=1
export ASAN_OPTIONS
preload=$PWD/fault.so

# verbs: a name and a command for each; the product, if any, goes to made/product.
verbs() {
	cat <<'END'
log --from-log --group-by all -o made/product ls.log
groups --from-log --group-by comm -f recording -o made/product ls.log
base --from-log --group-by all --portable --base oci.json -f docker -o made/product ls.log
directory --from-log --group-by all --output-dir made ls.log
convert convert -f systemd -o made/product oci.json
spo convert -f spo -o made/product spo.yaml
merge merge --as x -o made/product recording.json recording.json
union merge -f oci -o made/product oci.json spo.yaml
explain explain -o made/product recording.json
html explain --html -o made/product recording.json
diff diff --json oci.json spo.yaml
bpf convert -f bpf -o made/product oci.json
check check -o made/product oci.json recording.json
against check --against kernel 5.10 -o made/product oci.json
denied explain --denied --from-log denied.log
proposal explain --denied --from-log -f oci -o made/product denied.log
unit unit oci.service
exec exec oci.json -- echo
END
	[ ! -e can-record ] || echo 'record --group-by all -q -o made/product -- true'
}

prepare() {
	grep -m 60 SECCOMP "$log" >ls.log
	"$ASG" -q --from-log --group-by all -o oci.json ls.log
	"$ASG" -q --from-log --group-by all -f recording -o recording.json ls.log
	"$ASG" convert -q -f spo -o spo.yaml oci.json
	sed 's/code=0x7ffc0000/code=0x50000/' ls.log >denied.log
	cat >loops.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
 {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
  {"index": 0, "op": "SCMP_CMP_GE", "value": 2}, {"index": 1, "op": "SCMP_CMP_EQ", "value": 4}]},
 {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
  {"index": 2, "op": "SCMP_CMP_EQ", "value": 1}, {"index": 0, "op": "SCMP_CMP_GE", "value": 2}]}]}
END
	mkdir made small
}

# attempt COMMAND...: one run, from an old product that is whole.
attempt() {
	find made -mindepth 1 -delete
	echo old >made/product
	status=0
	"$@" >"$out" 2>"$err" || status=$?
}

# expect NAME COMMAND...: what it makes and says when nothing goes wrong.
expect() {
	expect_name=$1
	shift
	attempt "$@"
	expected_status=$status
	rm -rf "$expect_name.made"
	cp -r made "$expect_name.made"
	cp "$out" "$expect_name.out"
}

# is_well NAME: nothing wrong with how the last attempt ended.
is_well() {
	well_left=$(find made -name '.*' -type f)
	if [ -n "$well_left" ]; then
		echo "left behind: $well_left"
	elif [ "$status" -ge 128 ] || [ "$status" -eq 99 ]; then
		echo "ended by a signal, or a sanitizer"
	elif [ "$status" -eq 124 ]; then
		echo "it does not end"
	elif grep -q 'its own sandbox' "$err"; then
		echo 'it goes beyond its sandbox'
	elif [ "$status" -eq "$expected_status" ] && cmp -s "$out" "$1.out" && diff -r made "$1.made" >/dev/null; then
		return 0
	elif [ "$status" -eq 3 ] && grep -q 'INCOMPLETE' "$err"; then
		return 0
	elif [ "$status" -eq 0 ] || [ "$status" -eq 1 ]; then
		echo 'it says that all is well, and it is not'
	elif ! [ -s "$err" ]; then
		echo 'no message'
	elif [ "$(cat made/product)" != old ] && ! cmp -s made/product "$1.made/product"; then
		echo 'the product is not what it was, and not whole'
	else
		return 0
	fi
	echo "status $status"
	head -n 5 "$err"
	return 1
}

# look_at NAME FAULT: what is wrong with how the last attempt ended is added to $why.
look_at() {
	is_well "$1" >.well || {
		echo "$2"
		cat .well
	} >>"$why"
}

# verdict DESCRIPTION: of all that was looked at.
verdict() {
	if [ -s "$why" ]; then not_ok "$1"; else ok "$1"; fi
}

# Every allocation at first, then ever fewer.
memory() {
	while read -r name arguments; do
		# shellcheck disable=SC2086 # words
		expect "$name" "$ASG" $arguments
		n=0 tried=0
		: >"$why"
		while :; do
			n=$((n + 1 + n / ${ASG_FAULT_STEP:-6}))
			: >fired
			# shellcheck disable=SC2086 # words
			attempt timeout 20 env LD_PRELOAD="$preload" ASG_FAULT=malloc:$n ASG_FAULT_FD=8 "$ASG" $arguments 8>fired
			[ -s fired ] || break
			tried=$((tried + 1))
			look_at "$name" "allocation $n of: $arguments"
		done
		if [ -s "$why" ] || [ "$tried" -lt 5 ]; then
			not_ok "$name: memory fails ($tried tried, up to the ${n}th)"
		else
			ok "$name: memory fails ($tried tried, up to the ${n}th)"
		fi
	done <<END
$(verbs)
END
}

# Not of /proc, of which the kernel gives what is asked for.
short_reads() {
	while read -r name arguments; do
		# shellcheck disable=SC2086 # words
		expect "$name" "$ASG" $arguments
		# shellcheck disable=SC2086 # words
		attempt env LD_PRELOAD="$preload" ASG_FAULT=short:7 "$ASG" $arguments
		is "$expected_status" "$status" "$name: reads of 7 bytes end as whole ones"
		check "$name: and give the same" sh -c 'cmp "$0" "$1.out" && diff -r made "$1.made"' "$out" "$name"
	done <<END
$(verbs | grep -v '^record ')
END
}

# faults CALL ERROR NAME ARGUMENT...: each of these calls fails once.
faults() {
	faults_call=$1 faults_error=$2 faults_name=$3
	shift 3
	# The first mapping is the loader's: no program is there yet that could say anything.
	faults_n=0
	[ "$faults_call" != mmap ] || faults_n=1
	while [ "$faults_n" -lt 40 ]; do
		faults_n=$((faults_n + 1))
		attempt timeout -k 5 30 strace -qq -o trace -e "trace=$faults_call" \
			-e "inject=$faults_call:error=$faults_error:when=$faults_n" "$ASG" "$@"
		grep -q INJECTED trace || break
		faults_tried=$((faults_tried + 1))
		look_at "$faults_name" "$faults_call $faults_n, $faults_error: $*"
	done
}

# libseccomp without memory: it may go round for ever, or crash (2.5.4 does both), but makes nothing
# else of a profile than it should.
library_memory() {
	expect log "$ASG" --from-log --group-by all -o made/product ls.log
	n=0 ended=0
	: >"$why"
	# Of every six allocations one makes 2.5.4 go round.
	for n in 1 2 5 11 23 47 95 190 290 390 490 590 625 626 627 628 629 630 631 632 633 634 635 636; do
		: >fired
		attempt timeout 20 env LD_PRELOAD="$preload" ASG_FAULT=seccomp:$n ASG_FAULT_FD=8 \
			"$ASG" --from-log --group-by all -o made/product ls.log 8>fired
		[ -s fired ] || break
		ended=$((ended + 1))
		[ "$(cat made/product)" = old ] || cmp -s made/product log.made/product || echo "allocation $n: not the product" >>"$why"
		[ "$status" -ne 124 ] || echo "allocation $n: it does not end" >>"$why"
		[ "$status" -ne 0 ] || cmp -s made/product log.made/product || echo "allocation $n: it says that all is well" >>"$why"
	done
	if [ -s "$why" ] || [ "$ended" -lt 10 ]; then
		not_ok "libseccomp has no memory ($ended tried)"
	else
		ok "libseccomp has no memory ($ended tried)"
	fi
}

# Rules that libseccomp 2.5 goes round with for ever: with a later one there may be a product.
loops() {
	for arguments in "convert -f bpf -o made/product loops.json" \
		"convert --no-sandbox -f pfc -o made/product loops.json" \
		"--from-log --group-by all --base loops.json -o made/product ls.log" "exec loops.json -- true"; do
		# shellcheck disable=SC2086 # words
		attempt timeout 20 "$ASG" $arguments
		if [ "$status" -eq 2 ]; then
			says 'libseccomp does not come to an end' "it comes to an end without libseccomp: $arguments"
			is old "$(cat made/product)" 'and leaves what was there'
		else
			check "it comes to an end: $arguments" test "$status" -lt 124
		fi
	done
}

# disk_full: for each verb that makes a file, a file system with ever more room: of 0, 1 … pages.
disk_full() {
	unshare -m true 2>"$why" || {
		skip 'no room on the disk' 'no mount can be made here'
		return
	}
	verbs | while read -r name arguments; do
		case $name in record | directory) continue ;; esac
		case $arguments in *' -o made/product '*) echo "$name $arguments" ;; esac
	done >.writing
	while read -r name arguments; do
		# shellcheck disable=SC2086 # words
		expect "$name" "$ASG" $arguments
		size=$(wc -c <made/product)
		: >"$why"
		for room in 0 1 3 999; do
			[ "$room" -eq 999 ] || [ $((room * 4096)) -lt "$size" ] || continue
			status=0
			# shellcheck disable=SC2086 # words
			unshare -m sh -c 'mount -t tmpfs -o size=64k none small && echo old >small/product || exit 98
				head -c $((60 * 1024 - 4096 * $1)) /dev/zero >small/rest; room=$1; shift
				[ $room -ne 999 ] || rm small/rest
				status=0
				"$@" || status=$?
				cat small/product >left; ls -A small >names
				exit $status' sh "$room" "$ASG" \
				${arguments%%made/product*}small/product${arguments#*made/product} >"$out" 2>"$err" || status=$?
			full=$((room * 4096 < size && room != 999))
			if [ "$status" -eq 98 ]; then
				echo 'no small file system' >>"$why"
			elif [ "$(grep -c -v -x -e product -e rest names)" -ne 0 ]; then
				echo "room for $room: left behind: $(cat names)" >>"$why"
			elif [ "$full" -eq 0 ]; then
				cmp left "$name.made/product" >>"$why" 2>&1 || head -n 3 "$err" >>"$why"
			elif [ "$status" -ne 2 ] || ! grep -q 'No space left' "$err" || [ "$(cat left)" != old ]; then
				echo "room for $room of $size bytes: status $status, $(head -c 300 "$err"), $(head -c 20 left)" >>"$why"
			fi
		done
		verdict "$name: no room on the disk"
	done <.writing
}

calls() {
	strace -qq -o trace -e trace=read "$ASG" --version >/dev/null 2>&1 || {
		skip 'system calls fail' 'nothing can be traced here'
		return
	}
	while read -r name arguments; do
		# shellcheck disable=SC2086 # words
		expect "$name" "$ASG" $arguments
		faults_tried=0
		: >"$why"
		for fault in read:EIO read:EINTR pread64:EIO write:ENOSPC write:EINTR openat:EMFILE rename:EIO fsync:EIO mmap:ENOMEM \
			newfstatat:EIO fchmod:EPERM lseek:EINVAL seccomp:EINVAL landlock_restrict_self:E2BIG; do
			# shellcheck disable=SC2086 # words
			faults "${fault%:*}" "${fault#*:}" "$name" $arguments
		done
		verdict "$name: system calls fail ($faults_tried tried)"
	done <<END
$(verbs | grep -E "^(log|directory|merge|html|against|denied) ")
END
}

# What only a recording calls. One that goes on after a failure says so, or has lost nothing.
recording_calls() {
	set -- --group-by all -q -o made/product -- true
	expect record "$ASG" "$@"
	faults_tried=0
	: >"$why"
	for fault in socket:EMFILE bind:EADDRINUSE setsockopt:EPERM sendto:EPERM recvfrom:EIO recvfrom:EINTR recvmmsg:EIO \
		recvmmsg:EINTR recvmmsg:ENOBUFS poll:EINTR poll:ENOMEM clone:EAGAIN pidfd_open:EMFILE signalfd4:EMFILE \
		wait4:EINTR waitid:EINTR prctl:EPERM socketpair:EMFILE pipe2:EMFILE; do
		faults "${fault%:*}" "${fault#*:}" record "$@"
	done
	# One that could not put a setting back leaves that to the next.
	"$ASG" "$@" >"$out" 2>"$err"
	verdict "record: its own system calls fail ($faults_tried tried)"
}

prepare
if [ "$(id -u)" -eq 0 ] && [ -e /proc/sys/kernel/seccomp/actions_logged ] && "$ASG" doctor >/dev/null 2>&1; then
	need_live
	: >can-record
fi
memory
library_memory
loops
short_reads
calls
[ ! -e can-record ] || recording_calls
disk_full
[ ! -e can-record ] || restored 'the audit settings are as they were'
finish
