// Averages as simd/average has them, of windows of few pixels: 32 channels of a pixel at a time.
//
// A line of the D$ is read at once. The CPU adds its values in halves of words, moved by 128; the
// extension gets every sum as two bytes, and divides.
//
// weights: [4 x 4].  table: unit.h, for all channels; the bias takes back what values and bytes
// were moved by.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"

dwpw_kernel_function dwpw_simd_average_lines;
dwpw_kernel_check dwpw_simd_average_lines_check;
dwpw_kernel_check dwpw_simd_average_check;

enum {
    LINE_WORDS = DWPW_D_CACHE_LINE / DWPW_GROUPS,
    AT_ONCE = DWPW_RESULTS < LINE_WORDS ? DWPW_RESULTS : LINE_WORDS, // sums that are divided
};

static const uint32_t SIGNS = 0x80808080u, EVEN = 0x00FF00FFu;

// Sums of up to DWPW_AVERAGE_LINES_PIXELS values: bytes 0 and 2 of a word, bytes 1 and 3.
struct sums {
    uint32_t even[LINE_WORDS];
    uint32_t odd[LINE_WORDS];
};

static inline __attribute__((always_inline)) void
add_pixel(struct sums *sums, const dwpw_word *from, uint32_t groups)
{
#pragma GCC unroll 8
    for (uint32_t group = 0; group < groups; ++group) {
        // Opaque: not all of them are loaded ahead, which would take the registers of the sums.
        const uint32_t word = opaque_word(from[group]) ^ SIGNS;
        sums->even[group] += word & EVEN;
        sums->odd[group] += word >> 8 & EVEN;
    }
}

// The sums of a window, of as many groups of four channels as the compiler knows.
static inline __attribute__((always_inline)) struct sums
sum_window(const struct dwpw_operator *op, const int8_t *from, uint32_t groups)
{
    const int32_t step = op->in_c;
    const int32_t line_step = (op->in_w - op->kernel_w) * step;
    struct sums sums = {{0}, {0}};
    for (int32_t line = op->kernel_h; line > 0; --line, from += line_step) {
        for (int32_t column = op->kernel_w; column > 0; --column, from += step) {
            add_pixel(&sums, (const dwpw_word *)(const void *)from, groups);
        }
    }
    return sums;
}

// Divides sums; their bytes pass as int8.
static inline __attribute__((always_inline)) void
store_averages(dwpw_word *to, const struct sums *sums, uint32_t groups)
{
#pragma GCC unroll 8
    for (uint32_t first = 0; first < groups; first += AT_ONCE) {
        const uint32_t count = groups - first < AT_ONCE ? groups - first : AT_ONCE;
#pragma GCC unroll 8
        for (uint32_t group = first; group < first + count; ++group) {
            const uint32_t even = sums->even[group], odd = sums->odd[group];
            dwpw_dot1(((even >> 8 & EVEN) | (odd & ~EVEN)) ^ SIGNS);
            dwpw_dot2_up_last(((even & EVEN) | (odd & EVEN) << 8) ^ SIGNS, 0);
        }
        dwpw_unit_store_known(to + first, count);
    }
}

static void average_pixel(const struct dwpw_operator *op, const int8_t *from, int8_t *to)
{
    uint32_t left = (uint32_t)op->in_c / DWPW_GROUPS;
    for (; left >= LINE_WORDS; left -= LINE_WORDS) {
        const struct sums sums = sum_window(op, from, LINE_WORDS);
        store_averages((dwpw_word *)(void *)to, &sums, LINE_WORDS);
        from += DWPW_D_CACHE_LINE;
        to += DWPW_D_CACHE_LINE;
    }
    for (; left > 0; --left) {
        const struct sums sums = sum_window(op, from, 1);
        store_averages((dwpw_word *)(void *)to, &sums, 1);
        from += DWPW_GROUPS;
        to += DWPW_GROUPS;
    }
}

void dwpw_simd_average_lines(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *line = dwpw_tensor(memory, op->input);
    int8_t *to = dwpw_tensor(memory, op->output);
    dwpw_unit_output(op);
    dwpw_seek(0, 0);
    dwpw_unit_load_weights((const dwpw_word *)(const void *)dwpw_words(memory, op->weights), 1);
    dwpw_unit_load_scales((const dwpw_word *)(const void *)dwpw_words(memory, op->table), 1);
    dwpw_set_weights(0, 0);
    dwpw_set_params(0, 0);
    for (int32_t y = 0; y < op->out_h; ++y, line += op->stride_h * op->in_w * op->in_c) {
        const int8_t *from = line;
        for (int32_t x = 0; x < op->out_w; ++x, from += op->stride_w * op->in_c, to += op->in_c) {
            average_pixel(op, from, to);
        }
    }
}

const char *dwpw_simd_average_lines_check(const struct dwpw_operator *op,
                                          const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_simd_average_check(op, memory),
        dwpw_unless(op->kernel_w <= op->in_w &&
                        dwpw_product(op->kernel_h, op->kernel_w, 1, 1) <= DWPW_AVERAGE_LINES_PIXELS,
                    "pixels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
