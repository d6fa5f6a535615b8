#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each format in the hands of who reads it: bwrap, a C compiler, systemd-analyze, firejail, LXC; and exec.
# What was recorded works under it, what was not does not. TAP.
# shellcheck disable=SC2016,SC2046,SC2086,SC2317 # programs in quotes; words; functions called by name
# It has mounts of its own (lib-engine.sh), because firejail leaves some behind.
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
# shellcheck source=tests/system/lib-judge.sh
. "$(dirname "$0")/lib-judge.sh"
need systemd-analyze pgrep
need_live
cd "$work" || exit 99

run "$ASG" -o ls.json -- ls -l /usr
exits 0 'recorded: ls -l /usr'
cp "$out" listing

# to FORMAT OPTION...: ls.json in that format, in ls.FORMAT.
to() {
	to_format=$1
	shift
	run "$ASG" convert -f "$to_format" -o "ls.$to_format" "$@" ls.json
	exits 0 "$to_format: converted"
}

# works FORMAT COMMAND...: it lists what was listed when it was recorded.
works() {
	works_format=$1
	shift
	run timeout 60 "$@"
	if [ "$status" -eq 0 ] && cmp -s "$out" listing; then
		ok "$works_format: ls does the same work"
	else
		{
			what_happened
			diff "$out" listing | head -n 10
		} >"$why"
		not_ok "$works_format: ls does the same work"
	fi
}

# stopped FORMAT PATTERN: the last run failed, as PATTERN says, and nothing was made.
stopped() {
	check "$1: mkdir fails" test "$status" -ne 0
	says "$2" "$1: with the profile's answer"
	check "$1: and has made nothing" test ! -e made
}

# The judge finds what is otherwise.
try_judge() {
	jq '(.syscalls[0].names) |= (. + ["mkdir"] - ["mremap"])' native.json >other.json
	"$ASG" exec native.json -- $sleeper &
	note_pid $!
	check 'judge: a process' wait_for 10 sleeping
	run "$judge" other.json "$(sleeping)"
	exits 0 'judge: has its filters'
	is 'narrower mkdir wider mremap' "$(awk '{ print $1, $3 }' "$out" | sort | tr '\n' ' ' | sed 's/ $//')" \
		'judge: and finds what is otherwise'
	kill -KILL "$(sleeping)"
	wait_for 10 awake
	fails 'judge: there is nothing to judge in a process without filters' "$judge" other.json $$
}

try_exec() {
	works exec "$ASG" exec ls.json -- ls -l /usr
	run "$ASG" exec ls.json -- mkdir made
	stopped exec 'Operation not permitted'
	run "$ASG" exec ls.json -- sh -c 'exit 7'
	run "$ASG" exec ls.json -- no-such-program
	exits 127 'exec: no such program'
	run "$ASG" exec ls.json -- /etc/passwd
	exits 126 'exec: no program'
	echo '{"defaultAction":"SCMP_ACT_KILL","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}' >no.json
	run "$ASG" exec no.json -- true
	refused 'no.json: the profile denies execve \(kill_thread\)' 'exec: a profile that would end it at once'
	echo '{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_S390X"],"syscalls":[{"names":["read","execve"],"action":"SCMP_ACT_ALLOW"}]}' >far.json
	[ "$(uname -m)" = s390x ] || {
		run "$ASG" exec far.json -- true
		refused 'far.json: the profile is not for' 'exec: a profile for other machines'
	}
	run "$ASG" exec ls.json
	refused 'which command' 'exec: no command'
	for way in '' --no-new-privs; do
		run "$ASG" exec $way broad.json -- grep NoNewPrivs /proc/self/status
		is "NoNewPrivs:	${way:+1}" "$(sed 's/	0/	/' "$out")" "exec: no_new_privs as root ${way:+when asked}"
	done
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$ASG" exec broad.json -- grep NoNewPrivs /proc/self/status
	is 'NoNewPrivs:	1' "$(cat "$out")" 'exec: no_new_privs without privilege'
	run "$ASG" -f recording -o ls.recording -- ls -l /usr
	works 'exec of a recording' "$ASG" exec ls.recording -- ls -l /usr
	: >losses
	for profile in broad native; do
		asleep "exec $profile" "$profile.json" "$ASG" exec "$profile.json" -- $sleeper
		exactly "exec $profile"
	done
}

