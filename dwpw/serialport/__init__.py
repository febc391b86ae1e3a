"""To a board and back: its bitstream, its serial line, the boot protocol, the run log.

What lives here: everything that talks to hardware, or to the simulator as if it were hardware.
What does not: building (`dwpw.machine`, `soc.boards`), what a run means (`dwpw.runlog`).
"""
