// Drives the verilated extension like the CPU does: reads instructions from standard input, offers
// them and takes the answers with random pauses, writes the answers to standard output.
//
// Arguments: seed, probability of a pause in percent.  Instruction: three words, function id, rs1,
// rs2.  Answer: one word each.  Function id kReset has none: rs1 cycles later the extension is
// reset, whatever it is at; what was not answered by then counts as answered with 0.  Exits with 1
// when the port makes no progress for 100,000 cycles.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "Vdwpw_extension.h"
#include "verilated.h"

namespace
{

struct Instruction {
    uint32_t function_id, a, b;
};

constexpr int kMostIdleCycles = 100000;
constexpr uint32_t kReset = 0xFFFFFFFF;

void write(uint32_t answer)
{
    std::fwrite(&answer, sizeof answer, 1, stdout);
}

bool read(Instruction &instruction)
{
    return std::fread(&instruction, sizeof instruction, 1, stdin) == 1;
}

void clock(Vdwpw_extension &top)
{
    top.sys_clk = 1;
    top.eval();
    top.sys_clk = 0;
    top.eval();
}

void reset(Vdwpw_extension &top)
{
    top.sys_rst = 1;
    clock(top);
    top.sys_rst = 0;
}

} // namespace

int main(int, char **arguments)
{
    std::mt19937 random(std::strtoul(arguments[1], nullptr, 10));
    const unsigned pause_percent = std::strtoul(arguments[2], nullptr, 10);
    auto pause = [&] { return random() % 100 < pause_percent; };

    Vdwpw_extension top;
    Instruction current;
    bool more = read(current);
    reset(top);
    for (int unanswered = 0, idle = 0; more || unanswered != 0;) {
        if (more && current.function_id == kReset) {
            top.bus_cmd_valid = 0;
            for (uint32_t cycle = 0; cycle < current.a; ++cycle) {
                clock(top);
            }
            reset(top);
            for (; unanswered != 0; --unanswered) {
                write(0);
            }
            more = read(current);
            continue;
        }
        top.bus_cmd_valid = more && !pause();
        top.bus_rsp_ready = !pause();
        top.bus_cmd_payload_function_id = current.function_id;
        top.bus_cmd_payload_inputs_0 = current.a;
        top.bus_cmd_payload_inputs_1 = current.b;
        top.eval();
        const bool accepted = top.bus_cmd_valid && top.bus_cmd_ready;
        const bool answered = top.bus_rsp_valid && top.bus_rsp_ready;
        if (answered) {
            write(top.bus_rsp_payload_outputs_0);
            --unanswered;
        }
        if (accepted) {
            more = read(current);
            ++unanswered;
        }
        idle = accepted || answered ? 0 : idle + 1;
        if (idle == kMostIdleCycles) {
            return 1;
        }
        clock(top);
    }
    return 0;
}
