#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From a fresh machine to a recorded profile, or to a full test run, in one command.
set -eu

usage() {
	cat <<'END'
Usage: ./bootstrap.sh [run [-- COMMAND [ARG]...]]
       ./bootstrap.sh check
       ./bootstrap.sh deps [build|test]

  run    install what the build needs, build, record COMMAND (ls -l /) and show the profile;
         where audit cannot be had, make a profile from a bundled log instead
  check  install what the tests need, build with gcc and clang, run every test and every linter
  deps   install packages only: what the build needs, or what the tests need as well

Each command that changes the system is shown before it runs; nothing but packages is changed
outside of this directory, and no service is started or left enabled. Builds go to build/.
Set MAKEFLAGS to choose another number of jobs than there are processors.
END
}

cd "$(dirname "$0")"
top=$PWD
# Debian leaves the system directories out of an ordinary user's PATH.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
if [ -z "${MAKEFLAGS:-}" ]; then
	MAKEFLAGS=-j$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
	export MAKEFLAGS
fi

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "bootstrap.sh: $*"
	exit 1
}

show() {
	say "+ $*"
	"$@"
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# as_root COMMAND...: shown and run as root; fails when there is no way to become root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		show "$@"
	elif have sudo; then
		show sudo "$@"
	elif have doas; then
		show doas "$@"
	else
		say "bootstrap.sh: this needs root, and there is neither sudo nor doas: $*"
		return 1
	fi
}

# What is needed, how its presence is known, and the packages that bring it: one line each.
# Probes: compiler, command:NAME, library:MODULE[>=VERSION], python:MODULE, m32, sanitizers. "-": not to be had.
# Several packages are joined by a comma.
build_needs() {
	cat <<'END'
# probe                  apt                  dnf                    zypper                apk                     pacman
compiler                 gcc,libc6-dev        gcc,glibc-devel        gcc,glibc-devel       gcc,musl-dev,linux-headers  gcc
command:make             make                 make                   make                  make                    make
command:autoconf         autoconf             autoconf               autoconf              autoconf                autoconf
command:automake         automake             automake               automake              automake                automake
command:pkg-config       pkg-config           pkgconf-pkg-config     pkg-config            pkgconf                 pkgconf
library:audit            libaudit-dev         audit-libs-devel       audit-devel           audit-dev               audit
library:auparse          libauparse-dev       audit-libs-devel       audit-devel           audit-dev               audit
library:libseccomp>=2.5  libseccomp-dev       libseccomp-devel       libseccomp-devel      libseccomp-dev          libseccomp
library:jansson>=2.12    libjansson-dev       jansson-devel          libjansson-devel      jansson-dev             jansson
library:yaml-0.1>=0.2.2  libyaml-dev          libyaml-devel          libyaml-devel         yaml-dev                libyaml
library:libarchive>=3.1  libarchive-dev       libarchive-devel       libarchive-devel      libarchive-dev          libarchive
END
}

