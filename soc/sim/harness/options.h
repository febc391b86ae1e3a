// Command line of the simulator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace.h"

struct Load {
    uint32_t address;
    std::string file;
};

struct Options {
    std::vector<Load> loads;
    uint64_t max_cycles = UINT64_MAX;
    std::string dump_file; // empty: dumps are ignored
    bool terminal = false; // the UART is a pseudo-terminal instead of stdout
    TraceWindow trace;
};

// Throws std::invalid_argument with one line that names the wrong argument.
Options parse_options(int argc, char **argv);
