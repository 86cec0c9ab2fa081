"""The ops of datasets, iterators and optionals in captured graphs: each a host step between compiled ones.

Eagerly the same functions act at once.
"""

import threading

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Start
from tapeflow.core.ops import registry
from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import _box

_NO_RULES = dict.fromkeys(("kernel", "lower", "grad", "jvp", "shape", "samples"))
missing: object = None  # what an empty optional holds: set by optional.py
SCALAR = TensorShape([])


def _op(op_name, signature, call, stateful=True):
    """An op that runs on tensors, on the host."""
    record = Op(
        op_name, signature, {"T": "any", "Tout": "any"}, stateful=stateful, reentrant=True, elementwise=False,
        **_NO_RULES,
    )  # fmt: skip
    record.on_tensors = lambda node, inputs: call(node.attrs, *inputs)
    record.takes_none = True
    return record


def _add(record, inputs, attrs, specs):
    return current.graph.add(record, inputs, attrs, specs)


def boxed_variant(held):
    """A variant tensor that holds a Python object."""
    return EagerTensor(_box(held), dtypes.variant)


def held_by(tensor):
    """The object that a variant or resource tensor holds."""
    return tensor.host.item()


def _specs(flat_specs):
    return [(s.dtype, s.shape) for s in flat_specs]


def announced(flat_specs):
    """The attributes that say what the elements are."""
    return {
        "output_types": tuple([s.dtype for s in flat_specs]), "output_shapes": tuple([s.shape for s in flat_specs]),
    }  # fmt: skip


def element_of(made, tensors):
    """The element of a `Structure` made of its tensors, eager or symbols."""
    if made.is_dense and current.graph is None:
        return structure.pack(made.spec, tensors)
    rest, leaves = iter(tensors), []
    for spec in made.specs:
        parts = [next(rest) for _ in structure.flat_tensor_specs(spec)]
        if structure.is_dense(spec):
            leaves.append(parts[0])
        else:
            leaves.append(None if not parts else spec._from_compatible_tensor_list(parts))
    return structure.pack(made.spec, leaves)


# -- optionals -------------------------------------------------------------------------------------


def value_in(held):
    """The tensors that an optional holds.

    Raises:
        InvalidArgumentError: There are none.
    """
    if held is missing:
        raise InvalidArgumentError("The given optional does not have a value.")
    return held


def optional_from(tensors):
    """A variant that holds tensors."""
    if current.graph is None:
        return boxed_variant(tuple(tensors))
    record = registry.get("OptionalFromValue")
    record.on_tensors = _optional_from
    return _add(record, (tuple(tensors),), {}, [(dtypes.variant, SCALAR)])[0]


# As they are: a value that a program is still computing is waited for by who looks at it, not by who hands it on.
def _optional_from(node, inputs):
    return (boxed_variant(inputs[0]),)


def _optional_value(node, inputs):
    return value_in(held_by(inputs[0]))


def optional_has(variant):
    """Whether a variant holds tensors."""
    if current.graph is None:
        return convert(held_by(variant) is not missing)
    return _add(registry.get("OptionalHasValue"), (variant,), {}, [(dtypes.bool, SCALAR)])[0]


def optional_get(variant, flat_specs):
    """The tensors that a variant holds."""
    if current.graph is None:
        return value_in(held_by(variant))
    record = registry.get("OptionalGetValue")
    record.on_tensors = _optional_value
    return _add(record, (variant,), announced(flat_specs), _specs(flat_specs))


# -- datasets --------------------------------------------------------------------------------------


def _made(attrs, inputs):
    # After the values of the symbols come those that only files need: of variables, and resources.
    env = {(s.node, s.index): x for s, x in zip(attrs["symbols"], inputs, strict=False)}
    return (boxed_variant(Bound(attrs["dataset"], Start(env))),)


_dataset = _op(
    "_Dataset", "components: list(T), *, dataset: any, symbols: list(any), outside: list(any) -> handle: variant",
    _made, stateful=False,
)  # fmt: skip


class Bound:
    """A dataset that was made while a function was traced, with the values of one call.

    Args:
        dataset: The dataset, some of whose arguments are symbols.
        start: Their values.
    """

    def __init__(self, dataset, start):
        self.dataset, self.start = dataset, start

    def cursor(self, outer=None):
        """A run over it, perhaps as part of another run."""
        return self.dataset.cursor(self.start.inside(outer or Start()))

    def cardinality(self):
        """How many elements it has."""
        return self.dataset.count(self.start)


def variant_of(dataset):
    """The variant tensor that stands for a dataset, here and now."""
    if current.graph is None:
        return boxed_variant(Bound(dataset, Start()))
    from tapeflow.core.data.as_raw import graphs_of, outside_of
    from tapeflow.core.data.shared_state import note

    note(graphs_of(dataset))
    symbols = dataset.symbols()
    if not symbols and not dataset.has_traced_parts():
        if "_box" not in dataset.__dict__:
            dataset._box = boxed_variant(Bound(dataset, Start()))
        return current.graph.symbol(dataset._box)
    outside = outside_of(dataset)
    attrs = {"dataset": dataset, "symbols": symbols, "outside": outside}
    return _add(_dataset, ((*symbols, *captured(outside)),), attrs, [(dtypes.variant, SCALAR)])[0]


def captured(outside):
    """The symbols of variables' values and of resources, in the graph that is being captured."""
    graph = current.graph
    return [graph.symbol(x) if isinstance(x, EagerTensor) else graph.read(x) for x in outside]


