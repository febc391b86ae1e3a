// Executes a custom instruction while the port is off.
#include "dwpw_intrinsics.h"
#include "platform.h"

int main(void)
{
    uart_puts("before");
    uart_putc((char)dwpw_pop());
    uart_puts("after\n");
    return 0;
}
