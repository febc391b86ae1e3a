"""Graph to plan, plan to image: a kernel for every operator, a place for every tensor, constants.

All decisions are taken here, on the host; the firmware only executes them.
"""
