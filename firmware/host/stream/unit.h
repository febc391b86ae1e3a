// The streaming unit in C: its memories, what of main RAM its programs reach, and its two engines.
//
// The twin of compiler_intrinsics/stream, to which the tests hold it. Commands and sizes come from
// the generated header.
#ifndef DWPW_STREAM_UNIT_H
#define DWPW_STREAM_UNIT_H

#include <stdbool.h>

#include "dwpw_intrinsics.h"

enum {
    WORD_BYTES = DWPW_STREAM_WORD_BYTES,
    WINDOWS = DWPW_STREAM_WINDOW_ARENA + 1,
    ACTIVATION_WORDS = DWPW_STREAM_ACTIVATION_WORDS,
    ACTIVATION_BYTES = ACTIVATION_WORDS * WORD_BYTES,
    WEIGHT_BYTES = DWPW_STREAM_WEIGHT_ENTRIES * DWPW_STREAM_ENTRY_BYTES,
    LOCAL_MASK = (1 << DWPW_STREAM_LOCAL_BITS) - 1, // of addresses inside, in words
};

// What the CPU has given of main RAM.
struct stream_window {
    uint32_t base;
    uint32_t size;
};

struct stream_unit {
    uint8_t activations[ACTIVATION_BYTES];
    uint8_t weights[WEIGHT_BYTES];
    struct stream_window windows[WINDOWS];
};

// The word of main RAM that lies `offset` bytes behind an address of a command, in its window; NULL
// where it is outside, at no multiple of 8, or not to be written to.
uint8_t *
stream_ram_word(const struct stream_unit *unit, uint32_t address, uint32_t offset, bool write);

// Carry out a command; DONE, or why it was refused.
enum dwpw_stream_status stream_move(struct stream_unit *unit,
                                    const struct dwpw_stream_memory *command);
enum dwpw_stream_status stream_compute(struct stream_unit *unit,
                                       const struct dwpw_stream_compute *command);

#endif
