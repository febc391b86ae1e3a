// What the simulator's compiler learns from (soc/sim/compile.py): a bit of everything that the
// firmware keeps the SoC busy with. Its results do not matter; that it touches each part does.
#include "dwpw_memory_map.h"
#include "platform.h"
#include "training_instructions.h"

enum { REGION = 24 * 1024 }; // bytes; three times the L2, so that it misses and evicts

// int8 dot products with strided loads, as the plain C kernels do.
__attribute__((noinline)) static int32_t dot(const int8_t *a, const int8_t *b, int count)
{
    int32_t sum = 0;

    for (int i = 0; i < count; i++) {
        sum += (a[i] + 128) * b[i];
    }
    return sum;
}

// Copies words through the caches, and divides now and then.
__attribute__((noinline)) static uint32_t copy(uint32_t *to, const uint32_t *from, int words)
{
    uint32_t sum = 1;

    for (int i = 0; i < words; i++) {
        to[i] = from[i] ^ sum;
        if ((i & 63) == 0) {
            sum += to[i] / (uint32_t)(i + 3);
        }
    }
    return sum;
}

// Every instruction of the spec, in its order. Operands are small, so that counts and indices
// among them are small too.
static void custom_functions(void)
{
    platform_enable_custom_functions();
    for (uint32_t i = 0; i < 200; i++) {
        training_instructions(i & 3, 7);
    }
}

int main(void)
{
    uint32_t *const words = (uint32_t *)DWPW_IMAGE_BASE;
    const int8_t *const bytes = (const int8_t *)words;

    uart_puts("training\n");
    for (int i = 0; i < REGION / 4; i++) {
        words[i] = (uint32_t)i * 2654435761u;
    }
    for (int i = 0; i < 40; i++) {
        words[i] += (uint32_t)dot(bytes + 500 * i, bytes + 331 * i, 256);
    }
    words[0] = copy(words + REGION / 4, words, REGION / 4);
    custom_functions();
    return 0;
}
