// An exception ends the run with one line that the host can read.
#include "platform.h"

// ErrorCode.TRAP of the image format, handed in by whoever compiles this file.
static const uint32_t trap_code = DWPW_ERROR_TRAP;

static void put_decimal(uint32_t value)
{
    if (value >= 10) {
        put_decimal(value / 10);
    }
    uart_putc((char)('0' + value % 10));
}

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_putc("0123456789abcdef"[value >> shift & 15]);
    }
}

_Noreturn void platform_trap(uint32_t mcause, uint32_t mepc, uint32_t mtval)
{
    // The line that was being printed is lost; start a fresh one.
    uart_puts("\n{\"dwpw\":\"error\",\"code\":");
    put_decimal(trap_code);
    uart_puts(",\"name\":\"TRAP\",\"mcause\":");
    put_decimal(mcause);
    uart_puts(",\"mepc\":\"");
    put_hex(mepc);
    uart_puts("\",\"mtval\":\"");
    put_hex(mtval);
    uart_puts("\"}\n");
    platform_exit(trap_code);
}
