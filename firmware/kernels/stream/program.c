// Any number of operators in one step: the streaming unit carries out a program, the CPU waits.
//
// weights: of the step's first operator, the program: lists of commands and constants, with the
// places of tensors in the arena filled in.  param: enum dwpw_stream_program_param.
#include "dwpw_check.h"
#include "dwpw_intrinsics.h"
#include "platform.h"

dwpw_kernel_function dwpw_stream_program;
dwpw_kernel_check dwpw_stream_program_check;

enum {
    STATUS_MASK = (1 << DWPW_STREAM_ENGINE_BIT) - 1,
    ENGINE_MASK = 1,
    COMMAND_BIT = DWPW_STREAM_ENGINE_BIT + 1,
    TENSOR_ALIGNMENT = DWPW_D_CACHE_LINE, // what the unit writes shares no line with others' bytes
};

enum {
    STAMPS = DWPW_STREAM_PROGRAM_PARAM_STAMPS,
    PARTS = DWPW_STREAM_PROGRAM_PARAM_PARTS,
};

static uint32_t list_of(const struct dwpw_operator *op, enum dwpw_stream_program_param list)
{
    return (uint32_t)DWPW_STREAM_WINDOW_IMAGE << DWPW_STREAM_WINDOW_BIT | (uint32_t)op->param[list];
}

// The program's age in cycles when each part was done.
static const uint64_t *stamps_of(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    return (const void *)(dwpw_tensor(memory, op->scratch) + op->param[STAMPS]);
}

// What the CPU has stored is on its way to memory already: its D$ writes through, and the unit is
// handed nothing before the stores are over. The L2 is written back by the unit itself.
void dwpw_stream_program(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *program = dwpw_bytes(memory, op->weights);
    uint32_t word;

    dwpw_stream_image(platform_bus_address(program), op->weights.size);
    dwpw_stream_arena(platform_bus_address(memory->arena), dwpw_header_of(memory)->arena_size);
    dwpw_stream_start(list_of(op, DWPW_STREAM_PROGRAM_PARAM_MEMORY_LIST),
                      list_of(op, DWPW_STREAM_PROGRAM_PARAM_COMPUTE_LIST));
    do {
        word = dwpw_stream_status();
    } while ((word & STATUS_MASK) == DWPW_STREAM_STATUS_RUNNING);
    // The D$ may hold what the arena was before.
    platform_flush_dcache();
    if ((word & STATUS_MASK) != DWPW_STREAM_STATUS_DONE) {
        const uint32_t engine = word >> DWPW_STREAM_ENGINE_BIT & ENGINE_MASK;

        dwpw_kernel_failed(&(struct dwpw_failure){
            .op = op,
            .status = dwpw_stream_status_name(word & STATUS_MASK),
            .engine = dwpw_stream_engine_name(engine),
            .command = word >> COMMAND_BIT,
        });
    } else {
        dwpw_kernel_parts(stamps_of(op, memory), (uint32_t)op->param[PARTS]);
    }
}

