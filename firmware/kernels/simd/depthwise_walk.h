// Walks along the outputs of a tile of depthwise_tile.h, group by group of four channels.
//
// Every output passes a few words, the same for each: those of a segment are the lines of the
// window in one column. A segment with history stands for up to three taps of a line: its words
// meet those of the two outputs before, which the extension remembers. The others are one tap each.
// Words pass in pairs, of the lines of a segment, or of segments where the window has one line.
//
// Windows that are common have loops of their own, with their sizes known to the compiler, whose
// words and offsets stay in registers; a size of 0 is not known.
#ifndef DWPW_SIMD_DEPTHWISE_WALK_H
#define DWPW_SIMD_DEPTHWISE_WALK_H

#include "depthwise_pass.h"
#include "depthwise_shapes.h"

enum { KNOWN_SEGMENTS = 5 };

// Where the word of a segment lies for output `x`, which may be in front of the first one: outputs
// that are only remembered. In a tile nothing is padding but columns in front of it; those meet
// weights of zero.
static inline __attribute__((always_inline)) const int8_t *
segment_at(const struct walk *walk, const int8_t *line, uint32_t segment, int32_t x)
{
    const int32_t at = walk->first + walk->offsets[segment] + x * walk->step;
    return (uint32_t)at < walk->length ? line + at : walk->padding;
}

// A window whose sizes the compiler knows, and how many groups pass together.
struct known {
    unsigned groups, lines, meeting, taps;
};

// The words of `count` segments of one group, `group` behind where the segments begin: loaded all
// at once, then passed.
static inline __attribute__((always_inline)) void load_segments(
    uint32_t *words, const int8_t *const *from, unsigned count, unsigned lines, unsigned group)
{
#pragma GCC unroll 16
    for (unsigned segment = 0; segment < count; ++segment) {
        load_lines(words + segment * lines, from[segment] + group * DWPW_GROUPS, lines);
    }
}

static inline __attribute__((always_inline)) void
pass_segments(const uint32_t *words, unsigned count, unsigned lines, enum way way, bool last)
{
    if (lines == 1 && count != 0) {
        pass_words(words, count, way, last);
        return;
    }
#pragma GCC unroll 16
    for (unsigned segment = 0; segment < count; ++segment) {
        pass_words(words + segment * lines, lines, way, last && segment + 1 == count);
    }
}

// The segments with history of known groups, which begin at `from`.
static inline __attribute__((always_inline)) void
pass_meeting(const int8_t *const *from, struct known known, enum way way, bool last)
{
    const unsigned meeting = known.meeting * known.lines;
    uint32_t words[KNOWN_WORDS];
    if (known.groups * meeting > KNOWN_WORDS) { // more than registers: segment by segment
#pragma GCC unroll 16
        for (unsigned segment = 0; segment < known.groups * known.meeting; ++segment) {
            const unsigned group = segment / known.meeting, of = segment % known.meeting;
            pass_lines(from[of] + group * DWPW_GROUPS, known.lines, way,
                       last && of + 1 == known.meeting);
        }
        return;
    }
#pragma GCC unroll 16
    for (unsigned group = 0; group < known.groups; ++group) {
        load_segments(words + group * meeting, from, known.meeting, known.lines, group);
    }
    keep_words(words, known.groups * meeting);
    if (way == REMEMBER) {
        pass_words(words, known.groups * meeting, way, false);
        return;
    }
#pragma GCC unroll 16
    for (unsigned group = 0; group < known.groups; ++group) {
        pass_segments(words + group * meeting, known.meeting, known.lines, way, last);
    }
}

// One output of known groups.
static inline __attribute__((always_inline)) void pass_known(const int8_t *const *from,
                                                             struct known known)
{
    uint32_t words[KNOWN_WORDS];
    pass_meeting(from, known, MEET, known.taps == 0);
    if (known.taps != 0) {
        load_segments(words, from + known.meeting, known.taps, known.lines, 0);
        keep_words(words, known.taps * known.lines);
        pass_segments(words, known.taps, known.lines, TAP, true);
    }
}

static inline __attribute__((always_inline)) void
load_two(uint32_t *words, const int8_t *at, const int32_t *offsets)
{
    load_lines(words, at + offsets[0], 1);
    load_lines(words + 1, at + offsets[1], 1);
}

// `count` segments of any number of lines.
static inline __attribute__((always_inline)) void pass_any(const struct walk *walk,
                                                           const int8_t *at,
                                                           const int32_t *offsets,
                                                           uint32_t count,
                                                           enum way way,
                                                           bool last)
{
    uint32_t words[2];
    if (walk->lines != 1) {
        for (; count > 1; --count, ++offsets) {
            pass_segment(at + offsets[0], walk->lines, way, false);
        }
        pass_segment(at + offsets[0], walk->lines, way, last);
        return;
    }
    for (; count > 2; count -= 2, offsets += 2) {
        load_two(words, at, offsets);
        pass_words(words, 2, way, false);
    }
    if (count == 2) {
        load_two(words, at, offsets);
        pass_words(words, 2, way, last);
    } else {
        load_lines(words, at + offsets[0], 1);
        pass_words(words, 1, way, last);
    }
}

// One output of `groups` groups.
static inline __attribute__((always_inline)) void
pass_groups(const struct walk *walk, const int8_t *at, uint32_t groups)
{
    const int32_t *const taps = walk->offsets + walk->meeting;
    for (; groups > 0; --groups, at += DWPW_GROUPS) {
        if (walk->taps == 0) {
            pass_any(walk, at, walk->offsets, walk->meeting, MEET, true);
            continue;
        }
        if (walk->meeting != 0) {
            pass_any(walk, at, walk->offsets, walk->meeting, MEET, false);
        }
        pass_any(walk, at, taps, walk->taps, TAP, true);
    }
}

