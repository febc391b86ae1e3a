"""A model for Renode: its files (`export`), and runs of them in an installed Renode (`runner`).

Runtime and kernels are those of the SoC, unchanged; what every machine below them has of its own
is `firmware/renode/`.  `addresses` reads where things lie from the headers
that the firmware was compiled with, `platform` and `script` say it in Renode's languages, and
`library` compiles the units' meaning in C.
"""
