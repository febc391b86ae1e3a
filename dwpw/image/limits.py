"""Sizes that packers and kernels share, written down once for Python and C.

`dwpw.image.c_header` turns every constant below into a C constant, `DWPW_` in front of its name.
What only one side needs stands there: how a packer chooses, in `dwpw/kernels/pack_SET.py`; the
sizes of the extension, in `compiler_intrinsics`.
"""

MAX_BYTES = 1 << 28
"""Of a tensor, of constants, of the image, and of a step along a tensor: byte offsets times the
small factors that kernels have for them stay within 32 bits."""

MAX_STEP = 64
"""Operators of a step, at the most: a whole MobileNet of any version has fewer."""

TABLE_VALUES = 256
"""Outputs in a table of an operator that works value by value: one for each byte."""

MAX_INPUTS = MAX_OUTPUTS = 32
"""Of a model."""

MAX_SUMMED = 1 << 23
"""Values that one average sums up: 2**23 values of 8 bits and an offset of 8 bits stay within 32
bits."""

D_CACHE_BYTES = 4096
"""VexRiscv's data cache, direct mapped; scratch memory to spare, so that `scalar/placement.h` can
choose where in the D$ it begins."""

D_CACHE_LINE = 32
"""Bytes."""

GEMM_ROWS = 4
"""Rows per step of a matrix product (`scalar/gemm.h`): their values lie interleaved, by four."""

GEMM_CHANNELS = 4
"""Output channels per step: so do the weights."""

GEMM_UNROLL = 4
"""Depths of a matrix product are rounded up to this."""

DEPTHWISE_MAX_PIXELS = 64
"""Pixels that `scalar/depthwise_3x3.c` has accumulators for: at least a line. 1 KB of stack."""

CONV_ROWS_MAX_KERNEL_H = 16
"""Rows of a window of `simd/conv_rows.c`, which keeps a pointer to each."""

PIXELS_UNDER_WAY = 2
"""Kernels of set `simd` read the results of a pixel when the next one is already under way."""

DEPTHWISE_ROWS = 3
"""Of the window of `simd/depthwise_3x3.c`, and store entries of four channels."""

BLOCK_GROUPS = 8
"""Groups of four channels that `simd/depthwise_window.c` loads weights and scales for, at the most:
a line of the D$."""

DEPTHWISE_BLOCK_GROUPS = 16
"""The same for `simd/depthwise_3x3.c`, which passes them all at once, and `simd/depthwise_rows.c`:
two lines of the D$."""

COLUMN_GROUPS = 4
"""Groups of four channels whose words depthwise kernels of set `simd` load before the first one
passes, at the most: they must fit into registers."""

WINDOW_ROWS_LINES, WINDOW_ROWS_SEGMENTS = 5, 2
"""Of a window that `simd/depthwise_rows.c` has its loop for: words of a segment, and segments with
history; COLUMN_GROUPS pass together."""

SUM_WEIGHT_BYTES = 3
"""Of each weight of `simd/sum.c`; the words pass once for each."""

SCALE_WORDS = 9
"""Words of the scales of four channels of set `simd`: bias and multiplier of each, then their
shifts, a byte each."""

AVERAGE_LINES_PIXELS = 257
"""Of a window of `simd/average_lines.c`: so many values of 8 bits make a sum of 16."""
