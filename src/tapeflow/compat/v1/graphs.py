"""`tf.compat.v1`: graphs as TensorFlow 1 had them, as far as libraries of today still touch them."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.graph.graph import outermost
from tapeflow.core.ops.compose.array import reshape
from tapeflow.core.ops.compose.indexing import where as where_v2
from tapeflow.core.ops.defs.shape import placeholder_with_default as with_default
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor


def get_default_graph():
    """Returns the graph that is being captured, an empty one if ops run at once."""
    return current.graph or outermost


def where(condition, x=None, y=None, name=None):
    """Like `tf.where`; but a 1-D `condition` picks whole rows of `x` and `y`.

    Args:
        condition: Bool tensor, of the shape of `x` or 1-D.
        x, y: Tensors of one shape, or both None.
        name: Optional name.
    """
    if x is not None and y is not None:
        condition, x = convert(condition), convert(x)
        if condition.shape.rank == 1 and (x.shape.rank or 0) > 1:
            condition = reshape(condition, [-1] + [1] * (x.shape.rank - 1))
    return where_v2(condition, x, y, name)


def placeholder(dtype, shape=None, name=None):
    """Adds an input to the graph that is being captured.

    Args:
        dtype: The dtype of its values.
        shape: Their shape, as far as it is known.
        name: Optional name.

    Raises:
        RuntimeError: No graph is being captured.
    """
    if current.graph is None:
        raise RuntimeError("tf.placeholder() is not compatible with eager execution.")
    return current.graph.placeholder(dtypes.as_dtype(dtype), TensorShape(shape), name)


def placeholder_with_default(input, shape, name=None):
    """Returns `input`; in a graph, as a tensor of the wider `shape` that a session may feed another value for.

    Args:
        input: The value.
        shape: A shape that its own is compatible with.
        name: Optional name.
    """
    input, shape = convert(input), TensorShape(shape)
    if not shape.is_compatible_with(input.shape):
        raise ValueError(f"placeholder_with_default: a value of shape {input.shape} is not of shape {shape}")
    return with_default(input, shape=shape, name=name)


def sparse_placeholder(dtype, shape=None, name=None):
    """Adds a sparse input to the graph that is being captured.

    Args:
        dtype: The dtype of its values.
        shape: Its dense shape, as far as it is known.
        name: Optional name.

    Raises:
        RuntimeError: No graph is being captured.
    """
    if current.graph is None:
        raise RuntimeError("`sparse_placeholder` is not compatible with eager execution.")
    shape = TensorShape(shape)
    name = name or "sparse"
    values = placeholder(dtype, [None], f"{name}/values")
    indices = placeholder(dtypes.int64, [None, shape.rank], f"{name}/indices")
    dense_shape = placeholder(dtypes.int64, [shape.rank], f"{name}/shape")
    result = SparseTensor(indices, values, dense_shape)
    if shape.rank is not None:
        result.set_shape(shape)
    return result


def reset_default_graph():
    """Accepted: eager programs have no default graph that could grow."""


def assign(ref, value, validate_shape=None, use_locking=None, name=None):
    """Sets a variable's value; returns the variable."""
    return ref.assign(value, name=name)


def assign_add(ref, value, use_locking=None, name=None):
    """Adds to a variable's value; returns the variable."""
    return ref.assign_add(value, name=name)


def assign_sub(ref, value, use_locking=None, name=None):
    """Subtracts from a variable's value; returns the variable."""
    return ref.assign_sub(value, name=name)


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Accepted: ops run at once unless a function is being captured."""


def enable_v2_behavior():
    """Accepted: there is no other."""


def disable_eager_execution():
    """Refused: see the error.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError(
        "disable_eager_execution: TapeFlow has no TensorFlow 1 sessions\n"
        "  try: decorate the function that should become a graph with @tf.function"
    )


disable_v2_behavior = disable_eager_execution
