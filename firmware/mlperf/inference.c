#include "inference.h"

#include "image_check.h"
#include "platform.h"
#include "settings.h"
#include "text.h"

struct mlperf_model mlperf_model_at(uint8_t *image)
{
    const struct dwpw_header *header = (const void *)image;
    const struct dwpw_operator *operators = (const void *)(image + header->operators);
    const struct dwpw_span *inputs = (const void *)(image + header->inputs.offset);
    const struct dwpw_span *outputs = (const void *)(image + header->outputs.offset);

    return (struct mlperf_model){
        .operators = operators,
        .end = operators + header->operator_count,
        .memory = {.image = image, .arena = (int8_t *)image + image_arena_distance(header)},
        .input = inputs[0],
        .output = outputs[0],
    };
}

uint32_t mlperf_input_bytes(const struct mlperf_model *model)
{
    const uint32_t each = mlperf_settings.input == MLPERF_REALS ? sizeof(float) : 1;

    return model->input.size * each;
}

static float real_at(const uint8_t *buffer, uint32_t index)
{
    const uint8_t *b = buffer + index * sizeof(float);
    const union {
        uint32_t bits;
        float real;
    } same = {.bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24};

    return same.real;
}

// To the nearest, halves away from zero, as the reference's helper does with round().
static int8_t quantised(float value)
{
    const float beyond = 2 * (INT8_MAX - INT8_MIN);
    const float steps = value / mlperf_settings.input_scale;

    if (steps != steps) {
        return (int8_t)mlperf_settings.input_zero_point;
    }
    const float bounded = steps > beyond ? beyond : steps < -beyond ? -beyond : steps;
    const int32_t towards_zero = (int32_t)bounded;
    const float rest = bounded - (float)towards_zero;
    const int32_t nearest = towards_zero + (rest >= 0.5f) - (rest <= -0.5f);
    const int32_t result = nearest + mlperf_settings.input_zero_point;
    return (int8_t)(result > INT8_MAX ? INT8_MAX : result < INT8_MIN ? INT8_MIN : result);
}

static int8_t element(const uint8_t *buffer, uint32_t index)
{
    switch (mlperf_settings.input) {
    case MLPERF_PIXELS:
        return (int8_t)(buffer[index] ^ 0x80);
    case MLPERF_FEATURES:
        return (int8_t)buffer[index];
    case MLPERF_REALS:
        break;
    }
    return quantised(real_at(buffer, index));
}

void mlperf_load_input(const struct mlperf_model *model, const uint8_t *buffer)
{
    int8_t *input = dwpw_tensor(&model->memory, model->input);

    for (uint32_t i = 0; i < model->input.size; ++i) {
        input[i] = element(buffer, i);
    }
}

void mlperf_run(const struct mlperf_model *model)
{
    for (const struct dwpw_operator *op = model->operators; op != model->end; op += op->step) {
        dwpw_kernels[op->kernel].run(op, &model->memory);
    }
}

static float output_at(const struct mlperf_model *model, uint32_t index)
{
    const int8_t value = dwpw_tensor(&model->memory, model->output)[index];

    return (float)(value - mlperf_settings.output_zero_point) * mlperf_settings.output_scale;
}

static float mean_error(const struct mlperf_model *model, const uint8_t *buffer)
{
    float sum = 0;

    for (uint32_t i = 0; i < model->output.size; ++i) {
        const float difference = output_at(model, i) - real_at(buffer, i);

        sum += difference * difference;
    }
    return sum / (float)model->output.size;
}

void mlperf_put_results(const struct mlperf_model *model, const uint8_t *buffer)
{
    // What a unit has stored is not in the CPU's cache.
    platform_flush_dcache();
    uart_puts("m-results-[");
    if (mlperf_settings.result == MLPERF_MEAN_ERROR) {
        text_put_real(mean_error(model, buffer));
    } else {
        for (uint32_t i = 0; i < model->output.size; ++i) {
            uart_puts(i == 0 ? "" : ",");
            text_put_real(output_at(model, i));
        }
    }
    uart_puts("]\r\n");
}
