// The model: bytes of the buffer in, one inference, its results as text.
#ifndef DWPW_MLPERF_INFERENCE_H
#define DWPW_MLPERF_INFERENCE_H

#include "dwpw_kernel.h"

// An image that image_check has let pass, with one input and one output. Its plan leaves the input
// as it is (plan(..., keep_inputs=True)), so that one load serves any number of inferences.
struct mlperf_model {
    const struct dwpw_operator *operators;
    const struct dwpw_operator *end;
    struct dwpw_memory memory;
    struct dwpw_span input;
    struct dwpw_span output;
};

// `image` with its arena behind it.
struct mlperf_model mlperf_model_at(uint8_t *image);

// Bytes of the buffer that the model's input is made of.
uint32_t mlperf_input_bytes(const struct mlperf_model *model);

void mlperf_load_input(const struct mlperf_model *model, const uint8_t *buffer);

void mlperf_run(const struct mlperf_model *model);

// One line. The buffer is what the input was loaded from.
void mlperf_put_results(const struct mlperf_model *model, const uint8_t *buffer);

#endif
