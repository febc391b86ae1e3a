#include "buffer.h"

#include "platform.h"
#include "text.h"

enum { BYTES_PER_LINE = 8, PRINTED = 16 };

static void load(struct mlperf *device, const struct words *words)
{
    struct mlperf_buffer *buffer = &device->buffer;
    uint32_t bytes;

    if (words->count != 3 || !words_number(words, 2, 0, &bytes) || bytes == 0) {
        uart_puts("e-[db load takes a number of bytes above 0]\r\n");
    } else if (bytes > buffer->capacity) {
        text_put_line("e-[db load: the buffer has room for ", buffer->capacity, " bytes]");
    } else {
        buffer->expected = bytes;
        buffer->loaded = 0;
        device->has_results = false;
        text_put_line("m-[Expecting ", bytes, " bytes]");
    }
}

// -1 for what is no digit.
static int32_t digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    // A letter's case is one bit.
    const char small = (char)(digit | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// Number of digits; -1 if there is anything else.
static int32_t count_digits(const char *text)
{
    int32_t digits = 0;

    for (; *text != '\0'; ++text, ++digits) {
        if (digit_value(*text) < 0) {
            return -1;
        }
    }
    return digits;
}

// All of them or, when anything is wrong, none: so a command can be repeated.
static void append(struct mlperf_buffer *buffer, const char *digits)
{
    const int32_t count = count_digits(digits);

    if (count < 0) {
        uart_puts("e-[db: not a hexadecimal digit]\r\n");
    } else if (count % 2 != 0) {
        uart_puts("e-[db: an odd number of hexadecimal digits]\r\n");
    } else if (buffer->expected == 0) {
        uart_puts("e-[db: say db load N first]\r\n");
    } else if ((uint32_t)count / 2 > buffer->expected - buffer->loaded) {
        text_put_line("e-[db: more bytes than the ", buffer->expected, " that were announced]");
    } else {
        for (; *digits != '\0'; digits += 2) {
            buffer->bytes[buffer->loaded++] =
                (uint8_t)(digit_value(digits[0]) << 4 | digit_value(digits[1]));
        }
        if (buffer->loaded == buffer->expected) {
            uart_puts("m-load-done\r\n");
        }
    }
}

static void print(const struct mlperf_buffer *buffer, const struct words *words)
{
    uint32_t count;
    uint32_t offset;

    if (!words_number(words, 2, PRINTED, &count) || !words_number(words, 3, 0, &offset)) {
        uart_puts("e-[db print takes a number of bytes and an offset]\r\n");
        return;
    }
    for (uint32_t i = 0; i < count && offset + i < buffer->loaded; ++i) {
        uart_puts(i % BYTES_PER_LINE != 0 ? "-" : i == 0 ? "m-buffer-" : "\r\nm-buffer-");
        text_put_hex(buffer->bytes[offset + i]);
    }
    if (count == 0 || offset >= buffer->loaded) {
        uart_puts("e-[db print: no bytes there]");
    }
    uart_puts("\r\n");
}

void mlperf_db(struct mlperf *device, const struct words *words)
{
    if (words->count < 2) {
        uart_puts("e-[db takes load, print, or hexadecimal digits]\r\n");
    } else if (words_equal(words->word[1], "load")) {
        load(device, words);
    } else if (words_equal(words->word[1], "print")) {
        print(&device->buffer, words);
    } else if (words->count > 2) {
        uart_puts("e-[db takes one word of hexadecimal digits]\r\n");
    } else {
        append(&device->buffer, words->word[1]);
    }
}
