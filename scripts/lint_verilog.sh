#!/usr/bin/env bash
# Verilator's lint of the extension and the L2, as LiteX writes them. Silent when there is nothing to say.
set -euo pipefail
cd "$(dirname "$0")/.."

# What is left out is how LiteX writes Verilog, whatever the design:
waived=(
    CASEINCOMPLETE           # a signal has its default before the case, so no latch comes of it
    COMBDLY                  # non-blocking assignments everywhere
    PROCASSINIT              # registers have an initial value beside their reset
    UNUSEDSIGNAL             # every record and memory port is written out whole
    WIDTHEXPAND WIDTHTRUNC   # widths are adapted by the assignment, as in Python's meaning of it
)

mkdir -p build/lint
.venv/bin/python -m rtl_ext >build/lint/dwpw_extension.v
.venv/bin/python -m soc.l2 >build/lint/dwpw_l2.v
VERILATOR_ROOT=$(.venv/bin/python -c 'import pathlib, verilator
print(pathlib.Path(verilator.__file__).parent)')
export VERILATOR_ROOT
for module in dwpw_extension dwpw_l2; do
    "$VERILATOR_ROOT/bin/verilator_bin" --lint-only --quiet -Wall "${waived[@]/#/-Wno-}" \
        "build/lint/$module.v"
done
