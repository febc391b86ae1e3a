/* What the instructions mean, in C: lets the kernels of set `simd` run on the host.
 *
 * The twin of compiler_intrinsics/simd/state.py, to which the tests hold it with random programs.
 */
#include <string.h>

#include "dwpw_intrinsics.h"

struct ring {
    uint32_t first, last, position;
};

static struct {
    uint32_t store[DWPW_STORE_ENTRIES][DWPW_GROUPS];
    uint32_t store_write;
    struct ring weights;
    int32_t bias[DWPW_PARAM_CHANNELS], multiplier[DWPW_PARAM_CHANNELS], shift[DWPW_PARAM_CHANNELS];
    uint32_t param_write;
    struct ring params;
    int32_t zero_point, act_min, act_max;
    int32_t accumulators[DWPW_GROUPS];
    uint32_t history[DWPW_ROWS][2];
    uint32_t row;
    uint32_t patch[DWPW_PATCH_WORDS];
    uint32_t patch_length, patch_last;
    uint32_t results[DWPW_RESULTS];
    uint32_t results_read, results_count;
} unit;

static int32_t byte_of(uint32_t word, unsigned position)
{
    return (int8_t)(word >> (8 * position));
}

static int32_t wrapping_add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static void ring_load(struct ring *ring, uint32_t first, uint32_t last, uint32_t size)
{
    *ring = (struct ring){first % size, last % size, first % size};
}

static int ring_advance(struct ring *ring, uint32_t size)
{
    int wrapped = ring->position == ring->last;
    ring->position = wrapped ? ring->first : (ring->position + 1) % size;
    return wrapped;
}

static int32_t requantise(int32_t accumulator, int32_t multiplier, int32_t shift)
{
    uint32_t left = shift > 0 ? (uint32_t)shift : 0;
    uint32_t right = shift < 0 ? (uint32_t)-shift : 0;
    int32_t shifted = (int32_t)((uint32_t)accumulator << left);
    int64_t high = ((int64_t)shifted * multiplier + (INT64_C(1) << 30)) >> 31;
    if (right == 0)
        return (int32_t)high;
    return (int32_t)((high + (INT64_C(1) << (right - 1)) - (high < 0)) >> right);
}

static int32_t clamp(int64_t value)
{
    if (value < unit.act_min)
        value = unit.act_min;
    if (value > unit.act_max)
        value = unit.act_max;
    return (int32_t)value;
}

/* Requantise and pack the accumulators. A result beyond DWPW_RESULTS drops the oldest. */
static void emit(void)
{
    uint32_t packed = 0;
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        uint32_t channel = DWPW_GROUPS * unit.params.position + group;
        int32_t sum = wrapping_add(unit.accumulators[group], unit.bias[channel]);
        int64_t value = requantise(sum, unit.multiplier[channel], unit.shift[channel]);
        packed |= (uint32_t)(clamp(value + unit.zero_point) & 0xFF) << (8 * group);
    }
    if (unit.results_count == DWPW_RESULTS) {
        unit.results_read = (unit.results_read + 1) % DWPW_RESULTS;
        unit.results_count--;
    }
    unit.results[(unit.results_read + unit.results_count++) % DWPW_RESULTS] = packed;
    ring_advance(&unit.params, DWPW_PARAM_CHANNELS / DWPW_GROUPS);
    memset(unit.accumulators, 0, sizeof unit.accumulators);
}

static void accumulate(int32_t taps[DWPW_GROUPS][DWPW_TAPS], int last)
{
    const uint32_t *entry = unit.store[unit.weights.position];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group)
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap)
            unit.accumulators[group] = wrapping_add(unit.accumulators[group],
                                                    taps[group][tap] * byte_of(entry[group], tap));
    if (last)
        emit();
}

static void step(void)
{
    int wrapped = ring_advance(&unit.weights, DWPW_STORE_ENTRIES);
    unit.row = wrapped ? 0 : (unit.row + 1) % DWPW_ROWS;
}

static void dot_replayed(uint32_t word, int last)
{
    int32_t taps[DWPW_GROUPS][DWPW_TAPS];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group)
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap)
            taps[group][tap] = byte_of(word, tap);
    accumulate(taps, last);
    step();
}

static void dot(uint32_t word, int last)
{
    unit.patch[unit.patch_length] = word;
    if (last)
        unit.patch_last = unit.patch_length;
    unit.patch_length = last ? 0 : (unit.patch_length + 1) % DWPW_PATCH_WORDS;
    dot_replayed(word, last);
}

