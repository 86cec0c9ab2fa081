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


def take(storages, taken):
    """Takes the values out of variables; whoever runs the program must put new ones in. Call it under `taking`.

    Args:
        storages: The variables' storages.
        taken: A list that each is added to when it is empty.
    """
    me = get_ident()
    for storage in storages:
        storage.value  # noqa: B018  waits for a program of another thread that has it
        storage.taken_by = me
        del storage.value
        taken.append(storage)


def _kept(values, places, alone, buffer_alone):
    """The places of values that more refer to than `alone`, or to whose buffers more do than `buffer_alone`."""
    kept = []
    for place in places:
        value = values[place]
        if getrefcount(value) > alone or getrefcount(value._buffer) > buffer_alone:
            kept.append(place)
    return kept


def _alone():
    """Those limits for values that nobody has but a list; what the function itself holds depends on the Python."""
    values, many = [EagerTensor.from_buffer(object(), None)], 99
    least = next(n for n in range(many) if not _kept(values, (0,), n, many))
    return least, next(n for n in range(many) if not _kept(values, (0,), many, n))


_ALONE = _alone()


def make_own(values, places):
    """Replaces values in a list by copies if anybody keeps them, or their buffers, besides the list."""
    for place in _kept(values, places, *_ALONE):
        values[place] = copied(values[place])


def copied(value):
    """A tensor with a buffer of its own; one on a mesh stays there."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    buffer = xla.copy(value._buffer)
    return value.with_buffer(buffer) if type(value) is DTensor else EagerTensor.from_buffer(buffer, value._dtype)
