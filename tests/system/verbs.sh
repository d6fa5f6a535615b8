#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is done with recordings and profiles once there are some: merge, diff, check. With recordings
# of a real program, made here. TAP.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
need_live
need redis-server redis-cli cmp
cd "$work" || exit 99

# Redis twice: the second time it also saves, and forks for it.
port=16411
redis() { # redis RECORDING COMMAND...
	redis_out=$1
	shift
	"$ASG" -q -f recording -o "$redis_out" --until-exit all -- \
		redis-server --port "$port" --save '' --bind 127.0.0.1 --dir "$work" >"$work/redis.log" 2>&1 &
	note_pid $!
	redis_pid=$!
	wait_for 20 redis-cli -p "$port" ping >/dev/null
	for redis_command; do
		# shellcheck disable=SC2086 # words of a command
		redis-cli -p "$port" $redis_command >/dev/null
	done
	redis-cli -p "$port" shutdown nosave >/dev/null 2>&1
	wait "$redis_pid"
}
redis one.rec 'set a 1' 'get a'
redis two.rec 'set b 2' 'bgsave' 'debug sleep 0.3'

# --- merge

run "$ASG" merge -o both.rec one.rec two.rec
exits 0 'two recordings merge'
says '^union of 2 recordings' 'it says of what'
says 'one\.rec: recording, 1 group' 'and what each was'
says '^  estimate +1 of 2 runs had a call of its own: ' 'how likely a third run shows a new call is estimated'
recorded one.rec >one.names
recorded two.rec >two.names
recorded both.rec >both.names
sort -u one.names two.names >expected
check 'the result has the calls of both and no others' cmp expected both.names
is '' "$(grep inferred "$err")" 'a recording has nothing that was inferred'
run "$ASG" merge -q -o turned.rec two.rec one.rec
check 'the other way round it is the same file' cmp both.rec turned.rec
run "$ASG" merge -q -o again.rec both.rec one.rec
recorded again.rec >again.names
check 'what is in it adds no call' cmp both.names again.names
run "$ASG" merge -q --intersect -o common.rec one.rec two.rec
recorded common.rec >common.names
comm -12 one.names two.names >expected
check '--intersect leaves the calls that both have' cmp expected common.names
"$ASG" -q -f recording -o other.rec -- true
run "$ASG" merge -q --intersect one.rec other.rec
refused 'no group of one name: --as NAME' 'of different programs nothing is common'
is "$(jq -r '[.groups[].syscalls[] | .count] | add' both.rec)" \
	"$(jq -s '[.[].groups[].syscalls[] | .count] | add' one.rec two.rec)" 'the counts are added'
is 2 "$(jq '.runs | length' both.rec)" 'the runs are remembered'
is 2 "$(jq '.runs | length' again.rec)" 'and count once'
is '[1]' "$(jq -c '[.groups[].syscalls[] | select(.name == "fsync") | .runs | length] | unique' both.rec)" \
	'what only one of them did is known'

run "$ASG" merge -o both.json -f oci one.rec two.rec
exits 0 'recordings merge into a profile'
seen both.json >got
cut -d ' ' -f 2 both.names | sort -u >expected
check 'which allows what was seen' cmp expected got
run "$ASG" merge -q --exact -f oci -o one.json one.rec
run "$ASG" merge -q --exact -f oci -o two.json two.rec
run "$ASG" merge -o profiles.json one.json two.json
exits 0 'profiles merge into a profile'
says '^union of 2 profiles' 'and that is said'
allowed profiles.json >got
check 'which allows the same' cmp expected got
run "$ASG" merge --exact -o mixed.json one.json two.rec
exits 0 'a recording extends a profile'
says '1 recording, put on top of 1 profile' 'and that is said'
allowed mixed.json >got
check 'by what it has' cmp expected got

jq '.complete = false | .evidence.dropped = 3' one.rec >torn.rec
run "$ASG" merge -o torn-both.rec two.rec torn.rec
exits 3 'an incomplete part makes the whole incomplete'
says '^INCOMPLETE: 1 of 2 inputs is, the first is torn\.rec' 'and is named'
is false "$(jq .complete torn-both.rec)" 'the recording says so, too'

jq '.syscalls[0].comment = "INCOMPLETE: 12 records lost; do not enforce it"' one.json >torn.json
run "$ASG" convert -q -f spo -o torn.yaml torn.json
exits 3 'a profile that is incomplete makes a product that is'
says 'the profile is INCOMPLETE: 12 records lost; do not enforce' 'which is said'
run "$ASG" exec torn.json -- true
says 'torn\.json is INCOMPLETE: 12 records lost; what is missing is denied' 'also where it is enforced'

