#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the formats' own definitions say of our products: JSON schemas written from them, and the
# programs that compile them where a package has one. TAP.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"

python=
for candidate in /usr/bin/python3 python3; do
	if "$candidate" -c 'import jsonschema, yaml' 2>/dev/null; then
		python=$candidate
		break
	fi
done
schemas=$top_srcdir/tests/data/schemas
snap_seccomp=${SNAP_SECCOMP:-/usr/lib/snapd/snap-seccomp}

# Profiles of all kinds: what a container engine brings, ours, and what other formats make of them.
profiles="$top_srcdir/tests/data/profiles/everything.json $top_srcdir/tests/data/profiles/deny-list.json"
engine=/usr/share/containers/seccomp.json
[ ! -e "$engine" ] || profiles="$profiles $engine"
cd "$work" || exit 99
printf 'read\nwrite\nexit_group\n' >names.txt
printf '[Service]\nSystemCallFilter=@system-service\nSystemCallFilter=~@mount\nSystemCallErrorNumber=EPERM\n' >unit.conf
printf 'read: 1\nsocket: arg0 == 1 || arg0 == 16 && arg2 in ~0x8\nopen: return ENOSYS\n' >jail.policy
profiles="$profiles names.txt unit.conf jail.policy"

# make_all FORMAT EXTENSION: the products of all profiles, FORMAT-N.EXTENSION; their names in $made.
make_all() {
	made=
	number=0
	for profile in $profiles; do
		number=$((number + 1))
		run "$ASG" convert -q -f "$1" -o "$1-$number.$2" "$profile"
		if [ "$status" -ne 0 ]; then
			what_happened >"$why"
			not_ok "$1 is made of $profile"
			return 1
		fi
		made="$made $1-$number.$2"
	done
}

# fits FORMAT EXTENSION SCHEMA: every product is what the schema says.
fits() {
	if [ -z "$python" ]; then
		skip "$1 fits its schema" 'python3 has no jsonschema and yaml'
		return
	fi
	make_all "$1" "$2" || return
	# shellcheck disable=SC2086 # a list of files
	run "$python" "$top_srcdir/tests/system/schema.py" "$schemas/$3" $made
	exits 0 "$1 fits its schema, made of $number profiles"
}

fits oci json oci-seccomp.json
fits docker json docker-seccomp.json
fits spo yaml spo-seccompprofile.json

# A schema that takes anything would say nothing.
if [ -n "$python" ]; then
	printf 'apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nmetadata: {name: A}\nspec: {defaultAction: SCMP_ACT_NOTIFY, syscalls: [{names: [], action: SCMP_ACT_ALLOW}]}\n' >wrong.yaml
	run "$python" "$top_srcdir/tests/system/schema.py" "$schemas/spo-seccompprofile.json" wrong.yaml
	exits 1 'the schema refuses what is wrong'
	is "$(wc -l <"$out")" 3 'each of three things in it'
fi

# --- snapd's own compiler

if [ -x "$snap_seccomp" ]; then
	make_all snapd src
	for profile in $made; do
		run "$snap_seccomp" compile "$profile" filter
		exits 0 "snap-seccomp compiles $profile"
	done
	check 'the filter is a program' test -s filter
else
	skip 'snap-seccomp compiles the products' 'snap-seccomp is not installed'
fi

# --- systemd's groups are those of the systemd that the table was made from

version=$(systemd-analyze --version 2>/dev/null | sed -n 's/^systemd \([0-9]*\).*/\1/p')
if [ "$version" = 252 ]; then
	# All calls of a group, whether systemd lists the group in it or its calls.
	for group in $(systemd-analyze syscall-filter 2>/dev/null | grep '^@'); do
		printf '[Service]\nSystemCallFilter=~%s\n' "$group" >group.conf
		"$ASG" convert -q -f oci group.conf |
			jq -r '.syscalls[].names[]' | sort | sed "s/^/$group /"
	done >got
	systemd-analyze syscall-filter 2>/dev/null | awk '
		/^@/ { group = $1; next }
		/^    [a-z_@]/ { member[group, ++n[group]] = $1 }
		function expand(top, g, i) {
			for (i = 1; i <= n[g]; i++)
				if (member[g, i] ~ /^@/) expand(top, member[g, i]); else print top, member[g, i]
		}
		END { for (g in n) expand(g, g) }' | sort -u >expected
	sort -u got -o got
	check 'the groups are those of systemd 252' cmp expected got
else
	skip 'the groups are those of systemd 252' "systemd here is ${version:-not installed}"
fi

finish
