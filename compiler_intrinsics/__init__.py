"""The instruction set of dwpw: one record per instruction, and everything generated from it.

A folder per unit holds its records and what they mean; `instruction_set` says what a record is.
`header` (C intrinsics), `encoding`, `disassembler` and `isa_page` take the set that they are given.
Nothing here imports another folder of the project.
"""
