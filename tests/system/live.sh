#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --live as a new user would try it: three podman containers, a server started by hand and a recording of
# a command at the same time, one listener in front; then what it writes in between, what it selects and
# when it ends. TAP.
# shellcheck disable=SC2016,SC2317 # programs in quotes; functions called by name
# shellcheck source=tests/system/lib-live.sh
. "$(dirname "$0")/lib-live.sh"
need python3 mkfifo
need_containers

# contain NAME COMMAND...: a container whose calls are logged, in the background; its id in NAME.id.
contain() {
	contain_name=$1
	shift
	rm -f "$contain_name.id"
	podman_run --rm --cidfile "$contain_name.id" --security-opt "seccomp=$work/log.json" \
		asg-busybox sh -c "$1" >"$contain_name.out" 2>&1 &
	note_pid $!
	eval "pid_$contain_name=$!"
}

# await NAME: its end.
await() {
	await_status=0
	eval "wait \$pid_$1" || await_status=$?
	is 0 "$await_status" "$1 ends well"
}

# of NAME: the file of a container's group.
of() {
	echo "$1/podman-$(cut -c 1-12 "$2.id").json"
}

one='ls / >/dev/null; mkdir /tmp/x; sleep 1; rmdir /tmp/x'
two='touch /tmp/a; sleep 1; ln -s a /tmp/b; mv /tmp/b /tmp/c; rm /tmp/a /tmp/c'
three='umask 077; for i in 1 2 3; do (echo $i >/tmp/$i); done; sleep 1; chmod 600 /tmp/1; sync'
command='chown 0:0 .; head -c 10 /dev/zero | wc -c; sleep 1'

serve() {
	mkdir -p nginx
	cat >nginx/nginx.conf <<END
user root; worker_processes 2; pid $work/nginx/pid; error_log $work/nginx/error.log;
events { worker_connections 64; }
http { access_log off; server { listen unix:$work/nginx/sock; location / { return 200 "served"; } } }
END
	"$@" nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" >"$work/nginx/said" 2>&1
}

ask() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
sys.exit(0 if b"served" in s.makefile("rb").read() else 1)' "$work/nginx/sock"
}

served() {
	[ ! -e "$work/nginx/pid" ]
}

stop_serving() {
	kill -QUIT "$(cat "$work/nginx/pid")"
	wait_for 10 served
}

five_at_once() {
	mkdir five
	listen --output-dir five --every 1s
	contain one "$one"
	contain two "$two"
	contain three "$three"
	check 'a server is started by hand' serve ./under log
	run timeout 60 "$ASG" -q -o command.json -- sh -c "$command"
	exits 0 'a command is recorded at the same time'
	check 'the server answers' ask
	check 'and again' ask
	check 'and ends' stop_serving
	for name in one two three; do
		await "$name"
	done
	check 'files are there in between' test -s "$(of five one)"
	sleep 1
	heard INT
	exits 0 'the listener ends with complete evidence'
	says 'five: [0-9] groups? written, complete so far' 'it has written in between'
	says '^5 groups from' 'there are five groups'
	ls five >files
	is 5 "$(wc -l <files)" 'and five files'
	for name in one two three; do
		check "$name has one of its own" cp "$(of five "$name")" "$name.json"
	done
	is 1 "$(grep -c '^nginx-[0-9]*\.json$' files)" 'the server has one, with all its workers'
	is 1 "$(grep -c '^sh-[0-9]*\.json$' files)" 'the command has one'
	is "$(recorded_calls command.json)" "$(recorded_calls five/sh-*.json)" \
		'with the calls that its own recording has'
}

recorded_calls() {
	seen "$1" | tr '\n' ' '
}

