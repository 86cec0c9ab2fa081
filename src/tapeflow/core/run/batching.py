"""Many calls of the same ops at once: tensors that carry a hidden leading axis, one slice for each call.

`jacobian` and `vectorized_map` run the user's ops, or a tape's gradient rules, once on such tensors instead of a
thousand times on plain ones. Elementwise ops and a few others batch in NumPy; every other op is `jax.vmap` of its
lowering, or, without a lowering, a loop over the slices.
"""

import numpy as np

from tapeflow.core.base.errors import OperatorNotAllowedInGraphError
from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.engines import host
from tapeflow.core.ops.defs.matmul import product
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.tensor import EagerTensor, Tensor

# Op name -> NumPy rule: (record, inputs, attrs) -> arrays with the batch axis first, or None to decline.
rules = {}


class BatchedTensor(Tensor):
    """A tensor for each call of a batch, all of one shape; `shape` is what each call sees."""

    __slots__ = ("_array", "_dtype")

    def __init__(self, array, dtype):
        self._array = array
        self._dtype = dtype

    @property
    def stacked(self):
        """All the calls' tensors as one array, the batch axis first."""
        return self._array

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._dtype

    @property
    def shape(self):
        """The `tf.TensorShape` that one call sees."""
        return TensorShape.from_static(self._array.shape[1:])

    @property
    def static_shape(self):
        """The sizes that one call sees."""
        return self._array.shape[1:]

    def __repr__(self):
        return f"<tf.Tensor: shape={self.shape}, dtype={self._dtype.name}, one of a batch of {len(self._array)}>"

    def __bool__(self):
        raise OperatorNotAllowedInGraphError(
            "Python control flow on a tensor of a vectorized function: each call of the batch has a value of its own. "
            "Use tf.where, or tf.map_fn instead of tf.vectorized_map."
        )

    def numpy(self):
        """Not to be had: there are as many values as calls."""
        raise NotImplementedError("numpy() inside tf.vectorized_map: each call of the batch has a value of its own")

    def __len__(self):
        return self.static_shape[0]

    def set_shape(self, shape):
        """Checks that the shape is compatible with `shape`."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {shape}.")


def is_batched(inputs):
    """Whether an op has a batched input."""
    for one in inputs:
        if type(one) is BatchedTensor or (type(one) is tuple and any(type(x) is BatchedTensor for x in one)):
            return True
    return False


def execute(record, inputs, attrs):
    """Runs an op of which some inputs are batched; all its outputs are."""
    rule = _elementwise if record.elementwise else rules.get(record.op_name)
    outputs = rule(record, inputs, attrs) if rule is not None else None
    if outputs is None:
        outputs = _vmapped(record, inputs, attrs) if _can_vmap(record, inputs) else _looped(record, inputs, attrs)
    dtypes = record.output_dtypes(inputs, attrs, len(outputs))
    return tuple(map(BatchedTensor, outputs, dtypes))


def batch_size(inputs):
    """How many calls there are."""
    for one in inputs:
        for x in one if type(one) is tuple else (one,):
            if type(x) is BatchedTensor:
                return len(x.stacked)
    raise ValueError("nothing is batched")


def _elementwise(record, inputs, attrs):
    """NumPy's broadcasting does it, once the batch axis stands before all others."""
    rank = max(x.shape.rank for x in inputs)
    arrays = []
    for x in inputs:
        if type(x) is BatchedTensor:
            array = np.asarray(x.stacked)
            missing = rank - (array.ndim - 1)
            arrays.append(array.reshape(array.shape[:1] + (1,) * missing + array.shape[1:]) if missing else array)
        else:
            arrays.append(x.host)
    return host.run(record, arrays, attrs)


def _can_vmap(record, inputs):
    """Whether the op has a lowering and the inputs that it must know as numbers are the same for all calls."""
    return record.lower is not None and not any(
        arg.const and type(x) is BatchedTensor for arg, x in zip(record.inputs, inputs, strict=True)
    )


def _value(x):
    return x.stacked if type(x) is BatchedTensor else x.value_or_buffer


def _vmapped(record, inputs, attrs):
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    values = [tuple(map(_value, one)) if type(one) is tuple else _value(one) for one in inputs]
    batched = tuple(
        tuple(type(x) is BatchedTensor for x in one) if type(one) is tuple else type(one) is BatchedTensor
        for one in inputs
    )
    return xla.run_batched(record, values, attrs, batched)


def _looped(record, inputs, attrs):
    """One call after the other."""
    calls = []
    for i in range(batch_size(inputs)):
        alone = [tuple(slice_of(x, i) for x in one) if type(one) is tuple else slice_of(one, i) for one in inputs]
        calls.append([y.host for y in hooks.execute(record, tuple(alone), attrs)])
    return [np.stack(outputs) for outputs in zip(*calls, strict=True)]


def slice_of(x, i):
    """What call number `i` sees of `x`."""
    return EagerTensor(np.asarray(x.stacked)[i], x.dtype) if type(x) is BatchedTensor else x


# -- NumPy rules for the ops that gradients are full of ----------------------------------------------


def _sum(record, inputs, attrs):
    x, axis = inputs
    if type(axis) is BatchedTensor:
        return None
    rank = x.shape.rank
    axes = tuple(int(a) % rank + 1 for a in np.ravel(axis.host))
    return (np.add.reduce(np.asarray(x.stacked), axis=axes, keepdims=attrs["keep_dims"], dtype=x.dtype.np),)


def _reshape(record, inputs, attrs):
    x, shape = inputs
    if type(shape) is BatchedTensor:
        return None
    return (np.reshape(x.stacked, (len(x.stacked), *np.ravel(shape.host).tolist())),)


def _broadcast_to(record, inputs, attrs):
    x, shape = inputs
    if type(shape) is BatchedTensor:
        return None
    sizes = np.ravel(shape.host).tolist()
    array = np.asarray(x.stacked)
    array = array.reshape(array.shape[:1] + (1,) * (len(sizes) - array.ndim + 1) + array.shape[1:])
    return (np.broadcast_to(array, (len(array), *sizes)),)


def _matmul(record, inputs, attrs):
    a, b = (x.stacked if type(x) is BatchedTensor else x.host for x in inputs)
    a = a.swapaxes(-1, -2) if attrs["transpose_a"] else a
    b = b.swapaxes(-1, -2) if attrs["transpose_b"] else b
    return (quiet.run(product, a, b),)


def _identity(record, inputs, attrs):
    return (inputs[0].stacked,)


rules.update({
    "XlaCallModule": _looped,  # JAX has no batched form of programs that it did not trace itself
    "Sum": _sum, "Reshape": _reshape, "BroadcastTo": _broadcast_to, "MatMul": _matmul, "Identity": _identity,
})  # fmt: skip
