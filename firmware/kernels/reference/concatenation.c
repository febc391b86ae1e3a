// CONCATENATION along any dimension: pieces of the inputs in turn.
//
// table: a span of the arena for each input.  param: enum dwpw_concatenation_param.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_reference_concatenation;
dwpw_kernel_check dwpw_reference_concatenation_check;

void dwpw_reference_concatenation(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const struct dwpw_span *inputs = (const void *)dwpw_words(memory, op->table);
    const uint32_t count = op->table.size / sizeof(inputs[0]);
    const uint32_t outer = (uint32_t)op->param[DWPW_CONCATENATION_PARAM_OUTER];
    int8_t *output = dwpw_tensor(memory, op->output);

    for (uint32_t turn = 0; turn < outer; ++turn) {
        for (uint32_t i = 0; i < count; ++i) {
            const uint32_t size = inputs[i].size / outer;

            __builtin_memcpy(output, dwpw_tensor(memory, inputs[i]) + turn * size, size);
            output += size;
        }
    }
}

static bool apart(struct dwpw_span a, struct dwpw_span b)
{
    return a.offset + (uint64_t)a.size <= b.offset || b.offset + (uint64_t)b.size <= a.offset;
}

const char *dwpw_reference_concatenation_check(const struct dwpw_operator *op,
                                               const struct dwpw_memory *memory)
{
    const struct dwpw_span *inputs = (const void *)dwpw_words(memory, op->table);
    const uint32_t count = op->table.size / sizeof(inputs[0]);
    const int32_t outer = op->param[DWPW_CONCATENATION_PARAM_OUTER];
    uint64_t total = 0;

    if (outer < 1 || op->table.size % sizeof(inputs[0]) != 0) {
        return outer < 1 ? "outer" : "table";
    }
    for (uint32_t i = 0; i < count; ++i) {
        if (inputs[i].offset + (uint64_t)inputs[i].size > dwpw_header_of(memory)->arena_size ||
            inputs[i].size % (uint32_t)outer != 0) {
            return "input";
        }
        if (!apart(inputs[i], op->output)) {
            return "overlap";
        }
        total += inputs[i].size;
    }
    return dwpw_unless(total == op->output.size, "output");
}
