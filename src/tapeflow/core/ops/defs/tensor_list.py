"""Lists of tensors as values: what `tf.TensorArray` is made of in graphs.

On the host a list is a Python tuple in a box; in a compiled program it is one array with the elements along its first
axis, which gets its shape from the first element that is written.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import LoweringRefused, jax, jnp, lax
from tapeflow.core.ops.op import op


class TensorList:
    """A list on the host: arrays, or None for what was not written yet."""

    __slots__ = ("dtype", "items", "shape")

    def __init__(self, items, dtype, shape):
        self.items, self.dtype, self.shape = items, dtype, shape

    def boxed(self):
        """The list as the value of a tensor."""
        box = np.empty((), object)
        box[()] = self
        return box

    def item(self, i):
        """Element `i`, zeros if it was never written."""
        found = self.items[i]
        return self.zeros() if found is None else found

    def zeros(self):
        """An element that was never written."""
        shape = self.shape
        if shape is None or min(shape, default=0) < 0:
            shape = next((np.shape(x) for x in self.items if x is not None), None)
        if shape is None:
            raise InvalidArgumentError(
                "Trying to read an uninitialized element of a list whose element_shape is not fully defined",
                hint="TensorArray(element_shape=...)",
            )
        return np.zeros(shape, self.dtype.np)[()]


class Stacked:
    """A list in a compiled program: `buffer` has the elements along axis 0, or is None while their shape is unknown."""

    __slots__ = ("buffer", "dtype", "size")
    shape = ()

    def __init__(self, buffer, size, dtype):
        self.buffer, self.size, self.dtype = buffer, size, dtype


_registered = []


def _stacked(buffer, size, dtype):
    """A `Stacked` that jax can carry through loops and branches."""
    if not _registered:
        _registered.append(True)
        jax.tree_util.register_pytree_node(
            Stacked, lambda x: ((x.buffer,), (x.size, x.dtype)), lambda aux, parts: Stacked(parts[0], *aux)
        )
    return Stacked(buffer, size, dtype)


def settled(before, after):
    """The list that a loop starts with, with a buffer if the body gives it one."""
    if isinstance(before, Stacked) and before.buffer is None and after.buffer is not None:
        return _stacked(jnp.zeros(after.buffer.shape, after.buffer.dtype), before.size, before.dtype)
    return before


def _sizes(element_shape):
    """An element shape from the op's input: None if unknown."""
    return None if np.ndim(element_shape) == 0 else tuple(np.ravel(element_shape).tolist())


def _list(handle):
    return handle[()] if isinstance(handle, np.ndarray) else handle


_SHAPE = "element_shape: const shape_type"
_SCALAR = lambda shapes, attrs: [()]
_UNKNOWN = lambda shapes, attrs: [None]


def _reserve_lower(element_shape, num_elements, element_dtype):
    sizes, count = _sizes(element_shape), int(num_elements)
    known = sizes is not None and min(sizes, default=0) >= 0
    if element_dtype is dtypes.string or element_dtype.is_opaque:
        raise LoweringRefused("a list of strings")
    return _stacked(jnp.zeros((count, *sizes), element_dtype.np) if known else None, count, element_dtype)


reserve = op(
    "TensorListReserve", f"{_SHAPE}, num_elements: const int32, *, element_dtype: type -> handle: variant",
    shape_type="int32 | int64", element_dtype="any", grad=None, shape=_SCALAR, samples=(), lower=_reserve_lower,
    kernel=lambda element_shape, num_elements, element_dtype: TensorList(
        (None,) * int(num_elements), element_dtype, _sizes(element_shape)
    ).boxed(),
)  # fmt: skip


def _from_tensor(tensor, element_shape):
    dtype = dtypes.from_numpy(tensor.dtype) if tensor.dtype != object else dtypes.string
    return TensorList(tuple(tensor), dtype, np.shape(tensor)[1:]).boxed()


from_tensor = op(
    "TensorListFromTensor", f"tensor: element_dtype, {_SHAPE} -> output_handle: variant",
    element_dtype="any", shape_type="int32 | int64", shape=_SCALAR, samples=(), kernel=_from_tensor,
    lower=lambda tensor, element_shape: _stacked(tensor, tensor.shape[0], dtypes.from_numpy(np.dtype(tensor.dtype))),
    grad=(lambda c, dy: _stack_like(dy, c.tensor), None),
)  # fmt: skip


