// DEPTHWISE_CONV_2D, 3x3, depth multiplier 1, no dilation.
//
// The image is cut into pieces, small enough that the input of one fits in the D$. It is copied
// to scratch, padding included, so that the inner loops know no borders. Then one channel after
// the other runs along the lines of the piece, its nine weights in registers; after four channels
// their accumulators are requantised and stored as words.
//
// Weights [channels][3][3]; `param` gives the size of a piece. The per-channel arrays are rounded
// up to a multiple of four.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"
#include "multiply_add.h"
#include "placement.h"
#include "store_results.h"

dwpw_kernel_function dwpw_scalar_depthwise_3x3;
dwpw_kernel_check dwpw_scalar_depthwise_3x3_check;

enum {
    TAPS = 3, // lines and columns of the window
    WEIGHTS = TAPS * TAPS,
    MAX_PIXELS = DWPW_DEPTHWISE_MAX_PIXELS, // accumulated before any is requantised
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
    int32_t *acc;  // [MAX_PIXELS][RESULT_CHANNELS]
};

// One channel along some lines of a piece; results are RESULT_CHANNELS words apart.
struct run {
    const int8_t *in;  // top left of the first window
    int32_t in_step;   // bytes from pixel to pixel
    int32_t in_line;   // and from line to line
    int32_t next_line; // and from window to window below
    int32_t lines;     // of the output
    int32_t columns;
};

static inline struct triple load_3(const int8_t *a, const int8_t *b, const int8_t *c)
{
    return (struct triple){load_here(a), load_here(b), load_here(c)};
}

// The three lines of a window, moving to the right.
struct cursor {
    const int8_t *in0;
    const int8_t *in1;
    const int8_t *in2;
};

static inline __attribute__((always_inline)) struct cursor start(const struct run *r,
                                                                 const int8_t *in)
{
    return (struct cursor){in, in + r->in_line, in + 2 * r->in_line};
}

static inline __attribute__((always_inline)) struct triple next(struct cursor *at, int32_t step)
{
    const struct triple v = load_3(at->in0, at->in1, at->in2);

    at->in0 += step;
    at->in1 += step;
    at->in2 += step;
    return v;
}

// Stride 1: every value counts for three outputs, whose accumulators move along.
static __attribute__((noinline)) void
run_stride_1(const struct run *r, const int8_t *weights, int32_t bias, int32_t *acc)
{
    const struct triple w0 = {weights[2], weights[1], weights[0]};
    const struct triple w1 = {weights[5], weights[4], weights[3]};
    const struct triple w2 = {weights[8], weights[7], weights[6]};
    const int32_t step = r->in_step;
    const int8_t *in = r->in;

    for (int32_t lines = r->lines; lines > 0; --lines, in += r->next_line) {
        struct cursor at = start(r, in);
        struct triple sum = {bias, bias, bias};
        // Two columns complete no output yet.
        int32_t *next_acc = acc - (TAPS - 1) * RESULT_CHANNELS;
        int32_t *const first = acc;
        acc += r->columns * RESULT_CHANNELS;
        do {
            const struct triple v = next(&at, step);
            sum = multiply_add_3(sum, v.a, w0);
            sum = multiply_add_3(sum, v.b, w1);
            sum = multiply_add_3(sum, v.c, w2);
            sum = (struct triple){sum.b, sum.c, bias};
            next_acc += RESULT_CHANNELS;
        } while (next_acc != first);
        do {
            const struct triple v = next(&at, step);
            sum = multiply_add_3(sum, v.a, w0);
            sum = multiply_add_3(sum, v.b, w1);
            sum = multiply_add_3(sum, v.c, w2);
            *next_acc = sum.a;
            sum = (struct triple){sum.b, sum.c, bias};
            next_acc += RESULT_CHANNELS;
        } while (next_acc != acc);
    }
}

// Stride 2: every other column counts for two outputs.
static __attribute__((noinline)) void
run_stride_2(const struct run *r, const int8_t *weights, int32_t bias, int32_t *acc)
{
    const struct triple left = {weights[0], weights[3], weights[6]};
    const struct triple middle = {weights[1], weights[4], weights[7]};
    const struct triple right = {weights[2], weights[5], weights[8]};
    const int32_t step = r->in_step;
    const int8_t *in = r->in;

    for (int32_t lines = r->lines; lines > 0; --lines, in += r->next_line) {
        struct cursor at = start(r, in);
        int32_t sum = dot_3(bias, next(&at, step), left);
        int32_t *const end = acc + r->columns * RESULT_CHANNELS;
        do {
            sum = dot_3(sum, next(&at, step), middle);
            const struct triple even = next(&at, step);
            sum = dot_3(sum, even, right);
            *acc = sum;
            sum = dot_3(bias, even, left);
            acc += RESULT_CHANNELS;
        } while (acc != end);
    }
}

