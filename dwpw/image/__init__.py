"""The model image: its format, and the C header generated from it."""
