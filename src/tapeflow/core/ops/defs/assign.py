"""Ops on the handle of a variable: making it, asking about it, changing it. Graphs have rules of their own for them."""

import threading
import weakref

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.gather import check_indices
from tapeflow.core.ops.defs.scatter import _check, _set_at, positions
from tapeflow.core.ops.defs.state import storage_of as _storage
from tapeflow.core.ops.defs.state import value_of
from tapeflow.core.ops.op import op
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Storage, _box, nameless

# TensorFlow's name for "no name": every run of the op makes a new variable.
_ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347"


class _Named:
    """The variables that were made by name, as long as somebody holds their handle."""

    def __init__(self):
        self._lock = threading.Lock()
        self._found = weakref.WeakValueDictionary()

    def get(self, key, make):
        """The storage of that name, made if there is none."""
        with self._lock:
            storage = self._found.get(key)
            if storage is None:
                storage = self._found[key] = make()
            return storage


_named = _Named()


def _make(*, dtype, shape, container="", shared_name="", debug_name="", allowed_devices=()):
    def make():
        storage = Storage(None, shared_name or debug_name or "Variable")
        handle = EagerTensor(_box(storage), dtypes.resource)
        variable = nameless(storage, handle, dtype, TensorShape(shape))
        storage.owner = lambda: variable  # nobody else holds it
        return storage

    if not shared_name or shared_name == _ANONYMOUS:
        return _box(make())
    return _box(_named.get((container, shared_name, dtype), make))


var_handle = op(
    "VarHandleOp",
    "*, dtype: type, shape: shape, container: string = '', shared_name: string = '', debug_name: string = '', "
    "allowed_devices: list(string) = () -> resource: resource",
    dtype="any", kernel=_make, grad=None, stateful=True, shape=lambda shapes, attrs: [()],
    samples=lambda draw: (dtypes.float32, [2]),
)  # fmt: skip


def _writes(name, signature, kernel, samples=(), **types):
    return op(name, signature, kernel=kernel, grad=None, stateful=True, shape=lambda shapes, attrs: [],
              samples=samples, **types)  # fmt: skip


def _set(storage, array, dtype=None):
    storage.value = EagerTensor(array, dtype or storage.value.dtype)


def _assign(resource, value, validate_shape=False):
    storage = _storage(resource)
    owner = storage.owner() if storage.owner is not None else None
    dtype = storage.value.dtype if storage.value is not None else getattr(owner, "dtype", None)
    kind = np.asarray(value).dtype
    given = dtypes.string if kind.kind == "O" else dtypes.from_numpy(kind)
    if dtype is not None and given is not dtype:
        raise InvalidArgumentError(
            f"Trying to assign variable with wrong dtype. Expected {dtype.name} got {given.name}"
        )
    _set(storage, np.array(value)[()] if kind.kind != "O" else value, given)
    return ()


def _updated(function):
    def kernel(resource, value):
        before = value_of(resource)
        if np.shape(before) != np.shape(value):
            raise InvalidArgumentError(
                f"Cannot update variable with shape {list(np.shape(before))} using a Tensor with shape "
                f"{list(np.shape(value))}, shapes must be equal."
            )
        _set(_storage(resource), function(before, value))
        return ()

    return kernel


assign = _writes(
    "AssignVariableOp", "resource: resource, value: dtype, *, validate_shape: bool = False -> ", _assign, dtype="any",
    samples=lambda draw: (draw.resource((2,)), np.zeros(2, draw.dtype.np)),
)  # fmt: skip
assign_add = _writes(
    "AssignAddVariableOp", "resource: resource, value: dtype -> ", _updated(np.add), dtype="any",
    samples=lambda draw: (draw.resource((2,)), np.zeros(2, draw.dtype.np)),
)  # fmt: skip
assign_sub = _writes(
    "AssignSubVariableOp", "resource: resource, value: dtype -> ", _updated(np.subtract), dtype="any",
    samples=lambda draw: (draw.resource((2,)), np.zeros(2, draw.dtype.np)),
)  # fmt: skip
is_initialized = op(
    "VarIsInitializedOp", "resource: resource -> is_initialized: bool",
    kernel=lambda resource: np.bool_(_storage(resource).value is not None), grad=None, stateful=True,
    shape=lambda shapes, attrs: [()], samples=lambda draw: (draw.resource((2,)),),
)  # fmt: skip
variable_shape = op(
    "VariableShape", "input: resource, *, out_type: type = int32 -> output: out_type", out_type="int32 | int64",
    kernel=lambda input, out_type: np.array(np.shape(value_of(input)), out_type.np), grad=None, stateful=True,
    shape=lambda shapes, attrs: [(None,)], samples=lambda draw: (draw.resource((2, 3)),),
)  # fmt: skip


