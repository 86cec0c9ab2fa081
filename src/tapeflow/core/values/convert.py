"""How Python and NumPy values become tensors, with TensorFlow's dtype inference and its errors."""

from array import array
from collections.abc import Mapping

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.quiet import quiet
from tapeflow.core.values.tensor import EagerTensor, Tensor

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


class NotATensor(ValueError):
    """A value made of tensors, such as a `tf.RaggedTensor`, stands where one tensor is asked for."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value

    def __str__(self):
        # Worded when somebody reads it: most are answered by a handler and never seen.
        kind = type(self.value)
        if kind.__name__ == "RaggedTensor":
            return "TypeError: object of type 'RaggedTensor' has no len()\n"
        return f"Attempt to convert a value ({self.value}) with an unsupported type ({kind}) to a Tensor."


# type -> function(value, dtype, name, as_ref) for what users and higher rooms teach us to convert, by priority.
_conversions = []


def register_conversion(base_type, function, priority=100):
    """Teaches `convert` to turn instances of `base_type` into tensors; lower priorities are asked first."""
    _conversions.append((priority, len(_conversions), base_type, function))
    _conversions.sort(key=lambda entry: entry[:2])


def convert(value, dtype=None, hint=None, name=None):
    """The tensor that `value` stands for.

    Args:
        value: Tensor, variable, number, string, nested sequence, array, or anything with a registered conversion.
        dtype: The dtype that it must have, or None.
        hint: The dtype that it gets if it can; else its own.
        name: Passed on to registered conversions.
    """
    if isinstance(value, Tensor):
        if dtype is not None and value.dtype is not dtype and not dtype.is_compatible_with(value.dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {value.dtype.name}: {value!r}"
            )
        return value
    kind = type(value)
    if kind in _SCALARS:
        return scalar(value, dtype or hint, strict=dtype is not None)
    special = _special(value, dtype, hint, name)
    if special is not None:
        return special
    if dtype is None and hint is not None:
        try:
            return EagerTensor(array_of(value, hint), hint)
        except (TypeError, ValueError):
            pass  # a hint only: the value's own dtype then
    array = array_of(value, dtype)
    return EagerTensor(array, dtype or dtype_of(array))


def convert_index(value):
    """A size, axis or index, or a list of them, as an int32 tensor; int64 if a number is too large for that."""
    return convert(value, hint=dtypes.int64 if _is_far(value) else dtypes.int32)


def _is_far(value):
    kind = type(value)
    if kind is int:
        return not INT32_MIN <= value <= INT32_MAX
    return (kind is list or kind is tuple) and any(map(_is_far, value))


def _special(value, dtype, hint, name):
    """The result of `__tf_tensor__` or of a registered conversion, None if there is none for `value`."""
    if isinstance(value, (np.ndarray, np.generic)):
        return None
    if hasattr(type(value), "__tf_tensor__"):
        return _checked(value.__tf_tensor__(dtype, name), dtype)
    for _, _, base_type, function in _conversions:
        if isinstance(value, base_type):
            if dtype is None and hint is not None:
                try:
                    result = function(value, dtype=hint, name=name, as_ref=False)
                except (TypeError, ValueError):
                    result = NotImplemented
                if result is not NotImplemented and result.dtype is hint:
                    return result
            result = function(value, dtype=dtype, name=name, as_ref=False)
            if result is not NotImplemented:
                return _checked(result, dtype)
    if isinstance(value, CompositeTensor):
        raise NotATensor(value)
    return None


def _checked(tensor, dtype):
    if dtype is not None and not dtype.is_compatible_with(tensor.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    return tensor


# -- scalars, the hot case -------------------------------------------------------------------------


def _natural_int(value):
    if INT32_MIN <= value <= INT32_MAX:
        return dtypes.int32
    if INT64_MIN <= value <= INT64_MAX:
        return dtypes.int64
    raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")


_SCALARS = {
    float: lambda value: dtypes.float32,
    int: _natural_int,
    bool: lambda value: dtypes.bool,
    complex: lambda value: dtypes.complex128,
    str: lambda value: dtypes.string,
    bytes: lambda value: dtypes.string,
}


# The largest float that is not infinite in float32, and the message about larger ones.
_LARGEST_FLOAT32 = float(np.finfo(np.float32).max) * (1 + 2.0**-26)
_TOO_LARGE = "Can't convert Python sequence with a value out of range for a double-precision float."
_OUT_OF_RANGE = "Can't convert Python sequence with out-of-range integer to Tensor."

_FLOAT32, _float32, _REALS = dtypes.float32, np.float32, frozenset({float, int})


# What TensorFlow makes of True without being asked to cast.
_FROM_BOOL = frozenset("bool float16 float32 float64 int32 int64 uint64 complex128".split())


def fits(value, dtype):
    """Whether a Python scalar may become `dtype` (an int a float, never a float an int)."""
    if isinstance(value, bool):
        return dtype.name in _FROM_BOOL
    if isinstance(value, int):
        return dtype.is_numeric
    if isinstance(value, float):
        return dtype.is_floating or dtype.is_complex
    if isinstance(value, complex):
        return dtype.is_complex
    return dtype is dtypes.string


def scalar(value, dtype=None, strict=True):
    """The 0-d tensor of a Python number or string; without `strict`, a dtype that does not fit is only a hint."""
    if dtype is _FLOAT32 and type(value) in _REALS and -1e38 < value < 1e38:
        return EagerTensor(_float32(value), _FLOAT32)  # the hot case; it cannot overflow, so it cannot warn
    if dtype is None or not fits(value, dtype):
        if dtype is not None and strict:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {dtype.name}")
        if dtype is None and _overflows(value):
            raise ValueError(_TOO_LARGE)
        dtype = _SCALARS[type(value)](value)
    if dtype is dtypes.string:
        array = np.empty((), object)
        array[()] = value.encode() if isinstance(value, str) else value
        return EagerTensor(array, dtype)
    return EagerTensor(_number(value, dtype), dtype)


def _number(value, dtype):
    if type(value) is int and dtype.is_integer:
        if not INT64_MIN <= value <= (2**64 - 1 if dtype is dtypes.uint64 else INT64_MAX):
            raise ValueError(_OUT_OF_RANGE)
        return np.array(value & ((1 << 8 * dtype.size) - 1), f"u{dtype.size}").view(dtype.np)[()]
    try:
        return quiet.run(dtype.np.type, value)
    except OverflowError as error:
        raise ValueError(_OUT_OF_RANGE) from error


def _overflows(value):
    """Whether a Python float is finite, but not in float32."""
    return type(value) is float and not -_LARGEST_FLOAT32 < value < _LARGEST_FLOAT32 and value - value == 0


# -- sequences and arrays --------------------------------------------------------------------------


def dtype_of(array):
    """The `tf.DType` of a NumPy array or scalar."""
    return dtypes.from_numpy(array.dtype)


def array_of(value, dtype=None):
    """A new NumPy array for `value`, of `dtype` if given, else of the dtype that TensorFlow infers."""
    if isinstance(value, np.generic) and not isinstance(value, (np.bytes_, np.str_, np.object_)):
        value = np.asarray(value)
    if isinstance(value, np.ndarray):
        return _from_ndarray(value, dtype)
    if isinstance(value, (list, tuple, range)):
        return _from_sequence(value, dtype)
    if isinstance(value, (bytearray, memoryview, array)):
        return _from_sequence(list(value), dtype)
    if hasattr(value, "__array__"):
        return _from_ndarray(np.asarray(value), dtype)
    if type(value) in _SCALARS or isinstance(value, (bool, int, float, complex, str, bytes)):
        kind = next(k for k in (bool, int, float, complex, str, bytes) if isinstance(value, k))
        return scalar(kind(value), dtype).host
    if isinstance(value, Dimension):
        return _of_dimension(value, dtype)
    if hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, Mapping):
        return _from_sequence(_items(value), dtype)
    raise ValueError(f"Attempt to convert a value ({value}) with an unsupported type ({type(value)}) to a Tensor.")


def _of_dimension(size, dtype):
    """A size of version 1 as an integer."""
    if dtype not in (None, dtypes.int32, dtypes.int64):
        raise TypeError(
            f"Cannot convert Dimension {size} to dtype {dtype!r}. Allowed dtypes are tf.int32 and tf.int64."
        )
    if size.value is None:
        raise ValueError(f"Cannot convert unknown Dimension {size} to a Tensor.")
    return scalar(size.value, dtype).host


def _items(value):
    """The items of an object that counts and indexes like a list."""
    try:
        return [value[i] for i in range(len(value))]
    except KeyError as error:
        raise ValueError("Can't convert non-rectangular Python sequence to Tensor.") from error


def _from_ndarray(values, dtype):
    if values.dtype.kind in "OSUmM" and dtype not in (None, dtypes.string):
        return quiet.run(values.astype, dtype.np)[()]  # NumPy reads numbers in objects, texts and dates
    if values.dtype.kind in "OSU":
        return _strings(values)
    try:
        natural = dtypes.from_numpy(values.dtype)
    except TypeError as error:
        raise ValueError(
            f"Failed to convert a NumPy array to a Tensor (Unsupported numpy type: {values.dtype.name})."
        ) from error
    if dtype is None or dtype is natural:
        return values.astype(natural.np, copy=True)[()] if values.ndim == 0 else np.array(values, natural.np, order="C")
    if dtype is dtypes.string:
        raise ValueError(
            f"Failed to convert a NumPy array to a Tensor (Unsupported object type {values.dtype.type.__name__})."
        )
    return quiet.run(values.astype, dtype.np)[()]


def _strings(array):
    """The array of `bytes` that an array of strings or objects stands for."""
    flat = array.ravel().tolist()
    result = np.empty(array.shape, object)
    for i, item in enumerate(flat):
        if isinstance(item, str):
            flat[i] = item.encode()
        elif not isinstance(item, bytes):
            raise ValueError(
                f"Failed to convert a NumPy array to a Tensor (Unsupported object type {type(item).__name__})."
            )
    result[...] = np.array([*flat, None], object)[:-1].reshape(array.shape)
    return result


def _from_sequence(value, dtype):
    shape, leaves = _flatten(value)
    if Dimension in set(map(type, leaves)):
        leaves = [_of_dimension(leaf, None).item() if type(leaf) is Dimension else leaf for leaf in leaves]
    if dtype is None:
        dtype = dtypes.int32 if not leaves and isinstance(value, range) else _infer(leaves)
        if dtype is _FLOAT32 and any(map(_overflows, leaves)):
            raise ValueError(_TOO_LARGE)
    if dtype is dtypes.string:
        result = np.empty(len(leaves), object)
        for i, leaf in enumerate(leaves):
            if not isinstance(leaf, (str, bytes)):
                raise TypeError(f"Cannot convert {leaf!r} to EagerTensor of dtype string")
            result[i] = leaf.encode() if isinstance(leaf, str) else bytes(leaf)
        return result.reshape(shape)
    leaves = [leaf.item() if isinstance(leaf, np.generic) else leaf for leaf in leaves]
    for leaf in leaves:
        largest = 2**64 - 1 if dtype is dtypes.uint64 else INT64_MAX
        if type(leaf) is int and not dtype.is_floating and not INT64_MIN <= leaf <= largest:
            raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.")
        if not _leaf_fits(leaf, dtype):
            if isinstance(leaf, CompositeTensor):
                raise NotATensor(leaf)
            raise TypeError(f"Cannot convert {leaf!r} to EagerTensor of dtype {dtype.name}")
    if dtype.is_integer:  # numbers too large for the dtype wrap around, as in TensorFlow
        mask = (1 << 8 * dtype.size) - 1
        return np.array([int(leaf) & mask for leaf in leaves], f"u{dtype.size}").view(dtype.np).reshape(shape)
    try:
        return quiet.run(np.array, leaves, dtype.np).reshape(shape)
    except OverflowError as error:
        raise ValueError("Can't convert Python sequence with out-of-range integer to Tensor.") from error


def _leaf_fits(leaf, dtype):
    return isinstance(leaf, (bool, int, float, complex)) and fits(leaf, dtype)


def _infer(leaves):
    """TensorFlow's dtype of a list: the first element decides, later ones may make ints floats, no more."""
    if not leaves:
        return dtypes.float32
    result = _natural(leaves[0])
    for leaf in leaves[1:]:
        result = _widen(result, _kind(leaf), leaf)
    return result


