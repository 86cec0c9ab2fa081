"""The structure of a dataset's elements: tuples and dictionaries nest, and a list is a tensor.

Inside pipelines an element is a flat tuple of leaves. The leaf of a `TensorSpec` is the bare NumPy value (`EagerTensor`
costs time and is made at the door only); of a `NoneTensorSpec` it is None; ragged, sparse and other values are
themselves.
"""

from collections import abc

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.nest_kinds import Kinds, _find
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import NoneTensorSpec, TensorSpec, TypeSpec, type_spec_from_value
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensorSpec
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


def _find_kind(cls):
    """How a type nests in an element: as elsewhere, except that lists and other sequences do not."""
    if issubclass(cls, (TypeSpec, TensorShape)) or (issubclass(cls, abc.Sequence) and not issubclass(cls, tuple)):
        return None
    return _find(cls)


_KINDS = Kinds(_find_kind)


def flatten(value):
    """The leaves of an element, of its spec, or of anything nested like it."""
    kind = _KINDS[type(value)]
    return [value] if kind is None else [leaf for child in kind.children(value) for leaf in flatten(child)]


def pack(like, leaves):
    """A value nested like `like`, of other leaves."""
    return _packed(like, iter(leaves))


def _packed(like, rest):
    kind = _KINDS[type(like)]
    if kind is None:
        return next(rest)
    return kind.rebuild(like, [_packed(child, rest) for child in kind.children(like)])


def map_leaves(function, value):
    """A value nested like `value`, of the results of `function` on its leaves."""
    return pack(value, [function(leaf) for leaf in flatten(value)])


def flatten_up_to(like, value):
    """The parts of `value` that stand where the leaves of `like` do.

    Raises:
        TypeError, ValueError: `value` does not nest like `like`.
    """
    kind = _KINDS[type(like)]
    if kind is None:
        return [value]
    other = _KINDS[type(value)]
    if other is None or other.word != kind.word:
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(like)}, while second structure has type {type(value)}."
        )
    if kind.word == "mapping":
        missing = [key for key in like if key not in value]
        if missing or len(like) != len(value):
            raise ValueError(
                "The two dictionaries don't have the same set of keys. First structure has keys "
                f"{list(like)}, while second structure has keys {list(value)}."
            )
        children = [(like[key], value[key]) for key in kind.keys(like)]
    else:
        left, right = list(kind.children(like)), list(other.children(value))
        if len(left) != len(right):
            raise ValueError(
                f"The two structures don't have the same number of elements. First structure: {like}. "
                f"Second structure: {value}."
            )
        children = zip(left, right, strict=True)
    return [leaf for a, b in children for leaf in flatten_up_to(a, b)]


# -- from users' values ----------------------------------------------------------------------------


def normalized(value):
    """An element of tensors, composites and None, made of what a user gave."""
    return map_leaves(_normalized_leaf, value)


def _normalized_leaf(x):
    if x is None or isinstance(x, (Tensor, CompositeTensor)) or getattr(x, "is_graph_value", False):
        return x
    if isinstance(x, Variable):
        return x._read()
    if isinstance(x, TypeSpec):
        raise TypeError(f"Failed to convert {x!r} to a tensor: it is a TypeSpec, not a value")
    return convert(x)


def spec_of(value):
    """The specs of an element of tensors, composites and None."""
    return map_leaves(type_spec_from_value, value)


def types_of(spec):
    """The dtypes of an element, nested like it; of what has none, the spec."""
    return map_leaves(lambda s: getattr(s, "dtype", s), spec)


def shapes_of(spec):
    """The shapes of an element, nested like it; of what has none, the spec."""
    return map_leaves(lambda s: getattr(s, "shape", s), spec)


def classes_of(spec):
    """The classes of an element's leaves as version 1 told them, nested like it: beyond tensors, often the spec."""
    return map_leaves(lambda s: s.value_type if isinstance(s, (TensorSpec, SparseTensorSpec)) else s, spec)


# -- leaves ----------------------------------------------------------------------------------------


