// The SoC's memories by CPU address, read and written without simulating a bus.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

// One memory array of the model; the model keeps words little endian and without gaps.
struct Region {
    uint32_t base;
    uint32_t size; // bytes
    uint8_t *bytes;
};

// A memory array of the model that is read by entries. The model keeps each entry in the smallest
// unsigned type that holds it, so the type follows from the width in the hardware.
class Entries
{
  public:
    Entries() = default; // there is no such array

    template <typename Entry>
    explicit Entries(const Entry *first)
        : m_bytes(reinterpret_cast<const uint8_t *>(first)), m_size(sizeof(Entry))
    {
        static_assert(std::is_unsigned<Entry>::value, "an entry has more than 64 bits");
    }

    explicit operator bool() const
    {
        return m_bytes != nullptr;
    }

    uint64_t operator[](uint32_t index) const
    {
        uint64_t entry = 0;
        std::memcpy(&entry, m_bytes + static_cast<uint64_t>(index) * m_size, m_size);
        return entry;
    }

  private:
    const uint8_t *m_bytes = nullptr;
    uint32_t m_size = 0; // bytes of an entry
};

// Direct-mapped, write-back L2 in front of a region; no `tags` when the SoC has none.
struct L2 {
    uint32_t base; // of the region
    uint32_t line_count;
    uint32_t line_size; // bytes
    Entries tags;       // number of the line in the region / line_count
    Entries state;      // bit n: word n of the line is here
    const uint8_t *lines;
};

class MemoryMap
{
  public:
    MemoryMap(std::vector<Region> regions, L2 l2);

    // Both throw std::out_of_range when the range does not lie in one region.
    // store() is for the time before the first cycle, while the L2 is empty.
    void store(uint32_t address, const std::vector<uint8_t> &data);
    // What a load by the CPU would return: the L2's copy when it has one.
    std::vector<uint8_t> load(uint32_t address, uint32_t length) const;

  private:
    uint8_t *find(uint32_t address, uint64_t length) const;

    std::vector<Region> m_regions;
    L2 m_l2;
};
