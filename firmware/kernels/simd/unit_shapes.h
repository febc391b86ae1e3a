// Loops made for shapes: one for every number of words and of results that is small, picked by a
// table at run time. Between loads and instructions a loop then has no branches but its own.
#ifndef DWPW_SIMD_UNIT_SHAPES_H
#define DWPW_SIMD_UNIT_SHAPES_H

#include "unit.h"

// What the compiler knows of a loop.
struct unit_shape {
    uint32_t words;   // that lie one behind the other; 0: more than UNIT_KNOWN_WORDS
    uint32_t tail;    // of them, the last one to eight behind a multiple of eight
    uint32_t results; // of a pixel, stored as words; 0: any, stored in any way
};

enum { UNIT_KNOWN_WORDS = 16 };

// A loop over the pixels of a job; always inlined.
typedef void unit_loop(const void *job, struct unit_shape shape);

// Passes words that lie one behind the other: those of the shape, or else `words`; `last`: they
// complete a result.
static inline __attribute__((always_inline)) void
unit_pass_stretch(const dwpw_word *from, uint32_t words, struct unit_shape shape, bool last)
{
    if (shape.words == 0) {
        const dwpw_word *const tail = from + (words - shape.tail);
        do {
            dwpw_unit_pass_from(from, 8, false);
            from += 8;
        } while (from != tail);
    } else if (shape.words > 8) {
        dwpw_unit_pass_from(from, 8, false);
        from += 8;
    }
    dwpw_unit_pass_from(from, shape.tail, last);
}

// Runs a loop of one to eight words.
static inline __attribute__((always_inline)) void
unit_run_few_words(unit_loop *loop, const void *job, uint32_t words, uint32_t results)
{
    switch (results) {
    case 1:
        loop(job, (struct unit_shape){words, words, 1});
        break;
    case 2:
        loop(job, (struct unit_shape){words, words, 2});
        break;
    case 3:
        loop(job, (struct unit_shape){words, words, 3});
        break;
    case 4:
        loop(job, (struct unit_shape){words, words, 4});
        break;
    case 5:
        loop(job, (struct unit_shape){words, words, 5});
        break;
    case 6:
        loop(job, (struct unit_shape){words, words, 6});
        break;
    case 7:
        loop(job, (struct unit_shape){words, words, 7});
        break;
    case 8:
        loop(job, (struct unit_shape){words, words, 8});
        break;
    case 12:
        loop(job, (struct unit_shape){words, words, 12});
        break;
    case 16:
        loop(job, (struct unit_shape){words, words, 16});
        break;
    default:
        loop(job, (struct unit_shape){words, words, 0});
        break;
    }
}

static inline __attribute__((always_inline)) void unit_run_more_words(
    unit_loop *loop, const void *job, uint32_t words, uint32_t tail, uint32_t results)
{
    switch (results) {
    case 2:
        loop(job, (struct unit_shape){words, tail, 2});
        break;
    case 4:
        loop(job, (struct unit_shape){words, tail, 4});
        break;
    case 8:
        loop(job, (struct unit_shape){words, tail, 8});
        break;
    case 12:
        loop(job, (struct unit_shape){words, tail, 12});
        break;
    case 16:
        loop(job, (struct unit_shape){words, tail, 16});
        break;
    default:
        loop(job, (struct unit_shape){words, tail, 0});
        break;
    }
}

// Runs a loop for any number of words that end like `tail`. Few words take the extension so little
// time that every number of results has its loop, more have some for the most frequent ones: a loop
// that looks at the number of results stays behind by some ten cycles a pixel.
static inline __attribute__((always_inline)) void
unit_run_tail(unit_loop *loop, const void *job, uint32_t words, uint32_t tail, uint32_t results)
{
    if (words == tail) {
        unit_run_few_words(loop, job, tail, results);
    } else if (words == 8 + tail) {
        unit_run_more_words(loop, job, 8 + tail, tail, results);
    } else {
        unit_run_more_words(loop, job, 0, tail, results);
    }
}

// The loops of a kernel for words with one tail. A function for each: all in one take the compiler
// several times as long.
typedef void unit_tail_loops(const void *job, uint32_t words, uint32_t results);

// Runs the loop for stretches of `words` words and pixels that are stored like this. `loops`: for
// tails of 1 to 8.
static inline void unit_run(unit_tail_loops *const loops[8],
                            const void *job,
                            uint32_t words,
                            const struct dwpw_pixel_store *store)
{
    loops[(words - 1) % 8](job, words, dwpw_stores_words(store) ? store->results : 0);
}

#endif
