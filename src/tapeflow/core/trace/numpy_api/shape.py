"""`tf.experimental.numpy`: the same elements, arranged otherwise."""

import builtins

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array as arrays
from tapeflow.core.ops.compose import creation, joining, linalg, rearranging
from tapeflow.core.ops.compose.clip import clip_by_value
from tapeflow.core.ops.compose.indexing import boolean_mask, gather
from tapeflow.core.ops.compose.indexing import where as where_of
from tapeflow.core.ops.compose.joining import stack as stack_of
from tapeflow.core.ops.compose.order import argsort
from tapeflow.core.ops.compose.reduce import reduce_any
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.math import floor_mod
from tapeflow.core.trace.numpy_api.create import full
from tapeflow.core.trace.numpy_api.promote import promoted, result_type, tensor
from tapeflow.core.values.tensor import Tensor


def ravel(a):
    """Returns the elements as a vector."""
    return arrays.reshape(tensor(a), [-1])


def reshape(a, newshape, order="C"):
    """Returns the elements in another shape, read in C's or Fortran's order."""
    if order not in {"C", "F"}:
        raise ValueError(f"Unsupported order argument {order}")
    a = tensor(a)
    newshape = [newshape] if isinstance(newshape, int) else newshape
    if order == "F":
        return arrays.transpose(arrays.reshape(arrays.transpose(a), newshape[::-1]))
    return arrays.reshape(a, newshape)


def flatten(a, order="C"):
    """Returns the elements as a vector, read in C's or Fortran's order."""
    if order not in ("C", "A", "K", "F"):
        raise ValueError("order can only be C, A, K (all row major) or F (column major).")
    a = tensor(a)
    return arrays.reshape(arrays.transpose(a) if order == "F" else a, [-1])


def expand_dims(a, axis):
    """Returns the array with a new axis of size 1."""
    return arrays.expand_dims(tensor(a), axis)


def squeeze(a, axis=None):
    """Returns the array without axes of size 1."""
    return arrays.squeeze(tensor(a), axis)


def transpose(a, axes=None):
    """Returns the array with its axes in another order, reversed by default."""
    return arrays.transpose(tensor(a), axes if axes is None else tensor(axes))


def _positive(axis, rank):
    return axis + rank if axis < 0 else axis


def swapaxes(a, axis1, axis2):
    """Returns the array with two axes exchanged."""
    a = tensor(a)
    if a.shape.rank is None:
        rank = arrays.rank(a)
        i, j = (_positive(int(axis), rank) for axis in (axis1, axis2))
        places = creation.range(rank)
        return arrays.transpose(a, where_of(places == i, j, where_of(places == j, i, places)))
    order = [*range(a.shape.rank)]
    i, j = (_positive(int(axis), len(order)) for axis in (axis1, axis2))
    order[i], order[j] = j, i
    return arrays.transpose(a, order)


