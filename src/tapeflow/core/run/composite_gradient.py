"""Gradients of and by composites: of a ragged tensor, its values are differentiated.

A composite class says how with `__composite_gradient__`, an object with two methods: `get_gradient_components(value)`
gives the parts that are differentiated, `replace_gradient_components(value, gradients)` the composite of their
gradients.
"""

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.nest_parts import map_structure_up_to


class HasComposites(Exception):
    """Among the targets or sources is a composite."""


def _rule(x):
    rule = getattr(x, "__composite_gradient__", None)
    if rule is None:
        raise ValueError(f"Type {type(x).__name__} is not supported as a gradient source or gradient target.")
    return rule


def components(x):
    """The tensors of a composite that are differentiated, nested; anything else as it is."""
    if not isinstance(x, CompositeTensor):
        return x
    parts = _rule(x).get_gradient_components(x)
    return x if parts is x else nest.map_structure(components, parts)


def replaced(x, gradients):
    """The composite made of the gradients of its components."""
    if not isinstance(x, CompositeTensor):
        return gradients
    rule = _rule(x)
    parts = rule.get_gradient_components(x)
    inner = gradients if parts is x else map_structure_up_to(parts, replaced, parts, gradients)
    return None if inner is None else rule.replace_gradient_components(x, inner)
