"""Maps from tensors to tensors as values of dtype variant; each change makes a new map."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import read_message
from tapeflow.core.base.shared import boxed, opened
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.op import op


def _kind(x):
    if isinstance(x, bytes) or x.dtype == object:
        return dtypes.string
    return dtypes.from_numpy(x.dtype)


class TensorMap:
    """The pairs of key and value, by dtype, shape and elements of the key."""

    __slots__ = ("pairs",)

    def __init__(self, pairs):
        self.pairs = pairs

    def boxed(self):
        """The map as the value of a tensor."""
        return boxed(self)

    def zeros(self):
        """The map without anything in it, which adds nothing."""
        return TensorMap({})

    def plus(self, other):
        """The map of both; values of one key are added. What gradients of a map used twice become."""
        pairs = dict(self.pairs)
        for name, (key, value) in other.pairs.items():
            pairs[name] = (key, pairs[name][1] + value if name in pairs else value)
        return TensorMap(pairs)


def _map(handle):
    found = opened(handle)
    if not isinstance(found, TensorMap):
        raise InvalidArgumentError(f"Input handle is not a map. Saw: '{type(found).__name__}'")
    return found


def _name(key):
    if isinstance(key, bytes):
        return "string", (), (key,)
    return _kind(key).name, key.shape, tuple(key.ravel().tolist())


def _spoken(key):
    return str(np.asarray(key).tolist())


def _found(input_handle, key, what):
    pairs = _map(input_handle).pairs
    if _name(key) not in pairs:
        raise InvalidArgumentError(f'Trying to {what}. Could not find key "{_spoken(key)}".')
    return pairs[_name(key)]


def _insert(input_handle, key, value):
    return TensorMap({**_map(input_handle).pairs, _name(key): (key, value)}).boxed()


def _lookup(input_handle, key, *, value_dtype):
    value = _found(input_handle, key, "lookup non-existent key")[1]
    if _kind(value) is not value_dtype:
        raise InvalidArgumentError(
            f"Type mismatch: actual {dtypes.spoken(_kind(value))} vs. expect {dtypes.spoken(value_dtype)}"
        )
    return value


def _erase(input_handle, key, *, value_dtype):
    _found(input_handle, key, "erase non-existent item")
    return _without(input_handle, key)


def _without(input_handle, key):
    name = _name(key)
    return TensorMap({k: pair for k, pair in _map(input_handle).pairs.items() if k != name}).boxed()


def _value_or_zeros(input_handle, key, value):
    found = _map(input_handle).pairs.get(_name(key))
    return np.zeros_like(value) if found is None else found[1]


def _stack_keys(input_handle, *, key_dtype):
    keys = [key for key, _ in _map(input_handle).pairs.values()]
    if not keys:
        raise InvalidArgumentError("TensorMapStackKeys cannot be called on empty map.")
    for key in keys:
        if _kind(key) is not key_dtype:
            raise InvalidArgumentError("Key does not match requested dtype.")
        if np.shape(key) != np.shape(keys[0]):
            raise InvalidArgumentError("Keys must all have the same shape.")
    result = np.empty((len(keys), *np.shape(keys[0])), object if key_dtype is dtypes.string else key_dtype.np)
    for i, key in enumerate(keys):
        result[i] = key[()] if isinstance(key, np.ndarray) else key
    return result


def _scalar(shapes, attrs):
    return [()]


def _record(name, signature, kernel, grad=None, shape=_scalar):
    return op(name, signature, kernel=kernel, grad=grad, shape=shape, elementwise=False, samples=(), key_dtype="any",
              value_dtype="any")  # fmt: skip


# Maps go in or come out, which the walk over the table cannot draw: the parity cases hold them.
empty = _record("EmptyTensorMap", "-> handle: variant", lambda: TensorMap({}).boxed())
size = _record("TensorMapSize", "input_handle: variant -> size: int32", lambda m: np.int32(len(_map(m).pairs)))
has_key = _record("TensorMapHasKey", "input_handle: variant, key: key_dtype -> has_key: bool",
                  lambda m, key: np.bool_(_name(key) in _map(m).pairs))  # fmt: skip
stack_keys = _record("TensorMapStackKeys", "input_handle: variant, *, key_dtype: type -> keys: key_dtype", _stack_keys,
                     shape=lambda shapes, attrs: [None])  # fmt: skip
# Parts of the gradient of an insertion: what came back for the key, and the map without it.
value_or_zeros = _record(
    "_TensorMapValueOrZeros", "input_handle: variant, key: key_dtype, value: value_dtype -> output: value_dtype",
    _value_or_zeros, shape=lambda shapes, attrs: [shapes[2]],
)  # fmt: skip
without = _record("_TensorMapWithout", "input_handle: variant, key: key_dtype -> output_handle: variant", _without)
insert = _record(
    "TensorMapInsert", "input_handle: variant, key: key_dtype, value: value_dtype -> output_handle: variant", _insert,
    lambda c, d: (without(d, c.key), None, value_or_zeros(d, c.key, c.value)),
)  # fmt: skip
lookup = _record(
    "TensorMapLookup", "input_handle: variant, key: key_dtype, *, value_dtype: type -> value: value_dtype", _lookup,
    lambda c, dy: (insert(empty(), c.key, dy), None), lambda shapes, attrs: [None],
)  # fmt: skip
erase = _record(
    "TensorMapErase", "input_handle: variant, key: key_dtype, *, value_dtype: type -> output_handle: variant", _erase,
    lambda c, d: (d, None),
)  # fmt: skip


# -- the parts of a composite as one value -----------------------------------------------------------


class CompositeVariant:
    """The tensors that a composite is made of, and the message that says what it is."""

    __slots__ = ("components", "metadata")

    def __init__(self, components, metadata):
        self.components, self.metadata = components, metadata

    def boxed(self):
        """The composite as the value of a tensor."""
        return boxed(self)

    def zeros(self):
        """The composite of zeros."""
        return CompositeVariant(tuple(map(np.zeros_like, self.components)), self.metadata)

    def plus(self, other):
        """The composite of the sums."""
        pairs = zip(self.components, other.components, strict=True)
        return CompositeVariant(tuple(a + b for a, b in pairs), self.metadata)


def _from_components(components, *, metadata):
    data = metadata.encode("latin-1") if isinstance(metadata, str) else metadata
    if read_message("CompositeTensorVariantMetadata", data) is None:
        raise InvalidArgumentError("Error parsing metadata")
    return boxed(CompositeVariant(tuple(components), data))


def _to_components(encoded, *, metadata, Tcomponents):
    found = opened(encoded)
    if not isinstance(found, CompositeVariant):
        raise InvalidArgumentError(
            f"The input `encoded` is not a valid CompositeTensorVariant tensor, got {type(found).__name__}"
        )
    if len(found.components) != len(Tcomponents):
        raise InvalidArgumentError(
            f"Encoded value has {len(found.components)} tensor components; expected {len(Tcomponents)} components "
            "based on type_spec"
        )
    for i, (part, dtype) in enumerate(zip(found.components, Tcomponents, strict=True)):
        if _kind(part) is not dtype:
            have, want = (f"DT_{dtypes.spoken(one).upper()}" for one in (_kind(part), dtype))
            raise InvalidArgumentError(f"Tensor component {i} had dtype {have}; expected dtype {want}")
    return found.components


def _from_grad(c, d):
    return list(to_components(d, metadata=c.metadata, Tcomponents=[x.dtype for x in c.inputs[0]]))


def _to_grad(c, *dys):
    full = [zeros_like(y) if dy is None else dy for dy, y in zip(dys, c.outputs, strict=True)]
    return from_components(full, metadata=c.metadata)


from_components = op(
    "CompositeTensorVariantFromComponents", "components: list(Tcomponents), *, metadata: string -> encoded: variant",
    Tcomponents="any", kernel=_from_components, grad=_from_grad, shape=_scalar, samples=(),
)  # fmt: skip
to_components = op(
    "CompositeTensorVariantToComponents",
    "encoded: variant, *, metadata: string, Tcomponents: list(type) -> components: list(Tcomponents)",
    Tcomponents="any", kernel=_to_components, grad=_to_grad, samples=(),
    shape=lambda shapes, attrs: [None] * len(attrs["Tcomponents"]),
)  # fmt: skip
