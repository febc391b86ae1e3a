"""The instruction set of dwpw: one record per instruction, and everything generated from it.

`spec` holds the records, `state` what they mean.  `header` (C intrinsics), `disassembler` and
`isa_page` are derived.  Nothing here imports another folder of the project.
"""
