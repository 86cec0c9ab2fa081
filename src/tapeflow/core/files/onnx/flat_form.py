"""A concrete function as one of plain tensors, with names for what goes in and comes out."""

from collections.abc import Mapping

from tapeflow.core.base import nest
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.trace.function import function


def flat_form(concrete, narrower=None):
    """A function of plain tensors.

    Args:
        concrete: The concrete function.
        narrower: `TensorSpec`s with more known sizes for its tensors, in order; None for those that it has.

    Returns:
        The concrete function of tensors, the names of its arguments, the names of its results.
    """
    arguments = concrete.structured_input_signature
    specs = [s for s in nest.flatten(arguments) if isinstance(s, TypeSpec)]
    for spec in specs:
        if not isinstance(spec, TensorSpec):
            raise UnimplementedError(
                f"ONNX has no {type(spec).__name__.removesuffix('Spec')} arguments",
                hint="export a function of the tensors that it is made of",
            )
    names = _argument_names(concrete, specs)
    specs = _narrowed([TensorSpec(s.shape, s.dtype, n) for s, n in zip(specs, names, strict=True)], narrower)
    results = []

    def call(*tensors):
        found = list(_leaves(concrete.call_flat(list(tensors))))
        results[:] = [name for name, _ in found]
        return [x for _, x in found]

    call.__name__ = concrete.graph.name
    flat = function(call, autograph=False).get_concrete_function(*specs)
    return flat, names, _distinct(results)


def _argument_names(concrete, specs):
    args, kwargs = concrete.structured_input_signature
    keys = [key for key in sorted(kwargs) if isinstance(kwargs[key], TensorSpec)]
    if not nest.flatten(args) and len(keys) == len(specs):
        return _distinct(keys)
    known = list(getattr(concrete, "_arg_keywords", None) or concrete.argument_names)
    names = []
    for i, spec in enumerate(specs):
        given = spec.name or (known[i] if len(known) == len(specs) else None)
        names.append(given or f"input_{i}")
    return _distinct(names)


def _narrowed(specs, narrower):
    if narrower is None:
        return specs
    given = [s for s in nest.flatten(narrower) if isinstance(s, TensorSpec)]
    if len(given) != len(specs):
        raise InvalidArgumentError(f"input_signature has {len(given)} tensors, the function takes {len(specs)}")
    found = []
    for spec, other in zip(specs, given, strict=True):
        if other.dtype is not spec.dtype or not spec.shape.is_compatible_with(other.shape):
            raise InvalidArgumentError(f"input_signature: {other} does not fit {spec}")
        found.append(TensorSpec(TensorShape(spec.shape).merge_with(other.shape), spec.dtype, spec.name))
    return found


def _leaves(result, path=()):
    """Pairs of a name and a tensor of a function's result."""
    if isinstance(result, Mapping):
        for key in sorted(result, key=str):
            yield from _leaves(result[key], (*path, str(key)))
    elif hasattr(result, "_fields"):
        for key, one in zip(result._fields, result, strict=True):
            yield from _leaves(one, (*path, key))
    elif isinstance(result, (list, tuple)):
        for i, one in enumerate(result):
            yield from _leaves(one, (*path, f"output_{i}" if not path else str(i)))
    elif result is not None:
        if hasattr(type(result), "_type_spec") and not hasattr(result, "node"):
            raise UnimplementedError(
                f"ONNX has no {type(result).__name__} results", hint="return the tensors that it is made of"
            )
        yield "/".join(path) or "output", result


def _distinct(names):
    """Names without doubles."""
    found = []
    for name in names:
        fresh, number = name, 1
        while fresh in found:
            fresh, number = f"{name}_{number}", number + 1
        found.append(fresh)
    return found
