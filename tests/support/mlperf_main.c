// The benchmark's firmware as a program: standard input is the line to it, standard output the line
// back.
//
//   device IMAGE MEMORY BUFFER   bytes of memory from the image's start on, and of the input buffer
//   device reals                 each four bytes are a float32, printed in a line
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32.h"
#include "image_check.h"
#include "platform.h"
#include "protocol.h"
#include "text.h"

enum { REFUSED = 3, CLOCK_HZ = 1000000 };

void uart_putc(char c)
{
    putchar(c);
}

void uart_puts(const char *text)
{
    fputs(text, stdout);
}

void platform_dump(const void *address, uint32_t length)
{
    (void)address;
    (void)length;
}

uint32_t platform_checksum(const void *address, uint32_t length)
{
    return crc32(address, length);
}

static int print_reals(void)
{
    float value;

    while (fread(&value, sizeof(value), 1, stdin) == 1) {
        text_put_real(value);
        putchar('\n');
    }
    return 0;
}

// Until it is asked for the boot protocol; false at the end of the input.
static bool serve(uint8_t *image, uint8_t *buffer, uint32_t capacity)
{
    struct mlperf device = {
        .model = mlperf_model_at(image),
        .buffer = {.bytes = buffer, .capacity = capacity},
        .clock_hz = CLOCK_HZ,
    };

    mlperf_start();
    for (int c; (c = getchar()) != EOF;) {
        if (!mlperf_take(&device, (char)c)) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        return print_reals();
    }
    const size_t size = strtoul(argv[2], NULL, 0);
    const size_t capacity = strtoul(argv[3], NULL, 0);
    uint8_t *image = aligned_alloc(64, (size + 63) / 64 * 64);
    uint8_t *buffer = malloc(capacity); // no byte more, for the sanitizer to see
    FILE *file = fopen(argv[1], "rb");

    if (image == NULL || buffer == NULL || file == NULL || fread(image, 1, size, file) == 0 ||
        image_check(image, size).code != 0) {
        return REFUSED;
    }
    fclose(file);
    while (serve(image, buffer, (uint32_t)capacity)) {
    }
    free(buffer);
    free(image);
    return 0;
}
