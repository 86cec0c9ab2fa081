"""The signatures of a model to save: functions of named tensors that return named tensors."""

from tapeflow.core.base import nest
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.files.saved_function import SignatureMap
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.trace.function import Function
from tapeflow.core.values.tensor import Tensor

DEFAULT_KEY = "serving_default"
_DEFAULT_ATTRIBUTE = "_default_save_signature"


def canonical(signatures):
    """The signatures as a `SignatureMap` of functions with keyword arguments.

    Args:
        signatures: A `tf.function` with an input signature, a concrete function, or a dictionary of these.

    Raises:
        ValueError: There is something else, or a function that cannot be a signature.
    """
    if not hasattr(signatures, "keys"):
        signatures = {DEFAULT_KEY: signatures}
    found = SignatureMap()
    for key, function in signatures.items():
        if not isinstance(key, str):
            raise ValueError(f"Expected the key of a signature to be a string, got {key!r}")
        found._add_signature(key, _wrapped(key, _concrete(function)))
    return found


def _concrete(function):
    original = function
    if isinstance(function, PolymorphicFunction):
        function = function.get_concrete_function() if function.input_signature is not None else None
    if not isinstance(function, ConcreteFunction):
        raise ValueError(
            f"Expected a TensorFlow function for which to generate a signature, but got {original}. Only "
            "`tf.functions` with an input signature or concrete functions can be used as a signature."
        )
    return function


def default(root, children):
    """The function that a model without named signatures serves, None if there is none.

    Args:
        root: The object.
        children: Name -> child.
    """
    try:
        found = getattr(root, _DEFAULT_ATTRIBUTE, None)
    except (TypeError, ValueError):
        found = None  # Keras makes it when it is asked for, and cannot where `call` takes other arguments
    if isinstance(found, (PolymorphicFunction, ConcreteFunction)):
        return found
    possible = []
    for child in children.values():
        if isinstance(child, PolymorphicFunction) and child.input_signature is not None:
            concrete = child.get_concrete_function()
        elif isinstance(child, ConcreteFunction):
            concrete = child
        else:
            continue
        if not concrete.outputs:
            continue
        try:
            _specs(concrete)
            _named(concrete, DEFAULT_KEY, concrete.structured_outputs)
        except ValueError:
            continue
        possible.append(concrete)
    return possible[0] if len(possible) == 1 else None


def _specs(concrete):
    """Name of an input -> spec."""
    leaves = [s for s in nest.flatten(concrete.structured_input_signature) if isinstance(s, TypeSpec)]
    if any(not isinstance(s, TensorSpec) for s in leaves):
        raise ValueError(
            f"Got non-flat/non-unique argument names for SavedModel signature '{concrete._name}': its arguments must "
            "be plain tensors"
        )
    names = list(getattr(concrete, "_arg_keywords", None) or concrete.argument_names)[: len(leaves)]
    if len(set(names)) < len(names) or len(names) < len(leaves):
        raise ValueError(
            f"Got non-flat/non-unique argument names for SavedModel signature '{concrete._name}': more than one "
            f"argument to it is named the same ({names}). Signatures have one Tensor per named input."
        )
    return {name: TensorSpec(s.shape, s.dtype, name) for name, s in zip(names, leaves, strict=True)}


def _wrapped(key, concrete):
    """The function of keyword arguments."""
    specs = _specs(concrete)
    order = list(specs)

    def signature_wrapper(**kwargs):
        return _named(concrete, key, concrete.call_flat([kwargs[name] for name in order]))

    function = Function(signature_wrapper, autograph=False)
    made = function.get_concrete_function(**{name: specs[name] for name in sorted(specs)})
    made._arg_keywords = sorted(specs)
    made._num_positional_args = 1 if len(specs) == 1 else 0
    made.is_signature = True
    return made


def _named(concrete, key, outputs):
    """The results of a function as a dictionary of tensors.

    Raises:
        ValueError: They are something else.
    """
    if isinstance(outputs, (Tensor, TensorSpec)):
        return {"output_0": outputs}
    if hasattr(outputs, "_asdict"):
        outputs = outputs._asdict()
    if isinstance(outputs, (list, tuple)):
        outputs = {f"output_{i}": one for i, one in enumerate(outputs)}
    if outputs is None:
        return {}
    if not hasattr(outputs, "keys"):
        raise ValueError(
            f"Got a non-Tensor value {outputs} for key 'output_0' in the output of the function {concrete._name} used "
            f"to generate the SavedModel signature '{key}'. Outputs for functions used as signatures must be a single "
            "Tensor, a sequence of Tensors, or a dictionary from string to Tensor."
        )
    for name, one in outputs.items():
        if not isinstance(name, str):
            raise ValueError(f"Got a dictionary with a non-string key {name!r} in the output of the function "
                             f"{concrete._name} used to generate the SavedModel signature '{key}'.")  # fmt: skip
        if not isinstance(one, (Tensor, TensorSpec)):
            raise ValueError(
                f"Got a non-Tensor value {one} for key '{name}' in the output of the function {concrete._name} used to "
                f"generate the SavedModel signature '{key}'. Outputs for functions used as signatures must be a single "
                "Tensor, a sequence of Tensors, or a dictionary from string to Tensor."
            )
    return dict(outputs)
