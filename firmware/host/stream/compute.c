// The compute engine: dot and depthwise (compiler_intrinsics/stream/compute.py).
#include <string.h>

#include "../requantise.h"
#include "unit.h"

enum {
    GROUPS = DWPW_STREAM_GROUPS,
    TAPS = DWPW_STREAM_TAPS,
    BANKS = DWPW_STREAM_BANKS,
    BYTE_MASK = (LOCAL_MASK + 1) * WORD_BYTES - 1, // of addresses inside, in bytes
};

// What all results of a group share.
struct group {
    int32_t bias[GROUPS];
    int32_t multiplier[GROUPS];
    int32_t shift[GROUPS];
    uint32_t weights; // first entry of them
};

static const uint8_t *entry_at(const struct stream_unit *unit, uint32_t entry)
{
    entry &= LOCAL_MASK;
    return entry < DWPW_STREAM_WEIGHT_ENTRIES ? unit->weights + entry * DWPW_STREAM_ENTRY_BYTES
                                              : NULL;
}

// False where an entry lies behind the end of the memory.
static bool read_parameters(const struct stream_unit *unit, uint32_t first, struct group *group)
{
    uint8_t block[DWPW_STREAM_PARAMETER_ENTRIES * DWPW_STREAM_ENTRY_BYTES];

    for (uint32_t i = 0; i < DWPW_STREAM_PARAMETER_ENTRIES; ++i) {
        const uint8_t *entry = entry_at(unit, first + i);

        if (entry == NULL) {
            return false;
        }
        memcpy(block + i * DWPW_STREAM_ENTRY_BYTES, entry, DWPW_STREAM_ENTRY_BYTES);
    }
    memcpy(group->bias, block, sizeof(group->bias));
    memcpy(group->multiplier, block + sizeof(group->bias), sizeof(group->multiplier));
    for (uint32_t c = 0; c < GROUPS; ++c) {
        group->multiplier[c] &= INT32_MAX;
        group->shift[c] = shift_of_six_bits(block[2 * sizeof(group->bias) + c]);
        if (group->shift[c] > 0) {
            group->shift[c] &= DWPW_STREAM_MOST_LEFT;
        }
    }
    group->weights = first + DWPW_STREAM_PARAMETER_ENTRIES;
    return true;
}

// Activations that one step meets, by channel and tap, from byte `at`; false behind the end.
static bool
read_dot(const struct stream_unit *unit, uint32_t at, int32_t values[static GROUPS][TAPS])
{
    at &= BYTE_MASK;
    if (at >= ACTIVATION_BYTES) {
        return false;
    }
    for (uint32_t tap = 0; tap < TAPS; ++tap) {
        const int32_t value = (int8_t)unit->activations[(at + tap) % ACTIVATION_BYTES];

        for (uint32_t c = 0; c < GROUPS; ++c) {
            values[c][tap] = value;
        }
    }
    return true;
}

static bool
read_depthwise(const struct stream_unit *unit, uint32_t at, int32_t values[static GROUPS][TAPS])
{
    const uint32_t word = (at & BYTE_MASK) / WORD_BYTES;

    if (word >= ACTIVATION_WORDS) {
        return false;
    }
    for (uint32_t tap = 0; tap < BANKS; ++tap) {
        const uint8_t *pixel = unit->activations + (word + tap) % ACTIVATION_WORDS * WORD_BYTES;

        for (uint32_t c = 0; c < GROUPS; ++c) {
            values[c][tap] = (int8_t)pixel[c];
        }
    }
    return true;
}

static void accumulate(uint32_t total[static GROUPS],
                       int32_t values[static GROUPS][TAPS],
                       const uint8_t *entry,
                       int32_t zero_point)
{
    for (uint32_t c = 0; c < GROUPS; ++c) {
        int32_t sum = 0;

        for (uint32_t tap = 0; tap < TAPS; ++tap) {
            sum += values[c][tap] * ((int8_t)entry[c * TAPS + tap] - zero_point);
        }
        total[c] += (uint32_t)sum;
    }
}

