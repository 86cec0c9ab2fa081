"""Lists of tensors that grow and shrink at their end, and that are cut from and joined to tensors: host ops."""

from itertools import pairwise

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.tensor_list import TensorList, _list, _sizes, zeros_like_list
from tapeflow.core.ops.op import op

_SHAPE = "element_shape: const shape_type"
_SCALAR = lambda shapes, attrs: [()]
_INDEX = "int32 | int64"
_MOST = 1 << 26  # elements that a list may be made with


def _checked(count):
    count = int(count)
    if not 0 <= count <= _MOST:
        raise InvalidArgumentError(f"The num_elements to reserve must be a non negative number, got {count}")
    return count


empty = op(
    "EmptyTensorList", f"{_SHAPE}, max_num_elements: const int32, *, element_dtype: type -> handle: variant",
    shape_type=_INDEX, element_dtype="any", grad=None, shape=_SCALAR, samples=(),
    kernel=lambda element_shape, max_num_elements, element_dtype: TensorList(
        (), element_dtype, _sizes(element_shape)
    ).boxed(),
)  # fmt: skip


def _fits(value, item):
    shape = value.shape
    if shape is not None and (len(shape) != np.ndim(item) or any(
        n >= 0 and n != m for n, m in zip(shape, np.shape(item), strict=True)
    )):  # fmt: skip
        raise InvalidArgumentError(
            f"Tried to append a tensor with incompatible shape to a list. Op element shape: {list(np.shape(item))} "
            f"list shape: {list(shape)}"
        )


def _push(input_handle, tensor):
    value = _list(input_handle)
    _fits(value, tensor)
    return TensorList((*value.items, tensor), value.dtype, value.shape).boxed()


def _pop(input_handle, element_shape, element_dtype):
    value = _list(input_handle)
    if not value.items:
        raise InvalidArgumentError("Trying to pop from an empty list.")
    last = value.item(len(value.items) - 1)
    return TensorList(value.items[:-1], value.dtype, value.shape).boxed(), last


def _push_grad(c, dy):
    before, item = pop_back(dy, element_shape(dy, dtypes.int32), c.tensor.dtype)
    item.set_shape(c.tensor.shape)
    return before, item


push_back = op(
    "TensorListPushBack", "input_handle: variant, tensor: element_dtype -> output_handle: variant", element_dtype="any",
    kernel=_push, shape=_SCALAR, samples=(), grad=_push_grad,
)  # fmt: skip


def _pop_grad(c, dlist, dy):
    if dlist is None:
        dlist = zeros_like_list(c.output_handle)
    return push_back(dlist, dy), None


pop_back = op(
    "TensorListPopBack",
    "input_handle: variant, element_shape: int32, *, element_dtype: type "
    "-> output_handle: variant, tensor: element_dtype",
    element_dtype="any", kernel=_pop, shape=lambda shapes, attrs: [(), None], samples=(), grad=_pop_grad,
)  # fmt: skip
element_shape = op(
    "TensorListElementShape", "input_handle: variant, *, shape_type: type -> element_shape: shape_type",
    shape_type=_INDEX, grad=None, shape=lambda shapes, attrs: [None], samples=(),
    kernel=lambda input_handle, shape_type: _shape_of(_list(input_handle), shape_type.np),
)  # fmt: skip


def _shape_of(value, kind):
    return np.array(-1 if value.shape is None else value.shape, kind)[()]


def _resize(input_handle, size):
    value, count = _list(input_handle), _checked(size)
    items = (*value.items, *(None,) * (count - len(value.items)))[:count]
    return TensorList(items, value.dtype, value.shape).boxed()


resize = op(
    "TensorListResize", "input_handle: variant, size: int32 -> output_handle: variant", kernel=_resize, shape=_SCALAR,
    samples=(), grad=lambda c, dy: (resize(dy, _length(c.input_handle)), None),
)  # fmt: skip


def _length(handle):
    from tapeflow.core.ops.defs.tensor_list import length

    return length(handle)


# -- several at once -------------------------------------------------------------------------------


def _stacked(items, dtype, sizes):
    if not items:
        return np.zeros((0, *(max(n, 0) for n in sizes or ())), dtype.np or object)
    shapes = {np.shape(x) for x in items}
    if len(shapes) > 1:
        raise InvalidArgumentError(f"Tried to stack elements of different shapes {shapes}")
    if dtype is dtypes.string:
        result = np.empty((len(items), *shapes.pop()), object)
        for i, x in enumerate(items):
            result[i] = x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x
        return result
    return np.stack([np.asarray(x) for x in items])


def _gather(input_handle, indices, element_shape, element_dtype):
    value = _list(input_handle)
    places = np.ravel(indices).tolist()
    if any(not 0 <= i < len(value.items) for i in places):
        raise InvalidArgumentError(
            f"Trying to gather elements {places} from a list of {len(value.items)} elements"
        )
    return _stacked([value.item(i) for i in places], element_dtype, value.shape)


gather = op(
    "TensorListGather",
    "input_handle: variant, indices: int32, element_shape: int32, *, element_dtype: type -> values: element_dtype",
    element_dtype="any", kernel=_gather, shape=lambda shapes, attrs: [None], samples=(),
    grad=lambda c, dy: (scatter(dy, c.indices, element_shape(c.input_handle, dtypes.int32),
                                _length(c.input_handle)), None, None),
)  # fmt: skip


