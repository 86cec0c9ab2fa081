"""Loops over the first axis of tensors: `map_fn`, `foldl`, `foldr`, `scan`, `vectorized_map`."""

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.indexing import boolean_mask
from tapeflow.core.ops.defs.array import broadcast_to, cast, pack
from tapeflow.core.ops.defs.creation import range_ as numbers
from tapeflow.core.ops.defs.math import equal
from tapeflow.core.run.batching import BatchedTensor
from tapeflow.core.run.tape import stack as recorder_stack
from tapeflow.core.trace import ragged_maps
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor
from tapeflow.core.values.tensor import EagerTensor

# In place of a signature: whatever the function returns.
LIKE_RESULT = object()


def _rows(elems, what="elems"):
    """The elements as flat tensors of one length, and that length."""
    flat = [convert(x) for x in nest.flatten(elems)]
    if not flat:
        raise ValueError(f"{what} must not be empty")
    for x in flat:
        if x.shape.rank == 0:
            raise ValueError(f"Elements in {what} must be 1+ dimensional Tensors, not scalars")
    count = flat[0].shape[0]
    for x in flat[1:]:
        if x.shape[0] != count:
            raise ValueError(f"Dimensions {count} and {x.shape[0]} are not compatible")
    return flat, count


def map_fn(
    fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True, name=None,
    fn_output_signature=None,
):  # fmt: skip
    """Applies `fn` to each element along the first axis and stacks the results.

    Args:
        fn: Function of one element in the structure of `elems`.
        elems: Tensor or structure of tensors of one first size.
        dtype: Deprecated form of `fn_output_signature`.
        parallel_iterations, back_prop, swap_memory, infer_shape: Accepted.
        name: Optional name.
        fn_output_signature: Dtype, `tf.TensorSpec` or structure of them; like `elems` if None.

    Raises:
        InvalidArgumentError: `fn` returns another dtype than announced.
        TypeError: `fn` is not callable.
        ValueError: `elems` holds scalars or different lengths.
    """
    if not callable(fn):
        raise TypeError(f"The provided function {getattr(fn, '__name__', fn)} is not callable. fn must be callable.")
    leaves = nest.flatten(elems)
    if any(isinstance(x, SparseTensor) for x in leaves):
        return _map_sparse(fn, elems, leaves, fn_output_signature if fn_output_signature is not None else dtype)
    if ragged_maps.takes(leaves, fn_output_signature if fn_output_signature is not None else dtype):
        return ragged_maps.map_rows(fn, elems, fn_output_signature if fn_output_signature is not None else dtype)
    if current.graph is not None:
        from tapeflow.core.trace.staged_maps import map_fn as staged_map

        return staged_map(fn, elems, fn_output_signature if fn_output_signature is not None else dtype)
    flat, count = _rows(elems)
    signature = fn_output_signature if fn_output_signature is not None else dtype
    if signature is None:
        signature = nest.pack_sequence_as(elems, [x.dtype for x in flat])
    kinds = [_dtype_of(one) for one in nest.flatten(signature)]
    columns = [[] for _ in kinds]
    for i in range(count):
        result = fn(nest.pack_sequence_as(elems, [x[i] for x in flat]))
        nest.assert_same_structure(signature, result, check_types=False)
        for column, kind, value in zip(columns, kinds, nest.flatten(result), strict=True):
            column.append(_checked(convert(value, hint=kind), kind))
    return nest.pack_sequence_as(signature, [_stack(c, k) for c, k in zip(columns, kinds, strict=True)])


def _map_sparse(fn, elems, leaves, signature):
    """`map_fn` over elements of which some are sparse: by their number."""
    if signature is None:
        signature = nest.pack_sequence_as(elems, [x.dtype for x in leaves])
    first = next(x for x in leaves if isinstance(x, SparseTensor))
    count = first.shape[0] if first.shape[0] is not None else first.dense_shape[0]

    def of_number(i):
        return fn(nest.pack_sequence_as(elems, [_sparse_row(x, i) for x in leaves]))

    return map_fn(of_number, numbers(convert(0, dtype=dtypes.int64), cast(convert(count), dtypes.int64), 1), signature)


def _sparse_row(x, i):
    """Element `i` of a sparse tensor, or of another."""
    if not isinstance(x, SparseTensor):
        return convert(x)[i]
    here = equal(x.indices[:, 0], i)
    return SparseTensor(boolean_mask(x.indices, here)[:, 1:], boolean_mask(x.values, here), x.dense_shape[1:])


def _dtype_of(signature):
    # A class of NumPy's scalars is a dtype, though it has an attribute of that name for its objects.
    is_spec = hasattr(signature, "dtype") and not isinstance(signature, type)
    return signature.dtype if is_spec else dtypes.as_dtype(signature)


def _checked(tensor, dtype):
    if tensor.dtype is not dtype:
        raise InvalidArgumentError(
            f"TensorArray dtype is {dtype.name} but Op is trying to write dtype {tensor.dtype.name}",
            hint="fn_output_signature= says the dtypes that fn returns",
        )
    return tensor


def _stack(column, dtype):
    return pack(column) if column else EagerTensor(np.zeros((0,), dtype.np), dtype)


