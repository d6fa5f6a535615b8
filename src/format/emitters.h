/* SPDX-License-Identifier: Apache-2.0 */
/* The emitters themselves, one a file: NAME.c. Only emitter.c's table is to know them. */
#ifndef ASG_FORMAT_EMITTERS_H
#define ASG_FORMAT_EMITTERS_H

#include "format/emitter.h"

extern const struct emitter emitter_docker;
extern const struct emitter emitter_oci;

#endif
