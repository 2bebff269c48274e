"""One coherent merchant world from one seed: customers, goods, orders and all that happens to them, and the truth."""

from fondaco.simulator.world.generate import World, generate_world

__all__ = ["World", "generate_world"]
