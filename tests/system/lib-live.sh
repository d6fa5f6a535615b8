# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the tests of --live share: containers and programs whose calls are logged, a listener in the
# background, and which of the calls that tell the targets apart a group has made. Source it in the
# place of lib-engine.sh.
# shellcheck source=tests/system/lib-engine.sh
. "$(dirname "$0")/lib-engine.sh"
live_calls='getsid|getpriority|sched_getparam|sched_getscheduler|sched_get_priority_max|times|getrusage|capget|getitimer|mincore'

# need_containers: podman, with an image that has `behave` too; a profile that logs in log.json; the
# programs `under` and `behave` here.
need_containers() {
	need cc
	need_engine
	need_live
	cd "$work" || exit 99
	for need_program in under behave; do
		"$CC" -O1 -static -pthread -o "$need_program" \
			"$top_srcdir/tests/system/$need_program.c" || exit 99
	done
	if ! engine_tree || ! tar -rf "$engine/busybox.tar" behave; then
		skip_all 'no tree for an image can be made'
	fi
	if ! engine_image >"$out" 2>"$err" || ! podman_run --rm asg-busybox true >"$out" 2>"$err"; then
		skip_all "podman runs no container here: $(tail -n 1 "$err")"
	fi
	echo '{"defaultAction": "SCMP_ACT_LOG"}' >log.json
}

# listen OPTION...: a listener, told of in $live.
listen() {
	rm -f live.err
	"$ASG" --live "$@" >live.out 2>live.err 9>&- &
	live=$!
	note_pid "$live"
	wait_for 20 grep -q 'listening to' live.err || {
		cp live.err "$why"
		not_ok 'the listener listens'
	}
}

# heard [SIGNAL]: ends it (by itself, without a signal), as the last run.
heard() {
	[ $# -eq 0 ] || kill "-$1" "$live"
	status=0
	wait "$live" || status=$?
	cp live.err "$err"
	cp live.out "$out"
}

# calls RECORDING GROUP: what the group did of what `behave` does.
calls() {
	jq -r --arg group "$2" '.groups[] | select(.name == $group) | .syscalls[].name' "$1" |
		grep -xE "$live_calls" | sort | tr '\n' ' '
}

# of_number NUMBER: the names that `behave` calls for it.
of_number() {
	of_bit=1
	for of_name in $(echo "$live_calls" | tr '|' ' '); do
		[ $(($1 / of_bit % 2)) -eq 0 ] || echo "$of_name"
		of_bit=$((of_bit * 2))
	done | sort | tr '\n' ' '
}

# flood_while_stopped SECONDS: the listener does nothing for so long, while records come.
flood_while_stopped() {
	kill -STOP "$live"
	./under log dd if=/dev/zero of=/dev/null bs=1 count=20000 2>/dev/null &
	flood=$!
	note_pid "$flood"
	sleep "$1"
	kill -CONT "$live"
	wait "$flood"
}
