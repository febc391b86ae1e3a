// The traced build: an FST file of the cycles inside the window.
#include "trace.h"

#include <stdexcept>

#include "Vsim.h"
#include "verilated_fst_c.h"

const bool Trace::available = true;

struct Trace::Writer {
    VerilatedFstC fst;
};

static const int all_levels = 99; // of the hierarchy

Trace::Trace(Vsim &top, const TraceWindow &window) : m_top(top), m_window(window)
{
    if (window.file.empty()) {
        return;
    }
    Verilated::traceEverOn(true);
    m_writer = new Writer;
    top.trace(&m_writer->fst, all_levels);
    m_writer->fst.open(window.file.c_str());
    if (!m_writer->fst.isOpen()) {
        throw std::runtime_error("cannot write the trace " + window.file);
    }
}

Trace::~Trace()
{
    if (m_writer) {
        m_writer->fst.close();
        delete m_writer;
    }
}

// A layer lasts from the first cycle of the write that starts its counters to the last cycle of the
// one that stops them.
bool Trace::wanted(uint64_t cycle)
{
    const bool starting = m_top.layer_start;

    if (starting && !m_starting) {
        ++m_layer;
        m_in_layer = true;
    } else if (!starting && !m_top.layer_stop && m_stopping) {
        m_in_layer = false;
    }
    m_starting = starting;
    m_stopping = m_top.layer_stop;
    return cycle >= m_window.first_cycle && cycle < m_window.end_cycle &&
           (m_window.layer < 0 || (m_in_layer && m_layer == m_window.layer));
}

void Trace::sample(uint64_t cycle, int half)
{
    if (m_writer && wanted(cycle)) {
        m_writer->fst.dump(2 * cycle + half);
    }
}