def _stack(input_handle, element_shape, element_dtype, num_elements):
    value = _list(input_handle)
    items = [value.item(i) for i in range(len(value.items))]
    if not items:
        sizes = _sizes(element_shape) or value.shape or ()
        return np.zeros((0, *(max(n, 0) for n in sizes)), element_dtype.np)
    shapes = {np.shape(x) for x in items}
    if len(shapes) > 1:
        raise InvalidArgumentError(f"Tried to stack list which only contains elements of different shapes {shapes}")
    if element_dtype is dtypes.string:
        result = np.empty((len(items), *shapes.pop()), object)
        for i, x in enumerate(items):
            result[i] = x[()] if isinstance(x, np.ndarray) and x.ndim == 0 else x
        return result
    return np.stack([np.asarray(x) for x in items])


def _stack_lower(input_handle, element_shape, element_dtype, num_elements):
    if input_handle.buffer is None:
        sizes = _sizes(element_shape)
        if sizes is None or min(sizes, default=0) < 0:
            raise LoweringRefused("an unwritten list of unknown element shape is stacked")
        return jnp.zeros((input_handle.size, *sizes), element_dtype.np)
    return input_handle.buffer


stack = op(
    "TensorListStack",
    f"input_handle: variant, {_SHAPE}, *, element_dtype: type, num_elements: int = -1 -> tensor: element_dtype",
    element_dtype="any", shape_type="int32 | int64", kernel=_stack, lower=_stack_lower,
    grad=(lambda c, dy: from_tensor(dy, -1), None),
    shape=lambda shapes, attrs: [None], samples=(),
)  # fmt: skip


def _stack_like(handle, tensor):
    """The gradient of a list as a tensor shaped like what the list was made from."""
    result = stack(handle, -1, tensor.dtype)
    result.set_shape(tensor.shape)
    return result


def _set_item(input_handle, index, item, resize_if_index_out_of_bounds):
    value, i = _list(input_handle), int(index)
    items = value.items
    if i >= len(items) and resize_if_index_out_of_bounds:
        items = (*items, *(None,) * (i + 1 - len(items)))
    if not 0 <= i < len(items):
        raise InvalidArgumentError(
            f"Tried to set item {i} in a list with {len(items)} elements", hint="dynamic_size=True"
        )
    return TensorList((*items[:i], item, *items[i + 1 :]), value.dtype, value.shape).boxed()


def _set_item_lower(input_handle, index, item, resize_if_index_out_of_bounds):
    if resize_if_index_out_of_bounds:
        raise LoweringRefused("a list that may grow")
    buffer = input_handle.buffer
    if buffer is None:
        buffer = jnp.zeros((input_handle.size, *item.shape), item.dtype)
    if buffer.shape[1:] != item.shape:
        raise LoweringRefused("a list of elements of different shapes")
    return _stacked(
        lax.dynamic_update_index_in_dim(buffer, item, jnp.reshape(index, ()), 0), input_handle.size, input_handle.dtype
    )


def _set_item_grad_of_list(c, dy):
    from tapeflow.core.ops.defs.array import zeros_like

    return set_item(dy, c.index, zeros_like(c.item))


set_item = op(
    "TensorListSetItem",
    "input_handle: variant, index: int32, item: element_dtype, *, resize_if_index_out_of_bounds: bool = False "
    "-> output_handle: variant",
    element_dtype="any", kernel=_set_item, lower=_set_item_lower, shape=_SCALAR, samples=(),
    grad=(_set_item_grad_of_list, None, lambda c, dy: _item_like(dy, c.index, c.item)),
)  # fmt: skip


def _item_like(handle, index, item):
    result = get_item(handle, index, -1, item.dtype)
    result.set_shape(item.shape)
    return result


def _get_item(input_handle, index, element_shape, element_dtype):
    value, i = _list(input_handle), int(index)
    if not 0 <= i < len(value.items):
        raise InvalidArgumentError(f"Tried to access element {i} in a list with {len(value.items)} elements.")
    return value.item(i)


def _get_item_lower(input_handle, index, element_shape, element_dtype):
    if input_handle.buffer is None:
        raise LoweringRefused("an element is read before one was written")
    return lax.dynamic_index_in_dim(input_handle.buffer, jnp.reshape(index, ()), 0, keepdims=False)


get_item = op(
    "TensorListGetItem",
    f"input_handle: variant, index: int32, {_SHAPE}, *, element_dtype: type -> item: element_dtype",
    element_dtype="any", shape_type="int32 | int64", kernel=_get_item, lower=_get_item_lower, shape=_UNKNOWN,
    samples=(),
    grad=(lambda c, dy: add_item(zeros_like_list(c.input_handle), c.index, dy), None, None),
)  # fmt: skip

length = op(
    "TensorListLength", "input_handle: variant -> length: int32", grad=None, shape=_SCALAR, samples=(),
    kernel=lambda input_handle: np.int32(len(_list(input_handle).items)),
    lower=lambda input_handle: jnp.int32(input_handle.size),
)  # fmt: skip


