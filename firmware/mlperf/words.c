#include "words.h"

enum { MAX_DIGITS = 9 }; // fit into 32 bits

bool words_split(char *text, struct words *words)
{
    words->count = 0;
    for (;;) {
        for (; *text == ' '; ++text) {
        }
        if (*text == '\0') {
            return true;
        }
        if (words->count == MAX_WORDS) {
            return false;
        }
        words->word[words->count++] = text;
        for (; *text != ' ' && *text != '\0'; ++text) {
        }
        if (*text == ' ') {
            *text++ = '\0';
        }
    }
}

bool words_equal(const char *a, const char *b)
{
    for (; *a == *b; ++a, ++b) {
        if (*a == '\0') {
            return true;
        }
    }
    return false;
}

bool words_number(const struct words *words, uint32_t index, uint32_t otherwise, uint32_t *number)
{
    uint32_t digits = 0;

    *number = otherwise;
    if (index >= words->count) {
        return true;
    }
    *number = 0;
    for (const char *p = words->word[index]; *p != '\0'; ++p) {
        if (*p < '0' || *p > '9' || ++digits > MAX_DIGITS) {
            return false;
        }
        *number = *number * 10 + (uint32_t)(*p - '0');
    }
    return true;
}
