"""The spec of a tensor whose elements stay between two bounds, as simulations of environments describe actions."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.tensor_spec import TensorSpec


class BoundedTensorSpec(TensorSpec):
    """A `TensorSpec` with the least and the greatest value of elements.

    Args:
        shape: The shape.
        dtype: The dtype of the elements.
        minimum, maximum: Bounds, both included: numbers, or arrays that broadcast to `shape`.
        name: A name, or None.

    Raises:
        ValueError: A bound is None, or does not broadcast.
    """

    __slots__ = ("_maximum", "_minimum")

    def __init__(self, shape, dtype, minimum, maximum, name=None):
        super().__init__(shape, dtype, name)
        self._minimum, self._maximum = self._bound("minimum", minimum), self._bound("maximum", maximum)

    def _bound(self, name, value):
        if value is None:
            raise ValueError(f"`{name}` can not be None.")
        shape = np.shape(value)
        known = self.shape.rank is not None
        if known and not _broadcasts(shape, self.shape.as_list()):
            raise ValueError(f"`{name}` {value} is not compatible with shape {self.shape}.")
        bound = np.array(value, dtype=self.dtype.as_numpy_dtype)
        bound.setflags(write=False)
        return bound

    @classmethod
    def from_spec(cls, spec, name=None):
        """Returns a bounded spec with shape and dtype of another; bounds that it lacks are those of its dtype."""
        dtype = dtypes.as_dtype(spec.dtype)
        minimum, maximum = getattr(spec, "minimum", None), getattr(spec, "maximum", None)
        return cls(
            spec.shape, dtype, dtype.min if minimum is None else minimum, dtype.max if maximum is None else maximum,
            name or spec.name,
        )  # fmt: skip

    @property
    def minimum(self):
        """The least values, a NumPy array."""
        return self._minimum

    @property
    def maximum(self):
        """The greatest values, a NumPy array."""
        return self._maximum

    def __eq__(self, other):
        return (
            super().__eq__(other)
            and np.allclose(self._minimum, other._minimum)
            and np.allclose(self._maximum, other._maximum)
        )

    def __hash__(self):
        return super().__hash__()

    def __repr__(self):
        return (
            f"BoundedTensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r}, "
            f"minimum={self._minimum!r}, maximum={self._maximum!r})"
        )

    def __reduce__(self):
        return BoundedTensorSpec, self._serialize()[:4] + (self.name,)

    def most_specific_common_supertype(self, others):
        """Returns the narrowest spec that includes all, None unless all have the same bounds."""
        if any(type(other) is not type(self) or not self._bounds_as(other) for other in others):
            return None
        plain = TensorSpec(self.shape, self.dtype, self.name).most_specific_common_supertype(
            [TensorSpec(other.shape, other.dtype, other.name) for other in others]
        )
        return plain and BoundedTensorSpec(plain.shape, self.dtype, self._minimum, self._maximum, self.name)

    def _bounds_as(self, other):
        return np.array_equal(self._minimum, other._minimum) and np.array_equal(self._maximum, other._maximum)

    def _serialize(self):
        return self._shape, self._dtype, self._minimum, self._maximum, self._name

    def _without_tensor_names(self):
        return BoundedTensorSpec(self._shape, self._dtype, self._minimum, self._maximum)

    def _batch(self, batch_size):
        plain = TensorSpec(self.shape, self.dtype, self.name)._batch(batch_size)
        return BoundedTensorSpec(plain.shape, self.dtype, self._minimum, self._maximum, self.name)

    def _unbatch(self):
        plain = TensorSpec(self.shape, self.dtype, self.name)._unbatch()
        return BoundedTensorSpec(plain.shape, self.dtype, self._minimum, self._maximum, self.name)


def _broadcasts(shape, target):
    shape = (1,) * (len(target) - len(shape)) + tuple(shape)
    return len(shape) == len(target) and all(n in (1, m) or m is None for n, m in zip(shape, target, strict=True))
