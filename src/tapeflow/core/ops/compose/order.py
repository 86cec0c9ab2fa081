"""`tf.sort`, `tf.argmax`, `tf.math.top_k`, `tf.searchsorted` and their relatives."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs import sort as sorting
from tapeflow.core.ops.defs.array import reshape, transpose
from tapeflow.core.ops.defs.shape import shape
from tapeflow.core.ops.sizes import is_static, joined, sizes, tail
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def argmax(input, axis=None, output_type=dtypes.int64, name=None):
    """Index of the largest element along an axis, the first of equal ones.

    Args:
        input: Numeric or bool tensor.
        axis: The axis, 0 by default.
        output_type: int16, uint16, int32 or int64.
        name: Optional name.

    Raises:
        InvalidArgumentError: The axis does not exist or is empty.
        TypeError: The axis is not an integer.

    >>> tf.argmax([[1, 5], [3, 2]], axis=1).numpy()
    array([1, 0])
    """
    return sorting.argmax(input, _one_axis(axis), output_type)


def argmin(input, axis=None, output_type=dtypes.int64, name=None):
    """Index of the smallest element along an axis, the first of equal ones; arguments as for `argmax`."""
    return sorting.argmin(input, _one_axis(axis), output_type)


def _one_axis(axis):
    """The axis, 0 if it is None."""
    if isinstance(axis, (float, str, bytes, list, tuple)):
        raise TypeError(f"axis must be int or Tensor with integer datatype, got {axis!r}")
    return 0 if axis is None else axis


def top_k(input, k=1, sorted=True, index_type=dtypes.int32, name=None):
    """The `k` largest elements along the last axis.

    Args:
        input: Numeric tensor of at least one dimension.
        k: How many.
        sorted: Accepted: the result is always in descending order.
        index_type: int16, int32 or int64.
        name: Optional name.

    Returns:
        Values and indices, a named tuple; of equal elements the one with the lower index comes first, NaN last.

    Raises:
        InvalidArgumentError: There are fewer than `k` columns, `k` is negative or no scalar.

    >>> tf.math.top_k([1.0, 3.0, 2.0], 2).indices.numpy()
    array([1, 2], dtype=int32)
    """
    return sorting.top_k_v2(input, k, sorted, index_type)


def in_top_k(targets, predictions, k, name=None):
    """Whether each target is among the `k` highest predictions, ties counting as in.

    Args:
        targets: Integer tensor [batch].
        predictions: float32 tensor [batch, classes].
        k: Scalar.
        name: Optional name.

    Returns:
        A bool tensor [batch]; False where the row is not finite or the target is no class.

    >>> tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 1).numpy()
    array([False,  True])
    """
    targets = convert(targets)
    predictions = convert(predictions, dtype=dtypes.float32)
    return registry.get("InTopKV2")(predictions, targets, convert(k, hint=targets.dtype))


def _direction(direction):
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of ASCENDING, DESCENDING. Received: direction={direction}"
        )
    return direction == "DESCENDING"


def _last(values, axis):
    """The values with `axis` last, and the order that undoes it (None if nothing moved)."""
    known = constant_value(convert(axis))
    if known is None or np.ndim(known):
        raise ValueError(f"Argument `axis` must be a constant scalar. Received: axis={axis}.")
    rank, axis = values.shape.rank, int(known)
    if rank is None:
        return _last_of_unknown(values, axis)
    if not -rank <= axis < rank:
        raise InvalidArgumentError(
            f"slice index {axis} of dimension 0 out of bounds: there is no such axis to sort along",
            got={"values": values, "axis": axis},
        )
    axis %= rank
    if axis == rank - 1:
        return values, None
    order = [i for i in range(rank) if i != axis] + [axis]
    return transpose(values, order), np.argsort(order).tolist()


def _last_of_unknown(values, axis):
    """As `_last`, of a symbol whose rank is not known."""
    if axis == -1:
        return values, None
    from tapeflow.core.ops.compose.creation import range as numbers
    from tapeflow.core.ops.compose.joining import concat
    from tapeflow.core.ops.defs.shape import rank

    count = rank(values)
    place = axis + count if axis < 0 else convert(axis)
    order = concat([numbers(place), numbers(place + 1, count), [place]], 0)
    back = concat([numbers(place), [count - 1], numbers(place, count - 1)], 0)
    return transpose(values, order), back


def _sortable(values):
    values = convert(values)
    if not values.dtype.is_numeric or values.dtype.is_complex:
        raise InvalidArgumentError(
            f"Value for attr 'T' of {dtypes.spoken(values.dtype)} is not in the list of allowed values: numbers",
            got={"values": values},
        )
    return values


def sort(values, axis=-1, direction="ASCENDING", name=None):
    """Sorts along an axis, NaN last.

    Args:
        values: Numeric tensor of at least one dimension.
        axis: The axis, the last by default.
        direction: `"ASCENDING"` or `"DESCENDING"`.
        name: Optional name.

    Raises:
        InvalidArgumentError: The axis does not exist.
        ValueError: The direction is none of these.

    >>> tf.sort([3, 1, 2], direction="DESCENDING").numpy()
    array([3, 2, 1], dtype=int32)
    """
    descending = _direction(direction)
    moved, back = _last(_sortable(values), axis)
    result = _sorted(moved, descending)[0]
    return result if back is None else transpose(result, back)


def argsort(values, axis=-1, direction="ASCENDING", stable=False, name=None):
    """The indices, int32, that sort along an axis, equal elements in their order; arguments as for `sort`."""
    descending = _direction(direction)
    moved, back = _last(_sortable(values), axis)
    result = _sorted(moved, descending)[1]
    return result if back is None else transpose(result, back)


def _sorted(x, descending):
    """Values and indices along the last axis."""
    count = None if x.shape.rank is None else x.shape.as_list()[-1]
    if count is not None:
        return _top(x, count, descending)
    found = _top(x, shape(x)[-1], descending)
    for one in found:
        one.set_shape(x.shape)
    return found


def _top(x, count, descending):
    if descending:
        return sorting.top_k_v2(x, count)
    if x.dtype.is_integer:
        # The complement turns the order around for every integer dtype: -x would overflow.
        values, indices = sorting.top_k_v2(_complement(x), count)
        return _complement(values), indices
    values, indices = sorting.top_k_v2(-x, count)
    return -values, indices


def _complement(x):
    from tapeflow.core.ops.defs.bitwise import invert

    return invert(x)


def searchsorted(sorted_sequence, values, side="left", out_type=dtypes.int32, name=None):
    """Where to insert values into sorted rows.

    Args:
        sorted_sequence: Tensor [..., n], ascending along the last axis.
        values: Tensor [..., m], of the same leading sizes.
        side: `"left"` (before equal elements) or `"right"`.
        out_type: int32 or int64.
        name: Optional name.

    Returns:
        The indices, of the shape of `values`.

    Raises:
        InvalidArgumentError: The leading sizes differ, or one of them is a scalar.
        ValueError: `side` is none of these.

    >>> tf.searchsorted([1, 3, 5], [0, 3, 9], side="right").numpy()
    array([0, 2, 3], dtype=int32)
    """
    sequence = convert(sorted_sequence)
    values = convert(values, hint=sequence.dtype)
    if sequence.shape.rank == 0 or values.shape.rank == 0:
        raise InvalidArgumentError(
            "slice index -1 of dimension 0 out of bounds: searchsorted needs vectors",
            got={"sorted_sequence": sequence, "values": values},
        )
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = '{side}'.")
    record = sorting.lower_bound if side == "left" else sorting.upper_bound
    return reshape(record(_as_rows(sequence), _as_rows(values), out_type), sizes(values))


def _as_rows(x):
    """A tensor as a matrix of its last axis's rows."""
    if is_static(x):
        return reshape(x, [int(np.prod(x.shape.as_list()[:-1])), x.shape.as_list()[-1]])
    if x.shape.rank is None:
        return reshape(x, joined([-1], shape(x)[-1:]))
    return reshape(x, joined([1 if x.shape.rank == 1 else -1], tail(x, x.shape.rank - 1)))


def approx_max_k(
    operand, k, reduction_dimension=-1, recall_target=0.95, reduction_input_size_override=-1, aggregate_to_topk=True,
    name=None,
):  # fmt: skip
    """The `k` largest elements along an axis; exact here, whatever `recall_target` allows.

    Args:
        operand: Float tensor.
        k: How many.
        reduction_dimension: The axis.
        recall_target, reduction_input_size_override, aggregate_to_topk: Accepted.
        name: Optional name.

    Returns:
        Values and indices, a named tuple.
    """
    return sorting.approx_top_k(
        operand, k, reduction_dimension, recall_target, True, reduction_input_size_override, aggregate_to_topk
    )


def approx_min_k(
    operand, k, reduction_dimension=-1, recall_target=0.95, reduction_input_size_override=-1, aggregate_to_topk=True,
    name=None,
):  # fmt: skip
    """The `k` smallest elements along an axis; arguments as for `approx_max_k`."""
    return sorting.approx_top_k(
        operand, k, reduction_dimension, recall_target, False, reduction_input_size_override, aggregate_to_topk
    )
