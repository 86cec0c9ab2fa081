"""The spec of variables, and what the specs of room 1 need of tensors: plugged into their hooks on import."""

from tapeflow.core.base import dtypes, specs
from tapeflow.core.base.specs import DenseSpec, TensorSpec
from tapeflow.core.base.trace_type import TraceType
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class VariableSpec(DenseSpec):
    """The type of a `tf.Variable`.

    Args:
        shape: The shape that all its values have.
        dtype: Their dtype.
        trainable: Whether the variable is trainable.
        alias_id: Equal for arguments of a traced function that are one variable.
    """

    __slots__ = ("alias_id", "trainable")

    value_type = Variable

    def __init__(self, shape, dtype=dtypes.float32, trainable=True, alias_id=None):
        super().__init__(shape, dtype)
        self.trainable = trainable
        self.alias_id = alias_id

    @classmethod
    def from_value(cls, value):
        """Returns the spec of a variable."""
        return cls(value.shape, value.dtype, value.trainable)

    def is_compatible_with(self, spec_or_value):
        """Returns whether a variable, or every variable of a spec, can be used as one of this spec."""
        return (
            isinstance(spec_or_value, (Variable, VariableSpec))
            and self._dtype.is_compatible_with(spec_or_value.dtype)
            and self._shape.is_compatible_with(spec_or_value.shape)
        )

    def is_subtype_of(self, other: TraceType) -> bool:
        """Returns whether every variable of this spec is one of `other` too."""
        return (
            isinstance(other, VariableSpec)
            and self._dtype is other._dtype
            and (self.trainable, self.alias_id) == (other.trainable, other.alias_id)
            and self._shape.is_subtype_of(other._shape)
        )

    def cast(self, value, casting_context):
        """Returns the variable.

        Raises:
            TypeError: If `value` is no variable of this spec.
        """
        if not self.is_compatible_with(value):
            raise TypeError(f"Can not cast {value!r} to {self!r}")
        return value

    def placeholder_value(self, placeholder_context):
        """Returns what stands for the variable while a function is traced."""
        return specs.hooks.placeholder(self, placeholder_context)

    def __repr__(self):
        return (
            f"VariableSpec(shape={self._shape}, dtype={self._dtype!r}, trainable={self.trainable}, "
            f"alias_id={self.alias_id})"
        )

    def _serialize(self):
        return self._shape, self._dtype, self.trainable, self.alias_id

    @property
    def _component_specs(self):
        return [TensorSpec([], dtypes.resource)]

    def _to_components(self, value):
        return [value.handle]

    def _from_components(self, components):
        raise NotImplementedError("a variable cannot be made of its handle alone")


Variable._type_spec = property(VariableSpec.from_value)  # type: ignore[attr-defined]
specs.hooks.tensor = Tensor
specs.hooks.convert = convert
specs.register("tf.VariableSpec")(VariableSpec)
specs.register_type_spec_from_value_converter(Variable, VariableSpec.from_value, allow_subclass=True)
