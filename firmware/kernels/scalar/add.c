// ADD of two tensors of one shape: an int8 has 256 values, so the host has worked out what each
// contributes. `table` holds 256 words for the first input, then 256 for the second.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_add;
dwpw_kernel_check dwpw_scalar_add_check;

enum {
    VALUES = 256,
    BATCH = 4, // words of each input at a time: where both lie at one place of the D$, the tables'
               // and the inputs' lines evict each other once a batch, not once a value
};

struct sums {
    const uint8_t *table; // of the first input; the second one's is behind it
    struct scale scale;
    struct output_range range;
};

// What byte `byte` of both words contributes; values are counted from the lowest one.
static inline __attribute__((always_inline)) int32_t sum_of(const uint8_t *table,
                                                            uint32_t a,
                                                            uint32_t b,
                                                            int byte)
{
    const uint32_t mask = (VALUES - 1) * sizeof(int32_t);
    const uint32_t from_a = byte == 0 ? a << 2 & mask : a >> (8 * byte - 2) & mask;
    const uint32_t from_b = byte == 0 ? b << 2 & mask : b >> (8 * byte - 2) & mask;
    const int32_t first = *(const int32_t *)(const void *)(table + from_a);
    const int32_t second =
        *(const int32_t *)(const void *)(table + from_b + VALUES * sizeof(int32_t));

    return wrapping_add(first, second);
}

// Four values of a scale below 1.
static inline __attribute__((always_inline)) uint32_t add_word(const struct sums *sums,
                                                               uint32_t a,
                                                               uint32_t b)
{
    const uint32_t from_lowest = 0x80808080u;
    const uint8_t *table = sums->table;
    a ^= from_lowest;
    b ^= from_lowest;
    const struct quad sum = together((struct quad){
        sum_of(table, a, b, 0),
        sum_of(table, a, b, 1),
        sum_of(table, a, b, 2),
        sum_of(table, a, b, 3),
    });
    const struct quad r = requantise_4(sum, sums->scale, sums->range);

    return as_int8((uint32_t)(r.a | r.b << 8 | r.c << 16) | (uint32_t)r.d << 24, sums->range);
}

// As many values as are whole batches of words; returns their number.
static uint32_t add_batches(const struct sums *sums,
                            const uint32_t *input1,
                            const uint32_t *input2,
                            uint32_t *output,
                            uint32_t count)
{
    const uint32_t words = count / sizeof(uint32_t) / BATCH * BATCH;
    const uint32_t *const end = input1 + words;
    for (; input1 != end; input1 += BATCH, input2 += BATCH) {
        const struct quad a = together((struct quad){(int32_t)input1[0], (int32_t)input1[1],
                                                     (int32_t)input1[2], (int32_t)input1[3]});
        const struct quad b = together((struct quad){(int32_t)input2[0], (int32_t)input2[1],
                                                     (int32_t)input2[2], (int32_t)input2[3]});
        const uint32_t in_a[BATCH] = {(uint32_t)a.a, (uint32_t)a.b, (uint32_t)a.c, (uint32_t)a.d};
        const uint32_t in_b[BATCH] = {(uint32_t)b.a, (uint32_t)b.b, (uint32_t)b.c, (uint32_t)b.d};
#pragma GCC unroll 1
        for (unsigned word = 0; word < BATCH; ++word) {
            *output++ = add_word(sums, in_a[word], in_b[word]);
        }
    }
    return words * (uint32_t)sizeof(uint32_t);
}

void dwpw_scalar_add(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t *table = dwpw_words(memory, op->table);
    const int8_t *input1 = dwpw_tensor(memory, op->input);
    const int8_t *input2 = dwpw_tensor(memory, op->input2);
    int8_t *output = dwpw_tensor(memory, op->output);
    const uint32_t count = op->output.size;
    const struct sums sums = {
        .table = (const uint8_t *)table,
        .scale = make_scale(op->param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                            op->param[DWPW_ADD_PARAM_OUTPUT_SHIFT]),
        .range = make_range(op->output_offset, op->act_min, op->act_max),
    };
    uint32_t done = 0;
    if (sums.scale.shift >= 0) {
        done =
            add_batches(&sums, (const uint32_t *)(const void *)input1,
                        (const uint32_t *)(const void *)input2, (uint32_t *)(void *)output, count);
    }
    for (; done < count; ++done) {
        const int32_t sum = wrapping_add(table[input1[done] + VALUES / 2],
                                         table[input2[done] + VALUES + VALUES / 2]);
        output[done] = requantise(sum, sums.scale, sums.range);
    }
}

const char *dwpw_scalar_add_check(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    (void)memory;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_same_shape(op),
        dwpw_unless(op->input2.size == op->input.size, "input2"),
        dwpw_unless(op->table.size == 2 * VALUES * sizeof(int32_t), "table"),
        dwpw_check_scale(op->param[DWPW_ADD_PARAM_OUTPUT_MULTIPLIER],
                         op->param[DWPW_ADD_PARAM_OUTPUT_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
