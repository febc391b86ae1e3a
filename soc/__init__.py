"""The LiteX SoC, its simulator and the build cache.

What lives here: one SoC class for simulator and boards, the memory map, the Verilator harness.
What does not: the extension (`rtl_ext`), kernels (`firmware`), anything about models (`dwpw`).
May import `rtl_ext` and `compiler_intrinsics`; is imported by `dwpw` and the tests.
"""
