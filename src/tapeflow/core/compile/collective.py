"""How replicas of one program talk: ops that only a replica's graph has.

`joint` is what such an op does where the replicas' nodes stand side by side in one graph; their lowering is JAX's
collective over the mesh's axis.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.engines.mesh import AXIS
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.ops.compose.math import add_n
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import Op
from tapeflow.core.values.tensor import EagerTensor

_NONE = dict.fromkeys(("kernel", "jvp", "shape", "samples"))


def _record(op_name, signature, lower, joint, grad=None):
    record = Op(
        op_name, signature, {"T": "any"}, lower=lower, grad=grad, stateful=False, reentrant=True, elementwise=False,
        **_NONE,
    )  # fmt: skip
    record.joint = joint
    return record


def is_collective(node):
    """Whether a node talks to other replicas."""
    return hasattr(node.record, "joint")


def _add(record, inputs, attrs, spec):
    graph = current.graph
    outputs = graph.add(record, inputs, attrs, [spec])
    if mode.special:
        hooks.record(record, inputs, attrs, outputs)
    return outputs[0]


# -- the number of the replica -----------------------------------------------------------------------


def _ids(node, args, team):
    return [EagerTensor(np.int32(team.first + i), dtypes.int32) for i in range(len(args))]


_id_record = _record("ReplicaId", "*, group: int -> id: int32", lambda group: lax.axis_index(AXIS), _ids)


def replica_id():
    """The number of the replica that runs, an int32 symbol."""
    return _add(_id_record, (), {"group": 0}, (dtypes.int32, TensorShape([])))


# -- sums --------------------------------------------------------------------------------------------


def _sum(x):
    if x.dtype == bool:
        return lax.psum(x.astype(jnp.int32), AXIS).astype(bool)
    return lax.psum(x, AXIS)


def _joint_sum(node, args, team):
    total = add_n([one[0] for one in args]) if len(args) > 1 else args[0][0]
    if not team.is_alone:
        total = across(total, team, node.outputs[0].shape)
    return [total] * len(args)


_sum_record = _record("ReplicaAllReduce", "x: T -> y: T", _sum, _joint_sum, grad=lambda c, dy: all_sum(dy))


def all_sum(x):
    """The sum over all replicas."""
    return _add(_sum_record, (x,), {}, (x.dtype, x.shape))


# -- joins -------------------------------------------------------------------------------------------


def _joint_gather(node, args, team):
    axis = node.attrs["axis"]
    parts = [one[0] for one in args]
    if not team.is_alone:
        parts = parts_across(parts, team, axis)
    joined = joining.concat(parts, axis) if len(parts) > 1 else parts[0]
    return [joined] * len(args)


def _gather_gradient(c, dy):
    # The gradient of a replica's own part, from all replicas: its slice of their sum.
    size = array.shape(c.inputs[0])[c.attrs["axis"]]
    total = all_sum(dy)
    start = replica_id() * size
    rank = c.inputs[0].shape.rank
    axis = c.attrs["axis"] % rank
    begin = joining.stack([start if i == axis else 0 for i in range(rank)])
    from tapeflow.core.ops.compose.indexing import slice as take

    return take(total, begin, array.shape(c.inputs[0]))


_gather_record = _record(
    "ReplicaAllGather", "x: T, *, axis: int -> y: T", lambda x, axis: lax.all_gather(x, AXIS, axis=axis, tiled=True),
    _joint_gather, grad=_gather_gradient,
)  # fmt: skip


def all_gather(x, axis):
    """The replicas' tensors joined along an axis."""
    sizes = None if x.shape.rank is None else x.shape.as_list()
    if sizes is not None:
        sizes[axis] = None
    return _add(_gather_record, (x,), {"axis": axis}, (x.dtype, TensorShape(sizes)))


# -- the first replica's -----------------------------------------------------------------------------


def _joint_first(node, args, team):
    first = args[0][0]
    if not team.is_alone:
        first = first_across(first, team)
    return [first] * len(args)


_first_record = _record(
    "ReplicaFirst", "x: T -> y: T", lambda x: lax.all_gather(x, AXIS)[0], _joint_first,
    grad=lambda c, dy: all_sum(dy) * array.cast(replica_id() == 0, dy.dtype),
)  # fmt: skip


def of_first(x):
    """The first replica's tensor."""
    return _add(_first_record, (x,), {}, (x.dtype, x.shape))


# -- between processes, where the replicas' shapes differ --------------------------------------------


class _Across:
    """Filled in by the room that knows the processes: see `core/distribute/processes.py`."""

    reduce = gather = first = None


def plug(reduce, gather, first):
    """Says how processes talk outside sharded programs."""
    _Across.reduce, _Across.gather, _Across.first = reduce, gather, first


def across(total, team, shape):
    """The sum of a tensor over all processes, as a step of its own."""
    return _Across.reduce(total, team, shape)


def parts_across(parts, team, axis):
    """The parts of all processes, in order."""
    return _Across.gather(parts, team, axis)


def first_across(first, team):
    """The first process's tensor."""
    return _Across.first(first, team)
