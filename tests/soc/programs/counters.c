// 1000 one-cycle instructions between two looks at the counters.
#include "platform.h"

int main(void)
{
    int good = 1;

    for (int round = 0; round < 2; round++) { // the first round fills the I$
        const uint64_t cycles = platform_cycles();
        const uint64_t instructions = platform_instructions();

        __asm__ volatile(".rept 250\n addi t0, t0, 1\n addi t1, t1, 1\n"
                         "addi t2, t2, 1\n addi t3, t3, 1\n .endr" ::
                             : "t0", "t1", "t2", "t3");
        const uint64_t retired = platform_instructions() - instructions;
        const uint64_t taken = platform_cycles() - cycles;

        good = retired >= 1000 && retired < 1030 && taken >= retired && taken < 1100;
    }
    return good ? 0 : 1;
}
