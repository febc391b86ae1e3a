// Entry of the benchmark's firmware on the SoC: the loader has put the image where the memory map
// says; its input comes over the line.
#include <generated/mem.h>
#include <generated/soc.h>

#include "dwpw_memory_map.h"
#include "image_check.h"
#include "mlperf_buffer.h"
#include "platform.h"
#include "protocol.h"
#include "run_log.h"
#include "uart_receive.h"

static const size_t image_capacity = MAIN_RAM_BASE + MAIN_RAM_SIZE - DWPW_IMAGE_BASE;

static uint8_t input[MLPERF_BUFFER_BYTES];

int main(void)
{
    uint8_t *image = (uint8_t *)(uintptr_t)DWPW_IMAGE_BASE;
    const struct image_fault fault = image_check(image, image_capacity);

    platform_enable_custom_functions();
    if (fault.code != 0) {
        run_log_fault(&fault);
        return (int)fault.code;
    }
    struct mlperf device = {
        .model = mlperf_model_at(image),
        .buffer = {.bytes = input, .capacity = sizeof(input)},
        .clock_hz = CONFIG_CLOCK_FREQUENCY,
    };
    mlperf_start();
    while (mlperf_take(&device, uart_getc())) {
    }
    return 0;
}
