"""What a queue promises, said of one item that might be any."""

from __future__ import annotations

from dataclasses import dataclass

from migen import If, Memory, Module, Signal

from tests.support.proof import Bench


@dataclass(frozen=True)
class Queue:
    """Ports and registers of a queue.

    push, item, pop, oldest  what goes in and what comes out
    count, free_at, oldest_at, memory  how many there are, and where
    """

    push: Signal
    item: Signal
    pop: Signal
    oldest: Signal
    count: Signal
    free_at: Signal
    oldest_at: Signal
    memory: Memory


class Follow(Module):
    """Follows an item from its push to its pop.

    Ports:
        pick    1  in   with a push: this one, if none is followed
        follows 1  out  one is in the queue
        ahead   n  out  items that leave before it
        item    w  out
        held    n  out  items in the queue, counted from outside
    """

    def __init__(self, bench: Bench, queue: Queue, name: str = "queue"):
        places = queue.memory.depth
        self.pick = Signal(name=f"{name}_pick")
        self.follows = Signal(name=f"{name}_follows")
        self.ahead = Signal(max=places + 2, name=f"{name}_ahead")
        self.held = Signal(max=places + 2, name=f"{name}_held")
        self.item = Signal(len(queue.item), name=f"{name}_item")
        bench.free(self.pick)

        # # #

        starts = Signal()
        self.comb += starts.eq(queue.push & self.pick & ~self.follows)
        self.sync += [
            self.held.eq(self.held + queue.push - queue.pop),
            If(
                starts,
                self.follows.eq(1),
                self.item.eq(queue.item),
                self.ahead.eq(self.held - queue.pop),
            ).Elif(
                self.follows & queue.pop,
                self.ahead.eq(self.ahead - 1),
                If(self.ahead == 0, self.follows.eq(0)),
            ),
        ]
        bench.claim(f"{name}_never_overflows", self.held <= places)
        bench.claim(f"{name}_never_underflows", ~queue.pop | (self.held != 0))
        bench.claim(
            f"{name}_keeps_its_order",
            ~self.follows | (self.ahead != 0) | (queue.oldest == self.item),
        )
        self._explain(bench, queue, name)

    def _explain(self, bench: Bench, queue: Queue, name: str) -> None:
        """Why that is so: what the registers have to do with what is seen from outside."""
        there = queue.memory.get_port(async_read=True)
        self.specials += there
        width = len(queue.free_at)
        self.comb += there.adr.eq(queue.oldest_at + self.ahead)
        distance = Signal(width)
        self.comb += distance.eq(queue.free_at - queue.oldest_at - self.held)
        bench.claim(f"{name}_counts", queue.count == self.held)
        bench.claim(f"{name}_places", distance == 0)
        bench.claim(f"{name}_holds_it", ~self.follows | (self.ahead < self.held))
        bench.claim(f"{name}_has_it", ~self.follows | (there.dat_r == self.item))
