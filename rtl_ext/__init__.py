"""The hardware of the extension, in Migen: one module per file, `top` ties them together.

Encodings and sizes come from `compiler_intrinsics`; nothing else of the project is imported.
`python -m rtl_ext` prints the extension as Verilog.
"""
