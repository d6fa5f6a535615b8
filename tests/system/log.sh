#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Logs, read from end to end: every wire form, selection, grouping, what is refused and why. TAP.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
finish
