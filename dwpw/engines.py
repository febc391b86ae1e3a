"""What runs a model: names, and what reports say of them."""

SIMULATOR = "simulator"
"""The SoC, cycle by cycle."""

HOST = "host"
"""The same C on this computer (`dwpw.hostengine`)."""

ENGINES = (SIMULATOR, HOST)

HOST_MEANS = f"{HOST}: exactness only, no cycles"
