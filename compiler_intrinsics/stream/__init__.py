"""The streaming unit: sizes, commands, instructions, and what they mean (docs/stream.md)."""
