// A command, word by word.
#ifndef DWPW_MLPERF_WORDS_H
#define DWPW_MLPERF_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_WORDS = 5 }; // more than any command has

struct words {
    uint32_t count;
    const char *word[MAX_WORDS];
};

// Splits `text`, which it writes to; false when there are more words than MAX_WORDS.
bool words_split(char *text, struct words *words);

bool words_equal(const char *a, const char *b);

// Word `index` as a number; `otherwise` when there is no such word. False when it is none, or has
// more than nine digits.
bool words_number(const struct words *words, uint32_t index, uint32_t otherwise, uint32_t *number);

#endif
