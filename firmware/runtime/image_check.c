// The header is checked first, then every operator: what holds for all of them here, and what its
// kernel relies on by the check beside the kernel. Constants lie in the image, which no kernel
// writes to, so what has been checked stays as it is while the operators run.
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

static const char *check_tensors(const struct dwpw_operator *op)
{
    const uint64_t input = dwpw_product(op->in_h, op->in_w, op->in_c, 1);
    const uint64_t output = dwpw_product(op->out_h, op->out_w, op->out_c, 1);
    const char *const wrong[] = {
        dwpw_unless(op->input.size == input, "input"),
        dwpw_unless(op->output.size == output, "output"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

static const char *check_values(const struct dwpw_operator *op)
{
    // An offset is minus a zero point.
    const char *const wrong[] = {
        dwpw_unless(in_range(op->input_offset, -INT8_MAX, -INT8_MIN), "input_offset"),
        dwpw_unless(in_range(op->input2_offset, -INT8_MAX, -INT8_MIN), "input2_offset"),
        dwpw_unless(in_range(op->output_offset, INT8_MIN, INT8_MAX), "output_offset"),
        dwpw_unless(in_range(op->act_min, INT8_MIN, op->act_max), "act_min"),
        dwpw_unless(in_range(op->act_max, op->act_min, INT8_MAX), "act_max"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

// Each step relies on those before it.
static const char *check_parameters(const struct dwpw_operator *op,
                                    const struct dwpw_memory *memory)
{
    const char *wrong = check_sizes(op);

    if (wrong == NULL) {
        wrong = check_tensors(op);
    }
    if (wrong == NULL) {
        wrong = check_values(op);
    }
    return wrong != NULL ? wrong : dwpw_kernels[op->kernel].check(op, memory);
}

// The operator's number in the image is filled in by the caller.
static struct image_fault check_operator(const struct dwpw_header *header,
                                         const struct dwpw_operator *op,
                                         const struct dwpw_memory *memory)
{
    if (op->kernel >= dwpw_kernel_count) {
        return (struct image_fault){.code = DWPW_ERROR_CODE_BAD_KERNEL, .what = "kernel"};
    }
    struct image_fault fault = {.kernel = dwpw_kernels[op->kernel].name};

    fault.what = check_spans(header, op);
    if (fault.what != NULL) {
        fault.code = DWPW_ERROR_CODE_BAD_SPAN;
        return fault;
    }
    fault.what = check_parameters(op, memory);
    if (fault.what != NULL) {
        fault.code = DWPW_ERROR_CODE_BAD_PARAMETER;
    }
    return fault;
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
    if (!span_fits(header->input, header->arena_size) ||
        !span_fits(header->output, header->arena_size)) {
        return DWPW_ERROR_CODE_BAD_SPAN;
    }
    return 0;
}

struct image_fault image_check(const uint8_t *image, size_t capacity)
{
    const struct dwpw_header *header = (const void *)image;
    const struct dwpw_memory memory = {image, NULL};
    struct image_fault fault = {.code = check_header(header, capacity)};

    if (fault.code != 0) {
        return fault;
    }
    const struct dwpw_operator *op = (const void *)(image + header->operators);
    for (uint32_t i = 0; i < header->operator_count && fault.code == 0; ++i) {
        fault = check_operator(header, &op[i], &memory);
        fault.index = i;
    }
    return fault;
}
