"""The hardware of the register-level unit `simd`: one module per file, `extension` on top."""
