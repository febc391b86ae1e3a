#include "run.h"

#include "crc32.h"
#include "dwpw_kernel.h"
#include "image_check.h"
#include "layer_counters.h"
#include "platform.h"
#include "run_log.h"
#include "said.h"

// Tensors that one step may store: one for each of its operators.
enum { MAX_STORED = DWPW_MAX_STEP };

// An image that was checked, where it lies.
struct program {
    const struct dwpw_header *header;
    const struct dwpw_operator *operators;
    struct dwpw_memory memory;
};

// Behind the last operator.
static const struct dwpw_operator *end_of(const struct program *program)
{
    return program->operators + program->header->operator_count;
}

struct counts {
    uint64_t cycles;
    uint64_t instructions;
};

// Runs steps from `op` up to `end`; the counts include the dispatch through the kernel table.
static struct counts run_steps(const struct dwpw_operator *op,
                               const struct dwpw_operator *end,
                               const struct dwpw_memory *memory)
{
    const uint64_t instructions_before = platform_instructions();
    const uint64_t cycles_before = platform_cycles();

    for (; op != end; op += op->step) {
        dwpw_kernels[op->kernel].run(op, memory);
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

static const struct dwpw_span *outputs_of(const struct program *program)
{
    return (const void *)(program->memory.image + program->header->outputs.offset);
}

static uint32_t output_count(const struct program *program)
{
    return program->header->outputs.size / sizeof(struct dwpw_span);
}

// Not part of its caller: the checksums would move the kernels' stack against the D$.
static __attribute__((noinline)) void say_whole(const struct program *program, struct counts counts)
{
    uint32_t crcs[DWPW_MAX_OUTPUTS];

    for (uint32_t i = 0; i < output_count(program); ++i) {
        crcs[i] = checksum(program, outputs_of(program)[i]);
    }
    run_log_whole(counts.cycles, counts.instructions, crcs, output_count(program));
}

// The whole inference with nothing between the operators.
static struct counts run_whole(const struct program *program)
{
    platform_forget_caches();
    const struct counts counts = run_steps(program->operators, end_of(program), &program->memory);

    if (said_failure() == NULL) {
        say_whole(program, counts);
    }
    return counts;
}

// Not part of its caller for the same reason.
static __attribute__((noinline)) void say_layer(const struct program *program,
                                                const struct dwpw_operator *op,
                                                uint32_t index,
                                                struct counts counts)
{
    const struct dwpw_operator *end = op + op->step;
    uint32_t crcs[MAX_STORED];
    uint32_t tensors = 0;

    for (const struct dwpw_operator *one = op; one != end; ++one) {
        if (one->output.size != 0) {
            crcs[tensors++] = checksum(program, one->output);
        }
    }
    run_log_layer(&(struct layer_record){
        .index = index,
        .kernel = dwpw_kernels[op->kernel].name,
        .cycles = counts.cycles,
        .instructions = counts.instructions,
        .crcs = crcs,
        .tensors = tensors,
        .ages = said_all()->ages,
        .parts = said_all()->parts,
    });
    if (program->header->flags & DWPW_FLAG_DUMP_TENSORS) {
        for (const struct dwpw_operator *one = op; one != end; ++one) {
            if (one->output.size != 0) {
                platform_dump(dwpw_tensor(&program->memory, one->output), one->output.size);
            }
        }
    }
}

// One step, and all that is said about it unless its kernel has failed.
static struct counts
run_layer(const struct program *program, const struct dwpw_operator *op, uint32_t index)
{
    // What the CPU has read for a checksum must not be cached for the operator.
    platform_flush_dcache();
    said_forget();
    platform_start_counters();
    const struct counts counts = run_steps(op, op + op->step, &program->memory);
    platform_stop_counters();
    layer_counters_keep(index);

    if (said_failure() == NULL) {
        say_layer(program, op, index, counts);
    }
    return counts;
}

// Step after step, up to one whose kernel fails; returns the sum of their counts.
static struct counts run_layers(const struct program *program)
{
    struct counts total = {0, 0};
    uint32_t steps = 0;

    platform_forget_caches();
    for (const struct dwpw_operator *op = program->operators;
         op != end_of(program) && said_failure() == NULL; op += op->step) {
        const struct counts counts = run_layer(program, op, steps++);

        total.cycles += counts.cycles;
        total.instructions += counts.instructions;
    }
    layer_counters_log(steps);
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

    said_forget();
    run_log_start(clock_hz, header->operator_count);
    const struct counts counts =
        header->flags & DWPW_FLAG_WHOLE ? run_whole(&program) : run_layers(&program);
    if (said_failure() != NULL) {
        run_log_failure(said_failure(), (uint32_t)(said_failure()->op - program.operators));
        return DWPW_ERROR_CODE_KERNEL_FAILED;
    }
    // The output comes from memory, not from what the CPU holds of it.
    platform_flush_dcache();
    run_log_end(counts.cycles, counts.instructions);
    for (uint32_t i = 0; i < output_count(&program); ++i) {
        const struct dwpw_span output = outputs_of(&program)[i];

        run_log_values(dwpw_tensor(&program.memory, output), output.size);
    }
    run_log_end_of_values();
    return 0;
}
