"""Using the memory of values that a program overwrites for what it makes: "donation".

While a program runs that may destroy the values of variables, these are taken out of the variables. So no other thread
can get hold of one just then: whoever reads such a variable waits until the program has given it its new value
(`Storage.__getattr__`). Values that somebody has got hold of before are copied for the program.
"""

from sys import getrefcount
from threading import RLock, get_ident

from tapeflow.core.engines.sharded import DTensor
from tapeflow.core.values.tensor import EagerTensor

# One thread at a time takes values out. Two that each have what the other waits for would wait for ever; this way who
# waits has to wait only for programs that run already.
taking = RLock()


def _references(values, place):
    """How many references there are to a value and to its buffer."""
    value = values[place]
    return getrefcount(value), getrefcount(value._buffer)


# Those of a value that nobody has but a list; what the functions themselves hold depends on the Python.
_ALONE = _references([EagerTensor.from_buffer(object(), None)], 0)


def take(storage):
    """Takes the value out of a variable; whoever runs the program must put one in again. Call it under `taking`."""
    storage.value  # noqa: B018  waits for a program of another thread that has it
    storage.taken_by = get_ident()
    del storage.value


def make_own(values, place):
    """Replaces a value in a list by a copy if anybody keeps it, or its buffer, besides the list."""
    count, of_buffer = _references(values, place)
    if count > _ALONE[0] or of_buffer > _ALONE[1]:
        values[place] = copied(values[place])


def copied(value):
    """A tensor with a buffer of its own; one on a mesh stays there."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    buffer = xla.copy(value._buffer)
    return value.with_buffer(buffer) if type(value) is DTensor else EagerTensor.from_buffer(buffer, value._dtype)
