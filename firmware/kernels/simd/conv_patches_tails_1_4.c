// The loops of conv_patches.c for lines whose words end with 1 to 4 behind a multiple of eight.
#include "conv_patches_loops.h"

void dwpw_simd_conv_patches_tail_1(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 1, results);
}

void dwpw_simd_conv_patches_tail_2(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 2, results);
}

void dwpw_simd_conv_patches_tail_3(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 3, results);
}

void dwpw_simd_conv_patches_tail_4(const void *job, uint32_t words, uint32_t results)
{
    unit_run_tail(run_windows, job, words, 4, results);
}
