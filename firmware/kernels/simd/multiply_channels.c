// MUL of a tensor and one value for each channel, as squeeze and excitation has it: the values of
// the channels are weights, on the diagonals of store entries, and have a zero point. Channels go
// in blocks, a line of the D$ at the most.
//
// param: enum dwpw_mul_param.
#include "dwpw_check.h"
#include "dwpw_kernel.h"
#include "unit.h"

dwpw_kernel_function dwpw_simd_multiply_channels;
dwpw_kernel_check dwpw_simd_multiply_channels_check;

// Words of a block of channels: their scales lie in the unit, and results of two pixels wait.
enum {
    WAITING = DWPW_RESULTS / DWPW_PIXELS_UNDER_WAY,
    SCALED = DWPW_PARAM_CHANNELS / DWPW_GROUPS,
    STORED = DWPW_STORE_ENTRIES,
    FITTING = (int)WAITING < (int)SCALED ? WAITING : SCALED,
    BLOCK = (int)FITTING < (int)STORED ? FITTING : STORED,
};

// Loads entry and scales of a word of channels.
static void load_word(const struct dwpw_operator *op, const int8_t *values)
{
    const uint32_t zeros = ((uint32_t)-op->input2_offset & 0xFF) * 0x01010101u;
    uint32_t weights[DWPW_GROUPS];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        const unsigned byte = 8 * group;
        weights[group] = (zeros & ~(0xFFu << byte)) | (uint32_t)(uint8_t)values[group] << byte;
        dwpw_ld_bias((uint32_t)(op->input_offset * (values[group] + op->input2_offset)));
        dwpw_ld_scale((uint32_t)op->param[DWPW_MUL_PARAM_MULTIPLIER],
                      (uint32_t)op->param[DWPW_MUL_PARAM_SHIFT]);
    }
    dwpw_ld_weights(weights[0], weights[1]);
    dwpw_ld_weights(weights[2], weights[3]);
}

static inline __attribute__((always_inline)) void pass_pixel(const dwpw_word *from, uint32_t words)
{
    for (; words >= 4; words -= 4, from += 4) {
        const struct words_4 v = load_4(from);
        dwpw_dot1_last(v.a);
        dwpw_dot1_last(v.b);
        dwpw_dot1_last(v.c);
        dwpw_dot1_last(v.d);
    }
    for (; words > 0; --words, ++from) {
        dwpw_dot1_last(*from);
    }
}

// Results of a pixel are read when the next one is already under way.
static void
run_block(const dwpw_word *from, dwpw_word *to, uint32_t pixels, uint32_t step, uint32_t words)
{
    pass_pixel(from, words);
    for (; --pixels != 0; to += step) {
        from += step;
        pass_pixel(from, words);
        dwpw_unit_store_words(to, words);
    }
    dwpw_unit_store_words(to, words);
}

void dwpw_simd_multiply_channels(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const dwpw_word *from = (const dwpw_word *)(const void *)dwpw_tensor(memory, op->input);
    dwpw_word *to = (dwpw_word *)(void *)dwpw_tensor(memory, op->output);
    const int8_t *values = dwpw_tensor(memory, op->input2);
    const uint32_t step = op->input2.size / DWPW_GROUPS;
    const uint32_t pixels = op->output.size / op->input2.size;
    dwpw_unit_output(op);
    dwpw_set_zero_point((uint32_t)-op->input2_offset);
    for (uint32_t first = 0, words; first != step; first += words) {
        words = step - first < BLOCK ? step - first : BLOCK;
        dwpw_seek(0, 0);
        for (uint32_t word = first; word != first + words; ++word) {
            load_word(op, values + word * DWPW_GROUPS);
        }
        dwpw_set_weights(0, words - 1);
        dwpw_set_params(0, words - 1);
        run_block(from + first, to + first, pixels, step, words);
    }
}

const char *dwpw_simd_multiply_channels_check(const struct dwpw_operator *op,
                                              const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_check_repeated(op),
        dwpw_unless(op->input2.size % DWPW_GROUPS == 0, "channels"),
        dwpw_check_scale(op->param[DWPW_MUL_PARAM_MULTIPLIER], op->param[DWPW_MUL_PARAM_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
