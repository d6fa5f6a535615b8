/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each system call can do, for the person who has to decide whether a program may make it:
 * one sentence, a rank, and the area it belongs to. Const tables, one for each area, from the
 * section 2 manual pages and the kernel's sources; they cover every name that arch/syscall.h knows.
 */
#ifndef ASG_MODEL_CALL_FACT_H
#define ASG_MODEL_CALL_FACT_H

#include "base/macro.h"
#include <stddef.h>

enum area {
	AREA_FILES,
	AREA_MOUNTS,
	AREA_EVENTS,
	AREA_ASYNC,
	AREA_MEMORY,
	AREA_PROCESSES,
	AREA_SCHEDULING,
	AREA_SIGNALS,
	AREA_TIME,
	AREA_IPC,
	AREA_NETWORK,
	AREA_CREDENTIALS,
	AREA_NAMESPACES,
	AREA_SANDBOX,
	AREA_KEYS,
	AREA_TRACING,
	AREA_BPF,
	AREA_MODULES,
	AREA_HOST,
	AREA_DEVICES,
	AREA_OBSOLETE,
	AREA_COUNT,
};

/* What allowing a call costs, whoever makes it. The kernel's own checks still apply. */
enum risk {
	RISK_LOW,      /* the caller's own resources, through small and well-trodden code */
	RISK_MODERATE, /* changes what others see, or reaches broad kernel code */
	RISK_HIGH,     /* a large surface with a history of holes, or reach into other processes */
	RISK_CRITICAL, /* can change the kernel, the host or the isolation itself */
	RISK_COUNT,
};

struct call_fact {
	const char *name;
	enum risk risk;
	const char *does; /* goes on after the name; no full stop at the end */
};

/* The calls of an area, sorted by name. */
struct call_table {
	const struct call_fact *calls;
	size_t n;
};

struct area_fact {
	const char *name;    /* "async-io" */
	const char *title;   /* "asynchronous input and output" */
	const char *surface; /* which part of the kernel it opens, one sentence, no full stop */
	const struct call_table *table;
};

const struct area_fact *area_fact(enum area area);

/* "low" ... "critical", and what that means. */
const char *risk_name(enum risk risk);
const char *risk_meaning(enum risk risk);

/* The fact and, unless `ret_area` is NULL, its area. NULL for a name that the tables do not have.
 */
const struct call_fact *call_fact(const char *name, enum area *ret_area);

#endif
