/* SPDX-License-Identifier: Apache-2.0 */
/* The tables behind call_fact.h. For its own modules: ask call_fact() or area_fact(). */
#ifndef ASG_MODEL_CALL_FACT_TABLES_H
#define ASG_MODEL_CALL_FACT_TABLES_H

#include "model/call_fact.h"

extern const struct call_table calls_files;
extern const struct call_table calls_mounts, calls_events, calls_async, calls_devices;
extern const struct call_table calls_memory, calls_ipc, calls_time;
extern const struct call_table calls_processes, calls_scheduling, calls_signals, calls_credentials;
extern const struct call_table calls_network, calls_namespaces, calls_sandbox, calls_keys;
extern const struct call_table calls_tracing, calls_bpf, calls_modules, calls_host, calls_obsolete;

#endif
