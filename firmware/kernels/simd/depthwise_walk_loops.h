// The loops of simd/depthwise_window.c for windows that are common, and for any other.
#ifndef DWPW_SIMD_DEPTHWISE_WALK_LOOPS_H
#define DWPW_SIMD_DEPTHWISE_WALK_LOOPS_H

#include "depthwise_walk.h"

// A line of outputs of a window that has a loop of its own, or of any other.
typedef void walk_line(const struct walk *walk, const int8_t *at, int8_t *to);

static void walk_unknown(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 0});
}

static void walk_1_line(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 8, .lines = 1, .meeting = 1});
}

static void walk_1_line_of_2(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 8, .lines = 1, .meeting = 2});
}

static void walk_half_1_line(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 1, .meeting = 1});
}

static void walk_half_1_line_of_2(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 1, .meeting = 2});
}

static void walk_1_line_of_3(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 1, .meeting = 3});
}

static void walk_1_line_of_4(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 1, .meeting = 4});
}

static void walk_1_line_of_5(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 2, .lines = 1, .meeting = 5});
}

static void walk_3_lines(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 3, .meeting = 1});
}

static void walk_3_lines_of_2(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 3, .meeting = 2});
}

static void walk_4_lines_of_4(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 2, .lines = 4, .meeting = 4});
}

static void walk_5_lines_of_2(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 4, .lines = 5, .meeting = 2});
}

static void walk_7_lines_of_3(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 2, .lines = 7, .meeting = 3});
}

static void walk_7_lines_of_2(const struct walk *walk, const int8_t *at, int8_t *to)
{
    walk_groups(walk, at, to, (struct known){.groups = 1, .lines = 7, .meeting = 2, .taps = 1});
}

// The loop for a window.
static walk_line *find_walk(const struct walk *walk)
{
    static const struct {
        struct known window;
        walk_line *run;
    } loops[] = {
        {{8, 1, 1, 0}, walk_1_line},           {{4, 1, 1, 0}, walk_half_1_line},
        {{4, 1, 2, 0}, walk_half_1_line_of_2}, {{8, 1, 2, 0}, walk_1_line_of_2},
        {{4, 1, 3, 0}, walk_1_line_of_3},      {{4, 1, 4, 0}, walk_1_line_of_4},
        {{2, 1, 5, 0}, walk_1_line_of_5},      {{4, 3, 1, 0}, walk_3_lines},
        {{4, 3, 2, 0}, walk_3_lines_of_2},     {{2, 4, 4, 0}, walk_4_lines_of_4},
        {{4, 5, 2, 0}, walk_5_lines_of_2},     {{2, 7, 3, 0}, walk_7_lines_of_3},
        {{1, 7, 2, 1}, walk_7_lines_of_2},
    };
    for (unsigned loop = 0; walk->words && loop < sizeof(loops) / sizeof(loops[0]); ++loop) {
        const struct known *known = &loops[loop].window;
        if (known->groups == walk->at_once && known->lines == walk->lines &&
            known->meeting == walk->meeting && known->taps == walk->taps) {
            return loops[loop].run;
        }
    }
    return walk_unknown;
}

#endif
