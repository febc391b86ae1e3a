// What kernels have said that could not do their work.
#ifndef DWPW_RUNTIME_FAILURE_H
#define DWPW_RUNTIME_FAILURE_H

#include "dwpw_kernel.h"

// Forgets what was said before.
void failure_forget(void);

// The first one since then, or NULL.
const struct dwpw_failure *failure_first(void);

#endif