def moveaxis(a, source, destination):
    """Returns the array with axes moved to other places."""
    if not source and not destination:
        return a
    a = tensor(a)
    source, destination = ((x,) if isinstance(x, int) else x for x in (source, destination))
    if len(source) != len(destination):
        raise ValueError("The lengths of source and destination must equal")
    rank = a.shape.rank
    if rank is None:
        return _moved(a, source, destination)
    source, destination = ([_positive(int(axis), rank) for axis in x] for x in (source, destination))
    order = [i for i in range(rank) if i not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return arrays.transpose(a, order)


def _moved(a, source, destination):
    """`moveaxis` where only running tells how many axes there are."""
    rank = arrays.rank(a)
    source, destination = (stack_of([_positive(int(axis), rank) for axis in x]) for x in (source, destination))
    taken, chosen = (
        reduce_any(arrays.expand_dims(creation.range(rank), 1) == x, 1) for x in (source, destination)
    )  # fmt: skip
    places = joining.concat([destination, boolean_mask(creation.range(rank), ~chosen)], 0)
    axes = joining.concat([source, boolean_mask(creation.range(rank), ~taken)], 0)
    return arrays.transpose(a, gather(axes, argsort(places)))


def pad(array, pad_width, mode, **kwargs):
    """Returns the array padded: `mode` is "constant", "reflect" or "symmetric"."""
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError("Unsupported padding mode: " + mode)
    widths = tensor(pad_width, dtypes.int32)
    return rearranging.pad(tensor(array), widths, mode=mode.upper(), constant_values=kwargs.get("constant_values", 0))


def take(a, indices, axis=None, out=None, mode="clip"):
    """Returns elements or slices by index; indices out of range are clipped or wrap around."""
    if out is not None:
        raise ValueError("out argument is not supported in take.")
    if mode not in {"raise", "clip", "wrap"}:
        raise ValueError(f"Invalid mode '{mode}' for take")
    if mode == "raise":
        raise ValueError("The 'raise' mode to take is not supported.")
    a, indices = tensor(a), tensor(indices)
    if axis is None:
        a, axis = arrays.reshape(a, [-1]), 0
    size = arrays.shape(a, out_type=indices.dtype)[axis]
    indices = clip_by_value(indices, 0, size - 1) if mode == "clip" else floor_mod(indices, size)
    return gather(a, indices, axis=axis)


def _but(sizes, axis, size):
    """The sizes with another one at an axis."""
    return joining.concat([sizes[:axis], [size], sizes[axis + 1 :]], 0)


def take_along_axis(arr, indices, axis):
    """Returns elements by an index for each row."""
    arr, indices = tensor(arr), tensor(indices)
    if axis is None:
        return take_along_axis(ravel(arr), indices, 0)
    rank = arr.shape.rank
    axis = _positive(axis, rank)
    kind = indices.dtype
    sizes, wanted = arrays.shape(arr, out_type=kind), arrays.shape(indices, out_type=kind)
    joined = arrays.broadcast_dynamic_shape(_but(sizes, axis, 1), _but(wanted, axis, 1))
    arr = arrays.broadcast_to(arr, _but(joined, axis, sizes[axis]))
    indices = arrays.broadcast_to(indices, _but(joined, axis, wanted[axis]))
    indices = where_of(indices < 0, indices + sizes[axis], indices)
    arr, indices = swapaxes(arr, axis, -1), swapaxes(indices, axis, -1)
    rows = arrays.reshape(arr, [-1, arrays.shape(arr)[-1]])
    flat = arrays.reshape(indices, [-1, arrays.shape(indices)[-1]])
    result = arrays.reshape(gather(rows, flat, batch_dims=1), arrays.shape(indices))
    return swapaxes(result, axis, -1)


def repeat(a, repeats, axis=None):
    """Returns the array with elements repeated."""
    return rearranging.repeat(tensor(a), tensor(repeats), axis)


def tile(a, reps):
    """Returns the array repeated along its axes."""
    a = tensor(a)
    reps = arrays.reshape(tensor(reps, dtypes.int32), [-1])
    rank, count = a.shape.rank, reps.shape[0]
    if rank is None or count is None:
        missing = arrays.size(reps) - arrays.rank(a)
        reps = joining.concat([creation.ones(arrays.reshape(maximum(-missing, 0), [1]), dtypes.int32), reps], 0)
        before = creation.ones(arrays.reshape(maximum(missing, 0), [1]), dtypes.int32)
        a = arrays.reshape(a, joining.concat([before, arrays.shape(a)], 0))
    elif count < rank:
        reps = joining.concat([[1] * (rank - count), reps], 0)
    elif rank < count:
        a = arrays.reshape(a, joining.concat([[1] * (count - rank), arrays.shape(a)], 0))
    return joining.tile(a, reps)


def concatenate(arys, axis=0):
    """Returns arrays joined along an axis."""
    arys = arys if isinstance(arys, (list, tuple)) else [arys]
    if not arys:
        raise ValueError(f"Need at least one array to concatenate. Received empty input: arys={arys}")
    dtype = result_type(*arys)
    return joining.concat([tensor(one, dtype) for one in arys], axis)


def append(arr, values, axis=None):
    """Returns `values` joined to the end of `arr`."""
    if axis is None:
        return concatenate([ravel(arr), ravel(values)], 0)
    return concatenate([arr, values], axis=axis)


def stack(arrays, axis=0):
    """Returns arrays stacked along a new axis."""
    if isinstance(arrays, Tensor):
        return arrays if axis == 0 else swapaxes(arrays, 0, axis)
    return stack_of(promoted(*arrays), axis)


def _joined(tup, rank, axis):
    return joining.concat(promoted(*[_of_rank(one, rank) for one in tup]), axis)


def hstack(tup):
    """Returns arrays joined side by side."""
    parts = promoted(*[_of_rank(one, 1) for one in tup])
    if parts[0].shape.rank is None:
        return joining.concat(parts, minimum(arrays.rank(parts[0]) - 1, 1))
    return joining.concat(parts, 0 if parts[0].shape.rank == 1 else 1)


def vstack(tup):
    """Returns arrays joined one below the other."""
    return _joined(tup, 2, 0)


def dstack(tup):
    """Returns arrays joined along the third axis."""
    return _joined(tup, 3, 2)


def _of_rank(x, rank):
    """`x` with axes of size 1 added until it has `rank`, where NumPy adds them."""
    x = tensor(x)
    have = x.shape.rank
    if have is None:
        return _of_open_rank(x, rank)
    if have >= rank:
        return x
    if rank < 3:
        return arrays.reshape(x, joining.concat([[1] * (rank - have), arrays.shape(x)], 0))
    before, after = {0: (3, 0), 1: (1, 1), 2: (0, 1)}[have]
    return arrays.reshape(x, joining.concat([[1] * before, arrays.shape(x), [1] * after], 0))


def _of_open_rank(x, rank):
    """`_of_rank` where only running tells how many axes there are."""
    have = arrays.rank(x)
    missing = maximum(rank - have, 0)
    after = arrays.cast((have == 1) | (have == 2), dtypes.int32) if rank == 3 else 0
    ends = [creation.ones(arrays.reshape(n, [1]), dtypes.int32) for n in (missing - after, after)]
    return arrays.reshape(x, joining.concat([ends[0], arrays.shape(x), ends[1]], 0))


def _atleast(arys, rank):
    found = [_of_rank(one, rank) for one in arys]
    return found[0] if len(found) == 1 else found


def atleast_1d(*arys):
    """Returns arrays of at least one dimension."""
    return _atleast(arys, 1)


def atleast_2d(*arys):
    """Returns arrays of at least two dimensions."""
    return _atleast(arys, 2)


def atleast_3d(*arys):
    """Returns arrays of at least three dimensions."""
    return _atleast(arys, 3)


def _boundaries_to_sizes(a, boundaries, axis):
    if axis >= len(a.shape):
        raise ValueError(f"axis {axis} is out of bound for shape {a.shape}")
    total, sizes, before = a.shape[axis], [], 0
    for i, boundary in enumerate(boundaries):
        if boundary < before:
            raise ValueError(f"The {i}-th boundary {boundary} is smaller than the previous boundary {before}")
        sizes.append(builtins.min(boundary - before, builtins.max(0, total - builtins.sum(sizes))))
        before = boundary
    return [*sizes, builtins.max(0, total - builtins.sum(sizes))]


def split(ary, indices_or_sections, axis=0):
    """Returns the parts of an array: so many equal ones, or between indices."""
    ary = tensor(ary)
    if not isinstance(indices_or_sections, int):
        indices_or_sections = _boundaries_to_sizes(ary, indices_or_sections, axis)
    return joining.split(ary, indices_or_sections, axis=axis)


def _split_at(ary, indices_or_sections, axis):
    ary = tensor(ary)
    axis = 0 if axis == 1 and ary.shape.rank == 1 else axis
    size = ary.shape[axis]
    if isinstance(indices_or_sections, int) and size is not None and size % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return split(ary, indices_or_sections, axis=axis)


def vsplit(ary, indices_or_sections):
    """Returns the parts of an array, cut into rows."""
    return _split_at(ary, indices_or_sections, 0)


def hsplit(ary, indices_or_sections):
    """Returns the parts of an array, cut into columns."""
    return _split_at(ary, indices_or_sections, 1)


def dsplit(ary, indices_or_sections):
    """Returns the parts of an array, cut along the third axis."""
    return _split_at(ary, indices_or_sections, 2)


def broadcast_to(array, shape):
    """Returns the array stretched to a shape."""
    return full(shape, array)


def joint(*tensors):
    """Tensors, all stretched to their common shape."""
    if len(tensors) <= 1:
        return list(tensors)
    sizes = arrays.shape(tensors[0])
    for one in tensors[1:]:
        sizes = arrays.broadcast_dynamic_shape(sizes, arrays.shape(one))
    return [arrays.broadcast_to(one, sizes) for one in tensors]


def broadcast_arrays(*args, **kwargs):
    """Returns the arrays, all stretched to their common shape."""
    if kwargs.pop("subok", False):
        raise ValueError("subok=True is not supported.")
    if kwargs:
        raise ValueError(f"Received unsupported arguments {kwargs.keys()}")
    return joint(*map(tensor, args))


def flip(m, axis=None):
    """Returns the array with the order of elements reversed along an axis, or all of them."""
    m = tensor(m)
    rank = m.shape.rank
    return rearranging.reverse(m, list(range(rank)) if axis is None else [_positive(int(axis), rank)])


def flipud(m):
    """Returns the array upside down."""
    return flip(m, 0)


def fliplr(m):
    """Returns the array mirrored from left to right."""
    return flip(m, 1)


def roll(a, shift, axis=None):
    """Returns the array with elements shifted, those that fall off put in at the other end."""
    a = tensor(a)
    if axis is not None:
        return rearranging.roll(a, shift, axis)
    return arrays.reshape(rearranging.roll(arrays.reshape(a, [-1]), shift, 0), arrays.shape(a))


def rot90(m, k=1, axes=(0, 1)):
    """Returns the array turned by 90 degrees, k times."""
    m = tensor(m)
    first, second = (_positive(axis, m.shape.rank) for axis in axes)
    k = k % 4
    if k == 0:
        return m
    if k == 2:
        return flip(flip(m, first), second)
    if k == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second)