# What each of them did is in its own group and in no other.
none_leaks() {
	for name in one two three; do
		allowed "$name.json" >"$name.calls"
	done
	allowed five/sh-*.json >command.calls
	allowed five/nginx-*.json >server.calls
	check 'one has made a directory' either one.calls mkdir mkdirat
	check 'two has linked' either two.calls symlink symlinkat
	check 'three has synced' has three.calls sync
	check 'the server has accepted' either server.calls accept4 accept
	check 'the command has changed an owner' either command.calls fchownat chown
	for name in two three command server; do
		check "$name has no directory of one's" lacks "$name.calls" rmdir
	done
	for name in one two command server; do
		check "$name has no sync of three's" lacks "$name.calls" sync
	done
	for name in one three command server; do
		check "$name has no link of two's" lacks "$name.calls" symlink symlinkat
	done
	for name in one two three command; do
		check "$name has accepted nothing" lacks "$name.calls" accept accept4
	done
}

either() {
	grep -qxF -e "$2" -e "$3" "$1" || {
		echo "neither $2 nor $3"
		return 1
	}
}

# alone NAME: the same container with nobody else.
alone() {
	rm -rf alone
	mkdir alone
	listen --output-dir alone
	eval "contain $1 \"\$$1\""
	await "$1"
	heard TERM
	exits 0 "$1 alone: complete"
	allowed "$(of alone "$1")" >alone.calls
	is '' "$(diff "$1.calls" alone.calls)" "$1 has the same calls when it is alone"
}

# under_profile NAME: a container under what was recorded.
under_profile() {
	eval "run podman_run --rm --security-opt seccomp=$work/$1.json asg-busybox sh -c \"\$$1\""
	exits 0 "$1 runs under its profile"
	run podman_run --rm --security-opt "seccomp=$work/$1.json" asg-busybox "$2" /tmp/y /tmp/z
	fails "and $2 does not" test "$status" -eq 0
}

enforced() {
	under_profile one sync
	under_profile two mkdir
	under_profile three mkdir
	run "$ASG" convert -f bpf -o command.bpf five/sh-*.json
	exits 0 'the profile of the command becomes a filter'
	run timeout 60 ./under ./command.bpf sh -c "$command"
	exits 0 'under which it runs'
	run timeout 60 ./under ./command.bpf sh -c "$command; mkdir made"
	fails 'and makes no directory' test -e made
	run "$ASG" convert -f bpf -o server.bpf five/nginx-*.json
	exits 0 'and that of the server'
	check 'the server starts under it' serve ./under ./server.bpf
	check 'answers' ask
	check 'and ends' stop_serving
}

