// Tells of every command that an engine of a unit carries out.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

class Vsim;

class Engines
{
  public:
    Engines();

    // Looks at the pins of a cycle with `attention` high; prints a JSON object to stderr,
    // {"sim":"command",...}, for each command that is over.
    void look(const Vsim &top, uint64_t cycle);

  private:
    void begin_layer();

    std::vector<std::deque<uint64_t>> m_started; // by engine: when commands under way started
    int64_t m_layer = -1;                        // that began last
    uint64_t m_layer_start = 0;
    uint64_t m_starting = 0; // the last cycle in which a layer's start was written
};
