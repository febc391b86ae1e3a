// What the instructions of `simd` mean, in C: lets its kernels run on the host.
//
// The twin of compiler_intrinsics/simd/state.py, to which the tests hold it with random programs.
// The functions that are not static are the meanings: the generated header declares them and calls
// them for each instruction.
#include <stdbool.h>
#include <string.h>

#include "dwpw_intrinsics.h"
#include "requantise.h"

enum { PARAM_GROUPS = DWPW_PARAM_CHANNELS / DWPW_GROUPS };

struct ring {
    uint32_t first;
    uint32_t last;
    uint32_t position;
};

static struct {
    uint32_t store[DWPW_STORE_ENTRIES][DWPW_GROUPS];
    uint32_t store_write;
    int32_t weight_zero_point;
    struct ring weights;
    int32_t bias[DWPW_PARAM_CHANNELS];
    int32_t multiplier[DWPW_PARAM_CHANNELS];
    int32_t shift[DWPW_PARAM_CHANNELS];
    uint32_t param_write;
    struct ring params;
    int32_t zero_point;
    int32_t act_min;
    int32_t act_max;
    uint32_t table[DWPW_TABLE_WORDS];
    bool through_table;
    int32_t accumulators[DWPW_GROUPS];
    uint32_t history[DWPW_ROWS][2];
    uint32_t row;
    uint32_t patch[DWPW_PATCH_WORDS];
    uint32_t patch_length;
    uint32_t patch_last;
    uint32_t results[DWPW_RESULTS];
    uint32_t results_read;
    uint32_t results_count;
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

static bool ring_advance(struct ring *ring, uint32_t size)
{
    const bool wrapped = ring->position == ring->last;
    ring->position = wrapped ? ring->first : (ring->position + 1) % size;
    return wrapped;
}

// Set-up ------------------------------------------------------------------------------------------

void simd_set_weights(uint32_t first, uint32_t last)
{
    ring_load(&unit.weights, first, last, DWPW_STORE_ENTRIES);
    memset(unit.accumulators, 0, sizeof(unit.accumulators));
    unit.row = 0;
    unit.patch_length = 0;
}

void simd_set_params(uint32_t first, uint32_t last)
{
    ring_load(&unit.params, first, last, PARAM_GROUPS);
}

void simd_set_output(uint32_t zero_point, uint32_t act)
{
    unit.zero_point = byte_of(zero_point, 0);
    unit.act_min = byte_of(act, 0);
    unit.act_max = byte_of(act, 1);
    unit.through_table = act & DWPW_THROUGH_TABLE;
}

void simd_ld_table(uint32_t place, uint32_t four)
{
    unit.table[place % DWPW_TABLE_WORDS] = four;
}

void simd_set_zero_point(uint32_t zero_point)
{
    unit.weight_zero_point = byte_of(zero_point, 0);
}

void simd_seek(uint32_t entry, uint32_t channel)
{
    unit.store_write = 2 * (entry % DWPW_STORE_ENTRIES);
    unit.param_write = channel % DWPW_PARAM_CHANNELS;
}

void simd_ld_weights(uint32_t low, uint32_t high)
{
    uint32_t *half = &unit.store[unit.store_write / 2][2 * (unit.store_write % 2)];
    half[0] = low;
    half[1] = high;
    unit.store_write = (unit.store_write + 1) % (2 * DWPW_STORE_ENTRIES);
}

void simd_ld_bias(uint32_t bias)
{
    unit.bias[unit.param_write] = (int32_t)bias;
}

void simd_ld_scale(uint32_t multiplier, uint32_t shift)
{
    unit.multiplier[unit.param_write] = (int32_t)(multiplier & INT32_MAX);
    unit.shift[unit.param_write] = shift_of_six_bits(shift);
    unit.param_write = (unit.param_write + 1) % DWPW_PARAM_CHANNELS;
}

// Multiply and accumulate -------------------------------------------------------------------------

static int32_t looked_up(int32_t value)
{
    const uint32_t place = (uint32_t)value & 0xFF;

    return byte_of(unit.table[place / 4], place % 4);
}

// What becomes of a scaled accumulator.
static int32_t output(int64_t value)
{
    if (value < unit.act_min) {
        value = unit.act_min;
    }
    if (value > unit.act_max) {
        value = unit.act_max;
    }
    return unit.through_table ? looked_up((int32_t)value) : (int32_t)value;
}

// Requantise and pack the accumulators. A result beyond DWPW_RESULTS drops the oldest.
static void emit(void)
{
    uint32_t packed = 0;
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        const uint32_t channel = DWPW_GROUPS * unit.params.position + group;
        const int32_t sum = wrapping_add(unit.accumulators[group], unit.bias[channel]);
        const int64_t value = requantise(sum, unit.multiplier[channel], unit.shift[channel]);
        packed |= (uint32_t)(output(value + unit.zero_point) & 0xFF) << (8 * group);
    }
    if (unit.results_count == DWPW_RESULTS) {
        (void)simd_pop();
    }
    unit.results[(unit.results_read + unit.results_count++) % DWPW_RESULTS] = packed;
    ring_advance(&unit.params, PARAM_GROUPS);
    memset(unit.accumulators, 0, sizeof(unit.accumulators));
}

