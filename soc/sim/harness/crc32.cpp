#include "crc32.h"

#include <array>

// What a byte leaves behind; the polynomial's bits are reversed, since the lowest bit comes first.
static std::array<uint32_t, 256> remainders()
{
    std::array<uint32_t, 256> table;
    for (uint32_t byte = 0; byte < table.size(); ++byte) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
        }
        table[byte] = crc;
    }
    return table;
}

uint32_t crc32(const uint8_t *data, size_t size)
{
    static const std::array<uint32_t, 256> table = remainders();
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; ++i) {
        crc = (crc >> 8) ^ table[(crc ^ data[i]) & 0xff];
    }
    return ~crc;
}