jq '.syscalls += [{names: ["read", "bpf"], action: "SCMP_ACT_ERRNO", errnoRet: 1}]
	| .syscalls[0].names -= ["read"]' one.json >denies.json
run "$ASG" merge -o denied.json denies.json two.json
exits 0 'a profile that denies merges with one that allows'
says '^  denied +read$' 'the conflict is listed'
is false "$(jq '[.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]] | any(. == "read")' denied.json)" \
	'and what one denies stays denied'

mkdir many
i=0
while [ "$i" -lt 40 ]; do
	jq --arg name "g$((i % 4))" '.groups[].name = $name' one.rec >"many/$i.rec"
	i=$((i + 1))
done
run sh -c "find many -name '*.rec' -print0 | '$ASG' merge --files-from - -o fleet.rec"
exits 0 'names of files come from a list'
says 'and 32 more' 'of many inputs the first are named'
is 4 "$(jq '.groups | length' fleet.rec)" 'groups of one name are one'
run sh -c "find many -name '*.rec' | '$ASG' merge -q --files-from - --as redis -o fleet.rec"
is redis "$(jq -r '[.groups[].name] | unique[]' fleet.rec)" '--as makes one group of all'
run "$ASG" merge -q --output-dir many -f oci many/0.rec many/1.rec
check '--output-dir has a profile for each group' test -s many/g0.json -a -s many/g1.json

run "$ASG" merge
refused 'nothing to merge' 'without a file there is nothing to merge'
echo 'type=SECCOMP' >log
run "$ASG" merge one.rec log
refused 'log: not a profile in any format' 'what is neither is refused by name'
run "$ASG" merge -f recording one.json
refused 'a recording cannot be made of profiles' 'profiles make no recording'
run "$ASG" merge --intersect one.json one.rec
refused 'make profiles of the recordings first' 'no intersection of a recording and a profile'

# What only a container runtime needs is left out where none starts it.
run "$ASG" convert -f names one.rec
check 'what a live recording makes has a runtime'"'"'s calls' grep -q '^capset$' "$out"
run "$ASG" convert --runtime-base none -f names one.rec
exits 0 'convert --runtime-base'
fails 'none: without them' grep -q '^capset$' "$out"
check 'but with what every process must be able to do' grep -q '^rt_sigreturn$' "$out"
run "$ASG" convert -f minijail one.rec
fails 'a format that is not for containers does without by itself' grep -q '^capset:' "$out"
run "$ASG" convert --runtime-base all -f minijail one.rec
check 'unless it is asked for' grep -q '^capset:' "$out"
run "$ASG" convert --exact -f names one.rec
fails 'convert --exact: nothing but what was seen' grep -Eq '^(capset|rt_sigreturn)$' "$out"
check 'which is there' grep -q '^execve$' "$out"
run "$ASG" convert --exact -f names one.json
refused '--exact and --runtime-base are for recordings' 'of a profile nobody knows what was seen'
run "$ASG" convert --exact --portable -f names one.rec
refused '--exact and --portable exclude each other' 'exact and portable'

# Several groups: each verb says how they become one.
"$ASG" -q -f recording --group-by pid -o pids.rec -- sh -c 'ls / >/dev/null; ls / >/dev/null; :'
run "$ASG" convert -f names pids.rec
refused "3 groups, and a profile is of one: .*'merge --as NAME'" 'a profile is not made of three groups'
run "$ASG" merge -f oci -o pids.json pids.rec
says 'use --output-dir, or --as NAME' 'nor does merge write them into one file'
is '' "$(grep estimate "$err")" 'of processes of different programs nothing is estimated'
run "$ASG" merge -o again.rec pids.rec
says '^pid-[0-9]+: [0-9]+ calls' 'in one recording they are told apart'
run "$ASG" merge -q --as all -f oci -o pids.json pids.rec
exits 0 'unless it is asked to make them one'

# --- diff

run "$ASG" diff one.json one.json
exits 0 'a profile does not differ from itself'
jq '.syscalls |= (reverse | map(.names |= reverse) + [{names: ["mount"], action: "SCMP_ACT_ERRNO", errnoRet: 1}])' \
	one.json >shuffled.json
