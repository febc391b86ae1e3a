// The header is checked first, then step by step every operator: what holds for all of them here,
// and what the step's kernel relies on by the check beside the kernel. Constants lie in the image,
// which no kernel writes to, so what has been checked stays as it is while the operators run.
#include "image_check.h"

#include "dwpw_check.h"
#include "platform.h"

static bool in_range(int32_t value, int32_t min, int32_t max)
{
    return value >= min && value <= max;
}

// Word alignment lets kernels load and store words, and every packer provides it.
static bool span_fits(struct dwpw_span span, uint64_t size)
{
    return span.size <= DWPW_MAX_BYTES && span.offset % 4 == 0 &&
           (uint64_t)span.offset + span.size <= size;
}

static const char *check_spans(const struct dwpw_header *header, const struct dwpw_operator *op)
{
    const char *const wrong[] = {
        dwpw_unless(span_fits(op->input, header->arena_size), "input"),
        dwpw_unless(span_fits(op->input2, header->arena_size), "input2"),
        dwpw_unless(span_fits(op->output, header->arena_size), "output"),
        dwpw_unless(span_fits(op->scratch, header->arena_size), "scratch"),
        dwpw_unless(span_fits(op->weights, header->size), "weights"),
        dwpw_unless(span_fits(op->bias, header->size), "bias"),
        dwpw_unless(span_fits(op->multiplier, header->size), "multiplier"),
        dwpw_unless(span_fits(op->shift, header->size), "shift"),
        dwpw_unless(span_fits(op->table, header->size), "table"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

static const char *check_sizes(const struct dwpw_operator *op)
{
    const int32_t positive[] = {op->in_h,
                                op->in_w,
                                op->in_c,
                                op->out_h,
                                op->out_w,
                                op->out_c,
                                op->kernel_h,
                                op->kernel_w,
                                op->stride_h,
                                op->stride_w,
                                op->dilation_h,
                                op->dilation_w,
                                op->depth_multiplier};
    bool fine =
        in_range(op->pad_top, 0, DWPW_MAX_BYTES) && in_range(op->pad_left, 0, DWPW_MAX_BYTES);

    for (size_t i = 0; i < sizeof(positive) / sizeof(positive[0]); ++i) {
        fine = fine && in_range(positive[i], 1, DWPW_MAX_BYTES);
    }
    return dwpw_unless(fine, "size");
}

// A tensor between two operators of a step need not be stored: then its spans are empty.
static const char *
check_tensors(const struct dwpw_operator *op, bool first_of_step, bool last_of_step)
{
    const uint64_t input = dwpw_product(op->in_h, op->in_w, op->in_c, 1);
    const uint64_t output = dwpw_product(op->out_h, op->out_w, op->out_c, 1);
    const bool no_input = !first_of_step && op->input.size == 0;
    const bool no_output = !last_of_step && op->output.size == 0;
    const char *const wrong[] = {
        dwpw_unless(op->input.size == input || no_input, "input"),
        dwpw_unless(op->output.size == output || no_output, "output"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

static const char *check_values(const struct dwpw_operator *op)
{
    // An offset is minus a zero point.
    const char *const wrong[] = {
        dwpw_unless(in_range(op->input_offset, -INT8_MAX, -INT8_MIN), "input_offset"),
        dwpw_unless(in_range(op->input2_offset, -INT8_MAX, -INT8_MIN), "input2_offset"),
        dwpw_unless(in_range(op->weight_zero_point, INT8_MIN, INT8_MAX), "weight_zero_point"),
        dwpw_unless(in_range(op->output_offset, INT8_MIN, INT8_MAX), "output_offset"),
        dwpw_unless(in_range(op->act_min, INT8_MIN, op->act_max), "act_min"),
        dwpw_unless(in_range(op->act_max, op->act_min, INT8_MAX), "act_max"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

// What an operator has in itself, wherever it stands. Each check relies on those before it.
static struct image_fault check_operator(const struct dwpw_header *header,
                                         const struct dwpw_operator *op,
                                         bool first_of_step,
                                         bool last_of_step)
{
    struct image_fault fault = {.what = check_spans(header, op)};

    if (fault.what != NULL) {
        fault.code = DWPW_ERROR_CODE_BAD_SPAN;
        return fault;
    }
    fault.what = check_sizes(op);
    if (fault.what == NULL) {
        fault.what = check_tensors(op, first_of_step, last_of_step);
    }
    if (fault.what == NULL) {
        fault.what = check_values(op);
    }
    if (fault.what != NULL) {
        fault.code = DWPW_ERROR_CODE_BAD_PARAMETER;
    }
    return fault;
}

// Whether the kernel takes the `left` operators that are left, or the first of them, in one step.
static const char *check_step(const struct dwpw_operator *op, uint32_t left)
{
    bool fine = op->step >= 1 && op->step <= left && op->step <= dwpw_kernels[op->kernel].window;

    for (uint32_t i = 1; fine && i < op->step; ++i) {
        fine = op[i].step == 0;
    }
    return dwpw_unless(fine, "step");
}

// The step that begins at operator `first`; a fault names the operator that it lies in.
static struct image_fault check_step_at(const struct dwpw_header *header,
                                        const struct dwpw_operator *operators,
                                        uint32_t first,
                                        const struct dwpw_memory *memory)
{
    const struct dwpw_operator *op = &operators[first];
    struct image_fault fault = {.index = first};

    if (op->kernel >= dwpw_kernel_count) {
        fault.code = DWPW_ERROR_CODE_BAD_KERNEL;
        fault.what = "kernel";
        return fault;
    }
    fault.kernel = dwpw_kernels[op->kernel].name;
    fault.what = check_step(op, header->operator_count - first);
    for (uint32_t i = 0; fault.what == NULL && i < op->step; ++i) {
        const struct image_fault own = check_operator(header, &op[i], i == 0, i == op->step - 1);

        fault.code = own.code;
        fault.what = own.what;
        fault.index = first + i;
    }
    if (fault.what == NULL) {
        fault.index = first;
        fault.what = dwpw_kernels[op->kernel].check(op, memory);
    }
    if (fault.what != NULL && fault.code == 0) {
        fault.code = DWPW_ERROR_CODE_BAD_PARAMETER;
    }
    return fault;
}

// The model's inputs, or its outputs: at `list` in the image lie 1 to `most` spans of the arena.
static bool ends_fit(const struct dwpw_header *header, struct dwpw_span list, uint32_t most)
{
    const uint32_t count = list.size / sizeof(struct dwpw_span);

    if (!span_fits(list, header->size) || count < 1 || count > most ||
        list.size % sizeof(struct dwpw_span) != 0) {
        return false;
    }
    const struct dwpw_span *tensors = (const void *)((const uint8_t *)header + list.offset);
    for (uint32_t i = 0; i < count; ++i) {
        if (!span_fits(tensors[i], header->arena_size)) {
            return false;
        }
    }
    return true;
}

static uint32_t check_header(const struct dwpw_header *header, size_t capacity)
{
    const size_t crc_end = offsetof(struct dwpw_header, crc) + sizeof(header->crc);

    if (capacity < sizeof(*header)) {
        return DWPW_ERROR_CODE_BAD_SIZE;
    }
    if (header->magic != DWPW_MAGIC) {
        return DWPW_ERROR_CODE_BAD_MAGIC;
    }
    if (header->version != DWPW_VERSION) {
        return DWPW_ERROR_CODE_BAD_VERSION;
    }
    if (header->size < sizeof(*header) || header->size > capacity) {
        return DWPW_ERROR_CODE_BAD_SIZE;
    }
    if (header->crc !=
        platform_checksum((const uint8_t *)header + crc_end, header->size - crc_end)) {
        return DWPW_ERROR_CODE_BAD_CRC;
    }
    if (image_arena_distance(header) + header->arena_size > capacity) {
        return DWPW_ERROR_CODE_BAD_ARENA;
    }
    if (header->operators % 4 != 0 ||
        header->operators + (uint64_t)header->operator_count * sizeof(struct dwpw_operator) >
            header->size) {
        return DWPW_ERROR_CODE_BAD_OPERATOR_TABLE;
    }
    if (!ends_fit(header, header->inputs, DWPW_MAX_INPUTS) ||
        !ends_fit(header, header->outputs, DWPW_MAX_OUTPUTS)) {
        return DWPW_ERROR_CODE_BAD_SPAN;
    }
    return 0;
}

struct image_fault image_check(const uint8_t *image, size_t capacity)
{
    const struct dwpw_header *header = (const void *)image;
    struct image_fault fault = {.code = check_header(header, capacity)};

    if (fault.code != 0) {
        return fault;
    }
    const struct dwpw_memory memory = {.image = image, .arena = NULL};
    const struct dwpw_operator *operators = (const void *)(image + header->operators);
    for (uint32_t i = 0; i < header->operator_count && fault.code == 0; i += operators[i].step) {
        fault = check_step_at(header, operators, i, &memory);
    }
    return fault;
}
