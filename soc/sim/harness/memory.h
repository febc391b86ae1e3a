// The SoC's memories by CPU address, read and written without simulating a bus.
#pragma once

#include <cstdint>
#include <vector>

// One memory array of the model; the model keeps words little endian and without gaps.
struct Region {
    uint32_t base;
    uint32_t size; // bytes
    uint8_t *bytes;
};

// Direct-mapped, write-back L2 in front of a region; `tags` is null when the SoC has none.
struct L2 {
    uint32_t base; // of the region
    uint32_t line_count;
    uint32_t line_size;    // bytes
    const uint16_t *tags;  // number of the line in the region / line_count
    const uint16_t *state; // bit n: word n of the line is here
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
