// The run log: one JSON object per line (docs/architecture.md).
#ifndef DWPW_RUN_LOG_H
#define DWPW_RUN_LOG_H

#include "dwpw_kernel.h"
#include "image_check.h"

struct layer_record {
    uint32_t index; // counts the operators of the image from 0
    const char *kernel;
    uint64_t cycles;
    uint64_t instructions;
    const uint32_t *crcs; // CRC-32 of each tensor that it stored
    uint32_t tensors;     // how many those are
    const uint64_t *ages; // in cycles, at which each of its parts was done
    uint32_t parts;       // how many those are, 0 where nobody knows
};

void run_log_start(uint32_t clock_hz, uint32_t operators);
void run_log_layer(const struct layer_record *layer);
void run_log_whole(uint64_t cycles, uint64_t instructions, const uint32_t *crcs, uint32_t outputs);
void run_log_counters(uint32_t index, const uint32_t *values, uint32_t counters);

// The last line: its start, the values of each output, and its end.
void run_log_end(uint64_t cycles, uint64_t instructions);
void run_log_values(const int8_t *output, uint32_t size);
void run_log_end_of_values(void);

void run_log_fault(const struct image_fault *fault);

// `index` of its operator counts those of the image from 0.
void run_log_failure(const struct dwpw_failure *failure, uint32_t index);

#endif
