// DEPTHWISE_CONV_2D, 3x3, depth multiplier 1, no dilation.
//
// The image is cut into pieces, small enough that the input of one fits in the D$. It is copied
// to scratch, padding included, so that the inner loops know no borders. Then one channel after
// the other runs along the lines of the piece, its nine weights in registers.
//
// Weights [channels][3][3]; `param` gives the size of a piece.
#include "dwpw_kernel.h"
#include "multiply_add.h"
#include "requantise.h"

dwpw_kernel_function dwpw_scalar_depthwise_3x3;

enum {
    TAPS = 3, // lines and columns of the window
    WEIGHTS = TAPS * TAPS,
    MAX_COLUMNS = 256, // of a piece, in the output
    // Words of `param`: the size of a piece in the output, set by dwpw.plan.pack_scalar.
    PARAM_CHANNELS = 0,
    PARAM_LINES = 1,
    PARAM_COLUMNS = 2,
};

// A part of the output, and the input that it needs.
struct piece {
    const struct dwpw_operator *op;
    int32_t c;
    int32_t channels;
    int32_t out_y;
    int32_t lines;
    int32_t out_x;
    int32_t columns;
    int32_t in_lines;
    int32_t in_columns;
    int8_t *input; // copy, [in_lines][in_columns][channels]
};

// One channel along one line.
struct line {
    const int8_t *in; // top left of the first window
    int32_t in_step;  // bytes from pixel to pixel
    int32_t in_line;  // and from line to line
    int32_t *acc;     // results
    int32_t *acc_end;
};

