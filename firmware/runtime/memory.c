// The two functions that GCC calls even in freestanding code; no C library is linked.
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

// Without the attributes GCC would recognise each loop as the very function that it implements.

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *
memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0) {
        for (; size >= 4; size -= 4, t += 4, f += 4) {
            *(uint32_t *)(void *)t = *(const uint32_t *)(const void *)f;
        }
    }
    while (size-- > 0) {
        *t++ = *f++;
    }
    return to;
}

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *
memset(void *to, int value, size_t size)
{
    uint8_t *t = to;

    while (size > 0 && ((uintptr_t)t & 3) != 0) {
        *t++ = (uint8_t)value;
        --size;
    }
    const uint32_t word = 0x01010101u * (uint8_t)value;
    for (; size >= 4; size -= 4, t += 4) {
        *(uint32_t *)(void *)t = word;
    }
    while (size-- > 0) {
        *t++ = (uint8_t)value;
    }
    return to;
}
