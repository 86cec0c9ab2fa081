"""Datasets in functions of files: our nodes of whole pipelines as TensorFlow's ops, and nodes that name functions."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.data import nodes as data_nodes
from tapeflow.core.data import raw_forms  # noqa: F401  the forms of all kinds of datasets
from tapeflow.core.data.as_raw import Emitter, announced
from tapeflow.core.data.captured import graph_of
from tapeflow.core.files.function_attributes import others_of
from tapeflow.core.files.node_writer import set_attr
from tapeflow.core.graph.streams import Stream
from tapeflow.core.ops import registry
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.tensor import EagerTensor

# Op name -> function(writer, node).
pipeline_writers = {}


def writes(name):
    """Decorates what writes the nodes of one of our ops."""

    def registered(function):
        pipeline_writers[name] = function
        return function

    return registered


# -- our nodes -------------------------------------------------------------------------------------


def is_pipeline(x):
    """Whether a tensor from outside stands for a dataset, or for a missing value."""
    if not isinstance(x, EagerTensor) or x.dtype is not dtypes.variant or x.shape.rank != 0:
        return False
    held = x.host.item()
    return held is data_nodes.missing or isinstance(held, data_nodes.Bound)


def pipeline(writer, x):
    """Writes the nodes of such a tensor; returns its reference."""
    return inline(writer, [], lambda symbols: Emitter().tensor(x))[0]


def inline(writer, symbols, build):
    """Writes the ops that a function adds to a graph of its own.

    Args:
        writer: The `FunctionWriter`.
        symbols: Symbols of the writer's graph that the function needs.
        build: Function of symbols that stand for them; returns a symbol of the last op.

    Returns:
        The references of the outputs of that symbol's node.
    """
    graph = FuncGraph("pipeline", None)
    graph.outer = None
    with graph:
        inside = [graph.placeholder(s.dtype, s.shape) for s in symbols]
        for s, p in zip(symbols, inside, strict=True):
            writer.refs[p.node, 0] = writer.ref(s)
        last = build(inside)
        last = None if last is None else graph.symbol(last)
    for x, s in graph.captures:
        writer.refs[s.node, s.index] = writer.outside(x)
    for state in graph.states.values():
        writer.refs[state.first.node, state.first.index] = writer.outside(state.owner)
    writer.body(graph.nodes)
    return [writer.refs[last.node, i] for i in range(len(last.node.outputs))]


def _emitter(symbols, outside, inside):
    """The `Emitter` for a node's symbols and what its functions use from outside, given the symbols in their places."""
    env = {(s.node, s.index): p for s, p in zip(symbols, inside, strict=False)}
    return Emitter(env, {id(x): p for x, p in zip(outside, inside[len(symbols) :], strict=True)})


@writes("_Dataset")
def _dataset(writer, node):
    a = node.attrs
    build = lambda inside: _emitter(a["symbols"], a["outside"], inside).dataset(a["dataset"])
    writer.refs[node, 0] = inline(writer, node.args[0], build)[0]


@writes("_Iterator")
def _iterator(writer, node):
    def build(inside):
        made = registry.get("AnonymousIteratorV3")(**announced(node.attrs["made"].spec))
        registry.get("MakeIterator")(dataset=inside[0], iterator=made)
        return made

    writer.refs[node, 0] = inline(writer, [node.args[0]], build)[0]


@writes("_Reduce")
def _reduce(writer, node):
    variant, rest = node.args
    function, made, outside = node.attrs["function"], node.attrs["made"], node.attrs["outside"]
    count = len(made.flat_specs)

    def build(inside):
        e = _emitter(function.symbols, outside, inside[1 + count :])
        f = e.function(function)
        return e.run("ReduceDataset", input_dataset=inside[0], initial_state=inside[1 : 1 + count], f=f,
                     other_arguments=f.others, **announced(made.spec))  # fmt: skip

    for i, ref in enumerate(inline(writer, [variant, *rest], build)):
        writer.refs[node, i] = ref


@writes("_GiveVariable")
def _give(writer, node):
    """Nothing: in files, a dataset's functions are given the values of variables."""


@writes("_TakeVariable")
def _take(writer, node):
    raise UnimplementedError(
        f"'{writer.graph.name}' reads a dataset whose functions assign a variable: that has no form in files",
        hint="assign it in a loop over the dataset",
    )


