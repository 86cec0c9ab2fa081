"""Random ops in a graph: where each has come in its stream is state, read at the start and written at the end."""

from functools import lru_cache

import numpy as np

from tapeflow.core.base import dtypes, philox, random_seed
from tapeflow.core.base.random_seed import eager_seeds
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import Op
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Storage, _box

_MASK = (1 << 64) - 1


class Stream:
    """One random op's stream: key and the counter's two halves, as uint64 [3]. Starts over with the global seed."""

    trainable = False
    dtype = dtypes.uint64
    shape = TensorShape([3])
    name = "random_stream"

    def __init__(self, seed, seed2):
        self._seeds = seed, seed2
        self._epoch = eager_seeds.epoch
        self._storage = Storage(self._first(), "random_stream")
        self.handle = EagerTensor(_box(self._storage), dtypes.resource)

    def _first(self):
        key, counter = random_seed.Streams._first(*self._seeds)
        return EagerTensor(np.array([key, counter & _MASK, counter >> 64], np.uint64), dtypes.uint64)

    def refresh(self):
        """Starts over if the global seed was set since the last call."""
        if self._epoch != eager_seeds.epoch:
            self._epoch = eager_seeds.epoch
            self._storage.value = self._first()


def draws(record):
    """Whether an op draws from a stream that its seeds name."""
    names = {attr.name for attr in record.attrs}
    return "seed" in names and "seed2" in names and not getattr(record, "of_state", None)


class _Here:
    """Stands in for the streams while a kernel draws: hands out one place and notes how far it goes."""

    def __init__(self, place):
        self.place, self.blocks = place, 0

    def take(self, identity, seed, seed2, blocks):
        self.blocks = blocks
        return self.place


@lru_cache(maxsize=64)
def streamed(record):
    """The op that takes its stream as an input and gives it back moved on."""
    several = len(record.outputs) > 1

    def kernel(state, *inputs, **attrs):
        key, low, high = (int(word) for word in state)
        here = _Here((key, low | high << 64))
        kept, random_seed.hooks.node = random_seed.hooks.node, (here, None)
        try:
            result = record.kernel(*inputs, **attrs)
        finally:
            random_seed.hooks.node = kept
        counter = here.place[1] + here.blocks & philox.COUNTER_MASK
        results = tuple(result) if several else (result,)
        return *results, np.array([key, counter & _MASK, counter >> 64], np.uint64)

    def lower(state, *inputs, **attrs):
        result = record.streamed.lower(state[:1], state[1:], *inputs, **attrs)
        blocks = jnp.uint64(record.streamed.blocks(*inputs, **attrs))
        low = state[1] + blocks
        return result, jnp.stack([state[0], low, state[2] + (low < blocks).astype(jnp.uint64)])

    ins = ", ".join(_written(arg) for arg in record.inputs)
    attrs = ", ".join(f"{a.name}: {a.kind}" for a in record.attrs)
    types = {name: " | ".join(d.name for d in allowed) if allowed else "any" for name, allowed in record.types.items()}
    outs = ", ".join(f"{out.name}: {out.type_attr or out.dtype.name}" for out in record.outputs)
    result = Op(
        record.op_name, f"stream_state: uint64{', ' + ins if ins else ''}, *, {attrs} -> {outs}, stream_after: uint64",
        types, kernel=kernel, lower=lower if getattr(record, "streamed", None) else None, grad=None, jvp=None,
        shape=None if record.shape is None else lambda shapes, attrs: (*record.shape(shapes[1:], attrs), [3]),
        samples=None, stateful=False, reentrant=False, elementwise=False,
    )  # fmt: skip
    if callable(record.grad) or type(record.grad) is tuple:
        rules = record.grad if type(record.grad) is tuple else (record.grad,)
        result.grad = result.rules = (None, *(_moved(rule) for rule in rules))
    result.of_state = record
    return result


def _written(arg):
    kind = arg.type_attr or arg.dtype.name
    return f"{arg.name}: {'const ' if arg.const else ''}{kind}"


def _moved(rule):
    """A gradient rule for the op's own outputs: nothing flows into the stream."""
    return None if rule is None else lambda c, *dys: rule(c, *dys[:-1])