def _widen(current, kind, leaf):
    if kind is bool:
        if current in (dtypes.bool, dtypes.int32, dtypes.int64, dtypes.complex128) or current.is_floating:
            return current
    elif kind is int:
        if current is dtypes.int32:
            return _natural_int(int(leaf))
        if current is dtypes.int64 or current.is_floating or current.is_complex:
            return current
    elif kind is float:
        if current in (dtypes.int32, dtypes.int64):
            return dtypes.float32
        if current.is_floating or current.is_complex:
            return current
    elif kind is complex:
        if current.is_complex:
            return current
    elif current is dtypes.string:
        return current
    raise ValueError("Can't convert Python sequence with mixed types to Tensor.")


def _kind(leaf):
    """Which of Python's kinds of scalar a leaf is."""
    for kind in (bool, int, float, complex):
        if isinstance(leaf, kind):
            return kind
    if isinstance(leaf, np.generic) and leaf.dtype.kind in "biufc":
        return {"b": bool, "i": int, "u": int, "f": float, "c": complex}[leaf.dtype.kind]
    if isinstance(leaf, (str, bytes)):
        return str
    if isinstance(leaf, np.generic) and leaf.dtype.name == "bfloat16":
        return float
    if isinstance(leaf, CompositeTensor):
        raise NotATensor(leaf)
    raise ValueError(f"Attempt to convert a value ({leaf}) with an unsupported type ({type(leaf)}) to a Tensor.")


def _natural(leaf):
    """The dtype of a list that begins with `leaf`: NumPy's floats keep theirs, its integers count as Python's."""
    kind = _kind(leaf)
    if kind is int:
        return _natural_int(int(leaf))
    if isinstance(leaf, np.generic) and kind in (float, complex):
        return dtypes.from_numpy(leaf.dtype)
    return {bool: dtypes.bool, float: dtypes.float32, complex: dtypes.complex128, str: dtypes.string}[kind]


def _flatten(value):
    """The shape and the leaves, in order, of a rectangular nested sequence."""
    if isinstance(value, np.ndarray):
        flat = value.ravel()
        return value.shape, flat.tolist() if value.dtype.kind in "biu" else list(flat)
    if isinstance(value, EagerTensor):
        array = np.asarray(value.host)
        return array.shape, list(array.ravel())
    if not isinstance(value, (list, tuple, range)):
        return (), [value]
    shape, leaves = None, []
    for item in value:
        item_shape, item_leaves = _flatten(item)
        if shape is not None and item_shape != shape:
            raise ValueError("Can't convert non-rectangular Python sequence to Tensor.")
        shape = item_shape
        leaves += item_leaves
    return (len(value), *(shape or ())), leaves
