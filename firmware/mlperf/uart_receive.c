// LiteX UART, receive side.
#include "uart_receive.h"

#include <generated/csr.h>

char uart_getc(void)
{
    while (uart_rxempty_read()) {
    }
    const char byte = (char)uart_rxtx_read();
    uart_ev_pending_write(1u << CSR_UART_EV_PENDING_RX_OFFSET); // makes room for the next
    return byte;
}
