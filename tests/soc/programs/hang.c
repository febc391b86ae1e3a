// Says something, then never ends.
#include "platform.h"

int main(void)
{
    uart_puts("last words\n");
    for (;;) {
    }
}
