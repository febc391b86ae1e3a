// Drives the verilated streaming unit as the CPU and main RAM do.
//
// Arguments: seed, percent of cycles in which memory takes nothing, greatest latency of a read.
// Standard input: the number of steps, the steps (kind, function id, a, b), then main RAM; a step
// is an instruction, a wait for the end of the program (by the instruction that is given), a number
// of cycles to let pass, a reset, or an instruction of another unit, which may keep the CPU
// waiting. Standard output: for each wait the status word and the cycles since the last start; then
// words read, words written, what other units answered, and main RAM.  Exits with 1 when a program
// or an instruction does not end, with 2 when the unit breaks a rule of its port.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vdwpw_stream.h"
#include "verilated.h"

namespace
{

constexpr uint32_t kMostCycles = 3000000;
constexpr uint32_t kBase = 0x40000000;
constexpr uint32_t kRunning = 1;
constexpr uint32_t kStatusMask = 15;
constexpr unsigned kLongestFlush = 40;

enum Kind : uint32_t { kInstruction, kWait, kPass, kReset, kOther };

struct Step {
    uint32_t kind, function_id, a, b;
};

struct Read {
    uint64_t due, data;
};

class Bench
{
  public:
    Bench(unsigned seed, unsigned stall_percent, unsigned latency, std::vector<uint64_t> &ram)
        : random_(seed), stall_percent_(stall_percent), latency_(latency), ram_(ram)
    {
        reset();
    }

    void reset()
    {
        top_.bench_valid = 0;
        top_.memory_cmd_ready = 0;
        top_.memory_rdata_valid = 0;
        top_.memory_flushed = 0;
        top_.sys_rst = 1;
        edge();
        top_.sys_rst = 0;
        reads_.clear();
        offered_ = false;
        flush_left_ = 0;
    }

    uint32_t instruct(const Step &step)
    {
        offer(step);
        uint32_t answer = 0;
        clock(&answer);
        broken_ = broken_ || !taken_;
        withdraw();
        return answer;
    }

    // Of a unit that may keep the CPU waiting; false if it does so for ever.
    bool ask(const Step &step)
    {
        uint32_t answer = 0;
        offer(step);
        taken_ = false;
        for (uint32_t cycle = 0; !taken_ && cycle < kMostCycles; ++cycle) {
            clock(&answer);
        }
        withdraw();
        answers.push_back(answer);
        return taken_;
    }

    void offer(const Step &step)
    {
        top_.bench_valid = 1;
        top_.bench_function_id = step.function_id;
        top_.bench_a = step.a;
        top_.bench_b = step.b;
    }

    void withdraw()
    {
        top_.bench_valid = 0;
        top_.bench_a = random_();
        top_.bench_b = random_();
    }

    // One cycle, on both sides; `answer` takes the port's.
    void clock(uint32_t *answer = nullptr)
    {
        const bool ready = random_() % 100 >= stall_percent_;
        const bool answered = !reads_.empty() && reads_.front().due <= cycle_;
        top_.memory_cmd_ready = ready;
        top_.memory_rdata_valid = answered;
        top_.memory_rdata_data = answered ? reads_.front().data : random_() * 0x9E3779B97F4A7C15u;
        top_.memory_flushed = 0;
        top_.eval();
        top_.memory_cmd_outside = word_of(top_.memory_cmd_address) >= ram_.size();
        top_.eval();
        if (top_.memory_flush) {
            if (flush_left_ == 0) {
                flush_left_ = 1 + random_() % kLongestFlush;
            }
            top_.memory_flushed = --flush_left_ == 0;
            broken_ = broken_ || top_.memory_cmd_valid || !reads_.empty();
        }
        top_.eval();
        check();
        if (answer != nullptr) {
            *answer = top_.bench_answer;
            taken_ = top_.bench_ready;
        }
        if (answered) {
            reads_.pop_front();
        }
        if (ready && top_.memory_cmd_valid) {
            take();
        }
        edge();
        ++cycle_;
    }

