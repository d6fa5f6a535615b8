#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records the test run of an image with audit-seccomp-gen's podman hook and compares what it called
# with the profile that is committed. Needs root, podman, jq, and audit-seccomp-gen with its hook files.
set -eu
LC_ALL=C
export LC_ALL

usage() {
	cat <<'END'
Usage: record-profile.sh [OPTION]... (--image IMAGE | --build DIRECTORY) [--] [COMMAND [ARGUMENT]...]
Record a container's test run and compare it with the committed seccomp profile.

  --image IMAGE       the image that is run
  --build DIRECTORY   build the image there first (podman build)
  --profile FILE      the committed profile (seccomp.json)
  --artifact FILE     where the updated profile is written (FILE.new of --profile)
  --extend            start from the committed profile: what it allows is kept, only the rest is recorded
  --podman COMMAND    podman and its global options, split at spaces (podman)
  --run-options TEXT  options for `podman run`, split at spaces
  --help              show this and exit

Without a committed profile the recorded one is written to --profile and to --artifact.

Exit status:
  0  nothing is called that the committed profile does not allow, or there was none
  1  there are new calls: they are listed, and the updated profile is at --artifact
  2  usage, or something that is needed is missing
  3  the evidence is incomplete: nothing is concluded from it
  4  the test run itself failed
END
}

complain() {
	echo "record-profile.sh: $*" >&2
}

usage_error() {
	complain "$*"
	exit 2
}

image=
build=
profile=seccomp.json
artifact=
extend=
podman=podman
run_options=
while [ $# -gt 0 ]; do
	case $1 in
	--image | --build | --profile | --artifact | --podman | --run-options)
		[ $# -ge 2 ] || usage_error "$1 needs an argument"
		case $1 in
		--image) image=$2 ;;
		--build) build=$2 ;;
		--profile) profile=$2 ;;
		--artifact) artifact=$2 ;;
		--podman) podman=$2 ;;
		--run-options) run_options=$2 ;;
		esac
		shift
		;;
	--extend) extend=yes ;;
	--help)
		usage
		exit 0
		;;
	--)
		shift
		break
		;;
	-*) usage_error "unknown option $1; --help shows them" ;;
	*) break ;;
	esac
	shift
done
[ -n "$image" ] || [ -n "$build" ] || usage_error 'one of --image and --build is needed'
[ -z "$image" ] || [ -z "$build" ] || usage_error '--image and --build exclude each other'
artifact=${artifact:-$profile.new}
[ "$(id -u)" -eq 0 ] || usage_error 'recording needs root'
for tool in jq "${podman%% *}"; do
	command -v "$tool" >/dev/null 2>&1 || usage_error "$tool is not installed"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/record-profile.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
recorded=$work/recorded.json

# Options are split at spaces, as --help says.
# shellcheck disable=SC2086
if [ -n "$build" ]; then
	$podman build --iidfile "$work/image" "$build" >&2 ||
		usage_error "the image in '$build' cannot be built"
	image=$(cat "$work/image")
fi

what=of:$recorded
if [ -n "$extend" ] && [ -e "$profile" ]; then
	cp "$profile" "$work/base.json"
	what="if:$work/base.json;$what"
fi
status=0
# shellcheck disable=SC2086
$podman run --rm --annotation "io.containers.trace-syscall=$what" $run_options "$image" "$@" ||
	status=$?
if [ "$status" -ne 0 ]; then
	complain "the test run ended with $status: its profile would be that of a failure"
	exit 4
fi
[ -s "$recorded" ] || usage_error 'no profile came: are the hook files of audit-seccomp-gen installed?'
if jq -e '[.. | objects | .comment // empty] | any(test("INCOMPLETE"))' "$recorded" >/dev/null; then
	complain 'the evidence is incomplete:'
	jq -r '.. | objects | .comment // empty | select(test("INCOMPLETE"))' "$recorded" >&2
	exit 3
fi

# A name counts as allowed where no condition limits its rule.
names() {
	jq -r '.syscalls[]? | select(.action == "SCMP_ACT_ALLOW")
		| select(((.includes // {}) + (.excludes // {}) | length == 0) and (.args // [] | length == 0))
		| (.names // [])[], (.name // empty)' "$1" | sort -u
}

cat "$recorded" >"$artifact"
names "$recorded" >"$work/new"
count=$(wc -l <"$work/new" | tr -d ' ')
if [ ! -e "$profile" ]; then
	cat "$recorded" >"$profile"
	echo "$profile: written, $count calls; commit it"
	exit 0
fi
jq -e '.defaultAction' "$profile" >/dev/null || usage_error "$profile is not a seccomp profile"
names "$profile" >"$work/old"
comm -13 "$work/old" "$work/new" >"$work/added"
comm -23 "$work/old" "$work/new" >"$work/gone"
if [ -s "$work/gone" ]; then
	echo "allowed by $profile, but not called in this run:"
	sed 's/^/  - /' "$work/gone"
fi
if [ -s "$work/added" ]; then
	echo "new calls, not allowed by $profile:"
	sed 's/^/  + /' "$work/added"
	echo "The updated profile is $artifact: look at it, and commit it as $profile if that is meant."
	exit 1
fi
echo "$profile: allows all $count calls of this run"
