/* SPDX-License-Identifier: Apache-2.0 */
/* What every reader of a format must do with any bytes. */
#ifndef ASG_FUZZ_READER_H
#define ASG_FUZZ_READER_H

#include <stddef.h>
#include <stdint.h>

/*
 * The text is read, or refused with a message on one line that can be shown; what was read is a
 * profile that can be written as JSON, read again, copied and asked. Aborts otherwise.
 */
void fuzz_reader(const char *format, const uint8_t *data, size_t size);

#endif
