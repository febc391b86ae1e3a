// The fast build: no tracing code in the model at all.
#include "trace.h"

#include <stdexcept>

const bool Trace::available = false;

struct Trace::Writer {};

Trace::Trace(Vsim &, const TraceWindow &window)
{
    if (!window.file.empty()) {
        throw std::runtime_error("this simulator was built without tracing");
    }
}

Trace::~Trace() = default;

void Trace::sample(uint64_t, int)
{
}
