dnl SPDX-License-Identifier: Apache-2.0
dnl What configure.ac asks of the compiler, the linker and pkg-config.

dnl ASG_REQUIRE_LIBRARY(PREFIX, MODULE-SPEC, DEBIAN-PACKAGE, FEDORA-PACKAGE)
dnl Collects what is missing, so that one error can name it all.
AC_DEFUN([ASG_REQUIRE_LIBRARY], [
PKG_CHECK_MODULES([$1], [$2], [], [
	AS_VAR_APPEND([missing_libraries], ["  $2
"])
	AS_VAR_APPEND([missing_debian], [" $3"])
	AS_CASE(["$missing_fedora "], [*" $4 "*], [], [AS_VAR_APPEND([missing_fedora], [" $4"])])
])])

dnl ASG_PROBE_CFLAGS(VARIABLE, FLAGS)
dnl Appends to VARIABLE those of FLAGS that the compiler takes without a word.
AC_DEFUN([ASG_PROBE_CFLAGS], [
for asg_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether $CC takes $asg_flag])
	asg_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $asg_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])], [
		AC_MSG_RESULT([yes])
		AS_VAR_APPEND([$1], [" $asg_flag"])
	], [AC_MSG_RESULT([no])])
	CFLAGS=$asg_saved_CFLAGS
done])

dnl ASG_PROBE_LDFLAGS(VARIABLE, FLAGS)
dnl The same for the linker. Position independence of the objects must have been probed before.
AC_DEFUN([ASG_PROBE_LDFLAGS], [
for asg_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether the linker takes $asg_flag])
	asg_saved_CFLAGS=$CFLAGS
	asg_saved_LDFLAGS=$LDFLAGS
	CFLAGS="$CFLAGS -Werror $HARDENING_CFLAGS"
	LDFLAGS="$LDFLAGS $asg_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [
		AC_MSG_RESULT([yes])
		AS_VAR_APPEND([$1], [" $asg_flag"])
	], [AC_MSG_RESULT([no])])
	CFLAGS=$asg_saved_CFLAGS
	LDFLAGS=$asg_saved_LDFLAGS
done])

dnl ASG_FORTIFY(VARIABLE)
dnl _FORTIFY_SOURCE checks nothing without optimisation and warns about it.
AC_DEFUN([ASG_FORTIFY], [
AC_MSG_CHECKING([whether to define _FORTIFY_SOURCE])
asg_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror"
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([
#ifndef __OPTIMIZE__
#error not optimised
#endif
#ifdef _FORTIFY_SOURCE
#error defined already
#endif
], [])], [
	AC_MSG_RESULT([yes])
	AS_VAR_APPEND([$1], [" -D_FORTIFY_SOURCE=2"])
], [AC_MSG_RESULT([no])])
CFLAGS=$asg_saved_CFLAGS])

dnl ASG_SANITIZE(LIST)
dnl Sets SANITIZER_FLAGS, for compiler and linker both, or ends in an error.
AC_DEFUN([ASG_SANITIZE], [
AC_MSG_CHECKING([for the sanitizers $1])
SANITIZER_FLAGS="-fsanitize=$1 -fno-sanitize-recover=all -fno-omit-frame-pointer"
asg_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $SANITIZER_FLAGS"
AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])], [
	AC_MSG_RESULT([no])
	AC_MSG_ERROR([$CC cannot link with -fsanitize=$1 (clang: install libclang-rt-dev or compiler-rt)])
])
CFLAGS=$asg_saved_CFLAGS])

dnl ASG_FUZZER
dnl All objects are instrumented; only the fuzz programs link libFuzzer's main.
AC_DEFUN([ASG_FUZZER], [
AC_MSG_CHECKING([for libFuzzer])
AS_VAR_APPEND([SANITIZER_FLAGS], [" -fsanitize=fuzzer-no-link"])
asg_saved_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $SANITIZER_FLAGS"
AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])], [
	AC_MSG_RESULT([no])
	AC_MSG_ERROR([--enable-fuzzers needs clang with libFuzzer: CC=clang ./configure --enable-fuzzers])
])
CFLAGS=$asg_saved_CFLAGS])
