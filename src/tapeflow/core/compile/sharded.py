"""Ops and functions on tensors that lie in parts on a mesh: compiled for their layouts, and split by XLA."""

from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile.lower import as_array, lower_graph, needed
from tapeflow.core.compile.plan import elsewhere
from tapeflow.core.compile.split import host_reasons
from tapeflow.core.engines import sharded
from tapeflow.core.engines.sharded import DTensor
from tapeflow.core.graph.graph import Graph
from tapeflow.core.ops.op import Op, hooks
from tapeflow.core.values.tensor import EagerTensor

default_meshes: list = []  # of the open `default_mesh` scopes


class _State:
    """Filled in by `start`.

    Attributes:
        execute: What ran ops before.
        make: Layout of specs and a mesh.
    """

    execute = None
    make = None


def start(make):
    """Lets ops see tensors on meshes from now on; `make` builds a layout. Does nothing the second time."""
    if _State.execute is None:
        _State.make = make
        _State.execute, hooks.execute = hooks.execute, execute
        elsewhere.append(_run_elsewhere)
        mode.slow += 1
        mode.special += 1


def mesh_of(inputs):
    """The mesh that one of the tensors lies on, None if none does."""
    for one in inputs:
        for x in one if type(one) is tuple else (one,):
            if type(x) is DTensor:
                return x.layout.mesh
    return None


def execute(record, inputs, attrs, dtypes=None):
    """Runs an op; on a mesh if one of its inputs lies there."""
    mesh = None if current.graph is not None else mesh_of(inputs)
    if mesh is None:
        outputs = _State.execute(record, inputs, attrs, dtypes)
        return _defaulted(outputs) if default_meshes and current.graph is None else outputs
    if record.lower is None or not _is_numeric(inputs):
        return _State.execute(record, _gathered(inputs), attrs, dtypes)
    from tapeflow.core.engines import xla  # lazy: loads jax

    buffers = xla.run(record, [_buffers(one) for one in inputs], attrs)
    dtypes = record.output_dtypes(inputs, attrs, len(buffers))
    return tuple(sharded.wrap(b, d, mesh, _State.make) for b, d in zip(buffers, dtypes, strict=True))


def _defaulted(outputs):
    """Outputs that lie on no mesh, put on that of the open scope."""
    make, mesh = _State.make, default_meshes[-1]
    return tuple(
        [x if x.dtype.is_opaque else sharded.place(x, make([sharded.UNSHARDED] * x.ndim, mesh)) for x in outputs]
    )


def _is_numeric(inputs):
    return not any(x.dtype.is_opaque for one in inputs for x in (one if type(one) is tuple else (one,)))


def _buffers(one):
    if type(one) is tuple:
        return tuple(map(_buffer, one))
    return _buffer(one)


def _buffer(x):
    return x._buffer if type(x) is DTensor else x.host


def _gathered(inputs):
    return tuple(tuple(map(_whole, one)) if type(one) is tuple else _whole(one) for one in inputs)


def _whole(x):
    return EagerTensor(x.host, x.dtype) if type(x) is DTensor else x


def _run_elsewhere(plan, tensors):
    """The outputs of a graph on tensors of which some lie on a mesh; None if none does."""
    if mesh_of(tensors) is None:
        return None
    graph = plan.graph
    nodes = needed(graph.nodes, graph.everything_out)
    if any(x.dtype.is_opaque for x in tensors) or host_reasons(nodes, set()):
        return plan.interpret(tensors)
    program = graph.__dict__.get("_sharded_program")
    if program is None:
        program = graph._sharded_program = sharded.jit(lambda *values: tuple(map(as_array, lower_graph(graph, values))))
    mesh = mesh_of(tensors)
    outputs = sharded.call(program, list(map(_buffer, tensors)))
    return [sharded.wrap(b, s.dtype, mesh, _State.make) for b, s in zip(outputs, graph.everything_out, strict=True)]


# -- changing layouts --------------------------------------------------------------------------------


def _relayout_gradient(c, dy):
    x = c.inputs[0]
    return relayout(dy, x.layout) if type(x) is DTensor and not isinstance(current.graph, Graph) else dy


relayout_record = Op(
    "Relayout", "input: T, *, layout: func -> output: T", {"T": "any"}, kernel=None,
    lower=lambda input, layout: sharded.constrained(input, layout), grad=_relayout_gradient, jvp=None, shape=None,
    samples=None, stateful=False, reentrant=True, elementwise=False,
)  # fmt: skip
relayout_record.on_tensors = lambda node, inputs: [  # type: ignore[attr-defined]
    sharded.place(inputs[0], node.attrs["layout"])
]


def relayout(x, layout):
    """A tensor, eager or of a graph, laid out so."""
    attrs = {"layout": layout}
    if current.graph is not None:
        outputs = current.graph.add(relayout_record, (x,), attrs, [(x.dtype, x.shape)])
    else:
        outputs = (sharded.place(x, layout),)
    if mode.special:
        hooks.record(relayout_record, (x,), attrs, outputs)
    return outputs[0]
