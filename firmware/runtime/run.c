#include "run.h"

#include "crc32.h"
#include "dwpw_kernel.h"
#include "image_check.h"
#include "layer_counters.h"
#include "platform.h"
#include "run_log.h"

// An image that was checked, where it lies.
struct program {
    const struct dwpw_header *header;
    const struct dwpw_operator *operators;
    struct dwpw_memory memory;
};

struct counts {
    uint64_t cycles;
    uint64_t instructions;
};

// Runs `count` operators; the counts include the dispatch through the kernel table.
static struct counts
run_operators(const struct dwpw_operator *op, uint32_t count, const struct dwpw_memory *memory)
{
    const uint64_t instructions_before = platform_instructions();
    const uint64_t cycles_before = platform_cycles();

    for (uint32_t i = 0; i < count; ++i) {
        dwpw_kernels[op[i].kernel].run(&op[i], memory);
    }

    // The cycles are read last before and first behind, so that they span the least.
    const uint64_t cycles = platform_cycles() - cycles_before;
    return (struct counts){cycles, platform_instructions() - instructions_before};
}

// The CPU's own checksum is for runs that shall leave the caches as those on a board do.
static uint32_t checksum(const struct program *program, struct dwpw_span tensor)
{
    const int8_t *bytes = dwpw_tensor(&program->memory, tensor);

    return program->header->flags & DWPW_FLAG_CPU_CHECKSUMS ? crc32(bytes, tensor.size)
                                                            : platform_checksum(bytes, tensor.size);
}

// The whole inference with nothing between the operators.
static struct counts run_whole(const struct program *program)
{
    platform_forget_caches();
    const struct counts counts =
        run_operators(program->operators, program->header->operator_count, &program->memory);

    run_log_whole(counts.cycles, counts.instructions, checksum(program, program->header->output));
    return counts;
}

// One operator, and all that is said about it.
static struct counts run_layer(const struct program *program, uint32_t index)
{
    const struct dwpw_operator *op = &program->operators[index];

    // What the CPU has read for a checksum must not be cached for the operator.
    platform_flush_dcache();
    platform_start_counters();
    const struct counts counts = run_operators(op, 1, &program->memory);
    platform_stop_counters();
    layer_counters_keep(index);

    const uint32_t crc = checksum(program, op->output);
    run_log_layer(&(struct layer_record){
        .index = index,
        .kernel = dwpw_kernels[op->kernel].name,
        .cycles = counts.cycles,
        .instructions = counts.instructions,
        .crcs = &crc,
        .tensors = 1,
    });
    if (program->header->flags & DWPW_FLAG_DUMP_TENSORS) {
        platform_dump(dwpw_tensor(&program->memory, op->output), op->output.size);
    }
    return counts;
}

// Operator after operator; returns the sum of their counts.
static struct counts run_layers(const struct program *program)
{
    struct counts total = {0, 0};

    platform_forget_caches();
    for (uint32_t i = 0; i < program->header->operator_count; ++i) {
        const struct counts counts = run_layer(program, i);

        total.cycles += counts.cycles;
        total.instructions += counts.instructions;
    }
    layer_counters_log(program->header->operator_count);
    return total;
}

uint32_t run_image(uint8_t *image, size_t capacity, uint32_t clock_hz)
{
    const struct dwpw_header *header = (const void *)image;
    const struct image_fault fault = image_check(image, capacity);

    if (fault.code != 0) {
        run_log_fault(&fault);
        return fault.code;
    }
    const struct program program = {
        .header = header,
        .operators = (const void *)(image + header->operators),
        .memory = {.image = image, .arena = (int8_t *)image + image_arena_distance(header)},
    };

    run_log_start(clock_hz, header->operator_count);
    const struct counts counts =
        header->flags & DWPW_FLAG_WHOLE ? run_whole(&program) : run_layers(&program);
    // The output comes from memory, not from what the CPU holds of it.
    platform_flush_dcache();
    run_log_end(counts.cycles, counts.instructions, dwpw_tensor(&program.memory, header->output),
                header->output.size);
    return 0;
}