// a * b; what has more than 32 bits before is larger than any limit.
static uint64_t times(uint64_t a, uint32_t b)
{
    return a >> 32 != 0 && b != 0 ? UINT64_MAX : a * b;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

// The program as words of 64 bits.
struct words {
    const uint64_t *first;
    uint32_t count;
};

// Work of the memory engine's list at byte `at`, in words that it moves; UINT64_MAX where the list
// does not end in the program.
static uint64_t memory_work(struct words program, uint32_t at)
{
    uint64_t work = 0;

    for (at /= DWPW_STREAM_WORD_BYTES; at + DWPW_STREAM_MEMORY_WORDS <= program.count;
         at += DWPW_STREAM_MEMORY_WORDS) {
        const struct dwpw_stream_memory c = dwpw_stream_memory_decode(program.first + at);

        if (c.opcode == DWPW_STREAM_MEMORY_OPCODE_END) {
            return work;
        }
        work = plus(work, times(times(c.count0, c.count1), c.count2));
    }
    return UINT64_MAX;
}

// The same of the compute engine's, in steps.
static uint64_t compute_work(struct words program, uint32_t at)
{
    uint64_t work = 0;

    for (at /= DWPW_STREAM_WORD_BYTES; at + DWPW_STREAM_COMPUTE_WORDS <= program.count;
         at += DWPW_STREAM_COMPUTE_WORDS) {
        const struct dwpw_stream_compute c = dwpw_stream_compute_decode(program.first + at);

        if (c.opcode == DWPW_STREAM_COMPUTE_OPCODE_END) {
            return work;
        }
        const uint64_t results = times(times(c.groups, c.rows), c.columns);

        work = plus(work, times(times(times(results, c.taps0), c.taps1), c.taps2));
    }
    return UINT64_MAX;
}

// Words of 8 channels of all tensors of the step.
static uint64_t tensor_words(const struct dwpw_operator *op)
{
    uint64_t words = 0;

    for (uint32_t i = 0; i < op->step; ++i) {
        words += dwpw_product(op[i].in_h, op[i].in_w, op[i].in_c / DWPW_STREAM_GROUPS + 1, 1) +
                 dwpw_product(op[i].out_h, op[i].out_w, op[i].out_c / DWPW_STREAM_GROUPS + 1, 1);
    }
    return words;
}

// The unit sees to it that a program reaches nothing outside its windows; what it cannot know is
// that a program comes to its end this year. None has a reason to go through all its constants for
// a word of a tensor more than once.
static const char *check_program(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const uint32_t memory_list = (uint32_t)op->param[DWPW_STREAM_PROGRAM_PARAM_MEMORY_LIST];
    const uint32_t compute_list = (uint32_t)op->param[DWPW_STREAM_PROGRAM_PARAM_COMPUTE_LIST];
    const struct words program = {
        .first = (const uint64_t *)(const void *)dwpw_bytes(memory, op->weights),
        .count = op->weights.size / DWPW_STREAM_WORD_BYTES,
    };

    if (op->weights.offset % DWPW_STREAM_WORD_BYTES != 0 ||
        op->weights.size % DWPW_STREAM_WORD_BYTES != 0) {
        return "weights";
    }
    if (memory_list % DWPW_STREAM_WORD_BYTES != 0 || memory_list >= op->weights.size) {
        return "memory list";
    }
    if (compute_list % DWPW_STREAM_WORD_BYTES != 0 || compute_list >= op->weights.size) {
        return "compute list";
    }
    const uint64_t limit = times(tensor_words(op), program.count);

    if (memory_work(program, memory_list) > limit) {
        return "memory list";
    }
    return dwpw_unless(compute_work(program, compute_list) <= limit, "compute list");
}

static bool is_aligned(struct dwpw_span tensor)
{
    return tensor.size == 0 || tensor.offset % TENSOR_ALIGNMENT == 0;
}

static const char *check_places(const struct dwpw_operator *op)
{
    bool aligned = true;

    for (uint32_t i = 0; i < op->step; ++i) {
        aligned = aligned && is_aligned(op[i].input) && is_aligned(op[i].input2) &&
                  is_aligned(op[i].output) && is_aligned(op[i].scratch);
    }
    return dwpw_unless(aligned, "alignment");
}

// Stamps lie in the scratch memory.
static const char *check_parts(const struct dwpw_operator *op)
{
    const int64_t stamps = op->param[STAMPS];
    const int64_t parts = op->param[PARTS];

    return dwpw_unless(parts >= 0 && parts <= op->step && stamps >= 0 &&
                           stamps % DWPW_STREAM_WORD_BYTES == 0 &&
                           stamps + parts * DWPW_STREAM_WORD_BYTES <= op->scratch.size,
                       "parts");
}

const char *dwpw_stream_program_check(const struct dwpw_operator *op,
                                      const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        check_places(op),
        check_parts(op),
        check_program(op, memory),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
