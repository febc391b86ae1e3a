#ifndef DWPW_MLPERF_UART_RECEIVE_H
#define DWPW_MLPERF_UART_RECEIVE_H

// Waits for a byte.
char uart_getc(void);

#endif
