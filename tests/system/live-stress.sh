#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --live under load: twenty containers and twenty services at once, processes that live a millisecond,
# pids that are given again, namespaces in namespaces, and a listener that cannot keep up. What each
# target did must be in its own group and in no other, or it must be said that it is not known. TAP.
# shellcheck disable=SC2016,SC2034,SC2317 # programs in quotes; for lib.sh; functions called by name
# shellcheck source=tests/system/lib-live.sh
. "$(dirname "$0")/lib-live.sh"
need nsenter pgrep
need_containers
pid_max=$(cat /proc/sys/kernel/pid_max)
trap 'pid_max_back; engine_clean_up' EXIT

# over: ends the listener, when what was logged last has come.
over() {
	sleep 0.5
	heard TERM
}

# whole RECORDING GROUP: all that the group did.
whole() {
	jq -r --arg group "$2" '.groups[] | select(.name == $group) | .syscalls[].name' "$1" | sort
}

shape_of() {
	case $(($1 % 5)) in
	0) echo plain ;;
	1) echo child ;;
	2) echo daemon ;;
	3) echo threads ;;
	4) echo nested ;;
	esac
}

# serve I: a service that is started three times; the pids in I.pids.
serve() {
	rm -f "$1.pids"
	for _ in 1 2 3; do
		./under log ./behave "$(shape_of "$1")" "$1" &
		echo $! >>"$1.pids"
		wait $!
		sleep 0.$((1 + $1 % 5))
	done
}

# contain I: a container that is started twice; the ids in I.ids.
contain() {
	rm -f "$1.ids"
	for _ in 1 2; do
		rm -f "$1.cid"
		case $(shape_of "$1") in
		nested) contain_shape=child ;;
		daemon) contain_shape=plain ;;
		*) contain_shape=$(shape_of "$1") ;;
		esac
		engine_seconds=100 podman_run --rm --cidfile "$1.cid" --security-opt "seccomp=$work/log.json" \
			asg-busybox /behave "$contain_shape" $((1000 - $1)) >"$1.said" 2>&1 ||
			cat "$1.said" >&2
		cut -c 1-12 "$1.cid" >>"$1.ids"
	done
}

# right RECORDING PREFIX I NUMBER FILE: every group of the target has its own calls.
right() {
	while read -r right_name; do
		right_got=$(calls "$1" "$2$right_name")
		[ "$right_got" = "$(of_number "$4")" ] ||
			echo "$2$right_name of $3: '$right_got' is not '$(of_number "$4")'"
	done <"$5"
}

crowd() {
	listen -f recording -o crowd.json
	i=1
	while [ "$i" -le 20 ]; do
		serve "$i" &
		note_pid $!
		crowd_pids="${crowd_pids:-} $!"
		contain "$i" &
		note_pid $!
		crowd_pids="$crowd_pids $!"
		i=$((i + 1))
	done
	for pid in $crowd_pids; do
		wait "$pid"
	done
	over
	exits 0 'twenty containers and twenty services at once: complete'
	i=1
	: >wrong
	while [ "$i" -le 20 ]; do
		right crowd.json behave- "$i" "$i" "$i.pids" >>wrong
		right crowd.json podman- "$i" $((1000 - i)) "$i.ids" >>wrong
		i=$((i + 1))
	done
	is '' "$(cat wrong)" 'each has its own calls, each time that it was started, and none of another'
	# A nested service is the process that unshares and, in the namespace, still its descendant.
	is 100 "$(jq '.groups | length' crowd.json)" 'there is a group for each start and no other'
}

# The same set, down to the last call, as when it is alone.
alone() {
	for i in 1 2 3 4 5; do
		listen -f recording -o alone.json
		serve "$i"
		over
		exits 0 "service $i alone: complete"
		whole alone.json "behave-$(tail -n 1 "$i.pids")" >alone.set
		is '' "$(whole crowd.json "behave-$(head -n 1 "$i.was")" |
			diff - alone.set)" "service $i did the same in the crowd"
	done
}

bomb() {
	listen -f recording -o bomb.json
	run timeout 150 unshare --pid --fork ./under log ./behave bomb 1 100000
	exits 0 'a hundred thousand processes of a millisecond in a pid namespace'
	peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$live/status")
	over
	bomb_group=$(jq -r '.groups[] | select(.syscalls | any(.name == "getsid" and .count > 1000)) | .name' \
		bomb.json)
	bomb_seen=$(jq --arg group "$bomb_group" '[.groups[] | select(.name == $group) | .syscalls[] |
		select(.name == "getsid") | .count] | add' bomb.json)
	bomb_unknown=$(jq '.evidence.unattributed' bomb.json)
	check "all of them are of one group ($bomb_seen), or counted as unattributed ($bomb_unknown)" \
		test "$((100000 - bomb_seen))" -le "$bomb_unknown"
	check 'of whom nearly none are' test "$bomb_seen" -gt 99900
	check "in bounded memory ($peak kB)" test "$peak" -lt 200000
}

