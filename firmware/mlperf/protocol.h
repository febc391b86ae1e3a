// The device's side of MLPerf Tiny's serial protocol.
//
// A command is words with spaces between them and '%' behind them. Each answer ends with the line
// "m-ready". The texts that a runner looks for are those of MLCommons' reference firmware
// (github.com/mlcommons/tiny, benchmark/api/internally_implemented.cpp). What is wrong with a
// command is told in a line "e-[...]", where the reference sometimes says nothing, or goes on
// beyond the end of its buffer.
#ifndef DWPW_MLPERF_PROTOCOL_H
#define DWPW_MLPERF_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "inference.h"

enum {
    MLPERF_COMMAND_BYTES = 80, // as in the reference; the longest of a runner's has 65
    MLPERF_MAX_ROUNDS = 1000000,
};

struct mlperf_buffer {
    uint8_t *bytes;
    uint32_t capacity;
    uint32_t expected; // as said by `db load`
    uint32_t loaded;
};

struct mlperf {
    struct mlperf_model model;
    struct mlperf_buffer buffer;
    uint32_t clock_hz;
    bool has_results; // of what the buffer holds
    bool too_long;
    uint32_t length;
    char command[MLPERF_COMMAND_BYTES + 1];
};

// What the device says when it has started.
void mlperf_start(void);

// Takes one byte of the line; answers when it completes a command. False when it completes a line
// by which a host asks LiteX's BIOS for its boot protocol: whoever sends it wants to load another
// program.
bool mlperf_take(struct mlperf *device, char byte);

#endif
