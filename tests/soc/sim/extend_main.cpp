// Compares sign extension as models are compiled with it to Verilator's own, which it replaces.
#include <cstdio>

#include "verilated.h"

static IData verilators(int narrow, IData value)
{
    return VL_EXTENDS_II(32, narrow, value);
}

#include "extend.h"

static const IData values[] = {0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0x12345678, ~0u};

int main()
{
    for (int narrow = 1; narrow <= 32; ++narrow) {
        for (const IData value : values) {
            const IData clean = narrow == 32 ? value : value & ((1u << narrow) - 1);

            if (VL_EXTENDS_II(32, narrow, clean) != verilators(narrow, clean)) {
                std::printf("%d bits: %x\n", narrow, clean);
            }
        }
    }
    return 0;
}