pids() {
	free=$(($(cat /proc/sys/kernel/pid_max) - 77))
	listen -f recording -o pids.json
	for number in 1 2 4 8; do
		./behave pid "$number" "$free" || break
		sleep 0.1
	done
	over
	exits 0 'a pid that is given four times: complete'
	is "$(of_number 1)/$(of_number 2)/$(of_number 4)/$(of_number 8)" \
		"$(calls pids.json "behave-$free")/$(calls pids.json "behave-$free+2")/$(
			calls pids.json "behave-$free+3")/$(calls pids.json "behave-$free+4")" \
		'is four programs'
	# At once: the clock of records is too coarse to tell, and that is said.
	listen -f recording -o pids.json
	for number in 1 2 4 8 16 32 64 128; do
		./behave pid "$number" "$free" || break
	done
	over
	is '' "$(jq -r '.groups[] | [.syscalls[].name] | map(select(test("^(getsid|getpriority|sched_getparam|sched_getscheduler|sched_get_priority_max|times|getrusage|capget)$"))) |
		select(length > 1) | join(" ")' pids.json)" 'given again at once: no two are mixed'
}

pid_max_back() {
	echo "$pid_max" >/proc/sys/kernel/pid_max
}

# Pids are put back even when this script is killed.
guard_pid_max() {
	guard_of=$$
	(
		trap '' HUP INT TERM
		exec 9>&- >/dev/null 2>&1
		while kill -0 "$guard_of"; do
			sleep 1
		done
		pid_max_back
	) &
}

# Few pids, so that each is given again within a second, to another program.
reuse() {
	guard_pid_max
	reuse_busy=$(find /proc/[0-9]*/task -maxdepth 1 -mindepth 1 2>/dev/null | wc -l)
	echo $((300 + reuse_busy + 2000)) >/proc/sys/kernel/pid_max || return
	listen --max-groups 16384 -f recording -o reuse.json
	run timeout 120 ./behave kinds 0 3000
	exits 0 'three thousand programs, and thirty thousand pids of two thousand'
	over
	pid_max_back
	is "$pid_max" "$(cat /proc/sys/kernel/pid_max)" 'the limit of pids is as it was'
	jq -r --arg calls "^($live_calls)\$" '.evidence.unattributed as $unknown | .groups[] |
		[.name, ([.syscalls[] | select(.name | test($calls)) | .count] | add // 0)] | @tsv' \
		reuse.json >reuse.groups
	reuse_seen=$(awk '{ seen += $2 } END { print seen + 0 }' reuse.groups)
	reuse_unknown=$(jq '.evidence.unattributed' reuse.json)
	check "each program is in the recording ($reuse_seen), or counted as unattributed ($reuse_unknown)" \
		test "$((3000 - reuse_seen))" -le "$reuse_unknown"
	check 'and nearly all are in it' test "$reuse_seen" -gt 2900
	is '' "$(awk '$2 > 1' reuse.groups)" 'no two are in one group'
	check 'though pids were given again' grep -q '^behave-[0-9]*+3' reuse.groups
}

shapes() {
	listen -f recording -o shapes.json
	./under log ./behave nested 1 &
	nested=$!
	note_pid "$nested"
	wait "$nested"
	unshare --pid --fork ./under log sleep 60 &
	note_pid $!
	sleep 0.5
	inside=$(pgrep -P $!)
	nsenter -t "$inside" -p ./under log ./behave plain 2
	./under log ./behave daemon 4 &
	daemon=$!
	wait "$daemon"
	./under log ./behave sibling 8 &
	sibling=$!
	wait "$sibling"
	./under log ./behave threads 16 &
	threads=$!
	wait "$threads"
	./under log ./behave leaderless 32 &
	leaderless=$!
	wait "$leaderless"
	./under log ./behave exec 64 &
	exec=$!
	wait "$exec"
	sleep 0.5
	kill "$inside"
	over
	exits 0 'shapes that are hard to follow: complete'
	is "$(of_number 1)" "$(calls shapes.json "behave-$nested")" 'a namespace in a namespace'
	is "$(of_number 2)" "$(jq -r '.groups[] | select(.syscalls | any(.name == "clock_nanosleep" or
		.name == "nanosleep")) | .name' shapes.json | grep -v behave | head -n 1 |
		while read -r name; do calls shapes.json "$name"; done)" \
		'who enters a namespace by setns() belongs to who is there'
	is "$(of_number 4)" "$(calls shapes.json "behave-$daemon")" 'a daemon that has forked twice'
	is 1 "$(jq '[.groups[] | select(.syscalls | any(.name == "sched_getscheduler"))] | length' \
		shapes.json)" 'a sibling made with CLONE_PARENT is in one group'
	is "$(of_number 16)" "$(calls shapes.json "behave-$threads")" 'threads with odd names'
	is "$(of_number 32)" "$(calls shapes.json "behave-$leaderless")" \
		'a process that has outlived its first thread'
	is "$(of_number 64)" "$(calls shapes.json "behave-$exec")" \
		'a program that another thread has started'
	fails 'which reach no terminal' grep -q "$(printf '\033')" "$err"
}

