# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC2016 # top_srcdir is of lib.sh; programs in quotes
# What the program does while it is confined: everything that reads what others wrote, by the ways
# that it has of reading and writing. Its sandbox is made of this, and tested with it.

# self_inputs: makes the files that the workloads read.
self_inputs() {
	self_data=$top_srcdir/tests/data
	self_log=$self_data/real/ls.log
	mkdir -p in/logs in/copies in/links
	cp "$self_log" in/logs/audit.log
	for self_tool in gzip xz zstd; do
		! have $self_tool || $self_tool -c <"$self_log" >"in/ls.log.$self_tool"
	done
	[ ! -e in/ls.log.gzip ] || cp in/ls.log.gzip in/logs/audit.log.1.gz
	head -c 900 in/ls.log.gzip >in/torn.gz 2>/dev/null
	head -n 5 "$self_log" | tr '\n' ' ' >in/torn.log
	"$ASG" --no-sandbox -q --from-log --group-by all -o in/oci.json "$self_log"
	"$ASG" --no-sandbox -q --from-log --group-by all -f recording -o in/recording.json "$self_log"
	"$ASG" --no-sandbox -q --from-log --group-by comm -f recording -o in/recording-2.json "$self_log"
	for self_format in docker spo systemd minijail names; do
		"$ASG" convert --no-sandbox -q -f $self_format -o in/$self_format.profile in/oci.json
	done
	printf '%s\n' in/oci.json in/docker.profile >in/list
	awk 'BEGIN { for (i = 1; i <= 20000; i++)
		printf("type=SECCOMP msg=audit(1700000000.000:%d): auid=0 uid=0 gid=0 ses=7 pid=%d " \
			"comm=\"c%d\" exe=\"/usr/bin/probe\" sig=0 arch=c000003e syscall=%d compat=0 " \
			"ip=0x7f0000000001 code=0x7ffc0000\n", i, 100 + i % 3000, i % 500, i % 300) }' >in/many.log
	"$ASG" --no-sandbox -q --from-log -f recording -o in/many.json in/many.log
	cat >in/kernel.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_X86_64"}], "syscalls": [
 {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}}]}
END
	cat >in/broad.json <<'END'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
 {"names": ["mount", "not_a_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
	# Two rules with a comparison in common: libseccomp is tried with them before it is used.
	self_shared in/shared.json 1
	self_shared in/loop.json 2
	mkfifo in/fifo
}

# self_shared FILE INDEX: the second rules look at argument 1, which comes to an end, or at INDEX,
# which does not with libseccomp 2.5.
self_shared() {
	cat >"$1" <<END
{"defaultAction": "SCMP_ACT_ERRNO", "archMap": [{"architecture": "SCMP_ARCH_X86_64"}], "syscalls": [
 {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
  {"index": 0, "op": "SCMP_CMP_GE", "value": 5}, {"index": 1, "op": "SCMP_CMP_EQ", "value": 1}]},
 {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
  {"index": 0, "op": "SCMP_CMP_GE", "value": 5}, {"index": $2, "op": "SCMP_CMP_EQ", "value": 2}]}]}
END
}

# self_run NAME COMMAND...: its product and status in out/NAME.
self_run() {
	self_name=$1
	shift
	"$@" >"out/$self_name" 2>"out/$self_name.err"
	echo $? >"out/$self_name.status"
}

