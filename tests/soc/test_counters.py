"""Performance counters in the CPU's netlist."""

import pytest

from soc.counters import EVENTS, netlist_with_events, port_name

NETLIST = "module VexRiscv (\n  input clk\n);\nendmodule\nmodule DataCache (\n);\nendmodule\n"


def test_every_event_gets_a_port_of_the_cpu():
    text = netlist_with_events(NETLIST)
    head, body = text.split("endmodule")[0].split(");\n", 1)
    for event in EVENTS:
        assert f"output              {port_name(event.name)}," in head
        assert f"assign {port_name(event.name)} = {event.expression};" in body


def test_other_modules_stay_as_they_are():
    assert netlist_with_events(NETLIST).endswith("module DataCache (\n);\nendmodule\n")


def test_foreign_netlist_is_refused():
    with pytest.raises(ValueError, match="no module VexRiscv"):
        netlist_with_events("module Other (\n);\nendmodule\n")