# asleep FORMAT PROFILE COMMAND...: the sleeper in the hands of the command, judged.
asleep() {
	asleep_format=$1
	asleep_profile=$2
	shift 2
	run true
	"$@" >"$out" 2>"$err" &
	note_pid $!
	judged "$asleep_format" "$asleep_profile" "$work/losses"
}

# as FORMAT PROFILE: in that format, in judged.FORMAT; what it loses in the file losses.
as() {
	run "$ASG" convert -f "$1" -o "judged.$1" "$2.json"
	exits 0 "$1: $2.json converted"
	cp "$err" losses
}

try_bpf() {
	to bpf
	have bwrap || {
		skip 'bpf: bwrap' 'bwrap is not installed'
		return
	}
	works bpf sh -c 'exec bwrap --dev-bind / / --seccomp 8 ls -l /usr 8<ls.bpf'
	run sh -c 'exec bwrap --dev-bind / / --seccomp 8 mkdir made 8<ls.bpf'
	stopped bpf 'Operation not permitted'
	for profile in broad native; do
		as bpf $profile
		asleep "bpf $profile" "$profile.json" sh -c "exec bwrap --dev-bind / / --seccomp 8 $sleeper 8<judged.bpf"
		exactly "bpf $profile"
	done
}

try_pfc() {
	to pfc
	check 'pfc: every call that is allowed is in it' pfc_names
}

pfc_names() {
	sed -n 's/.*filter for syscall "\([a-z0-9_]*\)".*/\1/p' ls.pfc | sort -u >pfc.names
	allowed ls.json >allowed.names
	[ -z "$(comm -13 pfc.names allowed.names)" ]
}

try_c() {
	to c
	for compiler in cc gcc clang; do
		have "$compiler" || continue
		check "c: compiles with $compiler" "$compiler" -std=gnu11 -Wall -Wextra -Werror -c -o ls.o ls.c
	done
	run "$CC" -Wall -Wextra -Werror -DSECCOMP_PROFILE_MAIN -o ls-under ls.c -lseccomp
	exits 0 'c: makes a program'
	works c ./ls-under ls -l /usr
	run ./ls-under mkdir made
	stopped c 'Operation not permitted'
	for profile in broad native; do
		as c $profile
		run "$CC" -DSECCOMP_PROFILE_MAIN -o judged-c judged.c -lseccomp
		asleep "c $profile" "$profile.json" ./judged-c $sleeper
		exactly "c $profile"
	done
}

# verified UNIT: systemd has nothing to say about it. What it ignores, it only says: of uretprobe, which
# is taken out of @default, its libseccomp may know nothing.
verified() {
	verified_status=0
	systemd-analyze verify "./$1" >verify.out 2>&1 || verified_status=$?
	cat verify.out
	[ "$verified_status" -eq 0 ] && ! grep -qv 'Failed to parse system call, ignoring: uretprobe$' verify.out
}

# names_here PROFILE: which calls of this machine it allows, whatever their arguments.
names_here() {
	"$ASG" convert -q -f firejail --arch native "$1" 2>/dev/null | sed -n 's/^seccomp.keep //p' |
		tr , '\n' | grep -vE ':|^clone$' | grep . || echo none
}