run "$ASG" diff one.json shuffled.json
exits 0 'nor from one that says the same in other words'
run "$ASG" diff one.json two.json
exits 1 'two profiles differ'
check 'the call that only the second allows is wider' grep -Eq '^  \+ +fsync +errno EPERM +allow +x86_64$' "$out"
grep -Eo '^  \+ +[a-z0-9_]+' "$out" | sed 's/.* //' | sort >got
cut -d ' ' -f 2 one.names | sort -u >a
cut -d ' ' -f 2 two.names | sort -u >b
comm -13 a b >expected
check 'and all of them are listed' cmp expected got
run "$ASG" diff -q one.json two.json
exits 1 '--quiet has the status'
is '' "$(cat "$out" "$err")" 'and says nothing'
run sh -c "'$ASG' diff one.json two.json >/dev/full"
refused 'No space left' 'what could not be said is no difference'
run "$ASG" diff --json one.rec two.rec
exits 1 'two recordings differ'
is seen "$(jq -r '.differences[] | select(.call == "fsync") | .b' "$out")" 'as JSON, by what was seen'
run "$ASG" diff --markdown one.json two.json
check 'as Markdown' grep -qxF '| + | fsync | errno EPERM | allow | x86\_64 |' "$out"
run "$ASG" diff one.rec one.json
exits 0 'a recording and its exact profile mean the same'
sed 's/"SCMP_ACT_ALLOW"/"SCMP_ACT_LOG"/' one.json >log.json
run sh -c "cat log.json | '$ASG' diff one.json -"
exits 1 'one of the two may be standard input'
check 'ALLOW and LOG differ' grep -Eq '^  ~ +read +allow +log' "$out"
run "$ASG" diff one.json
refused 'expected two files' 'one file has no difference'

# --- check

run "$ASG" check two.json two.rec
exits 0 'a recording is within its own profile'
check 'and that is said' grep -q '^within: everything that happened is allowed' "$out"
run "$ASG" check one.json two.rec
exits 1 'the second run is not within the first'
grep -Eo '^  missing +[a-z0-9_]+' "$out" | sed 's/.* //' | sort >got
comm -13 a b >expected
check 'what is missing is listed' cmp expected got
check 'with who did it' grep -Eq '^  missing +fsync +x86_64 +[0-9]+ +errno EPERM +/usr/bin/redis' "$out"
run "$ASG" check --json one.json two.rec
is false "$(jq .within "$out")" 'as JSON'
is 0 "$(jq '[.missing[] | select(.count < 1 or .profile != "errno EPERM")] | length' "$out")" 'with counts and answers'
run "$ASG" check both.json one.rec two.rec
exits 0 'several recordings are held against one profile'
run "$ASG" check two.json torn.rec
exits 3 'within, as far as incomplete evidence shows'
check 'says why' grep -q '^INCOMPLETE: 3 records lost' "$out"
run "$ASG" check one.json two.json
refused 'two.json is a profile, not a recording' 'a profile did not happen'
run "$ASG" check one.rec two.rec
refused 'one.rec is a recording' 'the first file is a profile'

"$ASG" -q -o true.json -- true
run "$ASG" check -o answer true.json -- ls -l /
exits 1 'a command that does more than its profile allows'
check 'is denied nothing' test "$(grep -c . "$out")" -gt 3
check 'and what is missing is listed' grep -Eq '^  missing +lgetxattr +x86_64' answer
run "$ASG" check true.json -- true
exits 0 'one that does not is within'
"$ASG" -q -o sh.json -- sh -c 'exit 0'
run "$ASG" check sh.json -- sh -c 'exit 7'
exits 7 'within: the status is that of the command'
run "$ASG" check sh.json -- /nonexistent
exits 127 'a command that cannot be found is as without check'
run "$ASG" check --unused --json -o answer sh.json -- sh -c 'exit 0'
exits 0 'unused calls do not change the status'
is true "$(jq 'any(.unused[]; .call == "capset")' answer)" 'the calls of container runtimes are unused here'
is false "$(jq 'any(.unused[]; .call == "execve")' answer)" 'what was used is not'

# A call through int 0x80 is one of i386, which a profile that names no architecture does not allow.
cat >old.c <<'EOF'
int main(void)
{
	int pid;

	__asm__ volatile("int $0x80" : "=a"(pid) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	return pid <= 0;
}
EOF
if [ "$(uname -m)" = x86_64 ] && "$CC" -o old old.c 2>/dev/null && ./old; then
	"$ASG" -q -f recording -o old.rec -- ./old
	jq '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [{action: "SCMP_ACT_ALLOW",
		names: [.groups[].syscalls[].name] | unique}]}' old.rec >bare.json
	run "$ASG" check bare.json -- ./old
	exits 1 'what another architecture calls is logged'
	check 'and missing' grep -Eq '^  missing +getpid +x86 +1 +kill_thread' "$out"
else
	skip 'what another architecture calls is logged' 'no int 0x80 here'
	skip 'and missing' 'no int 0x80 here'
fi

