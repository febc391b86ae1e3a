// Waveform tracing; trace_off.cpp or trace_fst.cpp implements it, chosen when building.
#pragma once

#include <cstdint>
#include <string>

class Vsim;

struct TraceWindow {
    std::string file; // empty: no trace wanted
    uint64_t first_cycle = 0;
    uint64_t end_cycle = UINT64_MAX; // first cycle not traced
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
    struct Writer;
    TraceWindow m_window;
    Writer *m_writer = nullptr;
};
