#include "engines.h"

#include <cstdio>

#include "Vsim.h"

static const unsigned engine_count = 8 * sizeof(Vsim::engines_start);

static bool bit(uint64_t pins, unsigned number)
{
    return pins >> number & 1;
}

Engines::Engines() : m_started(engine_count)
{
}

// What did not end in its layer was given up.
void Engines::begin_layer()
{
    ++m_layer;
    for (std::deque<uint64_t> &started : m_started) {
        started.clear();
    }
}

void Engines::look(const Vsim &top, uint64_t cycle)
{
    if (top.layer_start) {
        // The write takes some cycles; the layer begins with the last one.
        if (m_layer < 0 || m_starting + 1 != cycle) {
            begin_layer();
        }
        m_starting = m_layer_start = cycle;
    }
    for (unsigned number = 0; number < engine_count; ++number) {
        std::deque<uint64_t> &started = m_started[number];

        if (bit(top.engines_done, number) && !started.empty()) {
            std::fprintf(stderr,
                         "{\"sim\":\"command\",\"engine\":%u,\"layer\":%lld,"
                         "\"start\":%llu,\"end\":%llu}\n",
                         number, static_cast<long long>(m_layer),
                         static_cast<unsigned long long>(started.front() - m_layer_start),
                         static_cast<unsigned long long>(cycle - m_layer_start));
            started.pop_front();
        }
        if (bit(top.engines_start, number)) {
            started.push_back(cycle);
        }
    }
}