static void rep(uint32_t count)
{
    for (uint32_t turn = 0; turn < count; ++turn)
        for (uint32_t position = 0; position <= unit.patch_last; ++position)
            dot_replayed(unit.patch[position], position == unit.patch_last);
}

static void skip(uint32_t word)
{
    unit.history[unit.row][0] = unit.history[unit.row][1];
    unit.history[unit.row][1] = word;
    step();
}

static void dw(uint32_t word, int last)
{
    const uint32_t columns[DWPW_TAPS] = {unit.history[unit.row][0], unit.history[unit.row][1], word,
                                         0};
    int32_t taps[DWPW_GROUPS][DWPW_TAPS];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group)
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap)
            taps[group][tap] = byte_of(columns[tap], group);
    accumulate(taps, last);
    skip(word);
}

static uint32_t pop(void)
{
    if (unit.results_count == 0)
        return 0;
    uint32_t result = unit.results[unit.results_read];
    unit.results_read = (unit.results_read + 1) % DWPW_RESULTS;
    unit.results_count--;
    return result;
}

static void set_weights(uint32_t first, uint32_t last)
{
    ring_load(&unit.weights, first, last, DWPW_STORE_ENTRIES);
    memset(unit.accumulators, 0, sizeof unit.accumulators);
    unit.row = 0;
    unit.patch_length = 0;
}

static void ld_weights(uint32_t low, uint32_t high)
{
    uint32_t *half = &unit.store[unit.store_write / 2][2 * (unit.store_write % 2)];
    half[0] = low;
    half[1] = high;
    unit.store_write = (unit.store_write + 1) % (2 * DWPW_STORE_ENTRIES);
}

static void ld_scale(uint32_t multiplier, uint32_t shift)
{
    int32_t signed_shift = (int32_t)(shift << 26) >> 26;
    unit.multiplier[unit.param_write] = (int32_t)(multiplier & INT32_MAX);
    unit.shift[unit.param_write] = signed_shift < -31 ? -31 : signed_shift;
    unit.param_write = (unit.param_write + 1) % DWPW_PARAM_CHANNELS;
}

static void setup(uint32_t function_id, uint32_t a, uint32_t b)
{
    switch (function_id) {
    case DWPW_ID_SET_WEIGHTS:
        set_weights(a, b);
        break;
    case DWPW_ID_SET_PARAMS:
        ring_load(&unit.params, a, b, DWPW_PARAM_CHANNELS / DWPW_GROUPS);
        break;
    case DWPW_ID_SET_OUTPUT:
        unit.zero_point = byte_of(a, 0);
        unit.act_min = byte_of(b, 0);
        unit.act_max = byte_of(b, 1);
        break;
    case DWPW_ID_SEEK:
        unit.store_write = 2 * (a % DWPW_STORE_ENTRIES);
        unit.param_write = b % DWPW_PARAM_CHANNELS;
        break;
    case DWPW_ID_LD_WEIGHTS:
        ld_weights(a, b);
        break;
    case DWPW_ID_LD_BIAS:
        unit.bias[unit.param_write] = (int32_t)a;
        break;
    case DWPW_ID_LD_SCALE:
        ld_scale(a, b);
        break;
    default:
        break;
    }
}

/* Executes one instruction; an unknown function id changes nothing and returns 0. */
uint32_t dwpw_emulate(uint32_t function_id, uint32_t a, uint32_t b)
{
    switch (function_id) {
    case DWPW_ID_DOT2:
        dot(a, 0), dot(b, 0);
        break;
    case DWPW_ID_DOT2_LAST:
        dot(a, 0), dot(b, 1);
        break;
    case DWPW_ID_DOT1:
        dot(a, 0);
        break;
    case DWPW_ID_DOT1_LAST:
        dot(a, 1);
        break;
    case DWPW_ID_REP:
        rep(a % 64);
        break;
    case DWPW_ID_DW2:
        dw(a, 0), dw(b, 0);
        break;
    case DWPW_ID_DW2_LAST0:
        dw(a, 1), dw(b, 0);
        break;
    case DWPW_ID_DW2_LAST1:
        dw(a, 0), dw(b, 1);
        break;
    case DWPW_ID_DW1:
        dw(a, 0);
        break;
    case DWPW_ID_DW1_LAST:
        dw(a, 1);
        break;
    case DWPW_ID_SKIP2:
        skip(a), skip(b);
        break;
    case DWPW_ID_SKIP1:
        skip(a);
        break;
    case DWPW_ID_POP:
        return pop();
    default:
        setup(function_id, a, b);
        break;
    }
    return 0;
}
