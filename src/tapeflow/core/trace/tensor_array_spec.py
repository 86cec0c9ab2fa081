"""`tf.TensorArraySpec`: the type of a `tf.TensorArray`."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec, register, register_type_spec_from_value_converter
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.trace.tensor_array import TensorArray


class TensorArraySpec(TypeSpec):
    """The type of a `tf.TensorArray`.

    Args:
        element_shape: The shape of every element, as far as it is known.
        dtype: Their dtype.
        dynamic_size: Whether the array grows when it is written past its end.
        infer_shape: Whether all elements have one shape.
    """

    __slots__ = ("_dtype", "_dynamic_size", "_element_shape", "_infer_shape")

    def __init__(self, element_shape=None, dtype=dtypes.float32, dynamic_size=False, infer_shape=True):
        self._element_shape = TensorShape(element_shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._dynamic_size = dynamic_size
        self._infer_shape = infer_shape

    @property
    def value_type(self):
        """`tf.TensorArray`."""
        return TensorArray

    @classmethod
    def from_value(cls, value):
        """Returns the spec of an array."""
        if not isinstance(value, TensorArray):
            raise TypeError(f"Expected value to be a TensorArray, but got: `{type(value)}`.")
        return cls(value.element_shape, value.dtype, value.dynamic_size, value._infer_shape)

    def is_subtype_of(self, other):
        """Returns whether every array of this spec is one of `other` too."""
        return (
            isinstance(other, TensorArraySpec)
            and self._dtype is other._dtype
            and self._dynamic_size == other._dynamic_size
        )

    def is_compatible_with(self, other):
        """Returns whether an array, or every array of a spec, can be used as one of this spec."""
        if isinstance(other, TensorArray):
            other = TensorArraySpec.from_value(other)
        return (
            isinstance(other, TensorArraySpec)
            and self._dtype.is_compatible_with(other._dtype)
            and self._element_shape.is_compatible_with(other._element_shape)
            and self._dynamic_size == other._dynamic_size
        )

    def most_specific_common_supertype(self, others):
        """Returns this spec if all `others` are of its dtype, else None."""
        if not all(isinstance(one, TensorArraySpec) for one in others):
            return None
        if all(self.is_subtype_of(one) for one in others):
            return self
        return None

    def _serialize(self):
        return self._element_shape, self._dtype, self._dynamic_size, self._infer_shape

    @property
    def _component_specs(self):
        return [TensorSpec([], dtypes.variant)]

    def _to_components(self, value):
        return [value.flow]

    def _from_components(self, components):
        return TensorArray(
            self._dtype, size=0, dynamic_size=self._dynamic_size, flow=components[0], infer_shape=self._infer_shape,
            element_shape=self._element_shape,
        )  # fmt: skip


register("tf.TensorArraySpec")(TensorArraySpec)
register_type_spec_from_value_converter(TensorArray, TensorArraySpec.from_value, allow_subclass=True)
