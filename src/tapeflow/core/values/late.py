"""The ops, for the values of this room that are made with them: looked up, a room above, when first used."""

import importlib


class Late:
    """The names of the module `where`, which a room above fills in; the module is imported on first use."""

    def __init__(self):
        self.where = None

    def __getattr__(self, name):
        value = getattr(importlib.import_module(self.where), name)
        setattr(self, name, value)
        return value


ops = Late()
# The kinds of composites that a program has not made yet: the functions that take them are taught to with the first.
unmet = {"ragged", "sparse"}


def meet(kind):
    """Has the functions taught to take composites of a kind, the first time."""
    if kind in unmet:
        unmet.discard(kind)
        ops.teach(kind)


# The kernels of the ops of datasets and iterators, and those of them that write graphs: of rooms above the op table.
pipelines, pipeline_files = Late(), Late()
# What jacobians are made with while a graph is being captured.
staged = Late()
