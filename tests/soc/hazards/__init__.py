"""Hazards proved, not hoped: every instruction of the spec, wherever a CPU could trip over it.

`contexts` lists the places, `program` generates bare-metal programs from them (`frame.S` is what
they share), `meaning` says what they must write, `interrupts` sweeps a timer over a sequence.
"""
