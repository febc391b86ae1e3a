// Simulates the SoC until its firmware ends the run.
//
//   stdout  the bytes of the UART, flushed per line, unless they go to a pseudo-terminal
//   stderr  one JSON object per line: {"sim":"terminal",...} names the pseudo-terminal,
//           {"sim":"progress",...} about once a second, {"sim":"command",...} for each command of
//           an engine, {"sim":"end",...} at the end,
//           {"sim":"error",...} instead when the set-up is wrong
//   status  the firmware's exit code, or one of Status
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "Vsim.h"
#include "engines.h"
#include "host.h"
#include "layout.h"
#include "memory.h"
#include "options.h"
#include "terminal.h"
#include "trace.h"

using Clock = std::chrono::steady_clock;

// The firmware's own codes stay below these.
enum Status { CYCLE_LIMIT = SIM_STATUS_CYCLE_LIMIT, SETUP_ERROR = SIM_STATUS_SETUP_ERROR };

// Cycles between two looks at the host's clock: some 20 ms.
static const uint64_t slice = 1 << 15;

// Cycles between two looks at the terminal: some 0.1 ms.
static const uint64_t exchange_interval = 256;

static double seconds_since(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

static void load_files(MemoryMap &memory, const std::vector<Load> &loads)
{
    for (const Load &load : loads) {
        std::ifstream file(load.file, std::ios::binary);
        if (!file) {
            throw std::runtime_error("cannot read " + load.file);
        }
        memory.store(load.address, {std::istreambuf_iterator<char>(file), {}});
    }
}

// What is told about the SoC while it runs.
struct Watchers {
    Host &host;
    Engines &engines;
    Trace &trace;
};

static inline void clock_cycle(Vsim &top, const Watchers &watchers, uint64_t cycle)
{
    Trace &trace = watchers.trace;

    top.sys_clk = 1;
    top.eval();
    if (top.attention) {
        watchers.host.serve(top);
        watchers.engines.look(top, cycle);
    }
    if (Trace::available) {
        trace.sample(cycle, 0);
        top.sys_clk = 0;
        top.eval();
        trace.sample(cycle, 1);
    } else {
        // Nothing happens at the falling edge, so it is not simulated: the model is only made
        // to see a rising one again. Saves about 5 % of the time.
        sim_forget_rising_edge(top);
    }
}

// Runs up to `end`, less when the firmware ends the run; returns the cycle it stands at.
static uint64_t run(Vsim &top, const Watchers &watchers, uint64_t cycle, uint64_t end)
{
    for (; cycle < end && !watchers.host.ended(); ++cycle) {
        clock_cycle(top, watchers, cycle);
    }
    return cycle;
}

// The same with bytes from the terminal; apart, because looking for them costs time.
static uint64_t run_with_input(
    Vsim &top, const Watchers &watchers, Terminal &terminal, uint64_t cycle, uint64_t end)
{
    for (; cycle < end && !watchers.host.ended(); ++cycle) {
        // Not at once: what arrives in the reset is lost.
        if (cycle % exchange_interval == exchange_interval - 1) {
            terminal.exchange();
        }
        terminal.drive(top);
        clock_cycle(top, watchers, cycle);
    }
    return cycle;
}

static std::unique_ptr<Terminal> open_terminal(const Options &options)
{
    if (!options.terminal) {
        return nullptr;
    }
    auto terminal = std::make_unique<Terminal>();
    std::fprintf(stderr, "{\"sim\":\"terminal\",\"name\":\"%s\"}\n", terminal->name().c_str());
    return terminal;
}

static int simulate(const Options &options)
{
    VerilatedContext context;
    const auto top = std::make_unique<Vsim>(&context);
    MemoryMap memory = sim_memory_map(*top);
    const std::unique_ptr<Terminal> terminal = open_terminal(options);
    Host host(memory, options.dump_file, terminal.get());
    Engines engines;
    Trace trace(*top, options.trace);
    const Watchers watchers = {host, engines, trace};

    top->serial_source_ready = 1;
    top->eval(); // initial values first, so that they do not overwrite what is loaded
    load_files(memory, options.loads);

    const Clock::time_point start = Clock::now();
    double reported = 0;
    uint64_t cycle = 0;
    while (!host.ended() && cycle < options.max_cycles) {
        const uint64_t left = options.max_cycles - cycle;
        const uint64_t end = cycle + (left < slice ? left : slice);
        cycle = terminal ? run_with_input(*top, watchers, *terminal, cycle, end)
                         : run(*top, watchers, cycle, end);
        const double seconds = seconds_since(start);
        if (seconds - reported >= 1) {
            reported = seconds;
            std::fprintf(stderr, "{\"sim\":\"progress\",\"cycles\":%llu,\"hz\":%.0f}\n",
                         static_cast<unsigned long long>(cycle), cycle / seconds);
        }
    }
    host.flush();
    std::fprintf(stderr, "{\"sim\":\"end\",\"cycles\":%llu,\"seconds\":%.3f,\"limit\":%s}\n",
                 static_cast<unsigned long long>(cycle), seconds_since(start),
                 host.ended() ? "false" : "true");
    if (terminal) {
        terminal->hand_over();
    }
    return host.ended() ? static_cast<int>(host.exit_code()) : CYCLE_LIMIT;
}

int main(int argc, char **argv)
{
    try {
        return simulate(parse_options(argc, argv));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "{\"sim\":\"error\",\"message\":\"%s\"}\n", error.what());
        return SETUP_ERROR;
    }
}
