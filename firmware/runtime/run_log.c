#include "run_log.h"

#include <stdbool.h>

#include "dwpw_kernel.h"
#include "platform.h"

enum { DECIMAL_DIGITS = 20 }; // of 2^64 - 1

static void put_decimal(uint64_t value)
{
    char text[DECIMAL_DIGITS + 1];
    char *p = text + DECIMAL_DIGITS;

    *p = '\0';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    uart_puts(p);
}

static void put_signed(int32_t value)
{
    if (value < 0) {
        uart_putc('-');
    }
    put_decimal(value < 0 ? -(int64_t)value : value);
}

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_putc("0123456789abcdef"[(value >> shift) & 15]);
    }
}

static void put_name(const char *before, const char *name)
{
    uart_puts(before);
    uart_puts("\"");
    uart_puts(name);
    uart_puts("\":");
}

static void put_field(const char *name, uint64_t value)
{
    put_name(",", name);
    put_decimal(value);
}

static void put_text(const char *name, const char *text)
{
    put_name(",", name);
    uart_puts("\"");
    uart_puts(text);
    uart_puts("\"");
}

static void put_checksums(const uint32_t *crcs, uint32_t count)
{
    put_name(",", "crcs");
    for (uint32_t i = 0; i < count; ++i) {
        uart_puts(i == 0 ? "[\"" : ",\"");
        put_hex(crcs[i]);
        uart_puts("\"");
    }
    uart_puts("]");
}

// The cycles of each part.
static void put_parts(const uint64_t *ages, uint32_t parts)
{
    put_name(",", "parts");
    for (uint32_t i = 0; i < parts; ++i) {
        uart_puts(i == 0 ? "[" : ",");
        put_decimal(i == 0 ? ages[0] : ages[i] - ages[i - 1]);
    }
    uart_puts("]");
}

void run_log_start(uint32_t clock_hz, uint32_t operators)
{
    uart_puts("{\"dwpw\":\"start\"");
    put_field("version", DWPW_VERSION);
    put_field("clock_hz", clock_hz);
    put_field("operators", operators);
    uart_puts("}\n");
}

void run_log_layer(const struct layer_record *layer)
{
    uart_puts("{\"dwpw\":\"layer\"");
    put_field("index", layer->index);
    uart_puts(",\"kernel\":\"");
    uart_puts(layer->kernel);
    uart_puts("\"");
    put_field("cycles", layer->cycles);
    put_field("instructions", layer->instructions);
    put_checksums(layer->crcs, layer->tensors);
    if (layer->parts != 0) {
        put_parts(layer->ages, layer->parts);
    }
    uart_puts("}\n");
}

void run_log_whole(uint64_t cycles, uint64_t instructions, const uint32_t *crcs, uint32_t outputs)
{
    uart_puts("{\"dwpw\":\"whole\"");
    put_field("cycles", cycles);
    put_field("instructions", instructions);
    put_checksums(crcs, outputs);
    uart_puts("}\n");
}

void run_log_counters(uint32_t index, const uint32_t *values, uint32_t counters)
{
    uart_puts("{\"dwpw\":\"counters\"");
    put_field("index", index);
    for (uint32_t i = 0; i < counters; ++i) {
        put_field(platform_counter_name(i), values[i]);
    }
    uart_puts("}\n");
}

static bool first_value;

void run_log_end(uint64_t cycles, uint64_t instructions)
{
    uart_puts("{\"dwpw\":\"end\"");
    put_field("cycles", cycles);
    put_field("instructions", instructions);
    uart_puts(",\"output\":[");
    first_value = true;
}

void run_log_values(const int8_t *output, uint32_t size)
{
    for (uint32_t i = 0; i < size; ++i) {
        if (!first_value) {
            uart_putc(',');
        }
        first_value = false;
        put_signed(output[i]);
    }
}

void run_log_end_of_values(void)
{
    uart_puts("]}\n");
}

static void put_error(enum dwpw_error_code code)
{
    uart_puts("{\"dwpw\":\"error\"");
    put_field("code", code);
    put_text("name", dwpw_error_name(code));
}

void run_log_fault(const struct image_fault *fault)
{
    put_error(fault->code);
    if (fault->what != NULL) {
        put_field("operator", fault->index);
        if (fault->kernel != NULL) {
            put_text("kernel", fault->kernel);
        }
        put_text("what", fault->what);
    }
    uart_puts("}\n");
}

void run_log_failure(const struct dwpw_failure *failure, uint32_t index)
{
    put_error(DWPW_ERROR_CODE_KERNEL_FAILED);
    put_field("operator", index);
    put_text("kernel", dwpw_kernels[failure->op->kernel].name);
    put_text("status", failure->status);
    put_text("engine", failure->engine);
    put_field("command", failure->command);
    uart_puts("}\n");
}