test_needs() {
	cat <<'END'
library:cmocka           libcmocka-dev        libcmocka-devel        libcmocka-devel       cmocka-dev              cmocka
command:auditd           auditd               audit                  audit                 audit                   audit
command:ausearch         auditd               audit                  audit                 audit                   audit
command:strace           strace               strace                 strace                strace                  strace
command:podman           podman               podman                 podman                podman                  podman
command:crun             crun                 crun                   crun                  crun                    crun
command:runc             runc                 runc                   runc                  runc                    runc
command:dockerd          docker.io            moby-engine            docker                docker                  docker
command:containerd       containerd           containerd             containerd            containerd              containerd
command:conmon           conmon               conmon                 conmon                conmon                  conmon
command:tar              tar                  tar                    tar                   tar                     tar
command:bwrap            bubblewrap           bubblewrap             bubblewrap            bubblewrap              bubblewrap
command:firejail         firejail             firejail               firejail              firejail                firejail
command:lxc-execute      lxc                  lxc                    lxc                   lxc                     lxc
command:systemd-analyze  systemd              systemd                systemd               -                       systemd
command:busybox          busybox-static       busybox                busybox-static        busybox-static          busybox
command:redis-server     redis-server         redis                  redis                 redis                   redis
command:nginx            nginx-light          nginx                  nginx                 nginx                   nginx
command:curl             curl                 curl                   curl                  curl                    curl
command:bzip2            bzip2                bzip2                  bzip2                 bzip2                   bzip2
command:jq               jq                   jq                     jq                    jq                      jq
command:python3          python3              python3                python3               python3                 python
python:jsonschema        python3-jsonschema   python3-jsonschema     python3-jsonschema    py3-jsonschema          python-jsonschema
python:yaml              python3-yaml         python3-pyyaml         python3-PyYAML        py3-yaml                python-yaml
command:/usr/lib/snapd/snap-seccomp  snapd    -                      -                     -                       -
command:zstd             zstd                 zstd                   zstd                  zstd                    zstd
command:xz               xz-utils             xz                     xz                    xz                      xz
command:gzip             gzip                 gzip                   gzip                  gzip                    gzip
command:setpriv          util-linux           util-linux             util-linux            setpriv                 util-linux
command:unshare          util-linux           util-linux             util-linux            util-linux              util-linux
command:ps               procps               procps-ng              procps                procps                  procps-ng
command:bash             bash                 bash                   bash                  bash                    bash
command:zsh              zsh                  zsh                    zsh                   zsh                     zsh
command:fish             fish                 fish                   fish                  fish                    fish
command:mandoc           mandoc               mandoc                 mandoc                mandoc                  mandoc
command:shellcheck       shellcheck           ShellCheck             ShellCheck            shellcheck              shellcheck
command:cppcheck         cppcheck             cppcheck               cppcheck              cppcheck                cppcheck
command:clang            clang                clang                  clang                 clang                   clang
command:clang-format     clang-format         clang-tools-extra      clang-tools           clang-extra-tools       clang
sanitizers:clang         libclang-rt-dev      compiler-rt            clang                 compiler-rt             compiler-rt
sanitizers:gcc           gcc                  libasan,libubsan       libasan8,libubsan1    -                       gcc
m32                      gcc-multilib         glibc-devel.i686,libgcc.i686  gcc-32bit,glibc-devel-32bit  -         lib32-gcc-libs,lib32-glibc
END
}

# links COMPILER [FLAG]...: can it make a program?
links() {
	have "$1" || return 1
	probe_out=$(mktemp)
	if printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
		"$@" -x c - -o "$probe_out" >/dev/null 2>&1; then
		rm -f "$probe_out"
		return 0
	fi
	rm -f "$probe_out"
	return 1
}

met() {
	case $1 in
	compiler) links "${CC:-cc}" || links gcc || links clang ;;
	command:*) have "${1#*:}" ;;
	library:*) have pkg-config && pkg-config --exists "$(echo "${1#*:}" | sed 's/>=/ >= /')" ;;
	python:*) /usr/bin/python3 -c "import ${1#*:}" 2>/dev/null || python3 -c "import ${1#*:}" 2>/dev/null ;;
	sanitizers:*) links "${1#*:}" -fsanitize=address,undefined ;;
	m32) [ "$(uname -m)" != x86_64 ] || links gcc -m32 ;;
	*) die "unknown probe '$1'" ;;
	esac
}

package_manager() {
	for manager in apt-get dnf zypper apk pacman; do
		if have "$manager"; then
			echo "$manager"
			return
		fi
	done
	return 1
}

# packages_for MANAGER: reads needs, writes the packages for those that are not met, once each.
packages_for() {
	case $1 in
	apt-get) column=2 ;;
	dnf) column=3 ;;
	zypper) column=4 ;;
	apk) column=5 ;;
	*) column=6 ;;
	esac
	grep -v '^#' | while read -r probe names; do
		if ! met "$probe"; then
			echo "$probe $names" | awk -v column="$column" '$column != "-" { print $column }' | tr , '\n'
		fi
	done | sort -u
}

