#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes ./configure. Needed in a checkout only; a release tarball has it already.
set -eu

cd "$(dirname "$0")"

missing=
for tool in autoconf automake aclocal pkg-config; do
	if ! command -v "$tool" >/dev/null 2>&1; then
		missing="$missing $tool"
	fi
done
if [ -n "$missing" ]; then
	echo "autogen.sh: not found:$missing" >&2
	echo "  Debian, Ubuntu: apt-get install autoconf automake pkg-config" >&2
	echo "  Fedora:         dnf install autoconf automake pkgconf-pkg-config" >&2
	exit 1
fi

autoreconf --force --install --warnings=all
