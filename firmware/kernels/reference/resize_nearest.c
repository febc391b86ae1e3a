// RESIZE_NEAREST_NEIGHBOR, int8. The host has worked out the row and the column of the input for
// each of the output (GetNearestNeighbor of the reference kernel).
//
// table: int32 [out_h rows, then out_w columns].
#include "dwpw_check.h"
#include "dwpw_kernel.h"

dwpw_kernel_function dwpw_reference_resize_nearest;
dwpw_kernel_check dwpw_reference_resize_nearest_check;

void dwpw_reference_resize_nearest(const struct dwpw_operator *op, const struct dwpw_memory *memory)
{
    const int8_t *input = dwpw_tensor(memory, op->input);
    const int32_t *rows = dwpw_words(memory, op->table);
    const int32_t *columns = rows + op->out_h;
    int8_t *output = dwpw_tensor(memory, op->output);

    for (int32_t y = 0; y < op->out_h; ++y) {
        for (int32_t x = 0; x < op->out_w; ++x) {
            const int32_t pixel = rows[y] * op->in_w + columns[x];

            __builtin_memcpy(output, input + pixel * op->in_c, (size_t)op->in_c);
            output += op->in_c;
        }
    }
}

const char *dwpw_reference_resize_nearest_check(const struct dwpw_operator *op,
                                                const struct dwpw_memory *memory)
{
    const int32_t *places = dwpw_words(memory, op->table);
    const int64_t count = (int64_t)op->out_h + op->out_w;
    const char *const wrong[] = {
        dwpw_check_overlap(op),
        dwpw_unless(op->in_c == op->out_c, "channels"),
        dwpw_unless(op->table.size == (uint64_t)count * sizeof(places[0]), "table"),
    };
    const char *first = dwpw_first_wrong(wrong, sizeof(wrong) / sizeof(wrong[0]));

    for (int64_t i = 0; first == NULL && i < count; ++i) {
        first = dwpw_unless(places[i] >= 0 && places[i] < (i < op->out_h ? op->in_h : op->in_w),
                            "place");
    }
    return first;
}