try_systemd() {
	to systemd
	is "$(names_here ls.json)" "$(names_here ls.systemd)" 'systemd: read back, it allows the same'
	works systemd "$ASG" exec ls.systemd -- ls -l /usr
	have systemd-analyze || {
		skip 'systemd: systemd-analyze' 'systemd-analyze is not installed'
		return
	}
	{
		printf '[Service]\nExecStart=/bin/true\n'
		cat ls.systemd
	} >ls.service
	check 'systemd: systemd-analyze finds nothing to say' verified ls.service
	{
		cat ls.service
		echo 'SystemCallFilter=no_such_call'
	} >bad.service
	fails 'systemd: of a bad one it does' verified bad.service
}

# The lists of firejail's filter compiler: names that it lets pass.
firejail_names() {
	"$fire/fseccomp" keep filter after "$(sed -n 's/^seccomp.keep //p' ls.firejail)" &&
		"$fire/fsec-print" filter >filter.text &&
		awk '$6 == "jeq" { name = $7 } $6 == "ret" && $7 == "ALLOW" && name != "ARCH_64" { print name }' \
			filter.text | sort -u >filter.names &&
		sed -n 's/^seccomp.keep //p' ls.firejail | tr , '\n' | grep -v : | sort >listed.names &&
		[ -s listed.names ] &&
		[ -z "$(comm -23 listed.names filter.names)" ] &&
		! comm -13 listed.names filter.names | grep -vxE 'execve|execveat|prctl'
}

try_firejail() {
	to firejail
	fire=$(find /usr/lib -type d -name firejail 2>/dev/null | head -n 1)
	if ! have firejail || [ ! -x "$fire/fseccomp" ]; then
		skip 'firejail' 'firejail is not installed'
		return
	fi
	check 'firejail: its compiler makes the filter that was meant' firejail_names
	works firejail firejail --quiet "--profile=$work/ls.firejail" ls -l /usr
	run timeout 60 firejail --quiet "--profile=$work/ls.firejail" mkdir "$work/made"
	stopped firejail 'Operation not permitted'
	for profile in broad native; do
		as firejail $profile
		asleep "firejail $profile" "$profile.json" firejail --quiet "--profile=$work/judged.firejail" $sleeper
	done
}

# lxc COMMAND...: in a container of LXC that sees the host's files, under broad.lxc.
lxc() {
	rm -rf lxc-state
	mkdir lxc-state
	printf '%s\n' "lxc.seccomp.profile = $work/broad.lxc" 'lxc.rootfs.path = dir:/' \
		'lxc.net.0.type = none' >lxc-state/config
	run timeout 60 lxc-execute -n "asg-$$" -P "$work/lxc-state" -f lxc-state/config -l TRACE -o lxc-state/log -- "$@"
}

# What liblxc says of the rules.
lxc_clean() {
	! grep -E 'seccomp.*(ERROR|WARN)|(ERROR|WARN) +seccomp' lxc-state/log
}

try_lxc() {
	as lxc broad
	cp judged.lxc broad.lxc
	have lxc-execute || {
		skip 'lxc' 'lxc is not installed'
		return
	}
	lxc ls -l /usr
	exits 0 'lxc: a container runs under it'
	check 'lxc: and has no complaint' lxc_clean
	check 'lxc: it took every rule' test "$(grep -c 'Adding native rule' lxc-state/log)" -eq \
		"$(grep -vc -e '^#' -e '^2$' -e '^allowlist' broad.lxc)"
	check 'lxc: arguments, too' grep -Eq 'arg_cmp\[0\]: SCMP_CMP\(0, 7, 2114060288, 0\)' lxc-state/log
	lxc mkdir "$work/made"
	stopped lxc 'Operation not permitted'
	for profile in broad native; do
		as lxc $profile
		cp judged.lxc broad.lxc
		lxc true
		asleep "lxc $profile" "$profile.json" lxc-execute -n "asg-$$" -P "$work/lxc-state" -f lxc-state/config -- $sleeper
	done
}

