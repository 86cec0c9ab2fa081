"""Branches and loops one op at a time, as TensorFlow 1 built them.

Eagerly each op passes its tensor on. In graphs they have a meaning only together: where a file holds them, they become
branches and loops (`core/files/old_control_flow.py`).
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.op import op


def _eager_only(name, instead):
    def shape(shapes, attrs):
        raise UnimplementedError(
            f"{name} in a function: branches and loops are not built of single ops", hint=f"{instead}"
        )

    return shape


def _flow(name, signature, kernel, grad, instead, **types):
    op(name, signature, T="any", kernel=kernel, grad=grad, shape=_eager_only(name, instead), elementwise=False,
       samples=(), **types)  # fmt: skip


_FRAME = "frame_name: string, is_constant: bool = False, parallel_iterations: int = 10"
_flow("Enter", f"data: T, *, {_FRAME} -> output: T", lambda x, **attrs: x, lambda c, dy: dy, "tf.while_loop")
_flow("Exit", "data: T -> output: T", lambda x: x, lambda c, dy: dy, "tf.while_loop")
_flow("NextIteration", "data: T -> output: T", lambda x: x, lambda c, dy: dy, "tf.while_loop")
op("LoopCond", "input: bool -> output: bool", kernel=lambda x: x, lower=lambda x: x, grad=None, elementwise=False,
   samples=lambda draw: True)  # fmt: skip


def _switch(data, pred):
    if np.ndim(pred):
        raise InvalidArgumentError(f"The second input must be a scalar, but it has shape {list(np.shape(pred))}")
    empty = np.zeros((0,), data.dtype if hasattr(data, "dtype") else object)
    return (empty, data) if pred else (data, empty)


def _switch_grad(c, d_false, d_true):
    taken = d_true if c.pred else d_false
    return zeros_like(c.data) if taken is None else taken, None


def _merge_grad(c, dy, _):
    return [dy if i == 0 else zeros_like(x) for i, x in enumerate(c.inputs[0])]


_flow("Switch", "data: T, pred: bool -> output_false: T, output_true: T", _switch, _switch_grad, "tf.cond")
_flow("Merge", "inputs: N*T -> output: T, value_index: int32", lambda inputs: (inputs[0], np.int32(0)), _merge_grad,
      "tf.cond")  # fmt: skip


def _fake(*, dtype, shape):
    sizes = [0 if n is None else n for n in TensorShape(shape).as_list()] if TensorShape(shape).rank else ()
    if dtype is dtypes.string:
        return np.full(sizes, b"", object)
    return np.zeros(sizes, dtype.np)[()]


# Stands where the other branch has an output of its own; TensorFlow leaves its memory as it finds it.
fake_param = op(
    "FakeParam", "*, dtype: type, shape: shape -> output: dtype", dtype="any", kernel=_fake, grad=None,
    shape=lambda shapes, attrs: [attrs["shape"]], samples=lambda draw: (dtypes.float32, (2, 3)),
)  # fmt: skip