    bool broken() const
    {
        return broken_;
    }

    uint32_t words_read = 0, words_written = 0;
    std::vector<uint32_t> answers;

  private:
    static uint32_t word_of(uint32_t address)
    {
        return address - kBase / 8;
    }

    // What is offered stays until it is taken.
    void check()
    {
        const uint64_t offer[] = {top_.memory_cmd_write, top_.memory_cmd_address,
                                  top_.memory_cmd_data, top_.memory_cmd_mask};
        if (offered_ && (!top_.memory_cmd_valid || std::memcmp(offer, offer_, sizeof offer) != 0)) {
            broken_ = true;
        }
        offered_ = top_.memory_cmd_valid && !top_.memory_cmd_ready;
        std::memcpy(offer_, offer, sizeof offer);
    }

    void take()
    {
        uint64_t &word = ram_.at(word_of(top_.memory_cmd_address));
        if (top_.memory_cmd_write) {
            for (int byte = 0; byte < 8; ++byte) {
                if (top_.memory_cmd_mask >> byte & 1) {
                    const uint64_t mask = uint64_t{0xFF} << 8 * byte;
                    word = (word & ~mask) | (top_.memory_cmd_data & mask);
                }
            }
            ++words_written;
        } else {
            const uint64_t earliest = reads_.empty() ? 0 : reads_.back().due + 1;
            const uint64_t due = cycle_ + 1 + random_() % latency_;
            reads_.push_back({due > earliest ? due : earliest, word});
            ++words_read;
        }
    }

    void edge()
    {
        top_.sys_clk = 1;
        top_.eval();
        top_.sys_clk = 0;
        top_.eval();
    }

    Vdwpw_stream top_;
    std::mt19937 random_;
    unsigned stall_percent_, latency_, flush_left_ = 0;
    std::vector<uint64_t> &ram_;
    std::deque<Read> reads_;
    uint64_t cycle_ = 0;
    uint64_t offer_[4] = {};
    bool offered_ = false, broken_ = false, taken_ = false;
};

// Status word and cycles, to standard output; false if the program does not end.
bool wait(Bench &bench, const Step &step)
{
    uint32_t answer[2] = {0, 0};
    do {
        answer[0] = bench.instruct(step);
        if (++answer[1] == kMostCycles) {
            return false;
        }
    } while ((answer[0] & kStatusMask) == kRunning);
    std::fwrite(answer, sizeof answer, 1, stdout);
    return true;
}

} // namespace

int main(int, char **arguments)
{
    auto number = [&](int at) { return unsigned(std::strtoul(arguments[at], nullptr, 10)); };
    uint32_t count = 0;
    if (std::fread(&count, sizeof count, 1, stdin) != 1) {
        return 1;
    }
    std::vector<Step> steps(count);
    if (std::fread(steps.data(), sizeof(Step), count, stdin) != count) {
        return 1;
    }
    std::vector<uint64_t> ram;
    for (uint64_t word; std::fread(&word, sizeof word, 1, stdin) == 1;) {
        ram.push_back(word);
    }
    Bench bench(number(1), number(2), number(3), ram);
    for (const Step &step : steps) {
        if (step.kind == kInstruction) {
            bench.instruct(step);
        } else if (step.kind == kPass) {
            for (uint32_t cycle = 0; cycle < step.a; ++cycle) {
                bench.clock();
            }
        } else if (step.kind == kReset) {
            bench.reset();
        } else if (step.kind == kOther) {
            if (!bench.ask(step)) {
                return 1;
            }
        } else if (!wait(bench, step)) {
            return 1;
        }
    }
    std::fwrite(&bench.words_read, sizeof bench.words_read, 1, stdout);
    std::fwrite(&bench.words_written, sizeof bench.words_written, 1, stdout);
    std::fwrite(bench.answers.data(), sizeof(uint32_t), bench.answers.size(), stdout);
    std::fwrite(ram.data(), sizeof(uint64_t), ram.size(), stdout);
    return bench.broken() ? 2 : 0;
}
