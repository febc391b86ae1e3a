// The loops of conv_patches.c for lines whose words end with 5 to 8 behind a multiple of eight.
#include "conv_patches_loops.h"

void dwpw_simd_conv_patches_tail_5(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 5, results);
}

void dwpw_simd_conv_patches_tail_6(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 6, results);
}

void dwpw_simd_conv_patches_tail_7(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 7, results);
}

void dwpw_simd_conv_patches_tail_8(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 8, results);
}
