#include "answer.h"
#include "crc32.h"
#include "platform.h"

enum { LINE_BYTES = 4096 }; // a longer line is sent in pieces

static struct {
    char text[LINE_BYTES];
    uint32_t length;
} line;

void uart_putc(char c)
{
    line.text[line.length++] = c;
    if (c == '\n' || line.length == LINE_BYTES) {
        answer_part(DWPW_ANSWER_PART_UART, line.text, line.length);
        line.length = 0;
    }
}

void uart_puts(const char *text)
{
    for (; *text != '\0'; ++text) {
        uart_putc(*text);
    }
}

void platform_dump(const void *address, uint32_t length)
{
    answer_part(DWPW_ANSWER_PART_DUMP, address, length);
}

uint32_t platform_checksum(const void *address, uint32_t length)
{
    return crc32(address, length);
}
