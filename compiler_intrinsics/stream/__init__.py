"""The streaming unit: its sizes, its commands and what they mean (docs/stream.md)."""