static void accumulate(int32_t taps[DWPW_GROUPS][DWPW_TAPS], bool last)
{
    const uint32_t *entry = unit.store[unit.weights.position];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap) {
            const int32_t weight = byte_of(entry[group], tap) - unit.weight_zero_point;
            unit.accumulators[group] =
                wrapping_add(unit.accumulators[group], taps[group][tap] * weight);
        }
    }
    if (last) {
        emit();
    }
}

static void step(void)
{
    const bool wrapped = ring_advance(&unit.weights, DWPW_STORE_ENTRIES);
    unit.row = wrapped ? 0 : (unit.row + 1) % DWPW_ROWS;
}

static void replay(uint32_t word, bool last)
{
    int32_t taps[DWPW_GROUPS][DWPW_TAPS];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap) {
            taps[group][tap] = byte_of(word, tap);
        }
    }
    accumulate(taps, last);
    step();
}

void simd_dot(uint32_t flags, uint32_t a)
{
    const bool last = flags & SIMD_LAST0;
    for (unsigned group = 0; flags & SIMD_UP && group < DWPW_GROUPS; ++group) {
        unit.accumulators[group] = (int32_t)((uint32_t)unit.accumulators[group] << 8);
    }
    unit.patch[unit.patch_length] = a;
    if (last) {
        unit.patch_last = unit.patch_length;
    }
    unit.patch_length = last ? 0 : (unit.patch_length + 1) % DWPW_PATCH_WORDS;
    replay(a, last);
}

void simd_rep(uint32_t count)
{
    for (uint32_t turn = 0; turn < count % DWPW_REP_COUNTS; ++turn) {
        for (uint32_t position = 0; position <= unit.patch_last; ++position) {
            replay(unit.patch[position], position == unit.patch_last);
        }
    }
}

void simd_dw(uint32_t flags, uint32_t a)
{
    const uint32_t *history = unit.history[unit.row];
    const uint32_t columns[DWPW_TAPS] = {history[0], history[1], a, 0};
    int32_t taps[DWPW_GROUPS][DWPW_TAPS];
    for (unsigned group = 0; group < DWPW_GROUPS; ++group) {
        for (unsigned tap = 0; tap < DWPW_TAPS; ++tap) {
            taps[group][tap] = byte_of(columns[tap], group);
        }
    }
    accumulate(taps, flags & SIMD_LAST0);
    simd_skip(a);
}

void simd_skip(uint32_t a)
{
    unit.history[unit.row][0] = unit.history[unit.row][1];
    unit.history[unit.row][1] = a;
    step();
}

uint32_t simd_pop(void)
{
    if (unit.results_count == 0) {
        return 0;
    }
    const uint32_t result = unit.results[unit.results_read];
    unit.results_read = (unit.results_read + 1) % DWPW_RESULTS;
    unit.results_count--;
    return result;
}
