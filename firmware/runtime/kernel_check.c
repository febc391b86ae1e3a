#include "dwpw_check.h"

enum {
    MIN_SHIFT = -31, // range of TFLite's QuantizeMultiplier
    MAX_SHIFT = 30,
};

const char *dwpw_first_wrong(const char *const *results, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        if (results[i] != NULL) {
            return results[i];
        }
    }
    return NULL;
}

uint64_t dwpw_product(int32_t a, int32_t b, int32_t c, int32_t d)
{
    const uint64_t limit = 1ull << 32; // of memory; times another factor it fits into 64 bits
    const int32_t factors[] = {b, c, d};
    uint64_t product = (uint64_t)a;

    for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); ++i) {
        product *= (uint64_t)factors[i];
        product = product < limit ? product : limit;
    }
    return product;
}

static bool overlap(struct dwpw_span a, struct dwpw_span b)
{
    return a.size != 0 && b.size != 0 && a.offset < b.offset + b.size &&
           b.offset < a.offset + a.size;
}

const char *dwpw_check_overlap(const struct dwpw_operator *op)
{
    return dwpw_unless(!overlap(op->output, op->input) && !overlap(op->output, op->input2) &&
                           !overlap(op->output, op->scratch) && !overlap(op->scratch, op->input) &&
                           !overlap(op->scratch, op->input2),
                       "overlap");
}

// Sizes along one axis, in pixels.
struct axis {
    int32_t in;
    int32_t out;
    int32_t kernel;
    int32_t stride;
    int32_t dilation;
    int32_t pad;
    int32_t step; // bytes from pixel to pixel
};

static bool axis_is_sane(struct axis a)
{
    const int64_t reach = (int64_t)(a.kernel - 1) * a.dilation + 1;
    const int64_t last = (int64_t)(a.out - 1) * a.stride - a.pad;

    return reach <= DWPW_MAX_BYTES && a.pad < reach && last < a.in &&
           (int64_t)a.stride * a.step <= DWPW_MAX_BYTES;
}

const char *dwpw_check_window(const struct dwpw_operator *op)
{
    const struct axis h = {
        .in = op->in_h,
        .out = op->out_h,
        .kernel = op->kernel_h,
        .stride = op->stride_h,
        .dilation = op->dilation_h,
        .pad = op->pad_top,
        .step = op->in_w * op->in_c,
    };
    const struct axis w = {
        .in = op->in_w,
        .out = op->out_w,
        .kernel = op->kernel_w,
        .stride = op->stride_w,
        .dilation = op->dilation_w,
        .pad = op->pad_left,
        .step = op->in_c,
    };

    return dwpw_unless(axis_is_sane(h) && axis_is_sane(w), "window");
}

const char *dwpw_check_pointwise(const struct dwpw_operator *op)
{
    return dwpw_unless(op->in_h == op->out_h && op->in_w == op->out_w && op->kernel_h == 1 &&
                           op->kernel_w == 1 && op->stride_h == 1 && op->stride_w == 1 &&
                           op->pad_top == 0 && op->pad_left == 0,
                       "window");
}

const char *dwpw_check_3x3(const struct dwpw_operator *op)
{
    const char *const wrong[] = {
        dwpw_check_window(op),
        dwpw_unless(op->kernel_h == 3 && op->kernel_w == 3, "window"),
        dwpw_unless(op->dilation_h == 1 && op->dilation_w == 1, "window"),
        dwpw_unless(op->depth_multiplier == 1 && op->in_c == op->out_c, "channels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

const char *dwpw_check_vector(const struct dwpw_operator *op)
{
    return dwpw_unless(op->in_h == 1 && op->in_w == 1 && op->out_h == 1 && op->out_w == 1, "shape");
}

const char *dwpw_check_same_shape(const struct dwpw_operator *op)
{
    return dwpw_unless(op->in_h == op->out_h && op->in_w == op->out_w && op->in_c == op->out_c,
                       "shape");
}

const char *dwpw_check_repeated(const struct dwpw_operator *op)
{
    return dwpw_unless(op->input2.size == op->input.size || op->input2.size == (uint32_t)op->in_c,
                       "input2");
}

const char *dwpw_check_scale(int32_t multiplier, int32_t shift)
{
    if (multiplier < 0) {
        return "multiplier";
    }
    return dwpw_unless(shift >= MIN_SHIFT && shift <= MAX_SHIFT, "shift");
}

const char *dwpw_check_scales(const struct dwpw_operator *op,
                              const struct dwpw_memory *memory,
                              int32_t channels)
{
    const int32_t *multiplier = dwpw_words(memory, op->multiplier);
    const int32_t *shift = dwpw_words(memory, op->shift);
    const uint64_t bytes = (uint64_t)channels * sizeof(int32_t);
    const char *const sizes[] = {
        dwpw_unless(op->bias.size == bytes, "bias"),
        dwpw_unless(op->multiplier.size == bytes, "multiplier"),
        dwpw_unless(op->shift.size == bytes, "shift"),
    };
    const char *wrong = dwpw_first_wrong(sizes, sizeof(sizes) / sizeof(sizes[0]));

    for (int32_t c = 0; c < channels && wrong == NULL; ++c) {
        wrong = dwpw_check_scale(multiplier[c], shift[c]);
    }
    return wrong;
}

static bool few_enough(int32_t h, int32_t w)
{
    return (uint64_t)h * (uint64_t)w <= DWPW_MAX_SUMMED;
}

const char *dwpw_check_mean(const struct dwpw_operator *op)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->in_c == op->out_c && op->out_h == 1 && op->out_w == 1, "shape"),
        dwpw_unless(few_enough(op->in_h, op->in_w), "pixels"),
        dwpw_check_scale(op->param[DWPW_MEAN_PARAM_MULTIPLIER], op->param[DWPW_MEAN_PARAM_SHIFT]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

// Whether `size` elements behind `before` others lie inside `all`.
static bool inside(int32_t before, int32_t size, int32_t all)
{
    return before >= 0 && before <= all - size;
}

const char *dwpw_check_pad(const struct dwpw_operator *op)
{
    const int32_t value = op->param[DWPW_PAD_PARAM_PAD_VALUE];
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(inside(op->pad_top, op->in_h, op->out_h) &&
                        inside(op->pad_left, op->in_w, op->out_w) &&
                        inside(op->param[DWPW_PAD_PARAM_PAD_FRONT_C], op->in_c, op->out_c),
                    "pad"),
        dwpw_unless(value >= INT8_MIN && value <= INT8_MAX, "pad value"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}

const char *dwpw_check_pool(const struct dwpw_operator *op)
{
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_check_window(op),
        dwpw_unless(op->dilation_h == 1 && op->dilation_w == 1, "window"),
        dwpw_unless(op->in_c == op->out_c, "shape"),
        dwpw_unless(few_enough(op->in_h, op->in_w), "pixels"),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
