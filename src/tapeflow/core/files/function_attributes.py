"""Nodes of a file whose attributes name functions: those of datasets, which get them as graphs."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.graph.streams import Stream
from tapeflow.core.values.tensor import EagerTensor

# The ops that read elements of datasets, which runs the datasets' functions.
READERS = frozenset(
    """DatasetToSingleElement DatasetToTFRecord GetElementAtIndex InitializeTableFromDataset IteratorGetNext
    IteratorGetNextAsOptional IteratorGetNextSync MultiDeviceIteratorGetNextFromShard ReduceDataset
    SaveDataset""".split()
)


def read_elements(run):
    """What a function that adds such an op returns; the variables of the datasets' functions are right around it."""
    from tapeflow.core.data.shared_state import reading  # lazy: few files have datasets

    return reading(run)


def with_graphs(body, record, node, args, attrs):
    """The inputs and attributes of a node with graphs in the place of functions' names.

    A resource that a function is given each time becomes part of its graph.
    """
    args = list(args)
    for attr in record.attrs:
        if attr.kind != "func":
            continue
        place = others_of(record, attr.name)
        others = args[place] if place is not None else ()
        graph, count, kept = _graph(body, node, attrs[attr.name], others)
        attrs[attr.name] = graph
        if place is not None:
            args[place] = kept
            attrs.setdefault("_takes", {})[attr.name] = count
    return tuple(args), attrs


def others_of(record, name):
    """The number of the input with what a function of an attribute takes besides elements; None if there is none."""
    for i, arg in enumerate(record.inputs):
        if arg.name.startswith(f"{name}_other_arg") or (arg.name == "other_arguments" and "_func" not in name):
            return i
    return None


def _graph(body, node, name, others):
    count = len(body.library.function(name).signature.input_arg) - len(others)
    if count < 0:
        raise InvalidArgumentError(
            f"node '{node.name}' ({node.op}): function '{name}' takes fewer tensors than the node's {len(others)} "
            "other arguments"
        )
    bound = {
        count + i: x for i, x in enumerate(others) if x.dtype is dtypes.resource and isinstance(x, EagerTensor)
    }  # fmt: skip
    made = body.library.imported(name, bound)
    if any(type(place) is not int for place in made.given):
        raise UnimplementedError(f"node '{node.name}' ({node.op}): function '{name}' gives a resource")
    kept = [others[i - count] for i in made.taken if i >= count]
    if current.graph is not None:  # for files that the node may be written to: all that its function needs
        from tapeflow.core.data.shared_state import note  # lazy: as above

        note([made.graph])
        owners = [state.owner for state in made.graph.states.values() if not isinstance(state.owner, Stream)]
        kept += [current.graph.symbol(x) for x in made.graph.external_captures]
        kept += [current.graph.read(owner) for owner in owners]
    return made.graph, count, tuple(kept)
