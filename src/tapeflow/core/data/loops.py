"""`for` over datasets and iterators in converted functions: a loop of the graph that reads one element a turn."""

from tapeflow.core.base.mode import current
from tapeflow.core.data import nodes
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.data.iterator import OwnedIterator, iterate
from tapeflow.core.ops import registry
from tapeflow.core.trace.autograph import staging
from tapeflow.core.trace.autograph.undefined import Undefined
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
        body(iterator._in_graph())
        return staging._after(get_state(), first, names)

    staging._run(go_on, step, first, set_state, names, options)


def _example(iterator):
    """An element for finding out what the body does: its nodes land in a graph that is thrown away."""
    graph = current.graph
    made = iterator._made
    return nodes.element_of(made, [graph.placeholder(s.dtype, s.shape) for s in made.flat_specs])


staging.register_for_loop(DatasetV2, _for_dataset)
staging.register_for_loop(OwnedIterator, _for_iterator)
