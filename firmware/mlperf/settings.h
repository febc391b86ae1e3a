// What the protocol has to know of a model besides its image; dwpw.mlperf.firmware writes
// mlperf_settings.c for each.
#ifndef DWPW_MLPERF_SETTINGS_H
#define DWPW_MLPERF_SETTINGS_H

#include <stdint.h>

// What the bytes of the buffer are, as the benchmark's reference firmware takes them.
enum mlperf_input {
    MLPERF_PIXELS,   // uint8, 128 above the model's int8
    MLPERF_FEATURES, // the model's int8
    MLPERF_REALS,    // float32, little endian
};

// What is told about an inference.
enum mlperf_result {
    MLPERF_VALUES,     // the output, dequantised
    MLPERF_MEAN_ERROR, // mean of (output - input) squared, for a model that reproduces MLPERF_REALS
};

struct mlperf_settings {
    const char *device;
    const char *model; // "vww01"
    enum mlperf_input input;
    enum mlperf_result result;
    float input_scale;
    int32_t input_zero_point;
    float output_scale;
    int32_t output_zero_point;
};

extern const struct mlperf_settings mlperf_settings;

#endif