def where(condition, x=None, y=None):
    """Returns elements of `x` where the condition holds, else of `y`; or the indices where it holds."""
    condition = tensor(condition, bool)
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("Both x and y must be ndarrays, or both must be None.")
    return where_of(condition, *promoted(x, y))


def select(condlist, choicelist, default=0):
    """Returns elements of the first choice whose condition holds."""
    if len(condlist) != len(choicelist):
        raise ValueError(f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})")
    if not condlist:
        raise ValueError("condlist must be non-empty")
    output, *choices = promoted(default, *choicelist)
    for condition, choice in zip(condlist[::-1], choices[::-1], strict=True):
        output = where(condition, choice, output)
    return output


def nonzero(a):
    """Returns the indices of the elements that are not zero, an array for each axis."""
    a = _of_rank(a, 1)
    if a.shape.rank is None:
        raise ValueError("The rank of `a` is unknown, so we can't decide how many arrays to return.")
    return joining.unstack(where_of(arrays.cast(a, dtypes.bool)), a.shape.rank, axis=1)


def compress(condition, a, axis=None):
    """Returns the slices along an axis where the condition holds."""
    condition, a = tensor(condition, bool), tensor(a)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1-d array.")
    if a.ndim == 0 or axis is None:
        a = ravel(a)
    axis = 0 if axis is None else _positive(axis, a.ndim)
    missing = a.shape[axis] - condition.shape[0]
    if missing > 0:
        condition = joining.concat([condition, creation.fill([missing], False)], 0)
    return boolean_mask(a, condition, axis=axis)


