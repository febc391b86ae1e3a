#include "run.h"

#include "crc32.h"
#include "dwpw_kernel.h"
#include "image_check.h"
#include "layer_counters.h"
#include "platform.h"
#include "run_log.h"

struct counts {
    uint64_t cycles;
    uint64_t instructions;
};

// Runs one operator; the counts include the dispatch through the kernel table.
static struct counts run_operator(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const uint64_t instructions_before = platform_instructions();
    const uint64_t cycles_before = platform_cycles();

    dwpw_kernels[op->kernel].run(op, memory);

    // The cycles are read last before and first behind, so that they span the least.
    const uint64_t cycles = platform_cycles() - cycles_before;
    return (struct counts){cycles, platform_instructions() - instructions_before};
}

uint32_t run_image(uint8_t *image, size_t capacity, uint32_t clock_hz)
{
    const struct dwpw_header *header = (const void *)image;
    const struct image_fault fault = image_check(image, capacity);

    if (fault.code != 0) {
        run_log_fault(&fault);
        return fault.code;
    }
    const struct dwpw_memory memory = {
        .image = image,
        .arena = (int8_t *)image + image_arena_distance(header),
    };
    const struct dwpw_operator *op = (const void *)(image + header->operators);
    struct counts total = {0, 0};

    run_log_start(clock_hz, header->operator_count);
    for (uint32_t i = 0; i < header->operator_count; ++i) {
        // Neither the check of the image nor a checksum may leave the operator's data cached.
        platform_flush_dcache();
        platform_start_counters();
        const struct counts counts = run_operator(&op[i], &memory);
        platform_stop_counters();
        layer_counters_keep(i);
        const int8_t *output = dwpw_tensor(&memory, op[i].output);

        total.cycles += counts.cycles;
        total.instructions += counts.instructions;
        run_log_layer(&(struct layer_record){
            .index = i,
            .kernel = dwpw_kernels[op[i].kernel].name,
            .cycles = counts.cycles,
            .instructions = counts.instructions,
            .crc = crc32(output, op[i].output.size),
        });
        if (header->flags & DWPW_FLAG_DUMP_TENSORS) {
            platform_dump(output, op[i].output.size);
        }
    }
    layer_counters_log(header->operator_count);
    run_log_end(total.cycles, total.instructions, dwpw_tensor(&memory, header->output),
                header->output.size);
    return 0;
}