# What is selected, and when it ends by itself.
selection() {
	mkdir chosen
	listen --output-dir chosen --container 'no such container' --duration 2s
	run ./under log true
	heard
	exits 2 'nobody who was selected came'
	says 'none that belongs to what was selected' 'which is said'
	contain one 'echo up; sleep 2; mkdir /tmp/x; sleep 2'
	contain two "$two"
	wait_for 30 grep -qx up one.out
	listen --output-dir chosen --container "$(cut -c 1-8 one.id)"
	await two
	await one
	heard
	exits 3 'it ends when the last that was selected has gone'
	says 'podman-[0-9a-f]+: INCOMPLETE: 1 target began before the recording: its start is not in it' \
		'and says that it was there before'
	says 'everybody who was selected has gone' 'and says so'
	is "$(basename "$(of chosen one)")" "$(ls chosen)" 'only that container was recorded'
	allowed "$(of chosen one)" >chosen.calls
	check 'though it was there before' either chosen.calls mkdir mkdirat
	rm -f chosen/*
	./under log sh -c 'read -r go; (mkdir made; rmdir made); exit 0' <fifo &
	chosen=$!
	note_pid "$chosen"
	exec 8>fifo
	listen --output-dir chosen --pid "$chosen"
	./under log sync
	echo go >&8
	exec 8>&-
	heard
	exits 3 'a process that was there, by its pid'
	says "sh-$chosen: INCOMPLETE: 1 target began before" 'which is said'
	is "sh-$chosen.json" "$(ls chosen)" 'is the only one'
	allowed "chosen/sh-$chosen.json" >chosen.calls
	check 'with what its children do' has chosen.calls mkdir rmdir
	run timeout 20 "$ASG" --live --pid "$chosen"
	exits 2 'a pid that is nobody is refused'
}

# One that was there before, and one that comes: each file says what is known of its own.
before_and_after() {
	mkdir before
	./under log sh -c 'read -r go; (mkdir made; rmdir made); exit 0' <fifo &
	before=$!
	note_pid "$before"
	exec 8>fifo
	listen --output-dir before -f recording --every 1s
	echo go >&8
	exec 8>&-
	wait "$before"
	./under log sync
	wait_for 10 grep -q 'before: [12] groups* written' live.err
	sleep 1.2
	heard TERM
	exits 3 'one that was there before makes the whole incomplete'
	says "^sh-$before: INCOMPLETE: 1 target began before the recording.*Remedy: start it again" \
		'which is said of the one'
	fails 'and of no other' grep -q '^sync-.*INCOMPLETE' "$err"
	is 'false true' "$(jq -r .complete "before/sh-$before.json" before/sync-*.json | tr '\n' ' ' | sed 's/ $//')" \
		'and so do their files'
	is "1 sh-$before" "$(jq -r '"\(.evidence.began_before) \(.evidence.first.began_before)"' \
		"before/sh-$before.json")" 'with the reason'
	run "$ASG" merge -o merged.json before/*.json
	exits 3 'a merge of both is incomplete'
	says 'began before the recording' 'for the same reason'
}

# in_unit COMMAND...: in a control group that is called like a unit, of which systemd knows nothing.
in_unit() {
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$unit" "$@"
}

completeness() {
	jq -r .complete "$@" | tr '\n' ' ' | sed 's/ $//'
}

# A loss concerns who was there; who begins afterwards is complete.
after_a_loss() {
	mkdir loss
	unit=/sys/fs/cgroup/asg-test-$$.service
	mkdir "$unit"
	in_unit sh -c 'read -r go; ./under log sync; sleep 1' <fifo &
	note_pid $!
	unit_main=$!
	exec 8>fifo
	listen --output-dir loss -f recording --receive-buffer 65536
	# Who has gone, and all of whose records were read, has lost nothing by what is lost later.
	./under log mkdir "$work/early"
	sleep 10
	# That nothing is missing behind its last record shows when another one comes.
	./under log true
	sleep 1
	flood_while_stopped 2
	wait_for 10 grep -q LOST live.err
	sleep 2
	./under log sync
	contain one "$one"
	await one
	# What ran in it when records were lost, and has gone, nobody knows.
	echo go >&8
	exec 8>&-
	wait "$unit_main"
	sleep 0.5
	heard TERM
	rmdir "$unit"
	exits 3 'after a loss the whole is incomplete'
	is 'false true true' "$(completeness loss/dd-*.json loss/sync-*.json "$(of loss one)")" \
		'but not a program and a container that began afterwards'
	is true "$(completeness loss/mkdir-*.json)" 'nor one that had ended before'
	is 'false 0' "$(jq -r '"\(.complete) \(.evidence.began_before // 0)"' "loss/$(basename "$unit").json")" \
		'a unit is, of which nobody can tell when it began'
}

# What cannot be written, and what is lost, is told to who wants to hear only that.
quiet_but_not_dumb() {
	mkdir full
	rm -f live.err
	"$ASG" --live -q --output-dir full --every 1s --max-groups 1 >live.out 2>live.err 9>&- &
	live=$!
	note_pid "$live"
	sleep 1.5
	rmdir full
	./under log sync
	./under log true
	check 'a file that cannot be written is told with -q' wait_for 10 grep -q 'not written: ' live.err
	check 'and so is a cap, at once' wait_for 10 grep -q 'LOST: more groups than --max-groups' live.err
	mkdir full
	heard TERM
	exits 3 'it is written when it can be'
	is 1 "$(find full -name '*.json' | wc -l)" 'as many as there may be'
}

# One group at a time, and more than one in a life: who has gone is in its file, and makes room.
makes_room() {
	mkdir room
	listen --output-dir room -f recording --max-groups 1 --every 1s
	./under log sync
	wait_for 10 grep -q 'room: 1 group written' live.err
	sleep 11
	./under log mkdir made
	sleep 1.5
	heard TERM
	exits 0 'more groups than there may be, but not at once'
	is 2 "$(find room -name '*.json' | wc -l)" 'are all written'
	is 'true true' "$(jq -r .complete room/*.json | tr '\n' ' ' | sed 's/ $//')" 'completely'
	says 'room: 1 group that had gone: written before' 'and it is said that one was written before'
	rmdir made
	listen --output-dir room -f recording --max-groups 4
	for _ in 1 2 3; do
		./under log true
	done
	check 'when there are nearly as many as there may be it is written by itself' \
		wait_for 10 grep -q 'room: 3 groups written' live.err
	heard TERM
}

places_are() {
	[ "$(find places -name '*.json' | wc -l)" -eq "$1" ]
}

# Who has gone is forgotten, and others have its place: each in a file of its own, all the same.
gives_places() {
	mkdir places
	listen --output-dir places -f recording --every 1s
	for place in $(seq 80); do
		./under log ./behave plain 1
	done
	wait_for 20 places_are 80
	sleep 12
	for place in $(seq 80); do
		./under log ./behave plain 2
	done
	sleep 1.5
	heard TERM
	exits 0 'a hundred and sixty groups, half of which have gone when the others come'
	is 160 "$(find places -name '*.json' | wc -l)" 'are all written'
	is '160 true' "$(jq -r .complete places/*.json | sort | uniq -c | sed 's/^ *//')" 'completely'
	is '80 getpriority 80 getsid ' "$(for place in places/*.json; do
		of_behave "$place"
		echo
	done | sort | uniq -c | sed 's/^ *//; s/ *$//' | tr '\n' ' ')" 'each with its own calls'
	is 160 "$(jq -r '.groups[].pid' places/*.json | sort -u | grep -c '^[0-9]')" 'and its own pid'
	says 'places: [0-9]+ groups? that had gone: written before' 'and those before are counted'
}

