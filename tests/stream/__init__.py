"""The streaming unit's kernel in the firmware: on the host under the sanitizers, and on the SoC."""
