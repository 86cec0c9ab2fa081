"""From the tensors that a graph gives to what a function returns, made ready once for each trace."""

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.values.tensor import Tensor


def packer(structure):
    """A function that takes an iterator of tensors and gives the structure with them in the places of its tensors.

    Args:
        structure: What the traced function returned, with symbols for tensors. Everything else in it stays.
    """
    kind = type(structure)
    if isinstance(structure, Tensor):
        return next
    if kind is dict:
        # The tensors come in the order of the keys, the result has the keys as they were.
        parts = {key: packer(structure[key]) for key in sorted(structure)}
        keys = list(structure)

        def of_dict(rest):
            found = {key: part(rest) for key, part in parts.items()}
            return {key: found[key] for key in keys}

        return of_dict
    if kind is tuple or kind is list:
        packers = [packer(one) for one in structure]
        return lambda rest: kind([part(rest) for part in packers])
    if isinstance(structure, CompositeTensor):
        spec = structure._type_spec
        inner = packer(spec._to_components(structure))
        return lambda rest: spec._from_components(inner(rest))
    if not nest.is_nested(structure):
        return lambda rest: structure
    kinds = nest.flatten(structure, expand_composites=True)
    is_tensor = [isinstance(one, Tensor) for one in kinds]

    def general(rest):
        flat = [next(rest) if fresh else one for fresh, one in zip(is_tensor, kinds, strict=True)]
        return nest.pack_sequence_as(structure, flat, expand_composites=True)

    return general
