"""A target with a kernel for two operators: what a package of somebody else would bring.

The kernel is exact but saves no cycles with this unit (docs/extend.md has the numbers), so it is
not shipped; it is here because a step of several operators must work for the units that gain by it.
"""