# known MANAGER PACKAGE: does this distribution have it? Asked for what only the tests need.
known() {
	case $1 in
	apt-get) [ -n "$(apt-cache --names-only search "^$2\$")$(apt-cache show "$2" 2>/dev/null | head -n 1)" ] ;;
	dnf) dnf -q list "$2" >/dev/null 2>&1 ;;
	zypper) zypper -q --non-interactive search --match-exact --provides "$2" >/dev/null 2>&1 ;;
	apk) [ -n "$(apk search -e "$2" 2>/dev/null)" ] ;;
	pacman) pacman -Si "$2" >/dev/null 2>&1 ;;
	esac
}

refresh() {
	case $1 in
	apt-get) as_root apt-get -q update ;;
	zypper) as_root zypper --non-interactive refresh ;;
	apk) as_root apk update ;;
	# The lists are fetched only where there are none: newer lists alone make a partial upgrade.
	pacman) pacman -Si gcc >/dev/null 2>&1 || as_root pacman -Sy ;;
	esac
}

# The two variables keep Debian's maintainer scripts from starting services, with and without systemd.
install() {
	manager=$1
	shift
	case $manager in
	apt-get)
		as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 SYSTEMD_OFFLINE=1 \
			apt-get -q -y -o Acquire::Retries=3 install --no-install-recommends "$@"
		;;
	dnf) as_root dnf -y --setopt=install_weak_deps=False install "$@" ;;
	zypper) as_root zypper --non-interactive install --no-recommends "$@" ;;
	apk) as_root apk add "$@" ;;
	pacman) as_root pacman -S --noconfirm --needed "$@" ;;
	esac </dev/null
}

enabled_units() {
	if [ -d /run/systemd/system ]; then
		systemctl list-unit-files --no-legend --state=enabled 2>/dev/null | awk '{ print $1 }' | sort
	fi
}

# Packages enable their services for the next boot; those that were not enabled before are switched
# off again.
disable_new_units() {
	for unit in $(enabled_units); do
		case "
$1
" in
		*"
$unit
"*) ;;
		*) as_root systemctl disable "$unit" ;;
		esac
	done
}

# deps build|test
deps() {
	manager=$(package_manager) || manager=
	needed=$(build_needs | packages_for "${manager:-apt-get}")
	wanted=
	if [ "$1" = test ]; then
		wanted=$(test_needs | packages_for "${manager:-apt-get}")
	fi
	if [ -z "$needed$wanted" ]; then
		say "everything that is needed is installed ($1)"
		return 0
	fi
	[ -n "$manager" ] || die "no package manager known here; needed, by Debian's names: $(echo "$needed" "$wanted" | tr '\n' ' ')"
	refresh "$manager"
	present=
	for package in $wanted; do
		if known "$manager" "$package"; then
			present="$present $package"
		else
			say "not to be had here, tests that need it will be skipped: $package"
		fi
	done
	enabled=$(enabled_units)
	# shellcheck disable=SC2086 # lists of words
	install "$manager" $needed $present
	disable_new_units "$enabled"
}

# build DIRECTORY [CONFIGURE-ARGUMENT]...: also called where set -e has no effect.
build() {
	directory=$1
	shift
	if [ ! -x configure ] || [ -n "$(find configure.ac -newer configure)" ]; then
		show ./autogen.sh || return
	fi
	if [ -e config.status ]; then
		die "this tree is configured in place, which keeps it from being built elsewhere: make distclean"
	fi
	mkdir -p "$directory" || return
	if [ ! -e "$directory/Makefile" ]; then
		(cd "$directory" && show "$top/configure" -q "$@") || return
	fi
	show make -s -C "$directory"
}

