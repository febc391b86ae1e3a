"""Exit statuses of the simulator that are not the firmware's own (those are 0..99)."""

from __future__ import annotations

STATUS_CYCLE_LIMIT = 124
"""The cycle limit ended the run (as coreutils' `timeout` does)."""

STATUS_SETUP_ERROR = 125
"""Nothing was simulated: a file or an argument is wrong."""