def _destroy(resource, ignore_lookup_error=True):
    storage = _storage(resource)
    if storage.value is None and not ignore_lookup_error:
        value_of(resource)
    storage.value = None
    return ()


destroy = _writes("DestroyResourceOp", "resource: resource, *, ignore_lookup_error: bool = True -> ", _destroy)
disable_copy = _writes(
    "DisableCopyOnRead", "resource: resource -> ", lambda resource: (), samples=lambda draw: (draw.resource((2,)),)
)


# -- rows and elements -----------------------------------------------------------------------------


def _row_scatter(at):
    def kernel(resource, indices, updates):
        result = np.array(value_of(resource))
        check_indices(indices, result.shape[0])
        at(result, indices, updates)
        _set(_storage(resource), result)
        return ()

    return kernel


def _nd_scatter(at):
    def kernel(ref, indices, updates, use_locking=True, bad_indices_policy=""):
        result = np.array(value_of(ref))
        _check(indices, updates, result.shape)
        at(result, positions(indices), updates)
        _set(_storage(ref), result)
        return ()

    return kernel


SCATTERS = {
    "Add": np.add.at, "Sub": np.subtract.at, "Mul": np.multiply.at, "Div": np.divide.at, "Max": np.maximum.at,
    "Min": np.minimum.at, "Update": _set_at,
}  # fmt: skip
for _name, _at in SCATTERS.items():
    _writes(
        f"ResourceScatter{_name}", "resource: resource, indices: Tindices, updates: dtype -> ", _row_scatter(_at),
        dtype="any", Tindices="int32 | int64",
        samples=lambda draw: (draw.resource((3, 2)), [0], np.ones((1, 2), draw.dtype.np)),
    )  # fmt: skip
    if _name not in ("Mul", "Div"):
        _writes(
            f"ResourceScatterNd{_name}",
            "ref: resource, indices: Tindices, updates: T, *, use_locking: bool = True, "
            "bad_indices_policy: string = '' -> ",
            _nd_scatter(_at), T="any", Tindices="int32 | int64",
            samples=lambda draw: (draw.resource((3, 2)), [[0]], np.ones((1, 2), draw.dtype.np)),
        )  # fmt: skip


def _strided_assign(ref, begin, end, strides, value, **masks):
    strided = registry.get("TensorStridedSliceUpdate")
    _set(_storage(ref), strided.kernel(value_of(ref), begin, end, strides, value, **masks))
    return ()


strided_assign = _writes(
    "ResourceStridedSliceAssign",
    "ref: resource, begin: Index, end: Index, strides: Index, value: T, *, begin_mask: int = 0, end_mask: int = 0, "
    "ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0 -> ",
    _strided_assign, T="any", Index="int32 | int64",
    samples=lambda draw: (draw.resource((3, 2)), [0], [1], [1], np.ones((1, 2), draw.dtype.np)),
)  # fmt: skip


# -- counting ----------------------------------------------------------------------------------------


def _next(value, *, limit):
    if value >= limit:
        raise OutOfRangeError(f"Reached limit of {limit}")
    return value + value.dtype.type(1)


def _count_up(resource, *, limit, T):
    value = value_of(resource)
    _set(_storage(resource), _next(value, limit=limit))
    return value


# What a graph makes of it: the next value of a counter.
next_count = op(
    "_NextCount", "value: T, *, limit: int -> output: T", T="int32 | int64", kernel=_next, grad=None, stateful=True,
    elementwise=False, shape=lambda shapes, attrs: [()], samples=lambda draw: (np.int32(1), 3),
)  # fmt: skip
count_up_to = op(
    "ResourceCountUpTo", "resource: resource, *, limit: int, T: type -> output: T", T="int32 | int64",
    kernel=_count_up, grad=None, stateful=True, elementwise=False, shape=lambda shapes, attrs: [()], samples=(),
)  # fmt: skip