static inline int32_t min_i32(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline struct triple load_3(const int8_t *a, const int8_t *b, const int8_t *c)
{
    return (struct triple){load_here(a), load_here(b), load_here(c)};
}

// Stride 1: every value counts for three outputs, whose accumulators move along.
static __attribute__((noinline)) void
run_line_stride_1(const struct line *line, const int8_t *weights, int32_t bias)
{
    const struct triple w0 = {weights[2], weights[1], weights[0]};
    const struct triple w1 = {weights[5], weights[4], weights[3]};
    const struct triple w2 = {weights[8], weights[7], weights[6]};
    const int32_t step = line->in_step;
    const int8_t *in0 = line->in;
    const int8_t *in1 = in0 + line->in_line;
    const int8_t *in2 = in1 + line->in_line;
    struct triple sum = {bias, bias, bias};
    int32_t *const end = line->acc_end;
    int32_t *acc = line->acc - (TAPS - 1); // two columns complete no output yet

    do {
        const struct triple v = load_3(in0, in1, in2);
        in0 += step;
        in1 += step;
        in2 += step;
        sum = multiply_add_3(sum, v.a, w0);
        sum = multiply_add_3(sum, v.b, w1);
        sum = multiply_add_3(sum, v.c, w2);
        *acc++ = sum.a;
        sum = (struct triple){sum.b, sum.c, bias};
    } while (acc != end);
}

// Stride 2: every other column counts for two outputs.
static __attribute__((noinline)) void
run_line_stride_2(const struct line *line, const int8_t *weights, int32_t bias)
{
    const struct triple left = {weights[0], weights[3], weights[6]};
    const struct triple middle = {weights[1], weights[4], weights[7]};
    const struct triple right = {weights[2], weights[5], weights[8]};
    const int32_t step = line->in_step;
    const int8_t *in0 = line->in;
    const int8_t *in1 = in0 + line->in_line;
    const int8_t *in2 = in1 + line->in_line;
    int32_t sum = dot_3(bias, load_3(in0, in1, in2), left);
    int32_t *const end = line->acc_end;
    int32_t *acc = line->acc;

    do {
        in0 += step;
        in1 += step;
        in2 += step;
        sum = dot_3(sum, load_3(in0, in1, in2), middle);
        in0 += step;
        in1 += step;
        in2 += step;
        const struct triple even = load_3(in0, in1, in2);
        sum = dot_3(sum, even, right);
        *acc++ = sum;
        sum = dot_3(bias, even, left);
    } while (acc != end);
}

// Results of one channel along one line, `step` bytes apart. The accumulators are followed by
// others of no meaning, up to a multiple of four.
static __attribute__((noinline)) void store_line(const struct line *line,
                                                 struct scale scale,
                                                 struct output_range range,
                                                 int8_t *out,
                                                 int32_t step)
{
    const int32_t min = (int32_t)range.min;
    int32_t left = (int32_t)(line->acc_end - line->acc);

    for (const int32_t *acc = line->acc;; acc += 4) {
        const struct quad r =
            requantise_4((struct quad){acc[0], acc[1], acc[2], acc[3]}, scale, range);
        *out = (int8_t)(r.a + min);
        if (left == 1) {
            return;
        }
        out += step;
        *out = (int8_t)(r.b + min);
        if (left == 2) {
            return;
        }
        out += step;
        *out = (int8_t)(r.c + min);
        if (left == 3) {
            return;
        }
        out += step;
        *out = (int8_t)(r.d + min);
        out += step;
        left -= 4;
        if (left == 0) {
            return;
        }
    }
}

static void run_piece(const struct piece *p, const struct dwpw_memory *memory)
{
    const struct dwpw_operator *op = p->op;
    const int8_t *weights = dwpw_bytes(memory, op->weights) + p->c * WEIGHTS;
    const int32_t *bias = dwpw_words(memory, op->bias) + p->c;
    const int32_t *multiplier = dwpw_words(memory, op->multiplier) + p->c;
    const int32_t *shift = dwpw_words(memory, op->shift) + p->c;
    const struct output_range range = make_range(op->output_offset, op->act_min, op->act_max);
    const int32_t out_line = op->out_w * op->out_c;
    int8_t *out_first =
        dwpw_tensor(memory, op->output) + p->out_y * out_line + p->out_x * op->out_c + p->c;
    int32_t acc[TAPS - 1 + MAX_COLUMNS + 3] = {0}; // in front and behind: see the loops
    struct line line = {
        .in_step = p->channels,
        .in_line = p->in_columns * p->channels,
        .acc = acc + TAPS - 1,
        .acc_end = acc + TAPS - 1 + p->columns,
    };

    for (int32_t c = 0; c < p->channels; ++c, weights += WEIGHTS) {
        const struct scale scale = make_scale(multiplier[c], shift[c]);
        int8_t *out = out_first + c;
        line.in = p->input + c;
        for (int32_t y = 0; y < p->lines; ++y, out += out_line) {
            if (op->stride_w == 1) {
                run_line_stride_1(&line, weights, bias[c]);
            } else {
                run_line_stride_2(&line, weights, bias[c]);
            }
            store_line(&line, scale, range, out, op->out_c);
            line.in += op->stride_h * line.in_line;
        }
    }
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

// Brings the input of the piece to scratch; padding is what counts as real 0.
static void load_piece(const struct piece *p, const int8_t *input)
{
    const struct dwpw_operator *op = p->op;
    const int8_t zero = (int8_t)-op->input_offset;
    const int32_t first_y = p->out_y * op->stride_h - op->pad_top;
    const int32_t first_x = p->out_x * op->stride_w - op->pad_left;
    int8_t *to = p->input;

    for (int32_t y = first_y; y < first_y + p->in_lines; ++y) {
        const int8_t *from = input + (y * op->in_w + first_x) * op->in_c + p->c;
        for (int32_t x = first_x; x < first_x + p->in_columns; ++x) {
            if (y < 0 || y >= op->in_h || x < 0 || x >= op->in_w) {
                fill(to, zero, p->channels);
            } else {
                copy(to, from, p->channels);
            }
            from += op->in_c;
            to += p->channels;
        }
    }
}

void dwpw_scalar_depthwise_3x3(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t *size = op->param;
    struct piece p = {.op = op, .input = dwpw_tensor(memory, op->scratch)};

    for (p.c = 0; p.c < op->out_c; p.c += size[PARAM_CHANNELS]) {
        p.channels = min_i32(size[PARAM_CHANNELS], op->out_c - p.c);
        for (p.out_y = 0; p.out_y < op->out_h; p.out_y += size[PARAM_LINES]) {
            p.lines = min_i32(size[PARAM_LINES], op->out_h - p.out_y);
            p.in_lines = (p.lines - 1) * op->stride_h + TAPS;
            for (p.out_x = 0; p.out_x < op->out_w; p.out_x += size[PARAM_COLUMNS]) {
                p.columns = min_i32(size[PARAM_COLUMNS], op->out_w - p.out_x);
                p.in_columns = (p.columns - 1) * op->stride_w + TAPS;
                load_piece(&p, dwpw_tensor(memory, op->input));
                run_piece(&p, memory);
            }
        }
    }
}
