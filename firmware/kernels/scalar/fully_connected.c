// FULLY_CONNECTED: one row of a matrix product, copied where its length has to be rounded up.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "gemm.h"

dwpw_kernel_function dwpw_scalar_fully_connected;
dwpw_kernel_check dwpw_scalar_fully_connected_check;

void dwpw_scalar_fully_connected(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    int32_t acc[GEMM_ACCUMULATORS];
    const struct gemm g = gemm_of(op, memory, op->in_c, acc);
    const int8_t *row = dwpw_tensor(memory, op->input);

    if (op->in_c != g.depth) {
        int8_t *copy = dwpw_tensor(memory, op->scratch);
        for (int32_t i = 0; i < g.depth; ++i) {
            copy[i] = i < op->in_c ? row[i] : 0; // the rest meets weights of 0
        }
        row = copy;
    }
    gemm_run_vector(&g, row, dwpw_tensor(memory, op->output));
}

const char *dwpw_scalar_fully_connected_check(const struct dwpw_operator *op,
                                              const struct dwpw_memory *memory)
{
    const uint64_t depth = (uint64_t)op->in_c;
    const char *const wrong[] = {
        dwpw_check_vector(op),
        gemm_check(op, memory, depth),
        dwpw_unless(depth % DWPW_GEMM_UNROLL == 0 || op->scratch.size >= gemm_depth(depth),
                    "scratch"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
