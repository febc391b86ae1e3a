// The memory engine: load, store and fill (compiler_intrinsics/stream/move.py).
#include <string.h>

#include "unit.h"

enum { AXES = 3 };

// Where a nest of three loops stands; axis 0 is the innermost.
struct nest {
    uint32_t counts[AXES];
    uint32_t ram[AXES];   // bytes from word to word in main RAM
    uint32_t local[AXES]; // words inside the unit
    uint32_t at[AXES];
};

static struct nest nest_of(const struct dwpw_stream_memory *command)
{
    return (struct nest){
        .counts = {command->count0, command->count1, command->count2},
        .ram = {WORD_BYTES, command->step1, command->step2},
        .local = {command->local0, command->local1, command->local2},
    };
}

// On to the next word; false behind the last one.
static bool next(struct nest *nest)
{
    for (int axis = 0; axis < AXES; ++axis) {
        if (++nest->at[axis] < nest->counts[axis]) {
            return true;
        }
        nest->at[axis] = 0;
    }
    return false;
}

static uint32_t sum(const uint32_t *at, const uint32_t *steps)
{
    return at[0] * steps[0] + at[1] * steps[1] + at[2] * steps[2];
}

static uint32_t local_word(const struct dwpw_stream_memory *command, const struct nest *nest)
{
    return (command->local + sum(nest->at, nest->local)) & LOCAL_MASK;
}

static bool local_fits(const struct dwpw_stream_memory *command, uint32_t words)
{
    struct nest nest = nest_of(command);

    do {
        if (local_word(command, &nest) >= words) {
            return false;
        }
    } while (next(&nest));
    return true;
}

static bool
ram_fits(const struct stream_unit *unit, const struct dwpw_stream_memory *command, bool write)
{
    struct nest nest = nest_of(command);

    do {
        if (stream_ram_word(unit, command->address, sum(nest.at, nest.ram), write) == NULL) {
            return false;
        }
    } while (next(&nest));
    return true;
}

static enum dwpw_stream_status fill(struct stream_unit *unit,
                                    const struct dwpw_stream_memory *command)
{
    struct nest nest = nest_of(command);

    if (!local_fits(command, ACTIVATION_WORDS)) {
        return DWPW_STREAM_STATUS_LOCAL;
    }
    do {
        memset(unit->activations + local_word(command, &nest) * WORD_BYTES, command->value,
               WORD_BYTES);
    } while (next(&nest));
    return DWPW_STREAM_STATUS_DONE;
}

static enum dwpw_stream_status load(struct stream_unit *unit,
                                    const struct dwpw_stream_memory *command)
{
    const bool weights = command->space == DWPW_STREAM_SPACE_WEIGHTS;
    uint8_t *memory = weights ? unit->weights : unit->activations;
    const uint32_t words = weights ? WEIGHT_BYTES / WORD_BYTES : ACTIVATION_WORDS;
    struct nest nest = nest_of(command);

    if (!weights && command->space != DWPW_STREAM_SPACE_ACTIVATIONS) {
        return DWPW_STREAM_STATUS_UNKNOWN;
    }
    if (!local_fits(command, words)) {
        return DWPW_STREAM_STATUS_LOCAL;
    }
    if (!ram_fits(unit, command, false)) {
        return DWPW_STREAM_STATUS_ADDRESS;
    }
    do {
        memcpy(memory + local_word(command, &nest) * WORD_BYTES,
               stream_ram_word(unit, command->address, sum(nest.at, nest.ram), false), WORD_BYTES);
    } while (next(&nest));
    return DWPW_STREAM_STATUS_DONE;
}

static enum dwpw_stream_status store(struct stream_unit *unit,
                                     const struct dwpw_stream_memory *command)
{
    struct nest nest = nest_of(command);

    if (command->tail < 1 || command->tail > WORD_BYTES) {
        return DWPW_STREAM_STATUS_SIZE;
    }
    if (!ram_fits(unit, command, true)) {
        return DWPW_STREAM_STATUS_ADDRESS;
    }
    if (!local_fits(command, ACTIVATION_WORDS)) {
        return DWPW_STREAM_STATUS_LOCAL;
    }
    do {
        const bool last = nest.at[0] == nest.counts[0] - 1;

        memcpy(stream_ram_word(unit, command->address, sum(nest.at, nest.ram), true),
               unit->activations + local_word(command, &nest) * WORD_BYTES,
               last ? command->tail : WORD_BYTES);
    } while (next(&nest));
    return DWPW_STREAM_STATUS_DONE;
}

enum dwpw_stream_status stream_move(struct stream_unit *unit,
                                    const struct dwpw_stream_memory *command)
{
    if (command->count0 == 0 || command->count1 == 0 || command->count2 == 0) {
        return DWPW_STREAM_STATUS_SIZE;
    }
    switch (command->opcode) {
    case DWPW_STREAM_MEMORY_OPCODE_FILL:
        return fill(unit, command);
    case DWPW_STREAM_MEMORY_OPCODE_LOAD:
        return load(unit, command);
    default:
        return store(unit, command);
    }
}
