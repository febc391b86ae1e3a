"""A unit's own way to main RAM: what lies between its `UNIT_MEMORY` and the memory.

`native` speaks to LiteDRAM, `ideal` to the single-cycle RAM, `settle` waits for the CPU's stores.
"""