run() {
	if [ $# -eq 0 ]; then
		set -- ls -l /
	fi
	deps build
	build build/run
	program=build/run/src/audit-seccomp-gen
	output=build/$(basename "$1" | tr -c 'A-Za-z0-9._\n-' _).json
	if doctor=$(as_root "$program" doctor 2>&1); then
		status=0
		as_root "$program" -o "$output" -- "$@" || status=$?
	else
		printf '%s\n' "$doctor" >&2
		say
		say "A command cannot be recorded here (see above). A profile from a bundled log of \"ls\":"
		output=build/ls.json
		status=0
		show "$program" -o "$output" --from-log tests/data/real/ls.log || status=$?
	fi
	if [ -e "$output" ]; then
		say
		say "The profile is in $output"
	fi
	return "$status"
}

# --- check ---

passed=0
failed=0
skipped=0

# results DIRECTORY KINDS: a line for each result of the TAP driver below it.
results() {
	find "$1" -name '*.trs' -exec grep -hE "^:test-result: *($2)" {} +
}

# count DIRECTORY: adds up the results below it and shows those that are not a success.
count() {
	passed=$((passed + $(results "$1" 'PASS|XFAIL' | wc -l)))
	failed=$((failed + $(results "$1" 'FAIL|XPASS|ERROR' | wc -l)))
	skipped=$((skipped + $(results "$1" SKIP | wc -l)))
	find "$1" -name '*.log' -exec grep -hE '^(FAIL|XPASS|ERROR|SKIP): tests' {} + | sort -u |
		sed 's/^/    /' >&2
}

# step NAME TAP-DIRECTORY|- COMMAND...: one line for it; on failure, the end of what it said.
step() {
	name=$1
	tap=$2
	shift 2
	log=build/logs/$(echo "$name" | tr ' /,' '---').log
	[ "$tap" = - ] || find "$tap" -name '*.trs' -exec rm -f {} + 2>/dev/null || :
	say "+ $*"
	start=$(date +%s)
	status=0
	"$@" >"$log" 2>&1 </dev/null || status=$?
	seconds=$(($(date +%s) - start))
	before=$failed
	if [ "$tap" != - ]; then
		count "$tap"
	elif [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
	fi
	if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then
		failed=$((failed + 1))
	fi
	if [ "$status" -eq 0 ]; then
		say "ok      $name ($seconds s)"
	else
		say "FAILED  $name ($seconds s), exit status $status; the end of $log:"
		tail -n 40 "$log" | sed 's/^/    /' >&2
	fi
}

check_unit() {
	build "$@" && make -C "$1" check-unit
}

# The tests on the running kernel want root; the build does not.
check_all() {
	build "$@" || return
	if [ "$(id -u)" -eq 0 ]; then
		make -j1 -C "$1" check
	else
		make -C "$1" check TESTS= && as_root make -j1 -C "$1" check
	fi
}

check() {
	deps test
	mkdir -p build/logs
	step 'every test' build/check check_all build/check --enable-werror
	step 'unit tests, address and undefined-behaviour sanitizers' build/sanitize check_unit build/sanitize \
		--enable-sanitizers --enable-werror
	step 'unit tests, clang' build/clang check_unit build/clang --enable-werror CC=clang
	step 'clang-format' - make -C build/check lint-format
	step 'shellcheck' - make -C build/check lint-shell
	step 'cppcheck' - make -C build/check lint-cppcheck
	step 'mandoc' - make -C build/check lint-man
	step 'distcheck' - make -C build/check distcheck
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}

case ${1:-run} in
run)
	[ $# -eq 0 ] || shift
	if [ "${1:-}" = -- ]; then
		shift
	fi
	run "$@"
	;;
check)
	[ $# -eq 1 ] || die "check takes no arguments"
	check
	;;
deps)
	case ${2:-build} in
	build | test) deps "${2:-build}" ;;
	*) die "deps takes 'build' or 'test', not '$2'" ;;
	esac
	;;
-h | --help) usage ;;
*)
	usage >&2
	exit 2
	;;
esac
