"""Graph to plan: a kernel for every operator, a place for every tensor, packed constants.

All decisions are taken here, on the host; the firmware only executes them.
"""
