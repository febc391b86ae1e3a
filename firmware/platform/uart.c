// LiteX UART, transmit side; the same registers in the simulator and on every board.
#include <generated/csr.h>

#include "platform.h"

void uart_putc(char c)
{
    while (uart_txfull_read()) {
    }
    uart_rxtx_write((uint8_t)c);
}

void uart_puts(const char *text)
{
    while (*text) {
        uart_putc(*text++);
    }
}
