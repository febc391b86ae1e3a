"""The host tool: reads a model, plans it, runs it on the SoC, compares it with golden layers."""
