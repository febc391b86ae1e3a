// Reads through an L2 whose tags and state are kept in entries of type ENTRY, as Verilator keeps
// arrays of that width, and prints what a load of all of main RAM returns.
#include <cstdio>
#include <vector>

#include "memory.h"

int main()
{
    constexpr uint32_t kBase = 0x40000000;
    constexpr uint32_t kLine = 32;
    constexpr uint32_t kLines = 4;
    constexpr uint32_t kBytes = 1024;
    std::vector<uint8_t> ram(kBytes, 'm');
    std::vector<uint8_t> lines(kLines * kLine);
    for (uint32_t i = 0; i < lines.size(); ++i) {
        lines[i] = static_cast<uint8_t>('0' + i / kLine);
    }
    // Line 0 has no word, the others have some; the bit above the words says dirty.
    const ENTRY tags[kLines] = {0, 1, 7, 0};
    const ENTRY state[kLines] = {0, 0x01, 0x81, 0x7F};
    const MemoryMap memory({{kBase, kBytes, ram.data()}},
                           L2{kBase, kLines, kLine, Entries(tags), Entries(state), lines.data()});
    const std::vector<uint8_t> seen = memory.load(kBase, kBytes);
    std::fwrite(seen.data(), 1, seen.size(), stdout);
    return 0;
}
