"""`TensorSpec`. Tensors live a room above; what specs need of them is plugged in through `hooks`."""

from collections.abc import Callable
from typing import Any

from tapeflow.core.base import dtypes, protos
from tapeflow.core.base.shapes import TensorShape, as_shape
from tapeflow.core.base.trace_type import TraceType
from tapeflow.core.base.type_spec import BatchableTypeSpec, TypeSpec


class Hooks:
    """What rooms above plug in.

    Attributes:
        tensor: The class `tf.Tensor`.
        convert: (value, dtype=None) -> tensor; TypeError or ValueError if there is none.
        placeholder: (spec, context) -> the symbol that stands for a tensor while a function is traced.
    """

    __slots__ = ("convert", "placeholder", "tensor")

    def __init__(self):
        self.tensor: Any = ()  # `isinstance(x, ())` is False
        self.convert: Callable = _missing
        self.placeholder: Callable = _no_graph


def _missing(*args, **kwargs):
    raise RuntimeError("tensors are not loaded: import tapeflow first")


def _no_graph(spec, context):
    raise RuntimeError(f"no function is being traced that could have a placeholder for {spec!r}")


hooks = Hooks()


class DenseSpec(TypeSpec):
    """What the specs of tensors and of variables share: a shape, a dtype, a name.

    Args:
        shape: A `tf.TensorShape`, or what makes one.
        dtype: The dtype of the elements.
        name: A name, or None.
    """

    __slots__ = ("__dict__", "_dtype", "_name", "_shape")

    opens_in_nest = False

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        return self._shape

    @property
    def dtype(self):
        """The `tf.DType`."""
        return self._dtype

    @property
    def name(self):
        """The name, or None."""
        return self._name


class TensorSpec(DenseSpec, BatchableTypeSpec):
    """The shape and dtype of a tensor, and perhaps its name.

    Args:
        shape: A `tf.TensorShape`, or what makes one: `[None, 3]`, `None`.
        dtype: The dtype of the elements.
        name: The name of the argument that the tensor is.

    >>> TensorSpec([None, 3], "int32")
    TensorSpec(shape=(None, 3), dtype=tf.int32, name=None)
    """

    __slots__ = ()

    @property
    def value_type(self):
        """`tf.Tensor`."""
        return hooks.tensor

    @classmethod
    def from_spec(cls, spec, name=None):
        """Returns a `TensorSpec` with the shape and dtype of another spec, and its name unless one is given.

        >>> TensorSpec.from_spec(TensorSpec([8]), name="x")
        TensorSpec(shape=(8,), dtype=tf.float32, name='x')
        """
        return cls(spec.shape, spec.dtype, name or getattr(spec, "name", None))

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """Returns the spec of a tensor.

        Args:
            tensor: A `tf.Tensor`.
            name: A name; that of the tensor by default, if it is a graph's.

        Raises:
            ValueError: If `tensor` is no tensor.
        """
        if not isinstance(tensor, hooks.tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        op = None if name else getattr(tensor, "op", None)
        return cls(tensor.shape, tensor.dtype, name or getattr(op, "name", None))

    def is_compatible_with(self, spec_or_tensor):
        """Returns whether a tensor, or every tensor of a spec, has this dtype and a shape that fits this one.

        >>> TensorSpec([None]).is_compatible_with(TensorSpec([3]))
        True
        """
        if not isinstance(spec_or_tensor, (DenseSpec, hooks.tensor)):
            return False
        return self._dtype.is_compatible_with(spec_or_tensor.dtype) and self._shape.is_compatible_with(
            spec_or_tensor.shape
        )

    def is_subtype_of(self, other: TraceType) -> bool:
        """Returns whether every tensor of this spec is one of `other` too; no name counts as any name."""
        if (
            not isinstance(other, TensorSpec)
            or type(other) is not type(self)
            or other._dtype is not self._dtype
        ):
            return False
        return self._name in (None, other._name) and self._shape.is_subtype_of(other._shape)

    def most_specific_common_supertype(self, others) -> "TensorSpec | None":
        """Returns the narrowest spec that includes all, None if dtypes or names differ."""
        if any(
            type(other) is not type(self) or other._dtype is not self._dtype or other._name != self._name
            for other in others
        ):
            return None
        shape = self._shape.most_specific_common_supertype([other._shape for other in others])
        return type(self)(shape, self._dtype, self._name)

    def __eq__(self, other):
        return (
            type(other) is type(self)
            and self._dtype is other._dtype
            and self._shape._dims == other._shape._dims
            and self._name == other._name
        )

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash((self._shape._dims, self._dtype.enum))

    def __repr__(self):
        return f"{type(self).__name__}(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"

    # -- as a trace type -----------------------------------------------------------------------------

    def flatten(self):
        """Returns the spec itself, in a list."""
        return [self]

    def to_tensors(self, value):
        """Returns `value` as a tensor, in a list."""
        return [self.cast(value, None)]

    def from_tensors(self, tensors):
        """Returns the next tensor of an iterator."""
        return next(tensors)

    def cast(self, value, casting_context):
        """Returns `value` as a tensor of this spec.

        Raises:
            TypeError: If its dtype or shape does not fit.
        """
        if isinstance(value, TensorSpec) and getattr(casting_context, "allow_specs", False):
            if not value.is_subtype_of(self):
                raise TypeError(f"Can not cast {value!r} to {self!r}")
            return value
        if not isinstance(value, hooks.tensor):
            value = hooks.convert(value, self._dtype)
        if not self.is_compatible_with(value):
            raise TypeError(
                f"Can not cast {TensorSpec(value.shape, value.dtype)!r} to {self!r}: the "
                f"{'shapes' if value.dtype is self._dtype else 'dtypes'} differ"
            )
        return value

    def placeholder_value(self, placeholder_context):
        """Returns the symbol that stands for the tensor while a function is traced."""
        if getattr(placeholder_context, "unnest_only", False):
            return self
        return hooks.placeholder(self, placeholder_context)

    # -- as a type spec ------------------------------------------------------------------------------

    def _serialize(self):
        return self._shape, self._dtype, self._name

    @property
    def _component_specs(self):
        return self

    def _to_components(self, value):
        return value if isinstance(value, hooks.tensor) else hooks.convert(value, self._dtype)

    def _from_components(self, components):
        return components

    def _from_compatible_tensor_list(self, tensor_list):
        return tensor_list[0]

    @property
    def _flat_tensor_specs(self):
        return [self]

    def _batch(self, batch_size):
        shape = TensorShape([batch_size]).concatenate(self._shape)
        return type(self)(shape, self._dtype, self._name)

    def _unbatch(self):
        if self._shape.rank == 0:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        return type(self)(self._shape[1:], self._dtype, self._name)

    def _without_tensor_names(self):
        return type(self)(self._shape, self._dtype)

    @classmethod
    def experimental_type_proto(cls):
        """Returns the message class `TensorSpecProto`."""
        return protos.converter("tensor_spec").message()

    @classmethod
    def experimental_from_proto(cls, proto):
        """Returns the spec of a `TensorSpecProto`."""
        return protos.converter("tensor_spec").decode(proto)

    def experimental_as_proto(self):
        """Returns the spec as a `TensorSpecProto`."""
        return protos.converter("tensor_spec").encode(self)