self_logs() {
	for self_file in "$self_data"/wire/*; do
		self_run "wire-$(basename "$self_file")" "$1" --from-log --group-by comm -v "$self_file"
	done
	for self_file in in/ls.log.* in/logs in/torn.gz in/torn.log in/missing "$self_data/real/README" in; do
		self_run "log-$(echo "$self_file" | tr / _)" "$1" --from-log --group-by exe "$self_file"
	done
	self_run log-stdin "$1" --from-log - <"$self_log"
	# shellcheck disable=SC2002 # a pipe is what is tried
	cat "$self_log" | self_run log-pipe "$1" --from-log --since today -
	cat "$self_log" >in/fifo &
	self_writer=$!
	self_run log-fifo "$1" --from-log --group-by all in/fifo
	wait "$self_writer"
	"$1" --from-log --group-by all -q "$self_log" | cat >out/log-to-pipe
	self_run log-closed "$1" --from-log "$self_log" >&-
	# Long enough for progress to be shown and signals to be looked for.
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do cat "$self_log"; done >in/long.log
	self_run log-long "$1" --from-log --group-by all in/long.log
	self_run log-base "$1" --from-log --group-by all --base in/docker.profile --portable --arch native,aarch64 "$self_log"
	self_run log-bad-base "$1" --from-log --base in/names.profile "$self_log"
	self_run log-nothing "$1" --from-log --pid 1 "$self_log"
}

self_products() {
	for self_format in $("$ASG" convert -f '' in/oci.json 2>&1 | sed 's/.*expected one of: //; s/,//g'); do
		self_run "format-$self_format" "$1" --from-log --group-by all -f "$self_format" "$self_log"
	done
	umask 022
	for self_time in new again; do
		self_run "file-$self_time" "$1" --from-log --group-by all -o out/file.json "$self_log"
		self_run "directory-$self_time" "$1" --from-log --group-by comm --output-dir out/dir "$self_log"
	done
	ln -sf ../../out/target.json in/links/product.json
	self_run link "$1" --from-log --group-by all -o in/links/product.json "$self_log"
	self_run null "$1" --from-log --group-by all -o /dev/null "$self_log"
	echo '{}' >out/foreign.json
	chown 1:1 out/foreign.json 2>/dev/null
	self_run foreign "$1" --from-log --group-by all -o out/foreign.json "$self_log"
	mkdir -p in/small
	self_run small unshare -m sh -c 'mount -t tmpfs -o size=32k none in/small && exec "$0" "$@"' \
		"$1" --from-log -f recording -o in/small/x.json in/many.log
	self_run full "$1" --from-log --group-by all -o /dev/full "$self_log"
	self_run nowhere "$1" --from-log --group-by all -o missing/x.json "$self_log"
}

self_verbs() {
	for self_file in oci.json recording.json docker.profile spo.profile systemd.profile \
		minijail.profile names.profile ls.log.gzip missing; do
		self_run "convert-$self_file" "$1" convert -f oci --portable "in/$self_file"
		self_run "explain-$self_file" "$1" explain -v "in/$self_file"
	done
	for self_file in "$self_data"/invalid-*/*; do
		self_run "invalid-$(echo "$self_file" | tr / _)" "$1" convert -f names "$self_file"
	done
	self_run many "$1" --from-log -f recording -o out/many.json in/many.log
	for self_format in bpf pfc c oci; do
		self_run "shared-$self_format" "$1" convert -f $self_format in/shared.json
	done
	self_run shared-check "$1" check in/shared.json in/recording.json
	self_run shared-merge "$1" merge -f bpf in/shared.json in/oci.json
	self_run shared-base "$1" --from-log --group-by all --base in/shared.json -f bpf "$self_log"
	self_run convert-kernel "$1" convert -f oci in/kernel.json
	self_run merge-many "$1" merge --as x -f names in/many.json in/many.json
	self_run exec "$1" exec in/broad.json -- echo hello
	self_run exec-verbose "$1" exec -v in/broad.json -- sh -c 'exit 7'
	self_run exec-missing "$1" exec in/broad.json -- /missing
	for self_file in oci.json shared.json docker.profile names.profile missing; do
		self_run "exec-$self_file" "$1" exec "in/$self_file" -- true
	done
	self_run convert-stdin "$1" convert -f bpf - <in/oci.json
	self_run convert-file "$1" convert -f c -o out/profile.c in/oci.json
	self_run merge "$1" merge --as x -o out/merged.json in/recording.json in/recording-2.json
	self_run merge-list "$1" merge --files-from in/list -f docker
	self_run merge-dir "$1" merge -f oci --output-dir out/dir in/recording-2.json
	self_run intersect "$1" merge --intersect in/oci.json in/docker.profile
	self_run diff "$1" diff in/recording.json in/docker.profile
	self_run diff-json "$1" diff --json in/oci.json in/names.profile
	self_run check "$1" check in/oci.json in/recording.json
	self_run check-log "$1" check --unused --kernel 5.10 -o out/check.md --markdown in/docker.profile --from-log in/logs
	self_run check-against "$1" check -q --against libseccomp 2.4.0 in/oci.json
	self_run explain-call "$1" explain in/oci.json in/recording.json openat ptrace
	self_run explain-html "$1" explain --html -o out/page.html in/recording.json
	self_run explain-denied "$1" explain --denied --from-log "$self_data"/wire/*
	self_run explain-proposal "$1" explain --denied --from-log -f oci -o out/proposal.json "$self_data"/wire/*
}

# self_workloads PROGRAM: everything into out/, which is made anew.
self_workloads() {
	rm -rf out
	mkdir -p out/dir
	self_logs "$1"
	self_products "$1"
	self_verbs "$1"
	# On a terminal: colours, and progress.
	script -qec "'$1' --from-log --group-by all -o out/tty.json in/long.log" /dev/null \
		</dev/null >out/tty 2>&1
}
