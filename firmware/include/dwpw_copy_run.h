// Bytes that lie one behind the other, copied or filled by words wherever they begin.
#ifndef DWPW_COPY_RUN_H
#define DWPW_COPY_RUN_H

#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) run_word;

enum { RUN_WORD = sizeof(run_word), RUN_BATCH = 4 * RUN_WORD, BYTE_BITS = 8 };

// Bytes from the last word boundary.
static inline uint32_t run_phase(const int8_t *at)
{
    return (uint32_t)(uintptr_t)at % RUN_WORD;
}

static inline int8_t *copy_bytes(int8_t *to, const int8_t *from, uint32_t count)
{
    for (int8_t *const end = to + count; to != end;) {
        *to++ = *from++;
    }
    return to;
}

// Copies batches of words between word boundaries; returns the bytes that are left.
static inline uint32_t copy_batches(int8_t **to, const int8_t **from, uint32_t count)
{
    run_word *out = (run_word *)(void *)*to;
    const run_word *in = (const run_word *)(const void *)*from;
    for (; count >= RUN_BATCH; count -= RUN_BATCH, in += 4, out += 4) {
        const run_word a = in[0], b = in[1], c = in[2], d = in[3];
        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = d;
    }
    for (; count >= RUN_WORD; count -= RUN_WORD) {
        *out++ = *in++;
    }
    *to = (int8_t *)out;
    *from = (const int8_t *)in;
    return count;
}

// The same from between word boundaries: a word of the output is made of two. `from` has three
// bytes in front of it in the same word at the most; the last word that is read ends inside.
static inline uint32_t copy_shifted(int8_t **to, const int8_t **from, uint32_t count)
{
    const uint32_t phase = run_phase(*from);
    const uint32_t low = BYTE_BITS * phase, high = BYTE_BITS * (RUN_WORD - phase);
    run_word *out = (run_word *)(void *)*to;
    const run_word *in = (const run_word *)(const void *)(*from - phase);
    run_word before = *in++;
    for (; count >= 2 * RUN_WORD + RUN_WORD; count -= 2 * RUN_WORD, in += 2, out += 2) {
        const run_word a = in[0], b = in[1];
        out[0] = before >> low | a << high;
        out[1] = a >> low | b << high;
        before = b;
    }
    for (; count >= 2 * RUN_WORD; count -= RUN_WORD) {
        const run_word a = *in++;
        *out++ = before >> low | a << high;
        before = a;
    }
    *to = (int8_t *)out;
    *from = (const int8_t *)in - (RUN_WORD - phase);
    return count;
}

// Copies `count` bytes; returns where the next ones go.
static inline int8_t *copy_run(int8_t *to, const int8_t *from, uint32_t count)
{
    const uint32_t head = -(uint32_t)(uintptr_t)to % RUN_WORD;
    if (count >= RUN_BATCH) {
        to = copy_bytes(to, from, head);
        from += head;
        count -= head;
        count = run_phase(from) == 0 ? copy_batches(&to, &from, count)
                                     : copy_shifted(&to, &from, count);
    }
    return copy_bytes(to, from, count);
}

// Fills `count` bytes; returns where the next ones go.
static inline int8_t *fill_run(int8_t *to, int8_t value, uint32_t count)
{
    int8_t *const end = to + count;
    const run_word four = (uint8_t)value * 0x01010101u;
    for (; to != end && run_phase(to) != 0;) {
        *to++ = value;
    }
    for (; end - to >= (int32_t)RUN_WORD; to += RUN_WORD) {
        *(run_word *)(void *)to = four;
    }
    while (to != end) {
        *to++ = value;
    }
    return to;
}

#endif