def is_dense(spec):
    """Whether a leaf is a tensor."""
    return isinstance(spec, TensorSpec)


def tensors_of(value):
    """The tensors of one leaf: itself, a composite's parts, or none."""
    return [] if value is None else nest.flatten(value, expand_composites=True)


def to_leaf(x):
    """A leaf in its inside form."""
    return x.host if type(x) is EagerTensor else x


class Structure:
    """How elements of one spec are taken apart and put together.

    Attributes:
        spec: The element's spec.
        specs: Of its leaves.
        is_dense: Whether all leaves are tensors.
    """

    def __init__(self, spec):
        self.spec = spec
        self.specs = flatten(spec)
        self.is_dense = all(map(is_dense, self.specs))
        self.flat_specs = [part for s in self.specs for part in flat_tensor_specs(s)]
        self._counts = [len(flat_tensor_specs(s)) for s in self.specs]
        self._dtypes = [s.dtype if is_dense(s) else None for s in self.specs]
        self.value = self._packer()

    def _packer(self):
        """The function from leaves to the element that a user sees."""
        dtypes, spec = self._dtypes, self.spec
        if len(dtypes) == 1 and dtypes[0] is not None and spec is self.specs[0]:
            (dtype,) = dtypes
            return lambda leaves: EagerTensor(leaves[0], dtype)
        if self.is_dense and type(spec) is tuple and len(spec) == len(dtypes):
            return lambda leaves: tuple(map(EagerTensor, leaves, dtypes))
        if self.is_dense and type(spec) is dict and len(spec) == len(dtypes):
            order = [sorted(spec).index(key) for key in spec]
            keys = list(spec)
            return lambda leaves: {k: EagerTensor(leaves[i], dtypes[i]) for k, i in zip(keys, order, strict=True)}
        return lambda leaves: pack(
            spec, [x if d is None else EagerTensor(x, d) for x, d in zip(leaves, dtypes, strict=True)]
        )

    def leaves(self, value):
        """The leaves of an element of this spec."""
        return tuple([to_leaf(x) for x in flatten(value)])

    def to_flat(self, leaves):
        """The host values of the element's tensors, composites opened."""
        if self.is_dense:
            return leaves
        flat = []
        for x, d in zip(leaves, self._dtypes, strict=True):
            if d is not None:
                flat.append(x)
            elif x is not None:
                flat.extend([t.host for t in tensors_of(x)])
        return flat

    def from_flat(self, flat):
        """The leaves whose tensors have these host values."""
        if self.is_dense:
            return tuple(flat)
        rest, leaves = iter(flat), []
        for spec, d, count in zip(self.specs, self._dtypes, self._counts, strict=True):
            if d is not None:
                leaves.append(next(rest))
            else:
                leaves.append(composite_of(spec, [next(rest) for _ in range(count)]))
        return tuple(leaves)


def flat_tensor_specs(spec):
    """The specs of one leaf's tensors."""
    return [] if isinstance(spec, NoneTensorSpec) else list(spec._flat_tensor_specs)


def composite_of(spec, values):
    """The composite whose tensors have these host values."""
    if isinstance(spec, NoneTensorSpec):
        return None
    tensors = [EagerTensor(x, s.dtype) for x, s in zip(values, flat_tensor_specs(spec), strict=True)]
    return spec._from_compatible_tensor_list(tensors)


def merged(a, b):
    """The narrowest spec that includes two, None if there is none."""
    try:
        left, right = flatten(a), flatten_up_to(a, b)
    except (TypeError, ValueError):
        return None
    found = [x.most_specific_common_supertype([y]) if isinstance(y, TypeSpec) else None
             for x, y in zip(left, right, strict=True)]  # fmt: skip
    return None if any(x is None for x in found) else pack(a, found)


def are_compatible(a, b):
    """Whether elements of spec `b` can stand where those of `a` are expected."""
    try:
        pairs = zip(flatten(a), flatten_up_to(a, b), strict=True)
    except (TypeError, ValueError):
        return False
    return all(x.is_compatible_with(y) for x, y in pairs)