// Passes what the segments with history were fed for the two outputs before the first one.
static inline __attribute__((always_inline)) void
remember(const struct walk *walk, const int8_t *line, uint32_t entry, uint32_t groups)
{
    const uint32_t last_entry = entry + groups * walk->group_entries - 1;
    dwpw_set_weights(entry, last_entry);
    for (int32_t x = -DWPW_HISTORY_WORDS; x < 0; ++x) {
        for (uint32_t group = 0; group < groups; ++group) {
            for (uint32_t segment = 0; segment < walk->meeting; ++segment) {
                const int8_t *from = segment_at(walk, line, segment, x);
                pass_segment(from + group * DWPW_GROUPS, walk->lines, REMEMBER, false);
            }
        }
        dwpw_set_weights(entry, last_entry);
    }
}

// The segments of output `x`: an address of each, not of each of their words.
static inline __attribute__((always_inline)) void find_segments(
    const int8_t **from, const struct walk *walk, const int8_t *line, int32_t x, unsigned segments)
{
#pragma GCC unroll 16
    for (unsigned segment = 0; segment < segments; ++segment) {
        from[segment] = opaque_pointer(segment_at(walk, line, segment, x));
    }
}

static inline __attribute__((always_inline)) void
remember_known(const struct walk *walk, const int8_t *line, uint32_t entry, struct known known)
{
    const uint32_t last_entry = entry + known.groups * walk->group_entries - 1;
    const int8_t *from[KNOWN_SEGMENTS];
    dwpw_set_weights(entry, last_entry);
    for (int32_t x = -DWPW_HISTORY_WORDS; x < 0; ++x) {
        find_segments(from, walk, line, x, known.meeting);
        pass_meeting(from, known, REMEMBER, false);
        dwpw_set_weights(entry, last_entry);
    }
}

// All outputs of a walk. Results are read when the next output is already under way.
static inline __attribute__((always_inline)) void
walk_known(const struct walk *walk, const int8_t *line, int8_t *to, struct known known)
{
    const int32_t step = walk->step, out_step = walk->out_step;
    const uint32_t begin = walk->begin + 1, end = walk->end; // of outputs one step behind others
    const uint32_t inner = end > begin ? end - begin : 0;
    const unsigned segments = known.meeting + known.taps;
    const int8_t *from[KNOWN_SEGMENTS];
    int8_t *waiting = NULL;
    find_segments(from, walk, line, 0, segments);
    for (uint32_t x = 1; x <= walk->outputs; ++x) {
        pass_known(from, known);
        if (__builtin_expect(x - begin < inner, 1)) {
#pragma GCC unroll 16
            for (unsigned segment = 0; segment < segments; ++segment) {
                from[segment] = opaque_pointer(from[segment] + step);
            }
        } else {
            find_segments(from, walk, line, (int32_t)x, segments);
        }
        if (__builtin_expect(waiting != NULL, 1)) {
            dwpw_unit_store_known((dwpw_word *)(void *)waiting, known.groups);
        }
        waiting = to;
        to += out_step;
    }
    dwpw_unit_store_known((dwpw_word *)(void *)waiting, known.groups);
}

static void store_any(const struct walk *walk, int8_t *to, uint32_t groups, uint32_t channels)
{
    if (walk->words) {
        dwpw_unit_store_words((dwpw_word *)(void *)to, groups);
    } else {
        dwpw_unit_store_channels(to, channels);
    }
}

// A walk with nothing known of its window.
static void walk_any(const struct walk *walk,
                     const int8_t *at,
                     int8_t *to,
                     uint32_t entry,
                     uint32_t groups,
                     uint32_t channels)
{
    remember(walk, at, entry, groups);
    pass_groups(walk, at, groups);
    for (uint32_t left = walk->outputs - 1; left > 0; --left, to += walk->out_step) {
        at += walk->step;
        pass_groups(walk, at, groups);
        store_any(walk, to, groups, channels);
    }
    store_any(walk, to, groups, channels);
}

// As many groups as pass together where the window is known.
static inline __attribute__((always_inline)) void walk_together(
    const struct walk *walk, const int8_t *at, int8_t *to, uint32_t entry, struct known known)
{
    remember_known(walk, at, entry, known);
    walk_known(walk, at, to, known);
}

// All groups of the block, as many at once as pass together, those that are left one by one.
static inline __attribute__((always_inline)) void
walk_groups(const struct walk *walk, const int8_t *at, int8_t *to, struct known known)
{
    const struct known alone = {1, known.lines, known.meeting, known.taps};
    const uint32_t all = (walk->channels + DWPW_GROUPS - 1) / DWPW_GROUPS;
    uint32_t groups, entry = 0;
    for (uint32_t group = 0; group < all; group += groups) {
        groups = all - group >= walk->at_once ? walk->at_once : 1;
        dwpw_set_params(group, group + groups - 1);
        if (known.groups == 1 || (known.groups != 0 && groups == known.groups)) {
            walk_together(walk, at, to, entry, known);
        } else if (known.groups != 0) {
            walk_together(walk, at, to, entry, alone);
        } else {
            const uint32_t left = walk->channels - group * DWPW_GROUPS;
            const uint32_t most = groups * DWPW_GROUPS;
            walk_any(walk, at, to, entry, groups, left < most ? left : most);
        }
        entry += groups * walk->group_entries;
        at += groups * DWPW_GROUPS;
        to += groups * DWPW_GROUPS;
    }
}

#endif
