// DEPTHWISE_CONV_2D, 3x3, depth multiplier 1, no dilation.
//
// The image is cut into blocks of channels and segments of columns, small enough that three input
// lines of a piece fit in the D$. The lines are copied into a ring, padding included, so that the
// inner loops know no borders. Within a line one channel after the other is run along the
// columns, its nine weights in registers.
//
// Weights [channels][3][3]; `param` says how many channels and output columns make a piece.
#include "dwpw_kernel.h"
#include "multiply_add.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_depthwise_3x3;

enum {
    KERNEL = 3,
    PARAM_CHANNELS = 0, // of a piece; set by dwpw.plan.pack_scalar
    PARAM_COLUMNS = 1,
};

// A part of the image: `channels` from `c` on, `columns` output columns from `out_x` on.
struct piece {
    const struct dwpw_operator *op;
    int32_t c;
    int32_t channels;
    int32_t out_x;
    int32_t columns;
    int32_t in_columns;
    int8_t *ring; // [KERNEL][in_columns][channels]
};

// One channel: its weights by line of the window, the last tap first.
struct channel {
    struct triple weight[KERNEL];
    int32_t bias;
    struct scale scale;
    struct output_range range;
};

// Where one channel of one line is read and written.
struct line {
    const int8_t *in[KERNEL];
    int32_t in_step; // bytes from pixel to pixel
    int8_t *out;
    int8_t *out_end;
    int32_t out_step;
};

static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void copy(int8_t *to, const int8_t *from, int32_t size)
{
    if ((((uintptr_t)to | (uintptr_t)from | (uintptr_t)size) & 3) == 0) {
        for (int32_t i = 0; i < size; i += 4) {
            *(uint32_t *)(void *)(to + i) = *(const uint32_t *)(const void *)(from + i);
        }
    } else {
        for (int32_t i = 0; i < size; ++i) {
            to[i] = from[i];
        }
    }
}

static void fill(int8_t *to, int8_t value, int32_t size)
{
    for (int32_t i = 0; i < size; ++i) {
        to[i] = value;
    }
}

static int8_t *ring_line(const struct piece *p, int32_t padded_y)
{
    return p->ring + padded_y % KERNEL * p->in_columns * p->channels;
}

// Brings input line `padded_y`, counted from the top of the padding, into the ring.
static void load_line(const struct piece *p, const int8_t *input, int32_t padded_y)
{
    const struct dwpw_operator *op = p->op;
    const int8_t zero = (int8_t)-op->input_offset;
    const int32_t y = padded_y - op->pad_top;
    const int32_t x = p->out_x * op->stride_w - op->pad_left;
    const int8_t *from = input + (y * op->in_w + x) * op->in_c + p->c;
    int8_t *to = ring_line(p, padded_y);

    if (y < 0 || y >= op->in_h) {
        fill(to, zero, p->in_columns * p->channels);
        return;
    }
    for (int32_t i = 0; i < p->in_columns; ++i, from += op->in_c, to += p->channels) {
        if (x + i < 0 || x + i >= op->in_w) {
            fill(to, zero, p->channels);
        } else {
            copy(to, from, p->channels);
        }
    }
}

static inline struct triple load_column(const int8_t *a, const int8_t *b, const int8_t *c)
{
    return (struct triple){load_here(a), load_here(b), load_here(c)};
}

// Stride 1: every value counts for three outputs, whose accumulators move along.
static void run_line_stride_1(const struct channel *ch, const struct line *line)
{
    const struct triple w0 = ch->weight[0];
    const struct triple w1 = ch->weight[1];
    const struct triple w2 = ch->weight[2];
    const int8_t *in0 = line->in[0];
    const int8_t *in1 = line->in[1];
    const int8_t *in2 = line->in[2];
    struct triple acc = {ch->bias, ch->bias, ch->bias};
    int8_t *out = line->out - (KERNEL - 1) * line->out_step; // two columns give no output yet

    do {
        const struct triple v = load_column(in0, in1, in2);
        in0 += line->in_step;
        in1 += line->in_step;
        in2 += line->in_step;
        acc = multiply_add_3(acc, v.a, w0);
        acc = multiply_add_3(acc, v.b, w1);
        acc = multiply_add_3(acc, v.c, w2);
        if (out >= line->out) {
            *out = (int8_t)requantise(acc.a, ch->scale, ch->range);
        }
        out += line->out_step;
        acc = (struct triple){acc.b, acc.c, ch->bias};
    } while (out != line->out_end);
}

