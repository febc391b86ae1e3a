"""The host engine: the firmware's runtime and kernels, compiled for this computer.

It says of every layer whether it is exact, in seconds and for a model of any size, and counts no
cycles.  `compiled` builds the program (`firmware/host/`), `server` speaks with it, `engine` runs
jobs on it.
"""