# -- for gradients ---------------------------------------------------------------------------------


def _zeros_like(input_handle):
    value = _list(input_handle)
    if not isinstance(value, TensorList):
        return value.zeros().boxed()
    items = tuple(None if x is None else np.zeros(np.shape(x), np.asarray(x).dtype)[()] for x in value.items)
    return TensorList(items, value.dtype, value.shape).boxed()


zeros_like_list = op(
    "TensorListZerosLike", "input_handle: variant -> output_handle: variant", grad=None, shape=_SCALAR, samples=(),
    kernel=_zeros_like,
    lower=lambda input_handle: _stacked(
        None if input_handle.buffer is None else jnp.zeros_like(input_handle.buffer), input_handle.size,
        input_handle.dtype,
    ),
)  # fmt: skip


def _add_item(input_handle, index, item):
    value, i = _list(input_handle), int(index)
    before = value.items[i]
    return _set_item(input_handle, i, item if before is None else before + item, False)


def _add_item_lower(input_handle, index, item):
    buffer = input_handle.buffer
    if buffer is None:
        buffer = jnp.zeros((input_handle.size, *item.shape), item.dtype)
    place = jnp.reshape(index, ())
    return _stacked(buffer.at[place].add(item), input_handle.size, input_handle.dtype)


add_item = op(
    "TensorListAddItem", "input_handle: variant, index: int32, item: T -> output_handle: variant", T="any",
    kernel=_add_item, lower=_add_item_lower, shape=_SCALAR, samples=(),
    grad=(lambda c, dy: dy, None, lambda c, dy: _item_like(dy, c.index, c.item)),
)  # fmt: skip


def _add(x, y):
    a, b = _list(x), _list(y)
    if not isinstance(a, TensorList):  # another kind of variant
        return a.plus(b).boxed()

    def one(p, q):
        return q if p is None else p if q is None else p + q

    return TensorList(tuple(map(one, a.items, b.items)), a.dtype, a.shape).boxed()


def _add_lower(x, y):
    if x.buffer is None or y.buffer is None:
        return y if x.buffer is None else x
    return _stacked(x.buffer + y.buffer, x.size, x.dtype)


add = op(
    "TensorListAdd", "x: variant, y: variant -> output_handle: variant", elementwise=False, kernel=_add,
    lower=_add_lower, shape=_SCALAR, samples=(), grad=(lambda c, dy: dy, lambda c, dy: dy),
)  # fmt: skip


def _nth(stack, index):
    value = stack[()] if isinstance(stack, np.ndarray) else stack
    return value[int(index)].boxed() if isinstance(value[int(index)], TensorList) else value[int(index)]


nth_list = op(
    "TensorListOfStack", "stack: variant, index: int32 -> output_handle: variant", grad=None, shape=_SCALAR, samples=(),
    kernel=_nth,
    lower=lambda stack, index: _stacked(
        None if stack.buffer is None else stack.buffer[jnp.reshape(index, ())], stack.size, stack.dtype
    ),
)  # fmt: skip


# -- several elements at once ----------------------------------------------------------------------


def _scatter(input_handle, indices, tensor):
    value = _list(input_handle)
    items = list(value.items)
    for i, x in zip(np.ravel(indices).tolist(), tensor, strict=True):
        items += [None] * (i + 1 - len(items))
        items[i] = x
    return TensorList(tuple(items), value.dtype, value.shape).boxed()


def _scatter_lower(input_handle, indices, tensor):
    buffer = input_handle.buffer
    if buffer is None:
        buffer = jnp.zeros((input_handle.size, *tensor.shape[1:]), tensor.dtype)
    return _stacked(buffer.at[indices].set(tensor), input_handle.size, input_handle.dtype)


def _gathered(handle, indices, tensor):
    from tapeflow.core.ops.defs.gather import gather_v2

    result = gather_v2(stack(handle, -1, tensor.dtype), indices, 0)
    result.set_shape(tensor.shape)
    return result


def _scatter_grad_of_list(c, dy):
    from tapeflow.core.ops.defs.array import zeros_like

    return scatter(dy, c.indices, zeros_like(c.tensor))


scatter = op(
    "TensorListScatterIntoExistingList", "input_handle: variant, indices: int32, tensor: T -> output_handle: variant",
    T="any", kernel=_scatter, lower=_scatter_lower, shape=_SCALAR, samples=(),
    grad=(_scatter_grad_of_list, None, lambda c, dy: _gathered(dy, c.indices, c.tensor)),
)  # fmt: skip
