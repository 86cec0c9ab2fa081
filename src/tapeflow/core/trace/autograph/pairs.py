"""`enumerate` and `zip` of symbols, for loops in the graph."""

from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.gather import gather_v2
from tapeflow.core.ops.defs.shape import shape
from tapeflow.core.trace.autograph import staging
from tapeflow.core.values.convert import convert


def _count(x):
    known = x.shape[0] if x.shape.rank else None
    return convert(known) if known is not None else shape(x)[0]


def _row(x, i):
    found = gather_v2(x, i, 0)
    if x.shape.rank is not None:
        found.set_shape(x.shape[1:])
    return found


class Enumerated:
    """What `enumerate` gives for a symbol."""

    def __init__(self, values, start):
        self.values, self.start = values, start

    def __iter__(self):
        return enumerate(iter(self.values), self.start)


class Zipped:
    """What `zip` gives for symbols."""

    def __init__(self, parts):
        self.parts = parts

    def __iter__(self):
        return zip(*self.parts, strict=False)


def _for_enumerated(iterated, extra_test, *rest):
    return staging._counted(
        lambda i: (i + iterated.start, _row(iterated.values, i)), _count(iterated.values), extra_test, *rest
    )


def _for_zipped(iterated, extra_test, *rest):
    count = _count(iterated.parts[0])
    for x in iterated.parts[1:]:
        count = registry.get("Minimum")(count, _count(x))
    return staging._counted(lambda i: tuple(_row(x, i) for x in iterated.parts), count, extra_test, *rest)


staging.register_for_loop(Enumerated, _for_enumerated)
staging.register_for_loop(Zipped, _for_zipped)
