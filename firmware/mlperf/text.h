// Text for the UART, without a printf.
#ifndef DWPW_MLPERF_TEXT_H
#define DWPW_MLPERF_TEXT_H

#include <stdint.h>

void text_put_decimal(uint64_t value);

// Two digits.
void text_put_hex(uint8_t byte);

// Six decimals, rounded to the nearest; from 10^12 on with an exponent; "inf", "nan".
void text_put_real(float value);

// `before`, a number, and the end of the line.
void text_put_line(const char *before, uint64_t value, const char *behind);

#endif
