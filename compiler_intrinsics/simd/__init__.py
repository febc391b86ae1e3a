"""The register-level unit `simd`: its sizes, its instructions and what they mean."""

from .spec import INSTRUCTION_SET

__all__ = ["INSTRUCTION_SET"]
