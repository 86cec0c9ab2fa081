"""Ops and functions on tensors that lie in parts on a mesh: compiled for their layouts, and split by XLA."""

from tapeflow.core.base.mode import current, mode
from tapeflow.core.compile.plan import elsewhere
from tapeflow.core.engines import sharded
from tapeflow.core.engines.sharded import DTensor
from tapeflow.core.graph.graph import Graph
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.op import Op
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
        elsewhere.append(_OnMesh)
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


class _OnMesh:
    """How the steps of plans run on tensors of a mesh; what runs on the host gets them whole."""

    @staticmethod
    def is_among(tensors):
        """Whether one of the tensors lies on a mesh."""
        return any(type(x) is DTensor for x in tensors)

    @staticmethod
    def run(step, tensors, donated):
        """The outputs of a program for tensors of which some lie on a mesh.

        Args:
            step: The program: `trace`, `dtypes` and `on_mesh`, where what is compiled of it is kept.
            tensors: What it takes.
            donated: Positions of the tensors whose memory the outputs may take over.
        """
        program = step.on_mesh.get(donated)
        if program is None:
            program = step.on_mesh[donated] = sharded.jit(step.trace, donated)
        mesh = mesh_of(tensors)
        outputs = sharded.call(program, list(map(_buffer, tensors)))
        return [sharded.wrap(b, d, mesh, _State.make) for b, d in zip(outputs, step.dtypes, strict=True)]


# -- changing layouts --------------------------------------------------------------------------------


def _relayout_gradient(c, dy):
    x = c.inputs[0]
    return relayout(dy, x.layout) if type(x) is DTensor and not isinstance(current.graph, Graph) else dy


def _relayout_op(name, lower, on_tensor):
    record = Op(
        name, "input: T, *, layout: func -> output: T", {"T": "any"}, kernel=None, lower=lower,
        grad=_relayout_gradient, jvp=None, shape=None, samples=None, stateful=False, reentrant=True, elementwise=False,
    )  # fmt: skip
    record.on_tensors = lambda node, inputs: [on_tensor(inputs[0], node.attrs["layout"])]
    return record


relayout_record = _relayout_op("Relayout", lambda input, layout: sharded.constrained(input, layout), sharded.place)


def relayout(x, layout):
    """A tensor, eager or of a graph, laid out so."""
    return _laid_out(relayout_record, x, layout, sharded.place)


def _cut_lowered(input, layout):
    return sharded.constrained(input, layout) if sharded.is_divisible(input.shape, layout) else input


def _cut_eager(x, layout):
    return sharded.place(x, layout) if sharded.is_divisible(x.static_shape, layout) else x


cut_record = _relayout_op("RelayoutIfDivisible", _cut_lowered, _cut_eager)


def cut(x, layout):
    """As `relayout`, but a tensor whose sizes cannot be cut evenly stays as it is: a last, smaller batch."""
    return _laid_out(cut_record, x, layout, _cut_eager)


def _laid_out(record, x, layout, on_tensor):
    attrs = {"layout": layout}
    if current.graph is not None:
        outputs = current.graph.add(record, (x,), attrs, [(x.dtype, x.shape)])
    else:
        outputs = (on_tensor(x, layout),)
    if mode.special:
        hooks.record(record, (x,), attrs, outputs)
    return outputs[0]
