// Prints a line, leaves another unfinished, and returns its exit code from main.
#include "platform.h"

int main(void)
{
    uart_puts("hello\nno newline");
    return 42;
}