# Exec sessions: who enters a container that is there.
sessions() {
	listen -f recording -o sessions.json
	for name in one two; do
		rm -f "$name.cid"
		podman_run --rm --detach --cidfile "$name.cid" --security-opt "seccomp=$work/log.json" \
			asg-busybox sleep 60 >"$out" 2>"$err"
	done
	one="podman-$(cut -c 1-12 one.cid)"
	two="podman-$(cut -c 1-12 two.cid)"
	for _ in 1 2 3; do
		engine_podman exec "$(cat one.cid)" /behave plain 1 >"$out" 2>"$err"
		engine_podman exec "$(cat two.cid)" /behave plain 2 >"$out" 2>"$err"
	done
	over
	exits 0 'exec sessions in two containers: complete'
	is "$(of_number 1)" "$(calls sessions.json "$one")" 'what is run in a container is of it'
	is "$(of_number 2)" "$(calls sessions.json "$two")" 'and not of another'
	is 2 "$(jq '.groups | length' sessions.json)" 'and of nobody else'
	# Gone before anybody can look, maybe: of its container, or counted.
	listen -f recording -o sessions.json
	for _ in 1 2 3; do
		engine_podman exec "$(cat one.cid)" /behave quick 1 >"$out" 2>"$err"
		engine_podman exec "$(cat two.cid)" /behave daemon 2 >"$out" 2>"$err"
	done
	over
	for name in one two; do
		engine_podman rm --force --time 0 "$(cat "$name.cid")" >"$out" 2>"$err"
	done
	is '' "$(calls sessions.json "$one" | grep -v "^$(of_number 1)$")$(
		calls sessions.json "$two" | grep -v "^$(of_number 2)$")" \
		'sessions that nobody could look at are in no other container'
	is '' "$(jq -r --arg one "$one" --arg two "$two" 'select((.evidence.unattributed // 0) == 0) |
		.groups[].name | select(. != $one and . != $two)' sessions.json)" \
		'and where one is on its own, that is counted'
}

caps() {
	listen --max-groups 3 -f recording -o caps.json
	for number in 1 2 4 8 16; do
		./under log ./behave plain "$number"
	done
	over
	exits 3 'more groups than there may be'
	says 'more groups than --max-groups' 'which is said'
	is 3 "$(jq '.groups | length' caps.json)" 'are not kept'
	mkdir capped
	listen --max-groups 3 -f recording --output-dir capped
	for number in 1 2 4 8 16; do
		./under log ./behave plain "$number"
	done
	over
	exits 3 'with a file for each, the whole is incomplete'
	is 'true true true ' "$(jq -r .complete capped/*.json | tr '\n' ' ')" \
		'but not those who have lost nothing by it'
	listen --max-processes 64 -f recording -o caps.json
	./under log ./behave child 1
	over
	exits 2 'more processes than there may be'
	says 'more processes than --max-processes' 'which is said as well'
}

stopped() {
	listen --receive-buffer 65536 -f recording -o stopped.json
	flood_while_stopped 5
	sleep 1.5
	over
	exits 3 'a listener that was stopped for five seconds'
	says 'LOST: [0-9]+ records so far .*--receive-buffer' 'says what it lost, and what helps'
	says 'INCOMPLETE: [0-9]+ records lost' 'and that the recording is incomplete'
}

shapes
pids
reuse
sessions
caps
stopped
crowd
for i in 1 2 3 4 5; do
	cp "$i.pids" "$i.was"
done
alone
bomb
restored "the kernel's settings are as they were"
finish
