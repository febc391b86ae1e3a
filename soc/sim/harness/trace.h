// Waveform tracing; trace_off.cpp or trace_fst.cpp implements it, chosen when building.
#pragma once

#include <cstdint>
#include <string>

class Vsim;

struct TraceWindow {
    std::string file; // empty: no trace wanted
    uint64_t first_cycle = 0;
    uint64_t end_cycle = UINT64_MAX; // first cycle not traced
    int64_t layer = -1;              // of the cycles, only those of this layer; -1: all of them
};

class Trace
{
  public:
    // Throws std::runtime_error when the file cannot be written or this build cannot trace.
    Trace(Vsim &top, const TraceWindow &window);
    ~Trace();
    // Called after each evaluation; `half` is 0 for the high and 1 for the low half of the clock.
    void sample(uint64_t cycle, int half);

    static const bool available;

  private:
    bool wanted(uint64_t cycle);

    struct Writer;
    const Vsim &m_top;
    TraceWindow m_window;
    Writer *m_writer = nullptr;
    int64_t m_layer = -1;    // that began last
    bool m_starting = false; // pins of the cycle before
    bool m_stopping = false;
    bool m_in_layer = false;
};
