#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --portable and --arch: a recording of one libc on one architecture becomes a profile for others. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions called by name
. "$(dirname "$0")/lib.sh"
need jq
log=$(cd "$top_srcdir" && pwd)/tests/data/real/ls.log
case $ASG in */*) ASG=$(cd "$(dirname "$ASG")" && pwd)/$(basename "$ASG") ;; esac
cd "$work" || exit 99

# reasons PROFILE NAME: the comments of the rules that name the call.
reasons() {
	jq -r --arg name "$2" '.syscalls[] | select(.names | index($name)) | .comment // "seen"' "$1"
}

arches() {
	jq -r '.architectures | join(" ")' "$1"
}

recording_for_here() {
	run "$ASG" --from-log --group-by all -o plain.json "$log"
	run "$ASG" --from-log --group-by all --portable -v -o portable.json "$log"
	exits 0 '--portable'
	says '^ *[0-9]+ portable$' 'the summary counts what was added so'
	allowed plain.json >plain.names
	allowed portable.json >portable.names
	check 'what was seen stands in other forms, too' has portable.names openat open openat2 stat lstat readv writev readlinkat getdents
	check 'which are not there without it' lacks plain.names open openat2 stat readv writev readlinkat getdents
	check 'what only other architectures have is left out' lacks portable.names mmap2 _llseek stat64 set_tls
	is '' "$(comm -23 plain.names portable.names)" 'nothing is lost by it'
	is 'inferred, portable: files are opened through one of these: musl has open, glibc openat, newer programs openat2' \
		"$(reasons portable.json open)" 'each family has its reason'
	run "$ASG" --from-log --group-by all --portable --exact "$log"
	refused '--exact and --portable exclude each other' 'not together with --exact'
}

recording_for_elsewhere() {
	run "$ASG" --from-log --group-by all --arch x86_64,aarch64,arm -o three.json "$log"
	exits 0 '--arch'
	is 'SCMP_ARCH_X86_64 SCMP_ARCH_AARCH64 SCMP_ARCH_ARM' "$(arches three.json)" 'the profile is for these'
	says 'left out on aarch64, which does not have them; --portable would add .*: access arch_prctl readlink$' \
		'what was seen and does not exist there is said'
	allowed three.json >three.names
	check 'returning from a signal handler on 32-bit architectures' has three.names sigreturn
	run "$ASG" --from-log --group-by all --arch arm --portable -o arm.json "$log"
	is 'SCMP_ARCH_ARM' "$(arches arm.json)" 'one that was not recorded, alone'
	allowed arm.json >arm.names
	check 'with what it has in their place' has arm.names mmap2 _llseek stat64 fstatat64 futex_time64 set_tls
	says 'left out on arm, which does not have them; what programs call there instead was added' \
		'what it does not have is said'
	check 'and is not in the profile' lacks arm.names arch_prctl mmap newfstatat
	run "$ASG" --from-log --group-by all --arch s390x -o s390x.json "$log"
	refused 's390 has the arguments of clone the other way round' 's390x stands alone'
	check 'and nothing is written' absent s390x.json
	run "$ASG" --from-log --group-by all --arch x87 "$log"
	refused "--arch 'x87'" 'an architecture that does not exist'
}

base_decides() {
	cat >base.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
 {"names": ["openat2", "stat"], "action": "SCMP_ACT_ERRNO"}]}
END
	run "$ASG" --from-log --group-by all --portable --base base.json -o based.json "$log"
	exits 0 '--portable with --base'
	allowed based.json >based.names
	check "the base's denials stay" lacks based.names openat2 stat
	check 'and the rest is added' has based.names open lstat
}

profiles_and_recordings() {
	run "$ASG" --from-log --group-by all -f recording -o recording.json "$log"
	run "$ASG" convert -f oci --portable --arch aarch64 -o of-recording.json recording.json
	exits 0 'convert --portable of a recording'
	is 'SCMP_ARCH_AARCH64' "$(arches of-recording.json)" 'for another architecture'
	allowed of-recording.json >of-recording.names
	check 'with what it has' has of-recording.names faccessat readlinkat openat
	check 'and without what it does not have' lacks of-recording.names access readlink open
	run "$ASG" --from-log --group-by all --exact -o exact.json "$log"
	run "$ASG" convert -f oci --portable --arch arm -o of-profile.json exact.json
	exits 0 'convert --portable of a profile'
	allowed of-profile.json >of-profile.names
	check 'with what stands for what it allows' has of-profile.names mmap2 futex_time64 fstatat64
	run "$ASG" merge -f oci --as all --portable --arch x86_64,arm -o merged.json recording.json recording.json
	exits 0 'merge --portable of recordings'
	allowed merged.json >merged.names
	check 'with what stands for what was seen' has merged.names mmap2 openat2
	run "$ASG" merge --portable exact.json exact.json
	refused 'are for recordings' 'merge --portable of profiles'
}

recording_for_here
recording_for_elsewhere
base_decides
profiles_and_recordings
finish
