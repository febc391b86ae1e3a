#include "text.h"

#include <stdbool.h>

#include "platform.h"

enum {
    DECIMAL_DIGITS = 20, // of 2^64 - 1
    DECIMALS = 6,
    MILLION = 1000000, // 10^DECIMALS
};

// float32: a sign, eight bits of exponent, and 23 of the mantissa.
enum {
    MANTISSA_BITS = 23,
    EXPONENT_MASK = 0xff,
    EXPONENT_BIAS = 127,
    PRODUCT_BITS = MANTISSA_BITS + 1 + 20, // of a mantissa times MILLION
};

static void put_digits(uint64_t value, uint32_t least)
{
    char text[DECIMAL_DIGITS + 1];
    char *p = text + DECIMAL_DIGITS;

    *p = '\0';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0 || text + DECIMAL_DIGITS - p < (int32_t)least);
    uart_puts(p);
}

void text_put_decimal(uint64_t value)
{
    put_digits(value, 1);
}

void text_put_hex(uint8_t byte)
{
    uart_putc("0123456789abcdef"[byte >> 4]);
    uart_putc("0123456789abcdef"[byte & 15]);
}

void text_put_line(const char *before, uint64_t value, const char *behind)
{
    uart_puts(before);
    text_put_decimal(value);
    uart_puts(behind);
    uart_puts("\r\n");
}

static uint32_t bits_of(float value)
{
    const union {
        float real;
        uint32_t bits;
    } same = {.real = value};

    return same.bits;
}

// Millionths of a value below 2^43, without its sign. Halves are rounded up.
static uint64_t millionths(uint32_t bits)
{
    const uint32_t exponent = bits >> MANTISSA_BITS & EXPONENT_MASK;
    const uint32_t hidden = exponent != 0 ? 1u << MANTISSA_BITS : 0;
    const uint32_t mantissa = (bits & ((1u << MANTISSA_BITS) - 1)) | hidden;
    const uint64_t product = (uint64_t)mantissa * MILLION;
    const int32_t shift = (int32_t)(exponent != 0 ? exponent : 1) - EXPONENT_BIAS - MANTISSA_BITS;

    if (shift >= 0) {
        return product << shift;
    }
    return -shift > PRODUCT_BITS ? 0 : (product + ((uint64_t)1 << (-shift - 1))) >> -shift;
}

void text_put_real(float value)
{
    const float largest = 1e12f;
    const bool special = (bits_of(value) >> MANTISSA_BITS & EXPONENT_MASK) == EXPONENT_MASK;
    uint32_t exponent = 0;

    if (value < 0) {
        uart_putc('-');
        value = -value;
    }
    if (special) {
        uart_puts(value > 0 ? "inf" : "nan");
        return;
    }
    for (; value >= largest; ++exponent) {
        value /= 10;
    }
    const uint64_t scaled = millionths(bits_of(value) & INT32_MAX);
    text_put_decimal(scaled / MILLION);
    uart_putc('.');
    put_digits(scaled % MILLION, DECIMALS);
    if (exponent != 0) {
        uart_putc('e');
        text_put_decimal(exponent);
    }
}
