#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds the completions and the manual page against --help: the same options, verbs and formats. TAP.
set -u
LC_ALL=C
export LC_ALL

top_srcdir=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
program=$top_builddir/src/audit-seccomp-gen
completions=$top_srcdir/completions

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
number=0

# same DESCRIPTION EXPECTED GOT: two files of words, in any order.
same() {
	number=$((number + 1))
	sort -u "$2" >"$work/a"
	sort -u "$3" >"$work/b"
	if [ -s "$work/a" ] && cmp -s "$work/a" "$work/b"; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	[ -s "$work/a" ] || echo "# --help names none"
	comm -23 "$work/a" "$work/b" | sed 's/^/# missing: /'
	comm -13 "$work/a" "$work/b" | sed 's/^/# not in --help: /'
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# options_of FILE: the options that a --help lists
options_of() {
	sed -n 's/^ \{2,6\}\(-[A-Za-z], \)\{0,1\}\(--[a-z-]*\).*/\1 \2/p' "$1" | tr -d , | tr -s ' ' '\n' | grep .
}

if ! "$program" --help >"$work/help"; then
	echo "Bail out! $program --help fails"
	exit 1
fi
options_of "$work/help" >"$work/options"
awk '/^[A-Z].*:$/ { inside = $0 == "Verbs:"; next } inside && /^  [a-z]/ { print $1 }' \
	"$work/help" >"$work/verbs"
awk '/--format=/ { print $3; inside = 1; next }
	inside && /^                              / { print $1; next }
	{ inside = 0 }' "$work/help" >"$work/formats"

# Verbs have options of their own: in $work/of/VERB, and all that there are in $work/all.
mkdir "$work/of"
with_options=
cp "$work/options" "$work/all"
while read -r verb; do
	"$program" "$verb" --help >"$work/help-verb" || echo "Bail out! $verb --help fails"
	options_of "$work/help-verb" >"$work/of/$verb" || continue
	with_options="$with_options $verb"
	cat "$work/of/$verb" >>"$work/all"
done <"$work/verbs"

# driven WORD...: what bash would offer for the last word
driven() {
	bash --norc --noprofile -c '
		source "$1" || exit
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_audit_seccomp_gen
		printf "%s\n" "${COMPREPLY[@]}"' - "$completions/audit-seccomp-gen" "$@"
}

if command -v bash >/dev/null; then
	driven audit-seccomp-gen - >"$work/got"
	same 'bash offers every option' "$work/options" "$work/got"
	driven audit-seccomp-gen -f '' >"$work/got"
	same 'bash offers every format' "$work/formats" "$work/got"
	driven audit-seccomp-gen '' | grep -xF -f "$work/verbs" >"$work/got"
	same 'bash offers every verb' "$work/verbs" "$work/got"
	for verb in $with_options; do
		driven audit-seccomp-gen "$verb" - >"$work/got"
		same "bash offers every option of $verb" "$work/of/$verb" "$work/got"
	done
else
	for what in options formats verbs; do
		skip "bash offers every one of the $what" 'no bash here'
	done
fi

# offered LINE: what fish would offer at the end of LINE
offered() {
	# shellcheck disable=SC2016 # fish's own variables
	XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_CACHE_HOME=$work HOME=$work \
		fish --no-config -c 'source $argv[1]; complete -C $argv[2]' \
		"$completions/audit-seccomp-gen.fish" "$1" 2>"$work/error" | cut -f 1
	sed 's/^/# /' "$work/error"
}

if command -v fish >/dev/null; then
	{
		offered 'audit-seccomp-gen --'
		offered 'audit-seccomp-gen -' | grep -x -e '-[A-Za-z]'
	} >"$work/got"
	same 'fish offers every option' "$work/options" "$work/got"
	offered 'audit-seccomp-gen --format ' >"$work/got"
	same 'fish offers every format' "$work/formats" "$work/got"
	offered 'audit-seccomp-gen ' | grep -xF -f "$work/verbs" >"$work/got"
	same 'fish offers every verb' "$work/verbs" "$work/got"
	for verb in $with_options; do
		{
			offered "audit-seccomp-gen $verb --"
			offered "audit-seccomp-gen $verb -" | grep -x -e '-[A-Za-z]'
		} >"$work/got"
		same "fish offers every option of $verb" "$work/of/$verb" "$work/got"
	done
else
	for what in options formats verbs; do
		skip "fish offers every one of the $what" 'no fish here'
	done
fi

# zsh cannot be asked without a terminal: its table is read instead.
# table NAME: the options in one of its arrays
table() {
	awk -v start="$1=(" '$0 == start { inside = 1; next } /^\)/ { inside = 0 } inside' "$completions/_audit-seccomp-gen" |
		sed "s/\[.*//; s/([^)]*)//g; s/[{}',*=]/ /g" | tr -s ' \t' '\n' | grep -e '^-'
}
table options >"$work/got"
same 'zsh offers every option' "$work/options" "$work/got"
for verb in $with_options; do
	table "$verb" >"$work/got"
	same "zsh offers every option of $verb" "$work/of/$verb" "$work/got"
done
if command -v zsh >/dev/null; then
	number=$((number + 1))
	if zsh -f -n "$completions/_audit-seccomp-gen"; then
		echo "ok $number - zsh can read its file"
	else
		echo "not ok $number - zsh can read its file"
	fi
else
	skip 'zsh can read its file' 'no zsh here'
fi

page=$work/pages
cat "$top_srcdir"/man/*.8 >"$page"
sed -n 's/^\.It Fl \(.*\)/\1/p' "$page" | sed 's/ N[so] .*//; s/ Ar .*//; s/ , Fl / /; s/\([^ ][^ ]*\)/-\1/g' |
	tr ' ' '\n' | grep . >"$work/got"
same 'the manual page describes every option' "$work/all" "$work/got"
sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$page" | grep -xF -f "$work/verbs" >"$work/got"
same 'the manual page describes every verb' "$work/verbs" "$work/got"
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.Cm \([a-z]*\).*/\1/p' "$page" |
	grep -xF -f "$work/verbs" >"$work/got"
same 'its synopsis has every verb' "$work/verbs" "$work/got"
echo "1..$number"
