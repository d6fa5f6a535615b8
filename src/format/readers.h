/* SPDX-License-Identifier: Apache-2.0 */
/* The readers themselves, one a file: read_NAME.c. Only reader.c's table is to know them. */
#ifndef ASG_FORMAT_READERS_H
#define ASG_FORMAT_READERS_H

#include "format/reader.h"

extern const struct reader reader_docker;
extern const struct reader reader_minijail;
extern const struct reader reader_names;
extern const struct reader reader_oci;
extern const struct reader reader_spo;
extern const struct reader reader_systemd;

#endif
