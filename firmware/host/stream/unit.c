// What the instructions of `stream` mean, in C: lets its kernels run on this computer.
//
// The functions that are not static are the meanings: the generated header declares them and calls
// them for each instruction. A program that was started runs when its status is read.
#include "unit.h"

#include <string.h>

#include "../main_ram.h"

enum {
    ENGINES = DWPW_STREAM_ENGINE_COMPUTE + 1,
    LONGEST_COMMAND = DWPW_STREAM_COMPUTE_WORDS, // in words
    COUNTER_MASK = 0xffff,                       // of finished commands
};

static const uint32_t OFFSET_MASK = (1u << DWPW_STREAM_WINDOW_BIT) - 1;

_Static_assert((int)DWPW_STREAM_MEMORY_WORDS <= (int)LONGEST_COMMAND, "room for a command");

// How far an engine is.
struct progress {
    uint32_t at;
    uint32_t finished;
    bool ended;
};

// A command that has been read: one of the two.
struct command {
    uint32_t opcode;
    uint32_t after;
    struct dwpw_stream_memory memory;
    struct dwpw_stream_compute compute;
};

static struct stream_unit unit;

static struct {
    enum dwpw_stream_status status;
    struct progress engines[ENGINES];
    uint32_t blamed;  // engine whose command was refused
    uint32_t command; // place of that in its list
    uint64_t ticks;
} program;

uint8_t *
stream_ram_word(const struct stream_unit *of, uint32_t address, uint32_t offset, bool write)
{
    const uint32_t number = address >> DWPW_STREAM_WINDOW_BIT;
    const struct stream_window window = of->windows[number];
    const uint32_t inside = (address + offset) & OFFSET_MASK;

    if ((write && number == DWPW_STREAM_WINDOW_IMAGE) || inside % WORD_BYTES != 0 ||
        inside >= window.size) {
        return NULL;
    }
    return main_ram_word((uint64_t)window.base + inside);
}

static void set_window(enum dwpw_stream_window window, uint32_t base, uint32_t size)
{
    const uint32_t mask = ~(uint32_t)(WORD_BYTES - 1);

    if (program.status != DWPW_STREAM_STATUS_RUNNING) {
        unit.windows[window] = (struct stream_window){base & mask, size & mask};
    }
}

void stream_set_image(uint32_t base, uint32_t size)
{
    set_window(DWPW_STREAM_WINDOW_IMAGE, base, size);
}

void stream_set_arena(uint32_t base, uint32_t size)
{
    set_window(DWPW_STREAM_WINDOW_ARENA, base, size);
}

void stream_start(uint32_t memory_list, uint32_t compute_list)
{
    if (program.status != DWPW_STREAM_STATUS_RUNNING) {
        program.engines[DWPW_STREAM_ENGINE_MEMORY] = (struct progress){.at = memory_list};
        program.engines[DWPW_STREAM_ENGINE_COMPUTE] = (struct progress){.at = compute_list};
        program.status = DWPW_STREAM_STATUS_RUNNING;
        program.ticks = 0;
    }
}

// What goes wrong now is this engine's command.
static void blame(uint32_t engine)
{
    program.blamed = engine;
    program.command = program.engines[engine].finished;
}

// Nothing has been carried out by then: both engines are at their first commands.
void stream_stop(void)
{
    if (program.status == DWPW_STREAM_STATUS_RUNNING) {
        blame(DWPW_STREAM_ENGINE_MEMORY);
        program.status = DWPW_STREAM_STATUS_STOPPED;
    }
}

static uint32_t words_of(uint32_t engine)
{
    return engine == DWPW_STREAM_ENGINE_MEMORY ? DWPW_STREAM_MEMORY_WORDS
                                               : DWPW_STREAM_COMPUTE_WORDS;
}

// The next command of an engine; false where its list leaves the window.
static bool fetch(uint32_t engine, struct command *command)
{
    uint64_t words[LONGEST_COMMAND];

    for (uint32_t i = 0; i < words_of(engine); ++i) {
        const uint8_t *word =
            stream_ram_word(&unit, program.engines[engine].at, i * WORD_BYTES, false);

        if (word == NULL) {
            return false;
        }
        memcpy(&words[i], word, WORD_BYTES);
    }
    if (engine == DWPW_STREAM_ENGINE_MEMORY) {
        command->memory = dwpw_stream_memory_decode(words);
        command->opcode = command->memory.opcode;
        command->after = command->memory.after;
    } else {
        command->compute = dwpw_stream_compute_decode(words);
        command->opcode = command->compute.opcode;
        command->after = command->compute.after;
    }
    return true;
}

