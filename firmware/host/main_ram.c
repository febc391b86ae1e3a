#include "main_ram.h"

enum {
    BASE = 0x40000000, // as on the SoC
    WORD_BYTES = 8,
};

static struct {
    uint8_t *bytes;
    uint32_t size;
} ram;

void main_ram_set(uint8_t *bytes, uint32_t size)
{
    ram.bytes = bytes;
    ram.size = size;
}

uint32_t main_ram_address(const void *byte)
{
    return BASE + (uint32_t)((const uint8_t *)byte - ram.bytes);
}

uint8_t *main_ram_word(uint64_t address)
{
    if (address < BASE || address - BASE + WORD_BYTES > ram.size) {
        return NULL;
    }
    return ram.bytes + (address - BASE);
}
