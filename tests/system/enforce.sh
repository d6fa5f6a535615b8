#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What was recorded works when it is enforced, by the runtimes that people use: each kind of program
# is recorded, run again under its own profile, and looked at with strace. TAP.
# shellcheck source=tests/system/lib.sh disable=SC2016,SC2317 # programs in quotes; functions by name
. "$(dirname "$0")/lib.sh"
need strace python3 bash
need_live
cd "$work" || exit 99
python=$(command -v /usr/bin/python3 || command -v python3)
runtimes=
for runtime in crun runc; do
	! have "$runtime" || runtimes="$runtimes $runtime"
done

# enforce RUNTIME PROFILE COMMAND...: the last run is the command in a container under the profile.
enforce() {
	enforce_runtime=$1
	enforce_profile=$2
	shift 2
	run timeout 60 sh "$top_srcdir/tests/system/lib-container.sh" "$enforce_runtime" "$enforce_profile" "$work" "$@"
}

# traced COMMAND...: the names of the calls that strace sees.
traced() {
	timeout 60 strace -f -qq -o "$work/trace" "$@" >/dev/null 2>"$work/.trace-err"
	sed -n 's/^[0-9]* *\([a-z_][a-z0-9_]*\)(.*/\1/p' trace | sort -u
}

# try NAME COMMAND...: record, enforce with each runtime, compare with strace.
# Names that strace itself causes: restart_syscall, as it stops what waits.
try() {
	name=$1
	shift
	run "$ASG" -o "$name.json" -- "$@"
	exits 0 "$name: recorded"
	cp "$out" "$name.out"
	for runtime in $runtimes; do
		enforce "$runtime" "$name.json" "$@"
		if [ "$status" -eq 0 ] && cmp -s "$out" "$name.out"; then
			ok "$name: does the same work under its profile ($runtime)"
		else
			{
				what_happened
				diff "$name.out" "$out" | head -n 10
			} >"$why"
			not_ok "$name: does the same work under its profile ($runtime)"
		fi
	done
	[ -n "$runtimes" ] || skip "$name: does the same work under its profile" 'neither crun nor runc'
	allowed "$name.json" >"$name.names"
	traced "$@" >"$name.traced"
	check "$name: strace has seen it" test -s "$name.traced"
	is '' "$(comm -23 "$name.traced" "$name.names" | grep -vx restart_syscall)" \
		"$name: strace finds no call that the profile lacks"
}

compile() {
	compile_to=$1
	shift
	"$CC" -o "$compile_to" "$@" >"$err" 2>&1
}

files() {
	# The names that a container's /proc or /dev adds are not there in /usr.
	try ls ls /usr
	for runtime in $runtimes; do
		enforce "$runtime" ls.json mkdir "made-by-$runtime"
		fails "ls: mkdir fails under its profile ($runtime)" test "$status" -eq 0
		check "and has made nothing ($runtime)" test ! -e "made-by-$runtime"
	done
}

scripts() {
	try bash bash -c 'ls /usr | sort -r | { read -r a; echo "$a"; } | tr a-z A-Z
		for i in 1 2 3; do (mkdir "b$i" && rmdir "b$i") & done; wait
		echo "$(printf "%s\n" a b c | wc -l)" <<<here; test -d /usr && echo there'
	cat >work.py <<'END'
import json, os, subprocess, tempfile, threading
results = []
threads = [threading.Thread(target=lambda n=n: results.append(n * n)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "a"), "w") as file:
        json.dump(sorted(results), file)
    print(open(os.path.join(directory, "a")).read())
print(subprocess.run(["ls", "/usr"], capture_output=True, check=True).stdout.decode())
END
	try python "$python" -B work.py
}

threads() {
	cat >threads.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long total;

static void *work(void *argument)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < 20; i++) {
		pthread_mutex_lock(&lock);
		nanosleep(&pause, NULL);
		total += (long)argument;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	for (long i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			return 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%ld of uid %d\n", total, (int)geteuid());
	return 0;
}
END
	if compile threads -O1 -pthread threads.c; then
		try threads "$work/threads"
	else
		skip 'threads' 'no compiler'
	fi
	if [ "$(uname -m)" != x86_64 ]; then
		skip '32 bit' 'not x86_64'
	elif compile threads32 -m32 -O1 -pthread threads.c; then
		try 32-bit "$work/threads32"
		is '["SCMP_ARCH_X86","SCMP_ARCH_X86_64"]' "$(jq -c '.architectures | sort' 32-bit.json)" \
			'32-bit: both architectures are in the profile'
	else
		skip '32 bit' "the compiler cannot -m32: $(head -n 1 "$err")"
	fi
}

setuid() {
	cp "$(command -v id)" suid-id && chmod 4755 suid-id
	try setuid setpriv --reuid 65534 --regid 65534 --clear-groups "$work/suid-id" -u
	is 0 "$(cat setuid.out)" 'setuid: it had its privilege'
}

redis() {
	if ! have redis-server || ! have redis-benchmark; then
		skip 'redis' 'redis-server or redis-benchmark is missing'
		return
	fi
	# Whether `wait` at the end has to wait is chance; here it has to.
	cat >redis.sh <<'END'
sleep 0.2 & wait $!
redis-server --port 0 --unixsocket "$PWD/redis.sock" --save '' --daemonize no --dir "$PWD" \
	--loglevel warning >redis.log 2>&1 &
until redis-cli -s "$PWD/redis.sock" ping >/dev/null 2>&1; do sleep 0.1; done
redis-benchmark -s "$PWD/redis.sock" -q -n 1000 -c 10 -t ping,set,get,lpush >bench.log 2>&1 || exit 1
redis-cli -s "$PWD/redis.sock" set key value
redis-cli -s "$PWD/redis.sock" bgsave
sleep 1
redis-cli -s "$PWD/redis.sock" get key
redis-cli -s "$PWD/redis.sock" shutdown nosave
wait
END
	try redis sh redis.sh
}

web() {
	if ! have nginx || ! have curl; then
		skip 'nginx' 'nginx or curl is missing'
		return
	fi
	mkdir -p web/html
	head -c 300000 /dev/zero >web/html/large
	echo hello >web/html/index.html
	cat >web/nginx.conf <<END
daemon off;
user root;
worker_processes 2;
pid $work/web/pid;
error_log $work/web/error.log;
events { worker_connections 64; }
http {
	access_log $work/web/access.log;
	client_body_temp_path $work/web/body;
	proxy_temp_path $work/web/proxy;
	fastcgi_temp_path $work/web/fastcgi;
	uwsgi_temp_path $work/web/uwsgi;
	scgi_temp_path $work/web/scgi;
	sendfile on;
	gzip on;
	server { listen unix:$work/web/sock; root $work/web/html; }
}
END
	cat >web.sh <<'END'
sleep 0.2 & wait $!
rm -f web/sock
nginx -p "$PWD/web" -c "$PWD/web/nginx.conf" -e "$PWD/web/error.log" &
until curl -s --unix-socket web/sock http://x/ >/dev/null; do sleep 0.1; done
for i in 1 2 3 4 5; do
	for path in / /large /missing; do
		curl -s --compressed --unix-socket web/sock -o /dev/null -w '%{http_code}\n' "http://x$path" "http://x$path" || exit 1
	done
done
nginx -p "$PWD/web" -c "$PWD/web/nginx.conf" -e "$PWD/web/error.log" -s quit
wait
END
	try nginx sh web.sh
}

files
scripts
threads
setuid
redis
web
restored "the kernel's settings are what they were"
finish