def cardinality_of(variant):
    """How many elements the dataset of a variant has."""
    if not isinstance(variant, Symbol):
        return convert(held_by(variant).cardinality(), dtype=dtypes.int64)
    attrs = {"cardinality_options": ""}
    return _add(registry.get("DatasetCardinality"), (variant,), attrs, [(dtypes.int64, SCALAR)])[0]


# -- iterators -------------------------------------------------------------------------------------


class Pulled:
    """A run over a dataset as iterators share it: the next element may have been looked at already.

    Args:
        dataset: The dataset, None if `begin` will say which.
        start: What the run begins with; knows its random streams.
        made: The `Structure` of its elements.
        wanted: The spec that the elements of any dataset have to be of.
    """

    def __init__(self, dataset=None, start=None, made=None, wanted=None):
        self.wanted, self.name, self.cursor = wanted, None, None
        self._lock = threading.Lock()  # several threads may read one iterator
        self._peeked = []
        if dataset is not None:
            self._start, self.made = start, made
            self.cursor = dataset.cursor(start)

    def begin(self, dataset):
        """Starts a run over a dataset.

        Raises:
            InvalidArgumentError: Its elements are not of the kind that was announced.
        """
        made = structure.Structure(dataset.element_spec)
        expected = [s.dtype for s in structure.flatten(self.wanted)]
        found = [s.dtype for s in made.flat_specs]
        if expected != found:
            raise InvalidArgumentError(
                f"Number or types of the elements do not match: the iterator was made for {[d.name for d in expected]} "
                f"and the dataset gives {[d.name for d in found]}"
            )
        self.end()
        self._start, self.made, self._peeked = Start(), made, []
        self.cursor = dataset.cursor(self._start)

    def end(self):
        """Closes what is open."""
        if self.cursor is not None:
            self.cursor.close()

    def next(self):
        """The leaves of the next element, None at the end."""
        if self.cursor is None:
            raise FailedPreconditionError(
                "GetNext() failed because the iterator has not been initialized. Ensure that you have run the "
                "initializer operation for this iterator before getting the next element."
            )
        with self._lock:
            return self._peeked.pop() if self._peeked else self.cursor.next()

    def has_next(self):
        """Whether there is another element; looks at it."""
        with self._lock:
            if not self._peeked:
                self._peeked.append(self.cursor.next())
            return self._peeked[0] is not None

    def save(self):
        """Where it is."""
        with self._lock:
            state = {"peeked": list(self._peeked), "cursor": self.cursor.save()}
            state["streams"] = [one._storage.value.host for one in self._start.streams.values()]
            return state

    def restore(self, state):
        """Goes there.

        Raises:
            InvalidArgumentError: The state is that of another pipeline.
        """
        try:
            self.cursor.restore(state["cursor"])
            self._peeked = [None if row is None else tuple(row) for row in state["peeked"]]
            # In the order in which the run came to need them, which is that of the pipeline.
            for one, value in zip(self._start.streams.values(), state["streams"], strict=False):
                one._storage.value = EagerTensor(value, one.dtype)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise InvalidArgumentError(
                f"this state is not one of this pipeline: {type(error).__name__} {error}",
                hint="restore into an iterator over a dataset that was made by the same code",
            ) from error

    def flat(self, leaves):
        """An element's tensors."""
        made = self.made
        return [EagerTensor(x, s.dtype) for x, s in zip(made.to_flat(leaves), made.flat_specs, strict=True)]

    def __del__(self):
        self.end()


def _start(attrs, variant):
    bound = held_by(variant)
    return (EagerTensor(_box(Pulled(bound.dataset, bound.start.inside(Start()), attrs["made"])), dtypes.resource),)


_iterator = _op("_Iterator", "dataset: variant, *, made: any -> handle: resource", _start)
_more = _op("IteratorHasNext", "iterator: resource -> more: bool",
            lambda attrs, iterator: (convert(held_by(iterator).has_next()),))  # fmt: skip


def iterator_of(variant, made):
    """The resource of a new run over the dataset of a variant, in a graph."""
    return _add(_iterator, (variant,), {"made": made}, [(dtypes.resource, SCALAR)])[0]


def next_of(iterator, made, was_looked_at=False):
    """The tensors of the next element, in a graph; `was_looked_at` if `has_next_of` was asked just before."""
    from tapeflow.core.data.shared_state import give, take

    if not was_looked_at:
        give()
    record = registry.get("IteratorGetNext")
    record.on_tensors = _next  # quicker than the way of all ops, once an element
    outputs = _add(record, (iterator,), announced(made.flat_specs), _specs(made.flat_specs))
    take()
    return outputs


def _next(node, inputs):
    pulled = held_by(inputs[0])
    leaves = pulled.next()
    if leaves is None:
        raise OutOfRangeError("End of sequence")
    return pulled.flat(leaves)


def next_optional_of(iterator, made):
    """The next element as a variant, in a graph or at once."""
    if current.graph is None:
        pulled = held_by(iterator)
        leaves = pulled.next()
        return boxed_variant(missing if leaves is None else tuple(pulled.flat(leaves)))
    from tapeflow.core.data.shared_state import reading

    record = registry.get("IteratorGetNextAsOptional")
    attrs = announced(made.flat_specs)
    return reading(lambda: _add(record, (iterator,), attrs, [(dtypes.variant, SCALAR)]))[0]


def has_next_of(iterator):
    """Whether there is another element, in the condition of a loop."""
    from tapeflow.core.data.shared_state import give

    give()
    return _add(_more, (iterator,), {}, [(dtypes.bool, SCALAR)])[0]
