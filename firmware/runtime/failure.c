#include "failure.h"

static struct dwpw_failure first;

void failure_forget(void)
{
    first.op = NULL;
}

void dwpw_kernel_failed(const struct dwpw_failure *failure)
{
    if (first.op == NULL) {
        first = *failure;
    }
}

const struct dwpw_failure *failure_first(void)
{
    return first.op == NULL ? NULL : &first;
}
