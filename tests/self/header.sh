#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# header.sh PROFILE: the C tables of a profile that record.sh wrote, on standard output.
set -eu
LC_ALL=C
export LC_ALL

# table NAME ACTION: the sorted names of the rules with that action.
table() {
	echo
	echo "static const char *const $1[] = {"
	jq -r --arg action "$2" '[.syscalls[] | select(.action == $action) | .names[]] | unique | .[]' "$profile" |
		sed 's/.*/	"&",/'
	echo '};'
}

profile=$1
cat <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this program calls while it is confined. Made by `make self-profile` from what it was
 * recorded to call (tests/self/profile.json): do not edit.
 */
#ifndef ASG_TARGET_SANDBOX_CALLS_H
#define ASG_TARGET_SANDBOX_CALLS_H
END
table sandbox_offline_allowed SCMP_ACT_ALLOW
table sandbox_offline_missing SCMP_ACT_ERRNO
echo
echo '#endif'
