#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Holds the sources to their layers: a folder includes only from itself and from what stands before
# it, and each library is known to few files. TAP.
set -u
LC_ALL=C
export LC_ALL

cd "${top_srcdir:-$(dirname "$0")/..}" || exit 99

layers='base arch audit target model format command'
number=0

# verdict DESCRIPTION BREACHES: a test point that holds when BREACHES is empty.
verdict() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# includes FILE...: "file:line: header" for each include, with what kind of quotes it has.
includes() {
	awk '
		/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
			header = $0
			sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
			sub(/[ \t]*(\/[*\/].*)?$/, "", header)
			print FILENAME ":" FNR ": " header
		}' "$@" /dev/null
}

# above LAYER: the layers that it must not see.
above() {
	seen=
	for layer in $layers; do
		if [ -n "$seen" ]; then
			echo "$layer"
		elif [ "$layer" = "$1" ]; then
			seen=yes
		fi
	done
}

all_files() {
	find src -name '*.[ch]' | sort
}

# confined PATTERN FILE-PATTERN: includes matching PATTERN outside of the files that may have them.
confined() {
	# shellcheck disable=SC2046 # no name in this tree has a space in it
	includes $(all_files) | grep -E ": <($1)>" | grep -Ev "^($2):"
}

# shellcheck disable=SC2086 # a list of words
set -- $layers
echo "1..$(($# + 13))"

for layer in $layers; do
	higher=$(above "$layer" | tr '\n' '|')
	found=
	if [ -n "$higher" ]; then
		# shellcheck disable=SC2046
		found=$(includes $(find "src/$layer" -name '*.[ch]') | grep -E ": \"(${higher%|})/")
	fi
	verdict "src/$layer sees only itself and what stands before it" "$found"
done

unknown=$(
	find src -mindepth 1 -maxdepth 1 \( -type d ! -name '.*' -o -name '*.[ch]' \) | sort |
		while read -r path; do
			case " main.c $layers " in
			*" ${path#src/} "*) ;;
			*) echo "$path is no layer" ;;
			esac
		done
)
verdict 'src holds main.c and the layers, nothing else' "$unknown"

# shellcheck disable=SC2046
loose=$(includes $(all_files) | grep -E ': "' | grep -Ev ': "((base|arch|audit|target|model|format|command)/[a-z0-9_]+\.h|config\.h)"')
verdict 'every include of ours is written from src/' "$loose"

missing=$(
	# shellcheck disable=SC2046
	includes $(all_files) | sed -n 's/^\(.*\): "\(.*\)"$/\1 \2/p' |
		while read -r place header; do
			[ "$header" = config.h ] || [ -e "src/$header" ] || echo "$place: $header does not exist"
		done)
verdict 'every header that is included exists' "$missing"

# shellcheck disable=SC2046
verdict 'no header includes config.h' "$(includes $(find src -name '*.h') | grep '"config.h"')"

verdict 'libauparse is known to audit/decode.c only' "$(confined 'auparse.*' 'src/audit/decode\.c')"
verdict 'libaudit is known to audit/source_netlink.c, audit/kernel.c and audit/session_rules.c only' \
	"$(confined 'libaudit\.h' 'src/audit/(source_netlink\.c|kernel_private\.h|session_rules\.c)')"
verdict 'libseccomp is known to arch, target/filter.c and format/bpf.c only' \
	"$(confined 'seccomp\.h' 'src/arch/[a-z0-9_]+\.[ch]|src/target/filter\.c|src/format/bpf\.c')"
verdict 'jansson is known to model/*_json and format only' \
	"$(confined 'jansson\.h' 'src/model/[a-z0-9_]+_json\.[ch]|src/format/[a-z0-9_]+\.[ch]')"
verdict 'libyaml is known to format/yaml_*.c only' \
	"$(confined 'yaml\.h' 'src/format/yaml_[a-z]+\.[ch]')"
verdict 'libarchive is known to audit/unpack.c only' \
	"$(confined 'archive(_entry)?\.h' 'src/audit/unpack\.c')"
verdict 'getopt is known to command/options.c only' \
	"$(confined 'getopt\.h' 'src/command/options[a-z_]*\.c')"

unmarked=$(all_files | while read -r path; do
	head -n 1 "$path" | grep -qF '/* SPDX-License-Identifier: Apache-2.0 */' || echo "$path"
done)
verdict 'every source file starts with its licence' "$unmarked"

# shellcheck disable=SC2046
unsafe=$(grep -nEw 'strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|system|popen|alloca|strtok' $(all_files) /dev/null |
	grep -E '[^a-z_](strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|system|popen|alloca|strtok)\(')
verdict 'no call that cannot say where it ends or what it failed at' "$unsafe"
