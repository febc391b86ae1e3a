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

Trace::Trace(Vsim &top, const TraceWindow &window) : m_window(window)
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

void Trace::sample(uint64_t cycle, int half)
{
    if (m_writer && cycle >= m_window.first_cycle && cycle < m_window.end_cycle) {
        m_writer->fst.dump(2 * cycle + half);
    }
}