def diagonal(a, offset=0, axis1=0, axis2=1):
    """Returns the diagonal of two axes, as the last axis."""
    a = moveaxis(tensor(a), (axis1, axis2), (-2, -1))
    rows, columns = a.shape[-2], a.shape[-1]
    if None not in (rows, columns) and (offset <= -rows or offset >= columns):
        return creation.zeros(joining.concat([arrays.shape(a)[:-2], [0]], 0), dtype=a.dtype)
    return linalg.diag_part(a, k=offset)


def _triangle(m, k, name):
    m = tensor(m)
    if m.shape.rank is None:
        raise ValueError(f"Argument to {name} should have known rank")
    if m.shape.rank < 2:
        raise ValueError(f"Argument to {name} must have rank at least 2")
    rows, columns = m.shape[-2], m.shape[-1]
    if rows is None or columns is None:
        raise ValueError("Currently, the last two dimensions of the input array need to be known.")
    return m, arrays.broadcast_to(tensor(np.tri(rows, columns, k, bool)), arrays.shape(m)), creation.zeros([], m.dtype)


def tril(m, k=0):
    """Returns the matrix with zeros above its k-th diagonal."""
    m, mask, zero = _triangle(m, k, "tril")
    return where_of(mask, m, zero)


def triu(m, k=0):
    """Returns the matrix with zeros below its k-th diagonal."""
    m, mask, zero = _triangle(m, k - 1, "triu")
    return where_of(mask, zero, m)


def ix_(*args):
    """Returns index arrays that select the product of their values."""
    output = []
    for i, one in enumerate(args):
        one = tensor(one)
        if one.shape.rank != 1:
            raise ValueError(f"Arguments must be 1-d, got arg {i} of rank {one.shape.rank}")
        sizes = [1] * len(args)
        sizes[i] = -1
        if one.dtype is dtypes.bool:
            one = nonzero(one)[0]
        elif not one.dtype.is_integer:
            raise ValueError(f"Only integer and bool dtypes are supported, got {one.dtype}")
        output.append(arrays.reshape(one, sizes))
    return output


def shape(a):
    """Returns the array's shape."""
    return tensor(a).shape


def ndim(a):
    """Returns the number of axes."""
    return tensor(a).ndim


def isscalar(num):
    """Returns whether a value has no axes."""
    return ndim(num) == 0


def size(x, axis=None):
    """Returns the number of elements."""
    if axis is not None:
        raise NotImplementedError("axis argument is not supported in the current `np.size` implementation")
    if isinstance(x, (int, float, np.int32, np.int64, np.float32, np.float64)):
        return 1
    x = tensor(x)
    return np.prod(x.shape.as_list(), dtype=int) if x.shape.is_fully_defined() else arrays.size(x)
