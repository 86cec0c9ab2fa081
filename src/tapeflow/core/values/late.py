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
