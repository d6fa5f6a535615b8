#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makefile.am lists its files one by one. Here the lists are held against the tree, both ways. TAP.
set -u
LC_ALL=C
export LC_ALL

cd "${top_srcdir:-$(dirname "$0")/..}" || exit 99

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
number=0

# compare DESCRIPTION PATTERN: files in the tree against words of Makefile.am, read from $work/tree.
compare() {
	number=$((number + 1))
	sed 's/[[:space:]\\]\{1,\}/\n/g' Makefile.am | grep -E "^($2)\$" | sort -u >"$work/listed"
	sort -u "$work/tree" -o "$work/tree"
	forgotten=$(comm -23 "$work/tree" "$work/listed")
	gone=$(comm -13 "$work/tree" "$work/listed")
	if [ -z "$forgotten$gone" ]; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	for path in $forgotten; do
		echo "# not in Makefile.am: $path"
	done
	for path in $gone; do
		echo "# only in Makefile.am: $path"
	done
}

echo 1..8
find src -name '*.[ch]' >"$work/tree"
compare 'sources' 'src/.*\.[ch]'
find tests/unit -name '*.[ch]' >"$work/tree"
compare 'unit tests' 'tests/unit/.*\.[ch]'
find tests/fuzz -name '*.[ch]' >"$work/tree"
compare 'fuzz targets' 'tests/fuzz/.*\.[ch]'
find tests -name '*.sh' ! -path 'tests/data/*' >"$work/tree"
compare 'test scripts' 'tests/.*\.sh'
find man -name '*.[1-9]' >"$work/tree"
compare 'manual pages' 'man/.*\.[1-9]'
find rules -type f >"$work/tree"
compare 'rules' 'rules/.+'
find completions -type f >"$work/tree"
compare 'completions' 'completions/.+'

# What the rule file for arguments asks for, the table of arguments knows.
number=$((number + 1))
unknown=$(sed -n 's/^#\{0,1\}-a .* -S \([^ ]*\) .*/\1/p' rules/31-asg-arguments.rules | tr , '\n' | sort -u |
	while read -r call; do
		grep -q "{ \"$call\"," src/arch/argument.c || echo "$call"
	done)
if [ -z "$unknown" ]; then
	echo "ok $number - calls of rules/31-asg-arguments.rules"
else
	echo "not ok $number - calls of rules/31-asg-arguments.rules"
	for call in $unknown; do
		echo "# not in src/arch/argument.c: $call"
	done
fi
