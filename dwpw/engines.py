"""What runs a model: names, and what reports say of them."""

SIMULATOR = "simulator"
"""The SoC, cycle by cycle."""

HOST = "host"
"""The same C on this computer (`dwpw.hostengine`)."""

RENODE = "renode"
"""The SoC in Renode, where it is installed (`dwpw.renode`); no `--engine`, but a command."""

ENGINES = (SIMULATOR, HOST)

HOST_MEANS = f"{HOST}: exactness only, no cycles"

RENODE_MEANS = f"{RENODE}: exactness and instructions, no cycles"
