# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the filters that a consumer has loaded answer, held against the profile, call by call (judge.c):
# where it is otherwise, convert must have said so. Source it behind lib.sh.
# shellcheck disable=SC2154 # variables of lib.sh
judge=${top_builddir:-$top_srcdir}/tests/system/judge

# sleeper: a command whose process can be found by its argument.
sleeper="sleep 60.$$"

# The process that does it, wherever it was started.
sleeping() {
	pgrep -nxf "$sleeper"
}

# told KIND ARCH NAME LOSSES: the losses name the call, or the architecture as a whole.
told() {
	grep -E "(^|[ #])$1: " "$4" |
		grep -Eq "(: |[: ])($3|$2)([ .]|\$)"
}

# judged FORMAT PROFILE LOSSES: the process that sleeps is under what was meant.
judged() {
	judged_format=$1
	judged_losses=$3
	if ! wait_for 10 sleeping; then
		what_happened >"$why"
		not_ok "$judged_format: a process sleeps under it"
		return
	fi
	ok "$judged_format: a process sleeps under it"
	if ! "$judge" "$2" "$(sleeping)" >"$work/.judged" 2>"$why"; then
		not_ok "$judged_format: its filters can be read"
		return
	fi
	grep -E '^(wider|narrower) ' "$work/.judged" | while read -r judged_kind judged_arch judged_name judged_args; do
		case $judged_kind in
		wider) judged_kind=WIDER ;;
		narrower) judged_kind='(narrower|note)' ;;
		esac
		told "$judged_kind" "$judged_arch" "$judged_name" "$judged_losses" ||
			echo "$judged_kind $judged_arch $judged_name $judged_args, and not said"
	done >"$why"
	if [ -s "$why" ]; then
		not_ok "$judged_format: the kernel has what was meant, or the loss was said"
	else
		ok "$judged_format: the kernel has what was meant, or the loss was said"
	fi
	kill -KILL "$(sleeping)"
	wait_for 10 awake
}

awake() {
	! sleeping
}

# exactly FORMAT: what judged() has found is nothing at all.
exactly() {
	is '' "$(head -n 20 "$work/.judged")" "$1: exactly"
}

# native_arches: those of this machine, as profiles name them.
native_arches() {
	case $(uname -m) in
	x86_64) echo SCMP_ARCH_X86_64 ;;
	aarch64) echo SCMP_ARCH_AARCH64 ;;
	esac
}

# made_up [ARCH...]: a profile with everything in it: most calls, but mkdir; comparisons of arguments,
# answers of their own.
made_up() {
	made_arches=$(printf '%s\n' "$@" | jq -Rn '[ inputs | select(. != "") ]')
	systemd-analyze syscall-filter @known 2>/dev/null | sed -n 's/^    \([a-z_][a-z0-9_]*\)$/\1/p' |
		grep -vxE 'mkdir|mkdirat|clone|clone3|personality|socket|acct|swapon|setns|unshare' |
		jq -Rn --argjson arches "$made_arches" '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1,
			architectures: $arches,
			syscalls: [ { names: [ inputs ], action: "SCMP_ACT_ALLOW" },
				{ names: [ "clone3" ], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
				{ names: [ "acct" ], action: "SCMP_ACT_KILL_PROCESS" },
				{ names: [ "swapon" ], action: "SCMP_ACT_ERRNO", errnoRet: 13 },
				{ names: [ "personality" ], action: "SCMP_ACT_ALLOW",
					args: [ { index: 0, value: 0, op: "SCMP_CMP_EQ" } ] },
				{ names: [ "personality" ], action: "SCMP_ACT_ALLOW",
					args: [ { index: 0, value: 4294967295, op: "SCMP_CMP_EQ" } ] },
				{ names: [ "socket" ], action: "SCMP_ACT_ALLOW",
					args: [ { index: 0, value: 16, op: "SCMP_CMP_NE" }, { index: 1, value: 3, op: "SCMP_CMP_LE" } ] },
				{ names: [ "clone" ], action: "SCMP_ACT_ALLOW",
					args: [ { index: 0, value: 2114060288, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" } ] } ] }
			| if $arches == [] then del(.architectures) else . end'
}