of_behave() {
	jq -r '.groups[].syscalls[].name' "$@" | grep -xE 'getsid|getpriority' | tr '\n' ' '
}

# A run that follows another, into the same directory.
again_and_again() {
	mkdir again
	free=$(($(cat /proc/sys/kernel/pid_max) - 78))
	./under log sh -c 'while read -r go && [ "$go" != end ]; do (mkdir $go; rmdir $go); done' <fifo &
	again=$!
	note_pid "$again"
	exec 8>fifo
	listen --output-dir again -f recording
	echo a >&8
	./behave pid 1 "$free"
	sleep 0.5
	heard TERM
	exits 3 'a first run'
	listen --output-dir again -f recording
	echo b >&8
	./behave pid 2 "$free"
	sleep 0.5
	kill -USR1 "$live"
	wait_for 10 grep -q 'written, INCOMPLETE' live.err
	echo c >&8
	echo end >&8
	exec 8>&-
	wait "$again"
	sleep 0.5
	heard TERM
	exits 3 'and a second'
	is 3 "$(jq '[.groups[].syscalls[] | select(.name | startswith("rmdir")) | .count] | add' "again/sh-$again.json")" \
		'is added to what there is, once'
	is "1 1" "$(jq -r '"\(.evidence.began_before) \(.evidence.unheard)"' "again/sh-$again.json")" \
		'and it is said that nobody listened in between'
	says "sh-$again: INCOMPLETE: .*nobody listened for a while to what went on" 'to a person, too'
	is 'getsid ' "$(of_behave "again/behave-$free.json")" \
		'a pid that is given again'
	is 'getpriority ' "$(of_behave again/behave-"$free"@*Z.json)" \
		'is another one, with a file of its own'
	listen --output-dir again -f recording
	./behave pid 2 "$free"
	echo not JSON >"again/behave-$free.json"
	sleep 0.5
	heard TERM
	exits 0 'what is no recording'
	says "again/behave-$free.json cannot be added to: .*; written beside it, as behave-$free@" 'is told'
	is 'not JSON' "$(cat "again/behave-$free.json")" 'and left alone'
	run timeout 20 "$ASG" --live --output-dir again
	refused "holds '.*json', which would be replaced" 'profiles of another run are not replaced'
}