def foldl(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """Reduces the first axis from left to right: `fn(fn(fn(a0, e1), e2), …)`.

    Args:
        fn: Function (accumulator, element) -> accumulator.
        elems: Tensor or structure of tensors of one first size.
        initializer: The first accumulator; the first element if None.
        parallel_iterations, back_prop, swap_memory: Accepted.
        name: Optional name.
    """
    return _fold(fn, elems, initializer, reverse=False)


def foldr(fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, name=None):
    """Reduces the first axis from right to left; arguments as `foldl`."""
    return _fold(fn, elems, initializer, reverse=True)


def _fold(fn, elems, initializer, reverse):
    if current.graph is not None:
        from tapeflow.core.trace.staged_maps import fold as staged_fold

        return staged_fold(fn, elems, initializer, reverse)
    result = None
    for step in _accumulate(fn, elems, initializer, reverse):
        result = step
    return result


def _accumulate(fn, elems, initializer, reverse):
    """Yields the accumulator, first the initial one if `initializer` is given or the first element."""
    if not callable(fn):
        raise TypeError(f"{fn} is not callable")
    flat, count = _rows(elems)
    order = list(range(count))[::-1] if reverse else list(range(count))
    if initializer is None:
        if not order:
            raise OutOfRangeError("Tried to read from index 0 but array size is: 0", hint="pass initializer=")
        accumulator = nest.pack_sequence_as(elems, [x[order.pop(0)] for x in flat])
    else:
        accumulator = nest.map_structure(convert, initializer)
    yield accumulator
    for i in order:
        after = fn(accumulator, nest.pack_sequence_as(elems, [x[i] for x in flat]))
        nest.assert_same_structure(accumulator, after)
        accumulator = after
        yield accumulator


def scan(
    fn, elems, initializer=None, parallel_iterations=10, back_prop=True, swap_memory=False, infer_shape=True,
    reverse=False, name=None,
):  # fmt: skip
    """As `foldl`, but returns all the accumulators, stacked along a new first axis.

    Args:
        fn: Function (accumulator, element) -> accumulator.
        elems: Tensor or structure of tensors of one first size.
        initializer: The accumulator before the first element; the first element itself if None.
        parallel_iterations, back_prop, swap_memory, infer_shape: Accepted.
        reverse: Whether to go from the last element to the first.
        name: Optional name.
    """
    if current.graph is not None:
        from tapeflow.core.trace.staged_maps import scan as staged_scan

        return staged_scan(fn, elems, initializer, reverse)
    steps = list(_accumulate(fn, elems, initializer, reverse))
    kinds = [convert(x).dtype for x in nest.flatten(steps[0])]
    structure = steps[0]
    kept = steps[1:] if initializer is not None else steps
    if reverse:
        kept = kept[::-1]
    if not kept:  # no elements: results of no rows, shaped like the initializer
        shapes = [convert(x).shape.as_list() for x in nest.flatten(structure)]
        empty = [zeros([0, *shape], kind) for shape, kind in zip(shapes, kinds, strict=True)]
        return nest.pack_sequence_as(structure, empty)
    columns = [[convert(nest.flatten(step)[i]) for step in kept] for i in range(len(kinds))]
    return nest.pack_sequence_as(structure, [_stack(c, k) for c, k in zip(columns, kinds, strict=True)])


def vectorized_map(fn, elems, fallback_to_while_loop=True, warn=True):
    """As `map_fn`, but runs `fn` once for all elements.

    Every op in `fn` is run on the whole batch (`core/run/batching.py`). Python control flow on tensors has no single
    answer there and raises TypeError; under an open tape the elements are mapped one by one, for the tape to see.

    Args:
        fn: Function of one element in the structure of `elems`.
        elems: Tensor or structure of tensors of one first size.
        fallback_to_while_loop, warn: Accepted.

    Raises:
        TypeError: `fn` needs a tensor's value in Python.
        ValueError: `elems` holds scalars or different lengths.
    """
    if current.graph is not None:
        return map_fn(fn, elems, fn_output_signature=LIKE_RESULT)
    elems = _stretched(elems)
    flat, count = _rows(elems)
    if recorder_stack.recorders or count == 0:
        return _one_by_one(fn, elems, flat, count)
    mode.special += 1
    mode.slow += 1
    try:
        result = fn(nest.pack_sequence_as(elems, [BatchedTensor(x.value_or_buffer, x.dtype) for x in flat]))
        leaves = [convert(x) for x in nest.flatten(result)]
    finally:
        mode.special -= 1
        mode.slow -= 1
    return nest.pack_sequence_as(result, [_unbatched(x, count) for x in leaves])


def _stretched(elems):
    """The elements, those of first size 1 repeated to match the others."""
    flat = [convert(x) for x in nest.flatten(elems)]
    counts = {x.shape[0] for x in flat if x.shape.rank}
    if len(counts) != 2 or 1 not in counts:
        return elems
    count = max(counts)
    return nest.pack_sequence_as(
        elems, [broadcast_to(x, [count, *x.shape.as_list()[1:]]) if x.shape[0] == 1 else x for x in flat]
    )


def _unbatched(x, count):
    if type(x) is BatchedTensor:
        stacked = x.stacked
        return (
            EagerTensor(stacked, x.dtype)
            if isinstance(stacked, np.ndarray)
            else EagerTensor.from_buffer(stacked, x.dtype)
        )
    return EagerTensor(np.broadcast_to(x.host, (count, *np.shape(x.host))), x.dtype)


def _one_by_one(fn, elems, flat, count):
    if count == 0:
        raise InvalidArgumentError("vectorized_map: there are no elements to learn the result's shape from")
    results = [fn(nest.pack_sequence_as(elems, [x[i] for x in flat])) for i in range(count)]
    columns = zip(*(nest.flatten(r) for r in results), strict=True)
    return nest.pack_sequence_as(results[0], [pack([convert(x) for x in column]) for column in columns])
