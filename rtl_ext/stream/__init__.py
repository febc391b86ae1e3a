"""The streaming unit: engines that carry out lists of commands from memory (docs/stream.md)."""