# What cannot be said is said: on stderr and in the product, and --strict refuses what is wider.
try_losses() {
	cat >args.json <<'END'
{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read","execve","execveat","prctl"],"action":"SCMP_ACT_ALLOW"},
{"names":["socket"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"}]}]}
END
	for format in systemd firejail; do
		run "$ASG" convert -q -f "$format" -o "args.$format" args.json
		exits 0 "$format: what it cannot say is no error"
		says 'WIDER: .*socket' "$format: and told even with --quiet"
		check "$format: and is in the product" grep -q '^# WIDER: .*socket' "args.$format"
		run "$ASG" convert --strict -f "$format" -o "strict.$format" args.json
		exits 1 "$format: --strict refuses"
		check "$format: and writes nothing" test ! -e "strict.$format"
	done
	run "$ASG" convert --strict -f bpf -o args.bpf args.json
	exits 0 'bpf: has words for it'
	run "$ASG" convert -f recording args.json
	refused 'a recording is made by recording' 'no recording out of a profile'
	run "$ASG" convert args.json
	refused 'which format' 'a format is needed'
	run "$ASG" convert -f oci args.json no.json
	refused 'more than one file' 'one file'
	run "$ASG" convert -f oci --arch vax args.json
	refused 'expected architectures' 'an architecture that is none'
	run "$ASG" convert -f oci -o /nowhere/x args.json
	refused 'nowhere' 'a place that is none'
	run "$ASG" -f systemd --from-log "$top_srcdir/tests/data/real/ls.log"
	exits 0 'a recording can be written in any format at once'
	check 'and the product is in it' grep -q '^SystemCallFilter=@default' "$out"
	check 'and its comment says what is lost' grep -q '^# narrower: answered errno EPERM' "$out"
	says ' systemd +narrower: answered errno EPERM' 'and so does the summary'
}

# What a deny list denies and the libseccomp here does not know is not let through in silence.
try_unknown() {
	cat >deny.json <<'END'
{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"},
{"names":["no_such_call"],"action":"SCMP_ACT_KILL_PROCESS"}]}
END
	for format in bpf c lxc systemd firejail; do
		run "$ASG" convert --strict -f "$format" -o deny.out deny.json
		exits 1 "$format: --strict refuses to let through what it cannot deny"
		says 'WIDER: .*no_such_call' "$format: and names it"
	done
	run "$ASG" exec deny.json -- mkdir made
	stopped exec 'Operation not permitted'
	says 'WIDER: .*no_such_call' 'exec: says what it cannot deny'
	for name in cachestat mseal statmount setxattrat open_tree_attr file_getattr; do
		jq --arg name "$name" '.syscalls[1].names = [$name]' deny.json >newer.json
		run "$ASG" convert --strict -f bpf -o newer.bpf newer.json
		[ "$status" -eq 0 ] || break
	done
	if [ "$status" -eq 0 ]; then
		skip 'c: a program that cannot deny what it is to deny' 'libseccomp knows every call'
		return
	fi
	run "$ASG" convert -f c -o newer.c newer.json
	says "narrower: .*not loaded at all.*$name" 'c: the program is said to need the call'
	run "$CC" -Wall -Wextra -Werror -DSECCOMP_PROFILE_MAIN -o newer newer.c -lseccomp
	exits 0 'c: makes a program'
	run ./newer true
	exits 125 'c: and it does not run what it cannot hold'
	says 'Operation not supported' 'c: and says so'
}

# What a unit denies in other ways than by its list is in no product.
try_settings() {
	printf '%s\n' '[Service]' 'SystemCallFilter=@system-service' 'MemoryDenyWriteExecute=yes' 'LockPersonality=no' \
		'RestrictAddressFamilies=AF_UNIX' >other.conf
	run "$ASG" convert --strict -f oci -o other.json other.conf
	exits 1 'systemd: --strict refuses what denies less than the unit'
	says 'WIDER: what these settings of the unit deny is not in it: MemoryDenyWriteExecute RestrictAddressFamilies$' \
		'systemd: and names its other settings'
	run "$ASG" convert -q -f lxc other.conf
	check 'systemd: they are in the product' grep -q '^# WIDER: .*MemoryDenyWriteExecute' "$out"
	run "$ASG" exec other.conf -- true
	says 'WIDER: .*MemoryDenyWriteExecute' 'exec: names them'
	run "$ASG" merge -f spo -o other.yaml other.conf
	says 'WIDER: .*MemoryDenyWriteExecute' 'merge: names them'
	for verb in 'diff other.conf ls.json' 'check other.conf ls.recording' 'explain other.conf'; do
		run "$ASG" $verb
		says 'other.conf: .*not looked at: MemoryDenyWriteExecute RestrictAddressFamilies$' "${verb%% *}: names them"
	done
}

# A base is read in any format, and what is added to it is the same.
try_base() {
	"$ASG" -q -o base.json -- ls
	"$ASG" -q --base base.json -o extended.json -- mkdir made
	rmdir made
	for format in docker spo systemd names; do
		"$ASG" convert -q -f "$format" -o "base.$format" base.json
		run "$ASG" --base "base.$format" -o extended.other.json -- mkdir made
		rmdir made
		says '^  new  .*mkdir' "--base: $format, and mkdir is new"
		run "$ASG" diff extended.json extended.other.json
		exits 0 "--base: $format, the same comes of it"
	done
	run "$ASG" --base ls.recording -- true
	refused 'cannot use the base profile: ls.recording: a recording' '--base: a recording is none'
}

# A profile with conditions is for somebody: what others would be denied is wider.
try_conditions() {
	cat >conditions.json <<'END'
{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["ptrace"],"action":"SCMP_ACT_ALLOW","includes":{"minKernel":"4.8"}},
{"names":["mount"],"action":"SCMP_ACT_ALLOW","includes":{"caps":["CAP_SYS_ADMIN"]}},{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}
END
	for format in oci spo bpf names systemd; do
		run "$ASG" convert --strict -f "$format" -o conditions.out conditions.json
		exits 1 "$format: --strict refuses what is wider on another kernel"
		says 'WIDER: .*: ptrace$' "$format: and names it"
		run "$ASG" convert --strict -f "$format" -o conditions.out --kernel 6.1 conditions.json
		exits 0 "$format: not when the kernel is given"
		says 'narrower: .*: mount$' "$format: and what capabilities allow is named"
		fails "$format: nor is anything said to be wider" grep -q WIDER "$err"
	done
	run "$ASG" convert -f names --kernel 4.4 --caps sys_admin conditions.json
	is 'mount read' "$(grep -v '^#' "$out" | tr '\n' ' ' | sed 's/ $//')" 'conditions are worked out for the host that is given'
	fails 'and nothing is said of others' grep -q 'others' "$err"
	run "$ASG" convert -f docker --caps none conditions.json
	is '4.8' "$(jq -r '[.syscalls[].includes.minKernel // empty] | join(" ")' "$out")" 'what is not given stays a condition'
	is 2 "$(jq '.syscalls | length' "$out")" 'and what does not hold is left out'
	run "$ASG" convert -f oci --caps rule_the_world conditions.json
	refused 'not a capability' 'a capability that is none'
	run "$ASG" convert -f oci --kernel new conditions.json
	refused 'expected a version' 'a version that is none'
}

case $(uname -m) in
x86_64)
	made_up SCMP_ARCH_X86_64 SCMP_ARCH_X86 SCMP_ARCH_X32 >broad.json
	;;
*) made_up $(native_arches) >broad.json ;;
esac
made_up $(native_arches) >native.json
try_judge
try_exec
try_bpf
try_pfc
try_c
try_systemd
try_firejail
try_lxc
try_losses
try_unknown
try_conditions
try_settings
try_base
restored "the kernel's settings are what they were"
finish
