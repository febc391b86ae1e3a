// What the simulated SoC can ask of the host: print UART bytes, look at a memory range, end the
// run.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include "memory.h"

class Terminal;
class Vsim;

class Host
{
  public:
    // Throws std::runtime_error when `dump_file` (may be empty) cannot be written. UART bytes go to
    // `terminal`, or to stdout when it is null.
    Host(const MemoryMap &memory, const std::string &dump_file, Terminal *terminal);
    ~Host();

    // Acts on the pins after an evaluation with `attention` high.
    void serve(Vsim &top);
    // Prints what is left of an unfinished line.
    void flush();

    bool ended() const
    {
        return m_ended;
    }
    uint32_t exit_code() const
    {
        return m_exit_code;
    }

  private:
    void put_byte(uint8_t byte);
    void dump(uint32_t address, uint32_t length);

    const MemoryMap &m_memory;
    Terminal *m_terminal;
    std::FILE *m_dump = nullptr;
    std::string m_line;
    bool m_ended = false;
    uint32_t m_exit_code = 0;
};
