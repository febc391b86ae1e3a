"""The register-level unit `simd`: its sizes, its instructions and what they mean."""
