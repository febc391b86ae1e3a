// Sends back every byte that it receives, plus one, until it receives a zero.
#include <generated/csr.h>

#include "platform.h"

static uint8_t receive(void)
{
    while (uart_rxempty_read()) {
    }
    const uint8_t byte = (uint8_t)uart_rxtx_read();

    uart_ev_pending_write(2); // takes it out of the FIFO
    return byte;
}

int main(void)
{
    for (;;) {
        const uint8_t byte = receive();

        if (byte == 0) {
            platform_exit(0);
        }
        uart_putc((char)(byte + 1));
    }
}
