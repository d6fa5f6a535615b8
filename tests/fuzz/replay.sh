#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each fuzz target over its corpus. One test point a target; what it said follows a failure.
# TAP.
set -u

top_srcdir=${top_srcdir:-$(dirname "$0")/../..}
top_builddir=${top_builddir:-$top_srcdir}

set -- "$top_srcdir"/tests/fuzz/fuzz_*.c
if [ ! -e "$1" ]; then
	echo '1..0 # SKIP there are no fuzz targets'
	exit 0
fi

echo "1..$#"
number=0
for source in "$@"; do
	number=$((number + 1))
	target=$(basename "$source" .c)
	target=${target#fuzz_}
	corpus=$top_srcdir/tests/fuzz/corpus/$target
	if [ ! -d "$corpus" ]; then
		echo "not ok $number - $target: tests/fuzz/corpus/$target is missing"
	elif said=$("$top_builddir/tests/fuzz/replay_$target" "$corpus" 2>&1); then
		echo "ok $number - $target: $(printf '%s\n' "$said" | grep -c '^ok ') inputs replayed"
	else
		echo "not ok $number - $target"
		printf '%s\n' "$said" | tail -n 40 | sed 's/^/# /'
	fi
done