static void move_up(uint32_t total[static GROUPS])
{
    for (uint32_t c = 0; c < GROUPS; ++c) {
        total[c] <<= 8;
    }
}

// The accumulators of a result whose first tap is at byte `start`; false where a tap or a weight
// lies behind the end of its memory.
static bool sum_up(const struct stream_unit *unit,
                   const struct dwpw_stream_compute *command,
                   const struct group *group,
                   uint32_t start,
                   uint32_t total[static GROUPS])
{
    const bool dot = command->opcode == DWPW_STREAM_COMPUTE_OPCODE_DOT;
    int32_t values[GROUPS][TAPS] = {{0}}; // a depthwise step leaves those beyond the banks
    uint32_t weights = group->weights;

    for (uint32_t tap2 = 0; tap2 < command->taps2; ++tap2) {
        if (tap2 != 0 && (command->up & 1) != 0) {
            move_up(total);
        }
        for (uint32_t tap1 = 0; tap1 < command->taps1; ++tap1) {
            uint32_t at = start + WORD_BYTES * (tap2 * command->input2 + tap1 * command->input1);

            for (uint32_t tap0 = 0; tap0 < command->taps0; ++tap0) {
                const uint8_t *entry = entry_at(unit, weights++);

                if (entry == NULL ||
                    !(dot ? read_dot(unit, at, values) : read_depthwise(unit, at, values))) {
                    return false;
                }
                accumulate(total, values, entry, command->weight_zero_point);
                at += dot ? TAPS : BANKS * WORD_BYTES;
            }
        }
    }
    return true;
}

// As the hardware has it: first up to the least, then down to the greatest.
static int8_t
result_of(const struct dwpw_stream_compute *command, const struct group *group, int c, uint32_t sum)
{
    const int32_t value = (int32_t)(sum + (uint32_t)group->bias[c]);
    int64_t result =
        (int64_t)requantise(value, group->multiplier[c], group->shift[c]) + command->zero_point;

    result = result < command->act_min ? command->act_min : result;
    result = result > command->act_max ? command->act_max : result;
    return (int8_t)result;
}

// A row of a group's results; false where an address lies behind the end of a memory.
static bool compute_row(struct stream_unit *unit,
                        const struct dwpw_stream_compute *command,
                        const struct group *group,
                        uint32_t input,
                        uint32_t output)
{
    for (uint32_t x = 0; x < command->columns; ++x) {
        const uint32_t word = (output + x) & LOCAL_MASK;
        uint32_t total[GROUPS] = {0};

        if (word >= ACTIVATION_WORDS ||
            !sum_up(unit, command, group, input + x * command->input_column, total)) {
            return false;
        }
        for (int c = 0; c < GROUPS; ++c) {
            unit->activations[word * WORD_BYTES + (uint32_t)c] =
                (uint8_t)result_of(command, group, c, total[c]);
        }
    }
    return true;
}

static bool
compute_group(struct stream_unit *unit, const struct dwpw_stream_compute *command, uint32_t number)
{
    const uint32_t input = command->input + WORD_BYTES * number * command->input_group;
    const uint32_t output = command->output + number * command->output_group;
    struct group group;

    if (!read_parameters(unit, command->weights + number * command->weights_group, &group)) {
        return false;
    }
    for (uint32_t y = 0; y < command->rows; ++y) {
        if (!compute_row(unit, command, &group, input + WORD_BYTES * y * command->input_row,
                         output + y * command->output_row)) {
            return false;
        }
    }
    return true;
}

enum dwpw_stream_status stream_compute(struct stream_unit *unit,
                                       const struct dwpw_stream_compute *command)
{
    if (command->groups == 0 || command->rows == 0 || command->columns == 0 ||
        command->taps0 == 0 || command->taps1 == 0 || command->taps2 == 0) {
        return DWPW_STREAM_STATUS_SIZE;
    }
    for (uint32_t number = 0; number < command->groups; ++number) {
        if (!compute_group(unit, command, number)) {
            return DWPW_STREAM_STATUS_LOCAL;
        }
    }
    return DWPW_STREAM_STATUS_DONE;
}
