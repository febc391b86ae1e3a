// RESIZE_BILINEAR, int8. Arithmetic of reference_ops::ResizeBilinearInteger; where an output lies
// between which rows and columns has been worked out by the host.
//
// table: int32 [out_h, then out_w][3]: first, second, and how far behind the first in 1/1024.
#include "dwpw_check.h"
#include "dwpw_kernel.h"

enum {
    WORDS = 3,
    UNIT = 1 << 10,
    HALF = 1 << 19, // of a product of two positions
};

dwpw_kernel_function dwpw_reference_resize_bilinear;
dwpw_kernel_check dwpw_reference_resize_bilinear_check;

// A value from those at four corners.
static int8_t mixed(const int8_t *const corners[4], int32_t c, int64_t down, int64_t right)
{
    const int64_t sum = corners[0][c] * (UNIT - down) * (UNIT - right) +
                        corners[1][c] * (UNIT - down) * right +
                        corners[2][c] * down * (UNIT - right) + corners[3][c] * down * right;

    return (int8_t)((sum + (sum > 0 ? HALF : -HALF)) / (1 << 20));
}

void dwpw_reference_resize_bilinear(const struct dwpw_operator *op,
                                    const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int32_t *row = dwpw_words(memory, op->table);
    const int32_t *columns = row + WORDS * op->out_h;
    const int32_t row_bytes = op->in_w * op->in_c;
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t y = 0; y < op->out_h; ++y, row += WORDS) {
        const int32_t *column = columns;

        for (int32_t x = 0; x < op->out_w; ++x, column += WORDS) {
            const int8_t *const corners[4] = {
                input + row[0] * row_bytes + column[0] * op->in_c,
                input + row[0] * row_bytes + column[1] * op->in_c,
                input + row[1] * row_bytes + column[0] * op->in_c,
                input + row[1] * row_bytes + column[1] * op->in_c,
            };

            for (int32_t c = 0; c < op->in_c; ++c) {
                *output++ = mixed(corners, c, row[2], column[2]);
            }
        }
    }
}

const char *dwpw_reference_resize_bilinear_check(const struct dwpw_operator *op,
                                                 const struct dwpw_memory *memory)
{
    const int32_t *place = dwpw_words(memory, op->table);
    const int64_t count = (int64_t)op->out_h + op->out_w;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->in_c == op->out_c, "channels"),
        dwpw_unless(op->table.size == (uint64_t)count * WORDS * sizeof(place[0]), "table"),
    };
    const char *first = dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));

    for (int64_t i = 0; first == NULL && i < count; ++i, place += WORDS) {
        const int32_t size = i < op->out_h ? op->in_h : op->in_w;

        // Before the first pixel, and with rounding, the distance may leave 0 to 1.
        first = dwpw_unless(place[0] >= 0 && place[0] < size && place[1] >= 0 && place[1] < size &&
                                place[2] >= -UNIT && place[2] <= 2 * UNIT,
                            "place");
    }
    return first;
}
