#include "image_check.h"

#include <stdbool.h>

#include "dwpw_kernel.h"
#include "platform.h"

enum {
    MAX_DIMENSION = 1 << 16, // of a tensor or window: keeps products of two within 32 bits
    MIN_SHIFT = -31,         // range of TFLite's QuantizeMultiplier
    MAX_SHIFT = 30,
};

static bool in_range(int32_t value, int32_t min, int32_t max)
{
    return value >= min && value <= max;
}

// Word alignment lets kernels load and store words, and every packer provides it.
static bool span_fits(struct dwpw_span span, uint64_t size)
{
    return span.size == 0 || (span.offset % 4 == 0 && (uint64_t)span.offset + span.size <= size);
}

static bool spans_fit(const struct dwpw_header *header, const struct dwpw_operator *op)
{
    const struct dwpw_span arena[] = {op->input, op->input2, op->output, op->scratch};
    const struct dwpw_span image[] = {op->weights, op->bias, op->multiplier, op->shift, op->table};

    for (size_t i = 0; i < sizeof(arena) / sizeof(arena[0]); ++i) {
        if (!span_fits(arena[i], header->arena_size)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof(image) / sizeof(image[0]); ++i) {
        if (!span_fits(image[i], header->size)) {
            return false;
        }
    }
    return true;
}

static bool tensor_holds(struct dwpw_span span, int32_t h, int32_t w, int32_t c)
{
    return (uint64_t)h * (uint64_t)w <= span.size &&
           (uint64_t)h * (uint64_t)w * (uint64_t)c <= span.size;
}

static bool shapes_fit(const struct dwpw_operator *op)
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

    for (size_t i = 0; i < sizeof(positive) / sizeof(positive[0]); ++i) {
        if (!in_range(positive[i], 1, MAX_DIMENSION)) {
            return false;
        }
    }
    if (!in_range(op->pad_top, 0, MAX_DIMENSION) || !in_range(op->pad_left, 0, MAX_DIMENSION)) {
        return false;
    }
    return tensor_holds(op->input, op->in_h, op->in_w, op->in_c) &&
           tensor_holds(op->output, op->out_h, op->out_w, op->out_c) &&
           (op->input2.size == 0 || tensor_holds(op->input2, op->in_h, op->in_w, op->in_c));
}

static bool arithmetic_is_sane(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t *multiplier = dwpw_words(memory, op->multiplier);
    const int32_t *shift = dwpw_words(memory, op->shift);
    const uint64_t words = (uint64_t)op->out_c * sizeof(int32_t);

    if (!in_range(op->input_offset, -128, 128) || !in_range(op->input2_offset, -128, 128) ||
        !in_range(op->output_offset, -128, 127) || !in_range(op->act_min, -128, op->act_max) ||
        !in_range(op->act_max, op->act_min, 127)) {
        return false;
    }
    // A kernel with a table keeps these constants there, in an order of its own.
    if (op->weights.size == 0 || op->table.size != 0) {
        return true;
    }
    if (op->bias.size < words || op->multiplier.size < words || op->shift.size < words) {
        return false;
    }
    for (int32_t c = 0; c < op->out_c; ++c) {
        if (multiplier[c] < 0 || !in_range(shift[c], MIN_SHIFT, MAX_SHIFT)) {
            return false;
        }
    }
    return true;
}

static uint32_t check_operator(const struct dwpw_header *header,
                               const struct dwpw_operator *op,
                               const struct dwpw_memory *memory)
{
    if (op->kernel >= dwpw_kernel_count) {
        return DWPW_ERROR_CODE_BAD_KERNEL;
    }
    if (!spans_fit(header, op)) {
        return DWPW_ERROR_CODE_BAD_SPAN;
    }
    if (!shapes_fit(op) || !arithmetic_is_sane(op, memory)) {
        return DWPW_ERROR_CODE_BAD_PARAMETER;
    }
    return 0;
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

uint32_t image_check(const uint8_t *image, size_t capacity)
{
    const struct dwpw_header *header = (const void *)image;
    const struct dwpw_memory memory = {image, NULL};
    uint32_t error = check_header(header, capacity);

    if (error != 0) {
        return error;
    }
    const struct dwpw_operator *op = (const void *)(image + header->operators);
    for (uint32_t i = 0; i < header->operator_count && error == 0; ++i) {
        error = check_operator(header, &op[i], &memory);
    }
    return error;
}
