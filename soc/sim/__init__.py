"""The simulated SoC: models around it, the Verilator build and its runner."""
