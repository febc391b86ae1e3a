// Runs a program of the streaming unit several times, each time on bytes that this one has just
// written, and reads what it has left, which the caches held before. A table at IMAGE_BASE says
// where all lies. Prints for each round the status word and a sum of the results, and hands the
// arena over in the end.
#include "dwpw_memory_map.h"
#include "dwpw_stream_intrinsics.h"
#include "platform.h"

enum { ROUNDS = 3, RUNNING = 1, STATUS_MASK = 15 };

struct table {
    uint32_t image_size;
    uint32_t arena;
    uint32_t arena_size;
    uint32_t memory_list;
    uint32_t compute_list;
    uint32_t source_words;
    uint32_t results; // offset in the arena, in bytes
    uint32_t result_words;
};

static void put_hex(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_putc("0123456789abcdef"[value >> shift & 15]);
    }
    uart_putc('\n');
}

static uint32_t sum(const volatile uint32_t *words, uint32_t count)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < count; i++) {
        total = total * 31 + words[i];
    }
    return total;
}

int main(void)
{
    const struct table table = *(const struct table *)DWPW_IMAGE_BASE;
    volatile uint32_t *source = (volatile uint32_t *)table.arena;
    volatile uint32_t *results = (volatile uint32_t *)(table.arena + table.results);

    platform_enable_custom_functions();
    dwpw_stream_image(DWPW_IMAGE_BASE, table.image_size);
    dwpw_stream_arena(table.arena, table.arena_size);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        (void)sum(results, table.result_words); // so that both caches hold them
        for (uint32_t i = 0; i < table.source_words; i++) {
            source[i] = (i + 1) * 0x9e3779b9u + round;
        }
        dwpw_stream_start(table.memory_list, table.compute_list);
        while ((dwpw_stream_status() & STATUS_MASK) == RUNNING) {
        }
        put_hex(dwpw_stream_status());
        platform_flush_dcache();
        put_hex(sum(results, table.result_words));
    }
    platform_dump((const void *)table.arena, table.arena_size);
    return 0;
}
