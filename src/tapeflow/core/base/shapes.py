"""Static shapes: `TensorShape`, whose sizes and rank may be unknown, and how shapes broadcast.

Inside TapeFlow a shape of known rank is a plain tuple whose unknown sizes are None (`Shape`).
"""

import functools
import operator
from typing import Any

from tapeflow.core.base import protos
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.dims import Shape, as_dims, broadcast_shape
from tapeflow.core.base.trace_type import TraceType


class TensorShape(TraceType):
    """The shape of a tensor, as far as it is known: every size, some of them, or not even the rank.

    Args:
        dims: Sizes (None where unknown), one size for a vector, or None for an unknown rank.

    >>> TensorShape([2, None]), TensorShape(None).rank, TensorShape([2, 3]) == (2, 3)
    (TensorShape([2, None]), None, True)
    """

    __slots__ = ("__weakref__", "_dims")

    _v2_behavior = True
    _dims: Shape | None

    def __init__(self, dims):
        self._dims = dims._dims if isinstance(dims, TensorShape) else as_dims(dims)

    @staticmethod
    @functools.lru_cache(4096)
    def from_static(dims: Shape) -> "TensorShape":
        """The shape of a tuple of sizes, which is not checked. The fast way."""
        self = object.__new__(TensorShape)
        # Equal keys share an object, so it must not hold the NumPy integers or bools of whoever asked first.
        self._dims = tuple(None if size is None else operator.index(size) for size in dims)
        return self

    @property
    def rank(self):
        """The number of dimensions, None if unknown."""
        dims = self._dims
        return None if dims is None else len(dims)

    @property
    def ndims(self):
        """The same as `rank`."""
        dims = self._dims
        return None if dims is None else len(dims)

    @property
    def dims(self):
        """The list of sizes, None if the rank is unknown."""
        return None if self._dims is None else [Dimension(size) for size in self._dims]

    def __repr__(self):
        return f"TensorShape({None if self._dims is None else list(self._dims)})"

    def __str__(self):
        return "<unknown>" if self._dims is None else str(self._dims)

    def __bool__(self):
        return self._dims is not None

    __nonzero__ = __bool__

    def __len__(self):
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __iter__(self):
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter(self._dims)

    def __getitem__(self, key):
        if self._dims is not None:
            found = self._dims[key]
            return TensorShape.from_static(found) if isinstance(key, slice) else found
        if not isinstance(key, slice):
            return None
        return self._unknown_slice(key.start or 0, key.stop, key.step)

    @staticmethod
    def _unknown_slice(start, stop, step):
        """A slice of a shape of unknown rank: its length is known if it counts from the front."""
        if step is not None:
            raise ValueError("Steps are not yet handled")
        if stop is None or start < 0 or stop < 0:
            return TensorShape(None)
        return TensorShape.from_static((None,) * max(stop - start, 0))

    def __eq__(self, other):
        if type(other) is not TensorShape:
            if type(other) is tuple:
                return self._dims == other
            try:
                other = as_shape(other)
            except (TypeError, ValueError):
                return NotImplemented
        return self._dims == other._dims

    def __hash__(self):
        return hash(self._dims)

    def __reduce__(self):
        return TensorShape, (self.dims,)

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def __concat__(self, other):
        return self.concatenate(other)

    # -- questions -----------------------------------------------------------------------------------

    def is_fully_defined(self):
        """Returns whether every size is known."""
        return self._dims is not None and None not in self._dims

    def num_elements(self):
        """Returns the product of the sizes, None if one is unknown."""
        if not self.is_fully_defined():
            return None
        return functools.reduce(operator.mul, self._dims, 1)

    def is_compatible_with(self, other):
        """Returns whether a tensor can have this shape and `other`: the known sizes are equal."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(
            m is None or n is None or m == n for m, n in zip(self._dims, other._dims, strict=True)
        )

    def is_subtype_of(self, other: TraceType) -> bool:
        """Returns whether every tensor of this shape has shape `other` too."""
        if not isinstance(other, TensorShape):
            return False
        if other._dims is None or self._dims == other._dims:
            return True
        if self._dims is None or len(self._dims) != len(other._dims):
            return False
        return all(n is None or m == n for m, n in zip(self._dims, other._dims, strict=True))

    # -- new shapes ----------------------------------------------------------------------------------

    def as_list(self):
        """Returns the sizes as a list.

        Raises:
            ValueError: If the rank is unknown.
        """
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def concatenate(self, other):
        """Returns the shape with the sizes of `other` after those of this one."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape.from_static(self._dims + other._dims)

    def merge_with(self, other):
        """Returns the shape with what is known from either.

        Raises:
            ValueError: If the two are not compatible.
        """
        other = as_shape(other)
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        merged = (n if m is None else m for m, n in zip(self._dims, other._dims, strict=True))
        return TensorShape.from_static(tuple(merged))

    def most_specific_compatible_shape(self, other):
        """Returns the narrowest shape that both are subtypes of: sizes that differ are unknown."""
        other = as_shape(other)
        if self._dims is None or other._dims is None or len(self._dims) != len(other._dims):
            return TensorShape(None)
        common = (m if m == n else None for m, n in zip(self._dims, other._dims, strict=True))
        return TensorShape.from_static(tuple(common))

    def most_specific_common_supertype(self, others) -> "TensorShape | None":
        """Returns the narrowest shape that includes this one and all of `others`, None if one is no shape."""
        if any(not isinstance(other, TensorShape) for other in others):
            return None
        return functools.reduce(TensorShape.most_specific_compatible_shape, others, self)

    def with_rank(self, rank):
        """Returns the shape with what a known rank adds to it.

        Raises:
            ValueError: If it has another rank.
        """
        try:
            return self.merge_with(TensorShape.from_static((None,) * rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank):
        """Returns the shape.

        Raises:
            ValueError: If its rank is known and less than `rank`.
        """
        if self.rank is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank):
        """Returns the shape.

        Raises:
            ValueError: If its rank is known and greater than `rank`.
        """
        if self.rank is not None and self.rank > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    # -- checks --------------------------------------------------------------------------------------

    def assert_has_rank(self, rank):
        """Raises ValueError if the rank is known and not `rank`."""
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other):
        """Raises ValueError if both ranks are known and differ."""
        other = as_shape(other)
        if self.rank is not None and other.rank is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_is_compatible_with(self, other):
        """Raises ValueError if no tensor can have both shapes."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def assert_is_fully_defined(self):
        """Raises ValueError if a size is unknown."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    # -- as a trace type -----------------------------------------------------------------------------

    def placeholder_value(self, placeholder_context):
        """Returns None; a shape has no symbol."""
        return None

    def cast(self, value, cast_context):
        """Returns `value` if it is this shape.

        Raises:
            AssertionError: If it is not.
        """
        assert isinstance(value, TensorShape) and value == self, f"Can not cast {value!r} to type {self!r}"
        return value

    # -- messages ------------------------------------------------------------------------------------

    def as_proto(self):
        """Returns the shape as a `TensorShapeProto`."""
        return protos.converter("shape").encode(self)

    def experimental_as_proto(self):
        """Returns the shape as a `TensorShapeProto`."""
        return self.as_proto()

    @classmethod
    def experimental_type_proto(cls):
        """Returns the message class `TensorShapeProto`."""
        return protos.converter("shape").message()

    @classmethod
    def experimental_from_proto(cls, proto):
        """Returns the shape of a `TensorShapeProto`."""
        return cls(proto)


def as_shape(shape: Any) -> TensorShape:
    """The `TensorShape` of a shape, a size, an iterable of sizes, or None."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def broadcast_static_shape(shape_x, shape_y):
    """Returns the static shape that two shapes broadcast to.

    Args:
        shape_x: A `TensorShape`, or what makes one.
        shape_y: Another.

    Returns:
        A `TensorShape`, of unknown rank if one of the two is.

    Raises:
        ValueError: If they do not broadcast.

    >>> broadcast_static_shape(TensorShape([1, 3]), TensorShape([2, 1]))
    TensorShape([2, 3])
    """
    a, b = as_shape(shape_x)._dims, as_shape(shape_y)._dims
    if a is None or b is None:
        return TensorShape(None)
    return TensorShape.from_static(broadcast_shape(a, b))
