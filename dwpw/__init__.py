"""The host tool: reads a model, plans it, runs it on the SoC, compares it with golden layers.

Everything that is decided about a model is decided here.  Nothing here describes hardware or runs
on the target; no other source folder imports this one.
"""
