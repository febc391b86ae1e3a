"""MLPerf Tiny's serial protocol: firmware that speaks it, and the terminal that it speaks at.

What lives here: which of the benchmark's models one is, the firmware's settings, the simulated SoC
behind a pseudo-terminal, and a client for one measurement.  What does not: the protocol itself
(`firmware/mlperf`), and the benchmark's runner, which is MLCommons'.
"""