# log_calls NUMBER...: a log of these calls
log_calls() {
	for log_number; do
		echo "type=SECCOMP msg=audit(1700000000.123:$log_number): auid=0 uid=0 gid=0 ses=1 pid=99 comm=\"x\"" \
			"exe=\"/bin/x\" sig=0 arch=c000003e syscall=$log_number compat=0 ip=0x0 code=0x7ffc0000"
	done
}
# shellcheck disable=SC2046 # numbers
{
	log_calls $(jq '.groups[].syscalls[].nr' one.rec) >one.log
	log_calls $(jq '.groups[].syscalls[].nr' two.rec) >two.log
}
run "$ASG" check -q two.json --from-log two.log
is '' "$(cat "$out")" '--quiet does not say that a log is within'
run "$ASG" check one.json --from-log two.log
exits 1 'a log that is not'
run sh -c "cat two.log | '$ASG' check one.json --from-log -"
exits 1 'may be standard input'

# Conditions: a container with the capability may what one without may not.
cat >conditions.json <<EOF
{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
	{"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
	{"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
	{"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 17, "op": "SCMP_CMP_EQ"}]}]}
EOF
log_calls 165 >call.log
run "$ASG" check conditions.json --from-log call.log
exits 1 'mount needs a capability'
run "$ASG" check --caps sys_admin conditions.json --from-log call.log
exits 0 'which --caps gives'
run "$ASG" check --caps fly conditions.json --from-log call.log
refused "'fly' is not a capability" 'there is no other'
log_calls 101 >call.log
run "$ASG" check conditions.json --from-log call.log
exits 0 'ptrace is allowed on this kernel'
run "$ASG" check --kernel 4.4 conditions.json --from-log call.log
exits 1 'and on an old one it is not'
log_calls 56 >call.log
run "$ASG" check conditions.json --from-log call.log
exits 3 'what arguments decide cannot be said'
check 'and is listed with the rule' grep -q 'undecided  clone .*allow if arg0 == 17; else errno EPERM' "$out"
sed 's/c000003e/40000003/' call.log >i386.log
run "$ASG" check both.json --from-log i386.log
exits 1 'a program of another architecture is killed'
check 'and that is why' grep -q 'the profile does not cover this architecture' "$out"

jq '.syscalls[0].names += ["openat2", "mseal", "not_a_call"]' one.json >new.json
run "$ASG" check --against libseccomp 2.4.4 new.json
exits 1 'an old libseccomp does not know every call'
check 'crun answers with the default, runc with ENOSYS' grep -Eq \
	'^  openat2 +5\.6 +allow +errno EPERM +errno ENOSYS +errno EPERM, with a warning$' "$out"
check 'it says what it has read' grep -qx 'new\.json: oci profile, [0-9]* rule' "$out"
check 'what nobody knows is named' grep -qx 'names that nobody here knows: not_a_call' "$out"
run "$ASG" check --against kernel 5.10 --json new.json
is mseal "$(jq -r '[.unknown[].call] | map(select(. == "openat2" or . == "mseal")) | join(" ")' "$out")" \
	'a kernel knows what came before it'
run "$ASG" check --against libseccomp 2.6.0 one.json
exits 0 'a new one knows all'
jq '.syscalls[0].names = ["read", "not_a_call"]' one.json >odd.json
run "$ASG" check --against kernel 9.0 odd.json
exits 1 'what nobody knows is not known'
check 'and the rest is' grep -qx 'Linux 9\.0 knows every call that the profile names and that is known here' "$out"
run "$ASG" check one.rec --against kernel 4.4
exits 1 'a recording, and in front, is as good'
check 'for what it makes a profile of' grep -Eq '^  openat2 +5\.6 ' "$out"
run "$ASG" check -q --against libseccomp 2.4.4 new.json
exits 1 '--quiet has the status'
is '' "$(cat "$out")" 'and says nothing'
run "$ASG" check --markdown --against kernel 4.4 new.json
is '- new.json: oci profile, 1 rule' "$(head -n 1 "$out")" 'as Markdown, too'
run "$ASG" check --markdown one.json two.rec one.rec
is '- one.json,- two.rec,- one.rec,,' "$(head -n 4 "$out" | cut -d : -f 1 | tr '\n' ,)" \
	'Markdown begins with what was read, as a list'
jq '.syscalls[0].names = ["read", "<b>|x"]' one.json >html.json
run "$ASG" check --markdown --against kernel 4.4 html.json
check 'no name is taken for Markdown' grep -qxF 'names that nobody here knows: \<b\>\|x' "$out"
run "$ASG" check -o answer --against kernel 4.4 new.json
check '-o is where it goes' grep -q '^  openat2 ' answer
run "$ASG" check --against kernel 4.4 --unused new.json
refused 'looks at names only' 'what does not go with --against is refused'
run "$ASG" check --pid 1 one.json one.rec
refused '--pid=1 means nothing with recordings' 'and what does not go with a recording'
run "$ASG" check --against glibc 2.36 one.json
refused 'expected libseccomp or kernel' 'there are two kinds of targets'

finish
