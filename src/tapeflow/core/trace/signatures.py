"""The type of a trace: its parameters and results, written as TensorFlow writes them."""

import inspect
from collections import OrderedDict

from tapeflow.core.base.function_types import FunctionType
from tapeflow.core.base.specs import TypeSpec
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class Written:
    """A type that is only shown: a value that is part of the trace, or a structure of types."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def __eq__(self, other):
        return isinstance(other, Written) and self.text == other.text

    def __hash__(self):
        return hash(self.text)


def type_of(value):
    """The type of an argument or a result: a spec for what is made of tensors, else something to show."""
    if isinstance(value, (Tensor, TensorSpec)):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, TypeSpec):
        return value
    if isinstance(value, Variable):
        return Written(f"VariableSpec(shape={value.shape}, dtype={value.dtype!r}, trainable={value.trainable!r})")
    if hasattr(type(value), "_type_spec"):
        return value._type_spec
    if isinstance(value, (list, tuple)):
        word = type(value).__name__ if hasattr(value, "_fields") else type(value).__name__.capitalize()
        return Written(f"{word}[{', '.join(repr(type_of(x)) for x in value)}]")
    if isinstance(value, dict):
        return Written(f"Dict[{', '.join(f'[{k!r}, {type_of(v)!r}]' for k, v in value.items())}]")
    if hasattr(value, "__tf_flatten__"):
        return Written(f"{type(value).__name__}[{', '.join(repr(type_of(x)) for x in value.__tf_flatten__()[1])}]")
    return Written(f"Literal[{value!r}]")


class Parameter(inspect.Parameter):
    """One parameter of a trace.

    Attributes:
        optional: Whether calls may leave it out.
        type_constraint: Its type.
    """

    def __init__(self, name, kind, optional, type_constraint):
        self.optional, self.type_constraint = optional, type_constraint
        super().__init__(name, kind, annotation=type_constraint)

    def __repr__(self):
        return (
            f"Parameter(name={self.name}, kind={self.kind.name}, optional={self.optional}, "
            f"type_constraint={self.type_constraint!r})"
        )


class TraceSignature(FunctionType):
    """The parameters of a trace and what it returns.

    Attributes:
        captures: id of a tensor from outside -> its type.
    """

    def __init__(self, parameters, output, captures):
        super().__init__(parameters, return_annotation=output)
        self.captures = captures

    @property
    def parameters(self):
        """Name -> `Parameter`."""
        return OrderedDict(super().parameters)

    @property
    def output(self):
        """The type of the result."""
        return self.return_annotation

    def __str__(self):
        parts, kinds = [], [p.kind for p in self.parameters.values()]
        for i, parameter in enumerate(self.parameters.values()):
            if parameter.kind is parameter.KEYWORD_ONLY and parameter.KEYWORD_ONLY not in kinds[:i]:
                parts.append("*")
            parts.append(f"{parameter.name}: {parameter.type_constraint!r}")
            if parameter.kind is parameter.POSITIONAL_ONLY and kinds[i + 1 : i + 2] != [parameter.POSITIONAL_ONLY]:
                parts.append("/")
        return f"({', '.join(parts)}) -> {self.output!r}"

    def __repr__(self):
        lines = ["Input Parameters:"]
        lines += [f"  {p.name} ({p.kind.name}): {p.type_constraint!r}" for p in self.parameters.values()] or ["  None"]
        lines += ["Output Type:", f"  {self.output!r}", "Captures:"]
        lines += [f"  {key}: {one!r}" for key, one in self.captures.items()] or ["  None"]
        return "\n".join(lines)


def signature_of(signature, args, kwargs, output, captures):
    """The signature of a trace.

    Args:
        signature: The Python function's `inspect.Signature`, or None.
        args, kwargs: What the trace was made for, with specs for tensors.
        output: What it returned.
        captures: The tensors from outside.
    """
    known = [] if signature is None else list(signature.parameters.values())
    places = [p for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    parameters = []
    for i, value in enumerate(args):
        kind = inspect.Parameter.POSITIONAL_ONLY
        if i < len(places) and len(args) <= len(places):
            kind = places[i].kind
        name = places[i].name if i < len(places) else f"args_{i - len(places)}"
        parameters.append(Parameter(name, kind, False, type_of(value)))
    taken = {p.name for p in parameters}
    for name, value in kwargs.items():
        if name not in taken:
            parameters.append(Parameter(name, inspect.Parameter.KEYWORD_ONLY, False, type_of(value)))
    return TraceSignature(parameters, type_of(output), OrderedDict((id(x), type_of(x)) for x in captures))