# A shell that is hardened, as a login under a hardened ssh.service is: what it starts is not its own.
below_who_is_hardened() {
	printf '\006\0\0\0\0\0\377\177' >allow.bpf
	./under ./allow.bpf sh -c 'read -r go; ./under log sync; ./under log mkdir hardened; sleep 1' <fifo &
	hardened=$!
	note_pid "$hardened"
	exec 8>fifo
	listen -f recording -o hardened.json
	echo go >&8
	exec 8>&-
	wait "$hardened"
	sleep 0.5
	heard TERM
	exits 0 'two programs below a shell that is confined, and does not log'
	is 'mkdir sync ' "$(jq -r '.groups[].name | sub("-[0-9]+$"; "")' hardened.json | sort | tr '\n' ' ')" \
		'are two groups'
	is 0 "$(jq '[.groups[] | select(.name | startswith("sync-")) | .syscalls[] |
		select(.name | startswith("mkdir"))] | length' hardened.json)" 'with their own calls'
}

signals() {
	mkdir between
	listen --output-dir between
	./under log sync
	kill -USR1 "$live"
	wait_for 10 grep -q 'between: 1 group written, complete so far' live.err
	is 1 "$(find between -name 'sync-*.json' | wc -l)" 'SIGUSR1 writes'
	rm between/*
	kill -USR1 "$live"
	sleep 1
	is '' "$(ls between)" 'but not again what has not changed'
	kill -HUP "$live"
	wait_for 10 test -n "$(ls between)"
	sleep 1
	is 1 "$(find between -name 'sync-*.json' | wc -l)" 'SIGHUP writes all of it again'
	kill -KILL "$live"
	heard
	is 1 "$(find between -name 'sync-*.json' | wc -l)" 'what was written stays when it is killed'
	is '' "$(find between -name '.*' -type f)" 'and nothing half-written'
	listen -f recording -o all.json
	./under log sync
	./under log true
	heard TERM
	exits 0 'a recording of all in one file'
	is '2 true' "$(jq -r '"\(.groups | length) \(.complete)"' all.json)" 'holds both groups'
	run timeout 20 "$ASG" --live -q --duration 1s
	exits 2 'when nothing comes it says so'
	says 'not one record came' 'and what would have made some'
}

# drops_in NAME: what `unit` prints for it means something to systemd, and nothing is unknown to it.
drops_in() {
	mkdir -p "units/$1.d"
	printf '[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n' >"units/$1"
	run "$ASG" unit "$1"
	exits 0 "a drop-in for $1"
	cp "$out" "units/$1.d/50-audit-seccomp-gen.conf"
	run timeout 60 systemd-analyze verify "units/$1"
	is '0 ' "$status $(cat "$err")" 'systemd takes it, without a word'
	echo 'SystemCallLog=no_such_call' >>"units/$1.d/50-audit-seccomp-gen.conf"
	run timeout 60 systemd-analyze verify "units/$1"
	says 'no_such_call' 'as it would say one about a call that it does not know'
}

units() {
	if have systemd-analyze; then
		drops_in asg-test.service
		drops_in 'asg-test@a\x2db.service'
	else
		skip 'a drop-in for a unit' 'systemd-analyze is not installed'
	fi
	run "$ASG" unit nginx
	check 'a name without a type is a service' grep -q 'nginx.service.d' "$out"
	run "$ASG" unit dev-sda2.swap
	check 'a swap has a section of its own' grep -qx '\[Swap\]' "$out"
	for name in ../x.service /x.service a/b.service x.scope .service @.service 'a b.service' "a'b.service" ''; do
		run "$ASG" unit "$name"
		refused 'unit' "'$name' is refused"
	done
	run "$ASG" unit
	refused 'one unit' 'none as well'
	run "$ASG" unit a b
	refused 'one unit' 'and two'
}

# told FIFO: what a service tells its manager.
manager() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); s.settimeout(30)
while True:
    word = s.recv(4096).decode()
    print(word, flush=True)
    if word == "STOPPING=1": break' "$work/notify" >told 2>&1 &
	note_pid $!
	wait_for 10 test -S "$work/notify"
}

# With what the service in contrib/ leaves to it: no more is needed.
service() {
	if have systemd-analyze; then
		# verify runs man(1) for each page, which is not installed yet.
		sed "s|/usr/bin/audit-seccomp-gen|$ASG|; /^Documentation=/d" \
			"$top_srcdir/contrib/systemd/audit-seccomp-gen.service" >units/audit-seccomp-gen.service
		run timeout 60 systemd-analyze verify units/audit-seccomp-gen.service
		is '0 ' "$status $(cat "$err")" 'the service is one that systemd takes, without a word'
	else
		skip 'the service' 'systemd-analyze is not installed'
	fi
	if ! have setpriv; then
		skip 'four capabilities are enough' 'setpriv is not installed'
		return
	fi
	mkdir service
	serve_manager
	contain one "$one"
	./under log sync
	await one
	heard TERM
	exits 0 'four capabilities are enough'
	check 'to tell a container apart' test -s "$(of service one)"
	is 2 "$(find service -type f | wc -l)" 'from a program'
	is 'READY=1 STOPPING=1 ' "$(tr '\n' ' ' <told)" 'and the manager is told when it listens, and when it ends'
	cp -R service restarted
	serve_manager
	./under log sync
	heard TERM
	exits 0 'the service is started again'
	is 3 "$(find service -type f | wc -l)" 'adds to its directory'
	rm -f service.differs
	for name in restarted/*; do
		cmp "$name" "service/$(basename "$name")" >>service.differs 2>&1
	done
	is '' "$(cat service.differs)" 'and leaves what is there'
	is "$(service_line | sed 's/^[^ ]* //; s/ --/\n--/g; s/ \([^-]\)/=\1/g')" \
		"$(sed -n '/command:/,/securityContext:/s/^ *- \(--.*\)/\1/p' \
			"$top_srcdir/contrib/kubernetes/daemonset.yaml" |
			sed "s|/var/lib/audit-seccomp-gen/live|$work/service|")" \
		'the DaemonSet runs the same command'
}

# service_line: what the service in contrib/ runs, here.
service_line() {
	sed -n "s|^ExecStart=/usr/bin/audit-seccomp-gen|$ASG|; T; s|/var/lib/audit-seccomp-gen/live|$work/service|; p" \
		"$top_srcdir/contrib/systemd/audit-seccomp-gen.service"
}

# serve_manager: the service, until it is ready.
serve_manager() {
	rm -f live.err notify
	manager
	# shellcheck disable=SC2046 # its words
	NOTIFY_SOCKET=$work/notify setpriv --no-new-privs \
		--bounding-set=-all,+net_admin,+audit_control,+audit_read,+sys_ptrace \
		$(service_line) >live.out 2>live.err 9>&- &
	live=$!
	note_pid "$live"
	wait_for 20 grep -q 'READY=1' told
}

# On a terminal: one line a group, drawn over itself, with the newest call and its age.
terminal() {
	(
		sleep 1.5
		./under log sh -c 'for i in 1 2; do sleep 0.7; ls / >/dev/null; done'
	) &
	note_pid $!
	run timeout 30 env TERM=xterm python3 "$top_srcdir/tests/system/terminal.py" 20 -- \
		"$ASG" --live -f recording -o shown.json --duration 4s
	exits 0 'on a terminal'
	check 'a line for each group shows its rate, calls and the newest' \
		grep -Eq 'sh-[0-9]+ +[0-9]+/s +[0-9]+ calls +newest [a-z0-9_]+, [0-9]+ s ago' "$out"
	check 'and is drawn over' grep -q "$(printf '\033\\[1A')" "$out"
}

mkfifo fifo
units
service
five_at_once
none_leaks
for name in one two three; do
	alone "$name"
done
enforced
selection
below_who_is_hardened
before_and_after
after_a_loss
quiet_but_not_dumb
again_and_again
makes_room
gives_places
signals
terminal
restored "the kernel's settings are as they were"
finish
