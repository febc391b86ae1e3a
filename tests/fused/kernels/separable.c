// DEPTHWISE_CONV_2D 3x3 and the CONV_2D 1x1 behind it in one step, by bands of rows.
//
// A band of the tensor between the two lies in scratch memory, which every band uses again: it
// stays in the caches and is never written back. Both parts are run by the kernels that they have
// alone; each is handed its operator, cut to the band.
//
// The tensor between them may be stored besides: then its spans are not empty, and the bands lie
// there one behind the other.
//
// param: enum dwpw_fused_separable_param and those of the two kernels.
#include "dwpw_check.h"
#include "dwpw_int32.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_fused_separable;
dwpw_kernel_check dwpw_fused_separable_check;
dwpw_kernel_function dwpw_simd_depthwise_3x3;
dwpw_kernel_check dwpw_simd_depthwise_3x3_check;
dwpw_kernel_function dwpw_simd_conv_pointwise;
dwpw_kernel_check dwpw_simd_conv_pointwise_check;

static struct dwpw_span
row_span(struct dwpw_span tensor, int32_t row, int32_t row_bytes, int32_t rows)
{
    return (struct dwpw_span){.offset = tensor.offset + (uint32_t)(row * row_bytes),
                              .size = (uint32_t)(rows * row_bytes)};
}

// Cuts `band`, a copy of the depthwise operator `op`, to rows `y` to `y + rows` of its output.
static void
cut_depthwise(struct dwpw_operator *band, const struct dwpw_operator *op, int32_t y, int32_t rows)
{
    const int32_t top = y * op->stride_h - op->pad_top; // first row of the input that is seen
    const int32_t skipped = top < 0 ? 0 : min_i32(top, op->in_h - 1);

    band->pad_top = skipped - top;
    band->in_h = op->in_h - skipped;
    band->out_h = rows;
    band->input = row_span(op->input, skipped, op->in_w * op->in_c, band->in_h);
}

// The same for the pointwise operator.
static void
cut_pointwise(struct dwpw_operator *band, const struct dwpw_operator *op, int32_t y, int32_t rows)
{
    band->in_h = rows;
    band->out_h = rows;
    band->output = row_span(op->output, y, op->out_w * op->out_c, rows);
}

void dwpw_fused_separable(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int32_t most = op->param[DWPW_FUSED_SEPARABLE_PARAM_BAND_ROWS];
    const int32_t row_bytes = op->out_w * op->out_c;
    const bool stored = op->output.size != 0;
    struct dwpw_operator depthwise = op[0];
    struct dwpw_operator pointwise = op[1];

    for (int32_t y = 0; y < op->out_h; y += most) {
        const int32_t rows = min_i32(most, op->out_h - y);

        cut_depthwise(&depthwise, &op[0], y, rows);
        cut_pointwise(&pointwise, &op[1], y, rows);
        depthwise.output = stored ? row_span(op->output, y, row_bytes, rows)
                                  : row_span(op->scratch, 0, row_bytes, rows);
        pointwise.input = depthwise.output;
        dwpw_simd_depthwise_3x3(&depthwise, memory);
        dwpw_simd_conv_pointwise(&pointwise, memory);
    }
}

// What lies between the two is the one's output and the other's input.
static bool fit_together(const struct dwpw_operator *depthwise,
                         const struct dwpw_operator *pointwise)
{
    return depthwise->out_h == pointwise->in_h && depthwise->out_w == pointwise->in_w &&
           depthwise->out_c == pointwise->in_c && depthwise->output.size == pointwise->input.size &&
           (depthwise->output.size == 0 || depthwise->output.offset == pointwise->input.offset);
}

// A band fits into the scratch memory, which nothing else of the step shares.
static const char *check_band(const struct dwpw_operator *depthwise,
                              const struct dwpw_operator *pointwise)
{
    const int32_t rows = depthwise->param[DWPW_FUSED_SEPARABLE_PARAM_BAND_ROWS];
    struct dwpw_operator whole = *depthwise;

    whole.output = pointwise->output;
    whole.input2 = pointwise->input;
    const char *const wrong[] = {
        dwpw_unless(rows >= 1 && rows <= depthwise->out_h, "rows"),
        dwpw_check_overlap(&whole),
    };
    const char *first = dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));

    return first != NULL
               ? first
               : dwpw_unless(depthwise->scratch.size >=
                                 dwpw_product(rows, depthwise->out_w, depthwise->out_c, 1),
                             "scratch");
}

const char *dwpw_fused_separable_check(const struct dwpw_operator *op,
                                       const struct dwpw_memory *memory)
{
    if (op->step != 2) {
        return "step";
    }
    const char *const wrong[] = {
        dwpw_simd_depthwise_3x3_check(&op[0], memory),
        dwpw_simd_conv_pointwise_check(&op[1], memory),
        dwpw_check_pointwise(&op[1]),
        dwpw_unless(fit_together(&op[0], &op[1]), "between"),
        check_band(&op[0], &op[1]),
    };

    return dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));
}
