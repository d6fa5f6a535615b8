/* SPDX-License-Identifier: Apache-2.0 */
/* The emitters themselves, one a file: NAME.c or emit_NAME.c. Only emitter.c's
 * table is to know them. */
#ifndef ASG_FORMAT_EMITTERS_H
#define ASG_FORMAT_EMITTERS_H

#include "format/emitter.h"

extern const struct emitter emitter_bpf;
extern const struct emitter emitter_c;
extern const struct emitter emitter_docker;
extern const struct emitter emitter_firejail;
extern const struct emitter emitter_kafel;
extern const struct emitter emitter_lxc;
extern const struct emitter emitter_minijail;
extern const struct emitter emitter_names;
extern const struct emitter emitter_oci;
extern const struct emitter emitter_pfc;
extern const struct emitter emitter_snapd;
extern const struct emitter emitter_spo;
extern const struct emitter emitter_systemd;
extern const struct emitter emitter_table;

#endif