// Four channels from `c` on, `lines` output lines from `y` on, counted from the piece's own.
static void run_lines(
    const struct piece *p, const struct dwpw_memory *memory, int32_t c, int32_t y, int32_t lines)
{
    const struct dwpw_operator *op = p->op;
    const int8_t *weights = dwpw_bytes(memory, op->weights) + (p->c + c) * WEIGHTS;
    const int32_t *bias = dwpw_words(memory, op->bias) + p->c + c;
    const int32_t in_line = p->in_columns * p->channels;
    int8_t *out = dwpw_tensor(memory, op->output) +
                  ((p->out_y + y) * op->out_w + p->out_x) * op->out_c + p->c + c;
    const struct results results = {
        .multiplier = dwpw_words(memory, op->multiplier) + p->c + c,
        .shift = dwpw_words(memory, op->shift) + p->c + c,
        .range = make_range(op->output_offset, op->act_min, op->act_max),
        .channels = min_i32(RESULT_CHANNELS, p->channels - c),
        .stride = op->out_c,
    };
    struct run run = {
        .in = p->input + y * op->stride_h * in_line + c,
        .in_step = p->channels,
        .in_line = in_line,
        .next_line = op->stride_h * in_line,
        .lines = lines,
        .columns = p->columns,
    };

    for (int32_t i = 0; i < results.channels; ++i, ++run.in, weights += WEIGHTS) {
        if (op->stride_w == 1) {
            run_stride_1(&run, weights, bias[i], p->acc + i);
        } else {
            run_stride_2(&run, weights, bias[i], p->acc + i);
        }
    }
    store_results(&results, p->acc, lines * p->columns, out);
}

static void run_piece(const struct piece *p, const struct dwpw_memory *memory)
{
    // Lines of a whole width follow each other in the output like pixels of one line.
    const int32_t chunk = p->columns == p->op->out_w ? MAX_PIXELS / p->columns : 1;

    for (int32_t c = 0; c < p->channels; c += RESULT_CHANNELS) {
        for (int32_t y = 0; y < p->lines; y += chunk) {
            run_lines(p, memory, c, y, min_i32(chunk, p->lines - y));
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
    int32_t acc[MAX_PIXELS * RESULT_CHANNELS];
    struct piece p = {
        .op = op,
        .input = place_behind(acc + MAX_PIXELS * RESULT_CHANNELS, dwpw_tensor(memory, op->scratch)),
        .acc = acc,
    };

    for (p.c = 0; p.c < op->out_c; p.c += size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_CHANNELS]) {
        p.channels = min_i32(size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_CHANNELS], op->out_c - p.c);
        for (p.out_y = 0; p.out_y < op->out_h;
             p.out_y += size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_LINES]) {
            p.lines = min_i32(size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_LINES], op->out_h - p.out_y);
            p.in_lines = (p.lines - 1) * op->stride_h + TAPS;
            for (p.out_x = 0; p.out_x < op->out_w;
                 p.out_x += size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_COLUMNS]) {
                p.columns =
                    min_i32(size[DWPW_SCALAR_DEPTHWISE3X3_PARAM_COLUMNS], op->out_w - p.out_x);
                p.in_columns = (p.columns - 1) * op->stride_w + TAPS;
                load_piece(&p, dwpw_tensor(memory, op->input));
                run_piece(&p, memory);
            }
        }
    }
}

// The size of a piece: channels in groups of four, unless all of them, since the per-channel arrays
// are read in groups; pixels for which there are accumulators; and room for its input.
static const char *check_piece(const struct dwpw_operator *op)
{
    const int32_t channels = op->param[DWPW_SCALAR_DEPTHWISE3X3_PARAM_CHANNELS];
    const int32_t lines = op->param[DWPW_SCALAR_DEPTHWISE3X3_PARAM_LINES];
    const int32_t columns = op->param[DWPW_SCALAR_DEPTHWISE3X3_PARAM_COLUMNS];

    if (channels < 1 || lines < 1 || lines > op->out_h || columns < 1 ||
        columns > min_i32(op->out_w, MAX_PIXELS) ||
        (channels % RESULT_CHANNELS != 0 && channels != op->out_c)) {
        return "piece";
    }
    const uint64_t room = DWPW_D_CACHE_BYTES + dwpw_product((lines - 1) * op->stride_h + TAPS,
                                                            (columns - 1) * op->stride_w + TAPS,
                                                            min_i32(channels, op->out_c), 1);
    return dwpw_unless(op->scratch.size >= room, "scratch");
}

const char *dwpw_scalar_depthwise_3x3_check(const struct dwpw_operator *op,
                                            const struct dwpw_memory *memory)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_3x3(op),
        dwpw_unless(op->stride_w == 1 || op->stride_w == 2, "stride"),
        dwpw_unless(op->weights.size == dwpw_product(op->out_c, WEIGHTS, 1, 1), "weights"),
        dwpw_check_scales(op, memory, dwpw_round_up(op->out_c, RESULT_CHANNELS)),
    };
    const char *first = dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));

    return first != NULL ? first : check_piece(op);
}
