#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records what this program calls once it is confined, and writes the profile of it to the file named.
# `make self-profile` calls it; the program is tests/self/logged, of which the kernel logs all that.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
# shellcheck source=tests/system/lib-self.sh
. "$(dirname "$0")/../system/lib-self.sh"
product=$1
case $product in /*) ;; *) product=$PWD/$product ;; esac
top_srcdir=$(cd "$top_srcdir" && pwd) || exit 99
logged=$(cd "$top_builddir" && pwd)/tests/self/logged
ASG_REQUIRE_LIVE=1 need_live
need script gzip xz zstd
cd "$work" || exit 99
self_inputs

"$ASG" --live --exe "$logged" --group-by all -f recording -o recording.json 2>live.err </dev/null &
note_pid $!
listener=$!
wait_for 5 grep -q . live.err || { cat live.err; exit 1; }
# The listener ends when the last of those selected has gone: this one waits for its log.
mkfifo in/hold
exec 7<>in/hold
"$logged" --from-log in/hold >/dev/null 2>&1 7>&- &
note_pid $!
self_workloads "$logged"
exec 7>&-
wait "$listener" || { cat live.err; exit 1; }
# For every architecture: what another libc calls in place of what this one does is in it, too.
"$ASG" merge --no-sandbox -q -f oci --runtime-base=none --portable \
	--arch x86_64,x86,aarch64,arm,riscv64,ppc64le,loongarch64 -o "$product" recording.json
