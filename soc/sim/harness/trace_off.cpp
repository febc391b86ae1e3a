// The fast build: no tracing code in the model at all.
#include "trace.h"

#include <stdexcept>

const bool Trace::available = false;

struct Trace::Writer {};

Trace::Trace(Vsim &top, const TraceWindow &window) : m_top(top)
{
    if (!window.file.empty()) {
        throw std::runtime_error("this simulator was built without tracing");
    }
}

Trace::~Trace() = default;

bool Trace::wanted(uint64_t)
{
    return false;
}

void Trace::sample(uint64_t, int)
{
}
