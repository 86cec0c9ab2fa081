"""`for` over datasets and iterators in converted functions: a loop of the graph that reads one element a turn."""

from tapeflow.core.base.mode import current
from tapeflow.core.data import nodes
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.data.iterator import OwnedIterator, iterate
from tapeflow.core.data.shared_state import take
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.array import identity
from tapeflow.core.ops.compose.assertions import assert_greater_equal
from tapeflow.core.trace.autograph import builtin, staging
from tapeflow.core.trace.autograph.undefined import Undefined
from tapeflow.core.trace.control import cond
from tapeflow.core.trace.function import control_dependencies
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


def _for_dataset(dataset, *rest):
    _for_iterator(iterate(dataset), *rest)


def _for_iterator(iterator, extra_test, body, get_state, set_state, names, options):
    values = get_state()
    if any(isinstance(x, Undefined) for x in values):
        values = staging._defined(values, body, get_state, set_state, names, _example(iterator))
    first = tuple(staging._loop_value(x) for x in values)
    set_state(first)

    def go_on(*values):
        set_state(values)
        within = nodes.has_next_of(iterator._iterator_resource)
        if extra_test is None:
            return within
        more = extra_test()
        if isinstance(more, (Tensor, Variable)):
            return registry.get("LogicalAnd")(within, convert(more))
        return within if more else convert(False)

    def step(*values):
        set_state(values)
        body(iterator._in_graph(was_looked_at=True))
        return staging._after(get_state(), first, names)

    staging._run(go_on, step, first, set_state, names, options)
    take()


def _example(iterator):
    """An element for finding out what the body does: its nodes land in a graph that is thrown away."""
    graph = current.graph
    made = iterator._made
    return nodes.element_of(made, [graph.placeholder(s.dtype, s.shape) for s in made.flat_specs])


staging.register_for_loop(DatasetV2, _for_dataset)
staging.register_for_loop(OwnedIterator, _for_iterator)


# -- built-in functions ----------------------------------------------------------------------------


def _any(dataset):
    return dataset.reduce(convert(False), lambda found, x: registry.get("LogicalOr")(found, x))


def _all(dataset):
    return dataset.reduce(convert(True), lambda found, x: registry.get("LogicalAnd")(found, x))


def _len(dataset):
    """The number of elements; the graph fails where it is not known."""
    count = dataset.cardinality()
    return with_dependencies(assert_greater_equal(count, convert(0, dtype=count.dtype), message=_NO_LENGTH), count)


_NO_LENGTH = "len requires a dataset with definitive cardinality"


def with_dependencies(check, value):
    """The value, once a check was made."""
    with control_dependencies([] if check is None else [check]):
        return identity(value)


def _next(iterator, *default):
    if not default:
        return next(iterator)
    found = iterator.get_next_as_optional()
    return cond(found.has_value(), found.get_value, lambda: default[0])


builtin.kinds.append((DatasetV2, {
    "enumerate": lambda dataset, start: dataset.enumerate(start), "zip": lambda *datasets: DatasetV2.zip(datasets),
    "map": lambda function, dataset: dataset.map(function),
    "filter": lambda function, dataset: dataset.filter(function), "any": _any, "all": _all, "len": _len,
}))  # fmt: skip
builtin.kinds.append((OwnedIterator, {"next": _next}))
