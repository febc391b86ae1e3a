// Drives the verilated compute engine as the list fetcher and the memory engine do.
//
// Arguments: seed, probability in percent of a pause before a command and before an access.
// Standard input: records of kRecordWords words, of which the first is a Kind. Commands and
// accesses go on side by side, each in their order, up to a wait record, which lets both come to an
// end, or to a reset or an abort, which cuts both short so many cycles later. Standard output: at
// each wait for each command status, cycle of its start, cycle of its end, then for each read its
// answer, 0, 0; at each abort the cycles that it took, 0, 0. Exits with 1 when nothing ends for
// 1,000,000 cycles.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

#include "Vdwpw_engine.h"
#include "verilated.h"

namespace
{

constexpr int kRecordWords = 7;
constexpr int kMostCycles = 1000000;

constexpr int kLocalLatency = 3;

enum Kind : uint64_t { kWait, kCommand, kWrite, kRead, kReset, kAbort };

using Record = std::array<uint64_t, kRecordWords>;
using Answer = std::array<uint64_t, 3>;

class Bench
{
  public:
    Bench(unsigned seed, unsigned command_pause, unsigned access_pause)
        : random_(seed), command_pause_(command_pause), access_pause_(access_pause)
    {
        top_.command_abort = 0;
        reset();
    }

    // Carries out what was collected; false if it does not end.
    bool run(std::deque<Record> &commands, std::deque<Record> &accesses)
    {
        size_t ended = 0;
        for (int idle = 0; !commands.empty() || !accesses.empty() || !starts_.empty() ||
                           answers_.size() != reads_;
             ++idle) {
            if (idle == kMostCycles) {
                return false;
            }
            step(commands, accesses);
            if (ended_.size() != ended) {
                ended = ended_.size();
                idle = 0;
            }
        }
        write(ended_);
        write(answers_);
        forget();
        return true;
    }

    // Carries out as much as `cycles` allow, and nothing of the rest.
    void begin(std::deque<Record> &commands, std::deque<Record> &accesses, uint64_t cycles)
    {
        while (cycles-- != 0) {
            step(commands, accesses);
        }
        commands.clear();
        accesses.clear();
        offered_ = false;
    }

    void reset()
    {
        top_.sys_rst = 1;
        clock();
        top_.sys_rst = 0;
        forget();
    }

    // Ends what was started; false if it does not end.
    bool abort()
    {
        std::deque<Record> none;
        uint64_t cycles = 0;
        for (top_.command_abort = 1; !starts_.empty(); ++cycles) {
            if (cycles == kMostCycles) {
                return false;
            }
            step(none, none);
        }
        top_.command_abort = 0;
        for (int cycle = 0; cycle < kLocalLatency; ++cycle) {
            step(none, none);
        }
        write(std::vector<Answer>{Answer{cycles, 0, 0}});
        forget();
        return true;
    }

  private:
    // One cycle, on both sides.
    void step(std::deque<Record> &commands, std::deque<Record> &accesses)
    {
        offer(commands, accesses);
        top_.eval();
        if (top_.command_done) {
            ended_.push_back({top_.command_status, starts_.front(), cycle_});
            starts_.pop_front();
        }
        if (top_.command_start) {
            starts_.push_back(cycle_);
            commands.pop_front();
        }
        if (top_.local_answer_valid) {
            answers_.push_back({top_.local_answer, 0, 0});
        }
        if (top_.local_valid && top_.local_ready) {
            reads_ += accesses.front()[0] == kRead;
            accesses.pop_front();
            offered_ = false;
        }
        clock();
    }

    void forget()
    {
        ended_.clear();
        answers_.clear();
        starts_.clear();
        reads_ = 0;
    }

    void offer(const std::deque<Record> &commands, const std::deque<Record> &accesses)
    {
        top_.command_start = !commands.empty() && !top_.command_busy && !pause(command_pause_);
        // Junk when there is no start: the engine must have latched what it needs.
        for (int word = 0; word < 6; ++word) {
            const uint64_t junk = random_() * 0x9E3779B97F4A7C15u;
            set_word(word, top_.command_start ? commands.front()[1 + word] : junk);
        }
        offered_ = offered_ || (!accesses.empty() && !pause(access_pause_));
        top_.local_valid = offered_;
        if (!accesses.empty()) {
            const Record &access = accesses.front();
            top_.local_write = access[0] == kWrite;
            top_.local_space = access[1];
            top_.local_address = access[2];
            top_.local_data = access[3];
        }
    }

    void set_word(int word, uint64_t value)
    {
        uint64_t *const words[] = {&top_.word0, &top_.word1, &top_.word2,
                                   &top_.word3, &top_.word4, &top_.word5};
        *words[word] = value;
    }

    void clock()
    {
        top_.sys_clk = 1;
        top_.eval();
        top_.sys_clk = 0;
        top_.eval();
        ++cycle_;
    }

    bool pause(unsigned percent)
    {
        return random_() % 100 < percent;
    }

    static void write(const std::vector<Answer> &answers)
    {
        std::fwrite(answers.data(), sizeof(Answer), answers.size(), stdout);
    }

    Vdwpw_engine top_;
    std::mt19937 random_;
    unsigned command_pause_, access_pause_;
    bool offered_ = false;
    uint64_t cycle_ = 0;
    std::vector<Answer> ended_, answers_;
    std::deque<uint64_t> starts_;
    size_t reads_ = 0;
};

} // namespace

int main(int, char **arguments)
{
    auto number = [&](int at) { return unsigned(std::strtoul(arguments[at], nullptr, 10)); };
    Bench bench(number(1), number(2), number(3));
    std::deque<Record> commands, accesses;
    Record record;
    while (std::fread(record.data(), sizeof record, 1, stdin) == 1) {
        if (record[0] == kWait) {
            if (!bench.run(commands, accesses)) {
                return 1;
            }
        } else if (record[0] == kReset) {
            bench.begin(commands, accesses, record[1]);
            bench.reset();
        } else if (record[0] == kAbort) {
            bench.begin(commands, accesses, record[1]);
            if (!bench.abort()) {
                return 1;
            }
        } else {
            (record[0] == kCommand ? commands : accesses).push_back(record);
        }
    }
    return 0;
}