// Stride 2: every other column counts for two outputs.
static void run_line_stride_2(const struct channel *ch, const struct line *line)
{
    const struct triple left = {ch->weight[0].c, ch->weight[1].c, ch->weight[2].c};
    const struct triple middle = {ch->weight[0].b, ch->weight[1].b, ch->weight[2].b};
    const struct triple right = {ch->weight[0].a, ch->weight[1].a, ch->weight[2].a};
    const int32_t step = line->in_step;
    const int8_t *in0 = line->in[0];
    const int8_t *in1 = line->in[1];
    const int8_t *in2 = line->in[2];
    int32_t acc = dot_3(ch->bias, load_column(in0, in1, in2), left);

    for (int8_t *out = line->out; out != line->out_end; out += line->out_step) {
        const struct triple odd = load_column(in0 + step, in1 + step, in2 + step);
        in0 += 2 * step;
        in1 += 2 * step;
        in2 += 2 * step;
        const struct triple even = load_column(in0, in1, in2);
        acc = dot_3(acc, odd, middle);
        acc = dot_3(acc, even, right);
        *out = (int8_t)requantise(acc, ch->scale, ch->range);
        acc = dot_3(ch->bias, even, left);
    }
}

static struct channel
load_channel(const struct dwpw_operator *op, const struct dwpw_memory *memory, int32_t c)
{
    const int8_t *w = dwpw_bytes(memory, op->weights) + c * KERNEL * KERNEL;

    return (struct channel){
        .weight = {{w[2], w[1], w[0]}, {w[5], w[4], w[3]}, {w[8], w[7], w[6]}},
        .bias = dwpw_words(memory, op->bias)[c],
        .scale =
            make_scale(dwpw_words(memory, op->multiplier)[c], dwpw_words(memory, op->shift)[c]),
        .range = {op->output_offset, op->act_min, op->act_max},
    };
}

// All channels of one output line of the piece.
static void run_lines(const struct piece *p, const struct dwpw_memory *memory, int32_t out_y)
{
    const struct dwpw_operator *op = p->op;
    const int32_t y = out_y * op->stride_h;
    int8_t *out =
        dwpw_tensor(memory, op->output) + (out_y * op->out_w + p->out_x) * op->out_c + p->c;

    for (int32_t c = 0; c < p->channels; ++c, ++out) {
        const struct channel channel = load_channel(op, memory, p->c + c);
        const struct line line = {
            .in = {ring_line(p, y) + c, ring_line(p, y + 1) + c, ring_line(p, y + 2) + c},
            .in_step = p->channels,
            .out = out,
            .out_end = out + p->columns * op->out_c,
            .out_step = op->out_c,
        };
        if (op->stride_w == 1) {
            run_line_stride_1(&channel, &line);
        } else {
            run_line_stride_2(&channel, &line);
        }
    }
}

static void run_piece(const struct piece *p, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, p->op->input);
    int32_t loaded = 0; // lines, counted from the top of the padding

    for (int32_t out_y = 0; out_y < p->op->out_h; ++out_y) {
        const int32_t needed = out_y * p->op->stride_h + KERNEL;
        for (loaded = loaded < needed - KERNEL ? needed - KERNEL : loaded; loaded < needed;
             ++loaded) {
            load_line(p, input, loaded);
        }
        run_lines(p, memory, out_y);
    }
}

void dwpw_scalar_depthwise_3x3(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    struct piece p = {.op = op, .ring = dwpw_tensor(memory, op->scratch)};

    for (p.c = 0; p.c < op->out_c; p.c += p.channels) {
        p.channels = min_i32(op->param[PARAM_CHANNELS], op->out_c - p.c);
        for (p.out_x = 0; p.out_x < op->out_w; p.out_x += p.columns) {
            p.columns = min_i32(op->param[PARAM_COLUMNS], op->out_w - p.out_x);
            p.in_columns = (p.columns - 1) * op->stride_w + KERNEL;
            run_piece(&p, memory);
        }
    }
}