def _scatter(tensor, indices, element_shape, num_elements=-1):
    places = np.ravel(indices).tolist()
    if len(places) != len(tensor):
        raise InvalidArgumentError(
            f"Specified {len(places)} indices for a tensor of {len(tensor)} elements: they must be as many"
        )
    if any(i < 0 for i in places):
        raise InvalidArgumentError("Indices in TensorListScatter must all be positive.")
    count = _checked(max(int(num_elements), max(places, default=-1) + 1))
    if int(num_elements) >= 0 and count > int(num_elements):
        raise InvalidArgumentError(f"TensorListScatter: Trying to scatter at index {max(places)} in list with size "
                                   f"{int(num_elements)}")  # fmt: skip
    items = [None] * count
    for i, x in zip(places, tensor, strict=True):
        items[i] = x
    dtype = dtypes.from_numpy(tensor.dtype) if tensor.dtype != np.dtype(object) else dtypes.string
    return TensorList(tuple(items), dtype, _sizes(element_shape)).boxed()


def _scatter_grad(c, dy):
    result = gather(dy, c.indices, element_shape(dy, dtypes.int32), c.tensor.dtype)
    result.set_shape(c.tensor.shape)
    return (result, *(None,) * (len(c.inputs) - 1))


_SCATTER = f"tensor: element_dtype, indices: int32, {_SHAPE}"
scatter = op(
    "TensorListScatterV2", f"{_SCATTER}, num_elements: int32 -> output_handle: variant", element_dtype="any",
    shape_type=_INDEX, kernel=_scatter, shape=_SCALAR, samples=(), grad=_scatter_grad,
)  # fmt: skip
op(
    "TensorListScatter", f"{_SCATTER} -> output_handle: variant", element_dtype="any", shape_type=_INDEX,
    kernel=_scatter, shape=_SCALAR, samples=(), grad=_scatter_grad,
)  # fmt: skip


def _concat(input_handle, element_shape, leading_dims, element_dtype):
    value = _list(input_handle)
    items = [np.asarray(value.item(i)) for i in range(len(value.items))]
    if any(x.ndim == 0 for x in items):
        raise InvalidArgumentError("Concat saw a scalar shape at a list element: all elements must be vectors or more")
    lengths = np.array([len(x) for x in items], np.int64)
    sizes = _sizes(element_shape)
    if not items:
        return np.zeros((0, *(max(n, 0) for n in (sizes or (0,))[1:])), element_dtype.np or object), lengths
    if len({x.shape[1:] for x in items}) > 1:
        raise InvalidArgumentError("TensorListConcat: the elements differ in more than their first size")
    return np.concatenate(items), lengths


def _concat_grad(c, dy, dlengths):
    shape = element_shape(c.input_handle, dtypes.int32)
    return (split(dy, shape, c.lengths), *(None,) * (len(c.inputs) - 1))


concat = op(
    "TensorListConcatV2",
    f"input_handle: variant, {_SHAPE}, leading_dims: int64, *, element_dtype: type "
    "-> tensor: element_dtype, lengths: int64",
    element_dtype="any", shape_type=_INDEX, kernel=_concat, shape=lambda shapes, attrs: [None, (None,)], samples=(),
    grad=_concat_grad,
)  # fmt: skip
op(
    "TensorListConcat",
    "input_handle: variant, *, element_dtype: type, element_shape: shape = None "
    "-> tensor: element_dtype, lengths: int64",
    element_dtype="any", shape=lambda shapes, attrs: [None, (None,)], samples=(), grad=_concat_grad,
    kernel=lambda input_handle, element_dtype, element_shape: _concat(input_handle, -1, None, element_dtype),
)  # fmt: skip


def _split(tensor, element_shape, lengths):
    sizes = np.ravel(lengths).tolist()
    if any(n < 0 for n in sizes) or sum(sizes) != len(tensor):
        raise InvalidArgumentError(
            f"Invalid lengths {sizes} for a tensor with {len(tensor)} rows: they must add up to it"
        )
    ends = np.cumsum([0, *sizes]).tolist()
    items = tuple(tensor[a:b] for a, b in pairwise(ends))
    dtype = dtypes.from_numpy(tensor.dtype) if tensor.dtype != np.dtype(object) else dtypes.string
    return TensorList(items, dtype, _sizes(element_shape)).boxed()


def _split_grad(c, dy):
    whole, _ = concat(dy, element_shape(dy, dtypes.int32), c.lengths, c.tensor.dtype)
    whole.set_shape(c.tensor.shape)
    return whole, None, None


split = op(
    "TensorListSplit", f"tensor: element_dtype, {_SHAPE}, lengths: int64 -> output_handle: variant",
    element_dtype="any", shape_type=_INDEX, kernel=_split, shape=_SCALAR, samples=(), grad=_split_grad,
)  # fmt: skip
op(
    "TensorListConcatLists", "input_a: variant, input_b: variant, *, element_dtype: type -> output: variant",
    element_dtype="any", grad=None, shape=_SCALAR, samples=(),
    kernel=lambda input_a, input_b, element_dtype: TensorList(
        (*_list(input_a).items, *_list(input_b).items), element_dtype, _list(input_a).shape
    ).boxed(),
)  # fmt: skip


def _push_batch(input_handles, tensor):
    lists = input_handles if np.ndim(input_handles) else np.array(input_handles, object)
    if np.shape(tensor)[: lists.ndim] != lists.shape:
        raise InvalidArgumentError(
            f"Expected a tensor whose first axes are those of the lists, {list(lists.shape)}, got "
            f"{list(np.shape(tensor))}"
        )
    result = np.empty(lists.shape, object)
    for place in np.ndindex(lists.shape):
        result[place] = _push(lists[place], tensor[place])[()]
    return result


push_back_batch = op(
    "TensorListPushBackBatch",
    "input_handles: variant, tensor: element_dtype -> output_handles: variant", element_dtype="any",
    kernel=_push_batch, grad=None, shape=lambda shapes, attrs: [shapes[0]], samples=(),
)  # fmt: skip