# -- loops over iterators --------------------------------------------------------------------------


def peeked(node):
    """The inputs of a loop that are iterators whose next element its condition looks at -> what elements they have."""
    a, found = node.attrs, {}
    for graph, places, op_name in (("cond", "cond_map", "IteratorHasNext"), ("body", "body_map", "IteratorGetNext")):
        where = {(s.node, s.index): k for s, k in zip(a[graph].everything_in, a[places], strict=True)}
        for one in a[graph].nodes:
            if one.type == op_name:
                place = where[one.args[0].node, one.args[0].index]
                if op_name == "IteratorHasNext":
                    found[place] = None
                elif place in found and found[place] is None:
                    found[place] = one.attrs
    return {place: attrs for place, attrs in found.items() if attrs is not None}


@writes("IteratorHasNext")
def _has_next(writer, node):
    s = node.args[0]
    given = writer.ahead.get((s.node, s.index))
    if given is None:
        raise UnimplementedError(
            f"'{node.name}' of '{writer.graph.name}' looks at an iterator's next element and no loop asks for it: "
            "that has no form in files"
        )
    written = writer.node(node.name, "OptionalHasValue", [given])
    writer.refs[node, 0] = f"{written.name}:has_value:0"


@writes("IteratorGetNext")
def _get_next(writer, node):
    s = node.args[0]
    given = writer.ahead.pop((s.node, s.index), None)
    if given is None:
        writer._plain(node)
        return
    written = writer.node(node.name, "OptionalGetValue", [given])
    writer._attributes(written, node.record, node.args, node.attrs)
    writer._shapes(written, node.outputs)
    for i in range(len(node.outputs)):
        writer.refs[node, i] = f"{written.name}:components:{i}"


# -- nodes that name functions ---------------------------------------------------------------------


def with_functions(writer, node):
    """Writes a node with its functions, and all that these need beside elements."""
    record, args, attrs = node.record, list(node.args), dict(node.attrs)
    refs = [[writer.ref(s) for s in (one if type(one) is tuple else (one,))] for one in args]
    kinds = {}
    for attr in record.attrs:
        if attr.kind != "func":
            continue
        place = others_of(record, attr.name)
        others = args[place] if place is not None else ()
        attrs[attr.name], given, types = _function(writer, node, attr.name, others)
        if place is not None:
            refs[place] = given
            kinds[record.inputs[place].type_attr] = types
    written = writer.node(node.name, node.type, [*(ref for one in refs for ref in one), *writer._controls(node)])
    for attr in record.attrs:
        set_attr(written.attr, attr.name, attr.kind, attrs.get(attr.name))
    known = {attr.name for attr in record.attrs}
    for name, value in {**record.bound_types(node.args, node.attrs), **kinds}.items():
        if name in known:
            continue
        set_attr(written.attr, name, "list(type)" if isinstance(value, (tuple, list)) else "type", value)
    writer._shapes(written, node.outputs)
    writer.outputs(node, written, record, node.outputs)


def _function(writer, node, name, others):
    """The name of a node's function, and references and dtypes of what it takes besides elements."""
    from tapeflow.core.files.function_writer import is_stream

    graph = graph_of(node.attrs[name])
    if any(not isinstance(state.owner, Stream) for state in graph.written):
        raise UnimplementedError(
            f"'{node.name}' of '{writer.graph.name}': its function '{graph.name}' assigns a variable: that has no form "
            "in files"
        )
    everything = [s for s in graph.everything_in if not is_stream(s)]
    inputs, count = len(graph.inputs), node.attrs.get("_takes", {}).get(name)
    if count is None:  # given by hand: its captures if there are as many, else its last inputs
        more = len(everything) - inputs
        count = inputs if more and len(others) == more else inputs - len(others)
    owners = {state.first.node: state.owner for state in graph.states.values()}
    outside = {s.node: x for x, s in graph.captures}
    refs, wanted = [], everything[count:]
    for i, s in enumerate(wanted):
        if i >= len(others):
            refs.append(writer.outside(owners.get(s.node, outside.get(s.node))))
        elif others[i].dtype is dtypes.resource and s.dtype is not dtypes.resource:
            refs.append(writer.read(writer.ref(others[i]), s.dtype))
        else:
            refs.append(writer.ref(others[i]))
    return writer.library.nested(graph), refs, [s.dtype for s in wanted]
