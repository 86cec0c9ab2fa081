"""Variables that functions of datasets use inside a `tf.function`.

In a captured graph a variable is a value that goes from node to node, while a dataset's functions, which run when an
element is read, read and assign the variable itself. So before an element is read the variable gets the graph's value,
and afterwards the graph gets the variable's.
"""

from tapeflow.core.base.mode import current
from tapeflow.core.data import nodes
from tapeflow.core.graph.streams import Stream


def _give(attrs, value):
    attrs["owner"]._storage.value = value
    return ()


_given = nodes._op("_GiveVariable", "value: T, *, owner: any ->", _give)
_taken = nodes._op(
    "_TakeVariable", "*, owner: any, dtype: any -> value: T", lambda attrs: (attrs["owner"]._storage.value,)
)


def _noted(graph):
    """id -> (variable, whether it is assigned), of all datasets in a function: kept by its outermost graph."""
    while graph.outer is not None:
        graph = graph.outer
    return graph.__dict__.setdefault("pipeline_variables", {})


def note(graphs):
    """Notes the variables of the graphs of a dataset's functions, for the present graph."""
    noted = _noted(current.graph)
    for graph in graphs:
        written = {id(state.owner) for state in graph.written}
        for state in graph.states.values():
            if not isinstance(state.owner, Stream):
                _add(noted, state.owner, id(state.owner) in written)
        for owner, is_written in graph.__dict__.get("pipeline_variables", {}).values():
            _add(noted, owner, is_written)


def _add(noted, owner, is_written):
    noted[id(owner)] = owner, is_written or noted.get(id(owner), (owner, False))[1]


def give():
    """Before elements are read: the variables get the graph's values."""
    for owner, _ in list(_noted(current.graph).values()):
        nodes._add(_given, (current.graph.read(owner),), {"owner": owner}, [])


def take():
    """After elements were read: the graph gets the values of variables that the datasets' functions assign."""
    for owner, is_written in list(_noted(current.graph).values()):
        if is_written:
            attrs = {"owner": owner, "dtype": owner.dtype}
            current.graph.write(owner, nodes._add(_taken, (), attrs, [(owner.dtype, owner.shape)])[0])


def reading(build):
    """What a function that adds a node that reads elements returns, with the variables right around it."""
    give()
    outputs = build()
    take()
    return outputs
