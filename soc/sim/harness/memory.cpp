#include "memory.h"

#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

MemoryMap::MemoryMap(std::vector<Region> regions, L2 l2) : m_regions(std::move(regions)), m_l2(l2)
{
}

uint8_t *MemoryMap::find(uint32_t address, uint64_t length) const
{
    for (const Region &region : m_regions) {
        const uint64_t offset = static_cast<uint64_t>(address) - region.base;
        if (address >= region.base && offset + length <= region.size) {
            return region.bytes + offset;
        }
    }
    char text[80];
    std::snprintf(text, sizeof text, "%llu bytes at 0x%08x lie in no memory of the SoC",
                  static_cast<unsigned long long>(length), address);
    throw std::out_of_range(text);
}

void MemoryMap::store(uint32_t address, const std::vector<uint8_t> &data)
{
    std::memcpy(find(address, data.size()), data.data(), data.size());
}

std::vector<uint8_t> MemoryMap::load(uint32_t address, uint32_t length) const
{
    const uint8_t *memory = find(address, length);
    std::vector<uint8_t> data(memory, memory + length);
    if (!m_l2.tags || address < m_l2.base) {
        return data;
    }
    for (uint32_t i = 0; i < length; ++i) {
        const uint32_t offset = address + i - m_l2.base;
        const uint32_t line = offset / m_l2.line_size;
        const uint32_t place = offset % m_l2.line_size;
        const uint32_t index = line % m_l2.line_count;
        if (m_l2.tags[index] == line / m_l2.line_count &&
            (m_l2.state[index] >> place / sizeof(uint32_t) & 1)) {
            data[i] = m_l2.lines[index * m_l2.line_size + place];
        }
    }
    return data;
}
