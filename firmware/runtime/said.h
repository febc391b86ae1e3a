// What kernels have said beside their results: that they failed, or when parts of a step were done.
#ifndef DWPW_SAID_H
#define DWPW_SAID_H

#include "dwpw_kernel.h"

struct said {
    struct dwpw_failure failure; // the first one, where its `op` is not NULL
    const uint64_t *ages;        // of the last step's parts, in cycles
    uint32_t parts;
};

// Forgets everything.
void said_forget(void);

// The first failure since then, or NULL.
const struct dwpw_failure *said_failure(void);

// What there is to know of the last step.
const struct said *said_all(void);

#endif
