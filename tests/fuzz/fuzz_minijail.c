/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in the format minijail, and such as are not. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_reader("minijail", data, size);
	return 0;
}
