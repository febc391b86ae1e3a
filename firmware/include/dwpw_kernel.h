// The interface between runtime and kernels.
#ifndef DWPW_KERNEL_H
#define DWPW_KERNEL_H

#include "dwpw_image.h"

// Constants of an operator lie in the image, its tensors in the arena.
struct dwpw_memory {
    const uint8_t *image;
    int8_t *arena;
};

// Runs the step that begins at `op`: op[0] to op[op->step - 1].
typedef void dwpw_kernel_function(const struct dwpw_operator *op, const struct dwpw_memory *memory);

// Whether `run` may execute the step: NULL, or the name of what is wrong with it. Tensors have
// no place yet (`memory->arena` is NULL), constants have. What has been checked before, and what
// checks are made of, is told in dwpw_check.h.
typedef const char *dwpw_kernel_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory);

// What a kernel says that could not do its work: the run ends with it and has no result.
struct dwpw_failure {
    const struct dwpw_operator *op; // the first one of the step
    const char *status;             // how its unit ended
    const char *engine;             // part of the unit that went wrong
    uint32_t command;               // place of the command in that part's program
};

// To be called by a kernel, at most once in a step.
void dwpw_kernel_failed(const struct dwpw_failure *failure);

// May be called by a kernel that knows when parts of its step were done: their ages in cycles at
// `ages`, each no less than the one before. They must stay there until the next step.
void dwpw_kernel_parts(const uint64_t *ages, uint32_t parts);

struct dwpw_kernel {
    const char *name; // "SET/NAME"
    uint32_t window;  // the most operators that it takes in one step
    dwpw_kernel_function *run;
    dwpw_kernel_check *check;
};

// Indexed by dwpw_operator.kernel; generated from dwpw.plan.kernels.
extern const struct dwpw_kernel dwpw_kernels[];
extern const uint32_t dwpw_kernel_count;

// "BAD_CRC" for DWPW_ERROR_CODE_BAD_CRC.
const char *dwpw_error_name(enum dwpw_error_code code);

static inline int8_t *dwpw_tensor(const struct dwpw_memory *memory, struct dwpw_span span)
{
    return memory->arena + span.offset;
}

// An image begins with its header.
static inline const struct dwpw_header *dwpw_header_of(const struct dwpw_memory *memory)
{
    return (const struct dwpw_header *)(const void *)memory->image;
}

static inline const int8_t *dwpw_bytes(const struct dwpw_memory *memory, struct dwpw_span span)
{
    return (const int8_t *)(memory->image + span.offset);
}

// The runtime has checked that the span is aligned to a word.
static inline const int32_t *dwpw_words(const struct dwpw_memory *memory, struct dwpw_span span)
{
    return (const int32_t *)(const void *)(memory->image + span.offset);
}

#endif
