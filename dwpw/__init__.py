"""The host tool: reads a model, plans it, runs it on the SoC and compares it with the golden layers."""