// The program's age; here a command takes a cycle.
static enum dwpw_stream_status stamp(uint32_t address)
{
    uint8_t *word = stream_ram_word(&unit, address, 0, true);

    if (word == NULL) {
        return DWPW_STREAM_STATUS_ADDRESS;
    }
    memcpy(word, &program.ticks, WORD_BYTES);
    return DWPW_STREAM_STATUS_DONE;
}

static enum dwpw_stream_status execute_memory(const struct dwpw_stream_memory *command)
{
    switch (command->opcode) {
    case DWPW_STREAM_MEMORY_OPCODE_LOAD:
    case DWPW_STREAM_MEMORY_OPCODE_STORE:
    case DWPW_STREAM_MEMORY_OPCODE_FILL:
        return stream_move(&unit, command);
    case DWPW_STREAM_MEMORY_OPCODE_STAMP:
        return stamp(command->address);
    default:
        return DWPW_STREAM_STATUS_UNKNOWN;
    }
}

static enum dwpw_stream_status execute_compute(const struct dwpw_stream_compute *command)
{
    switch (command->opcode) {
    case DWPW_STREAM_COMPUTE_OPCODE_DOT:
    case DWPW_STREAM_COMPUTE_OPCODE_DEPTHWISE:
        return stream_compute(&unit, command);
    default:
        return DWPW_STREAM_STATUS_UNKNOWN;
    }
}

_Static_assert((int)DWPW_STREAM_MEMORY_OPCODE_END == (int)DWPW_STREAM_COMPUTE_OPCODE_END,
               "one opcode ends a list of either engine");

// Carries out a command of an engine; RUNNING, or why it was refused.
static enum dwpw_stream_status execute(uint32_t engine, const struct command *command)
{
    struct progress *progress = &program.engines[engine];
    const uint32_t window = progress->at & ~OFFSET_MASK;
    const uint32_t next = progress->at + words_of(engine) * WORD_BYTES;

    if (command->opcode == DWPW_STREAM_MEMORY_OPCODE_END) {
        progress->ended = true;
        return DWPW_STREAM_STATUS_RUNNING;
    }
    const enum dwpw_stream_status status = engine == DWPW_STREAM_ENGINE_MEMORY
                                               ? execute_memory(&command->memory)
                                               : execute_compute(&command->compute);
    if (status != DWPW_STREAM_STATUS_DONE) {
        return status;
    }
    progress->at = window | (next & OFFSET_MASK);
    progress->finished = (progress->finished + 1) & COUNTER_MASK;
    return DWPW_STREAM_STATUS_RUNNING;
}

// One command of one engine, the memory engine's first; returns the program's status then.
static enum dwpw_stream_status go_on(void)
{
    struct command commands[ENGINES];
    uint32_t first_waiting = ENGINES;

    for (uint32_t engine = 0; engine < ENGINES; ++engine) {
        if (program.engines[engine].ended) {
            continue;
        }
        blame(engine);
        if (!fetch(engine, &commands[engine])) {
            return DWPW_STREAM_STATUS_ADDRESS;
        }
        first_waiting = first_waiting == ENGINES ? engine : first_waiting;
    }
    if (first_waiting == ENGINES) {
        return DWPW_STREAM_STATUS_DONE;
    }
    for (uint32_t engine = first_waiting; engine < ENGINES; ++engine) {
        const struct progress *other = &program.engines[ENGINES - 1 - engine];

        if (!program.engines[engine].ended && commands[engine].after <= other->finished) {
            blame(engine);
            const enum dwpw_stream_status status = execute(engine, &commands[engine]);

            program.ticks++;
            return status;
        }
    }
    blame(first_waiting);
    return DWPW_STREAM_STATUS_STUCK;
}

static bool names_a_command(enum dwpw_stream_status status)
{
    return status != DWPW_STREAM_STATUS_IDLE && status != DWPW_STREAM_STATUS_RUNNING &&
           status != DWPW_STREAM_STATUS_DONE;
}

uint32_t stream_read_status(void)
{
    while (program.status == DWPW_STREAM_STATUS_RUNNING) {
        program.status = go_on();
    }
    if (!names_a_command(program.status)) {
        return program.status;
    }
    return program.command << (DWPW_STREAM_ENGINE_BIT + 1) |
           program.blamed << DWPW_STREAM_ENGINE_BIT | program.status;
}
