"""What `nest` and `tf.function` open up: values made of several tensors, and the specs that describe them."""

from typing import Any


class CompositeTensor:
    """A value made of tensors, such as `tf.RaggedTensor`; its `_type_spec` takes it apart and rebuilds it."""

    __slots__ = ()

    opens_in_nest = True

    @property
    def _type_spec(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no _type_spec")

    def _nest_components(self):
        return self._type_spec._to_components(self)

    def _nest_rebuild(self, components):
        return self._type_spec._from_components(components)

    def _shape_invariant_to_type_spec(self, shape):
        """The spec of this value with its shape widened to `shape`, for loops that let shapes grow."""
        raise NotImplementedError(f"{type(self).__name__} takes no shape invariants")


class WithValues:
    """Of a composite, differentiates the `values`, and puts their gradient in their place."""

    def get_gradient_components(self, value):
        """The values."""
        return value.values

    def replace_gradient_components(self, value, component_grads):
        """The composite with gradients for values."""
        return value.with_values(component_grads)
