#include "said.h"

static struct said said;

void said_forget(void)
{
    said = (struct said){.ages = NULL};
}

void dwpw_kernel_failed(const struct dwpw_failure *failure)
{
    if (said.failure.op == NULL) {
        said.failure = *failure;
    }
}

void dwpw_kernel_parts(const uint64_t *ages, uint32_t parts)
{
    said.ages = ages;
    said.parts = parts;
}

const struct dwpw_failure *said_failure(void)
{
    return said.failure.op == NULL ? NULL : &said.failure;
}

const struct said *said_all(void)
{
    return &said;
}
