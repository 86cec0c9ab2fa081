"""`tf.experimental.Optional`: a value that may be missing, as a tensor of functions and iterators."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec, TypeSpec, register
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.structure import Structure


class Optional(CompositeTensor):
    """A value that may be missing.

    >>> one = tf.experimental.Optional.from_value(tf.constant(3))
    >>> bool(one.has_value()), int(one.get_value())
    (True, 3)
    """


    def __init__(self, variant, element_spec, made=None):
        self._variant_tensor = variant
        self._element_spec = element_spec
        self._made = made  # the `Structure` of the spec, if somebody has it

    @staticmethod
    def empty(element_spec):
        """Returns an `Optional` without a value.

        Args:
            element_spec: The spec of the value that is missing.
        """
        return Optional(nodes.boxed_variant(Missing), element_spec)

    @staticmethod
    def from_value(value):
        """Returns an `Optional` that holds a value.

        Args:
            value: A tensor, composite or structure of them.
        """
        value = structure.normalized(value)
        spec = structure.spec_of(value)
        tensors = [t for leaf in structure.flatten(value) for t in structure.tensors_of(leaf)]
        return Optional(nodes.optional_from(tensors), spec)

    def has_value(self, name=None):
        """Returns whether there is a value, as a bool tensor.

        Args:
            name: Optional name.
        """
        return nodes.optional_has(self._variant_tensor)

    def get_value(self, name=None):
        """Returns the value.

        Args:
            name: Optional name.

        Raises:
            InvalidArgumentError: There is none.
        """
        made = self._made
        if made is None or made.spec is not self._element_spec:  # Keras tells the spec of some of its own later
            made = Structure(self._element_spec)
        tensors = nodes.optional_get(self._variant_tensor, made.flat_specs)
        return nodes.element_of(made, tensors)

    @property
    def element_spec(self):
        """The spec of the value."""
        return self._element_spec

    @property
    def value_structure(self):
        """The spec of the value."""
        return self._element_spec

    @property
    def _type_spec(self):
        return OptionalSpec.from_value(self)

    def __repr__(self):
        if current.graph is None and hasattr(self._variant_tensor, "host"):
            found = self._variant_tensor.host.item()
            text = "" if found is Missing else f", value={self.get_value()!r}"
            return f"<tf.experimental.Optional: element_spec={self._element_spec!r}{text}>"
        return f"<tf.experimental.Optional: element_spec={self._element_spec!r}>"


class _Missing:
    """What an empty `Optional` holds."""

    def __repr__(self):
        return "<no value>"


Missing = _Missing()
nodes.missing = Missing


@register("tf.OptionalSpec")
class OptionalSpec(TypeSpec):
    """The type of a `tf.experimental.Optional`.

    Args:
        element_spec: The spec of the value that it may hold.
    """

    __slots__ = ("_element_spec", "_made")

    def __init__(self, element_spec):
        super().__init__()
        self._element_spec = element_spec
        self._made = None

    @property
    def value_type(self):
        """`tf.experimental.Optional`."""
        return Optional

    @staticmethod
    def from_value(value):
        """Returns the spec of an `Optional`."""
        return OptionalSpec(value.element_spec)

    def _serialize(self):
        return (self._element_spec,)

    @property
    def _component_specs(self):
        return TensorSpec((), dtypes.variant)

    def _to_components(self, value):
        return value._variant_tensor

    def _from_components(self, components):
        if self._made is None and self._element_spec is not None:
            self._made = Structure(self._element_spec)
        return Optional(components, self._element_spec, self._made)
