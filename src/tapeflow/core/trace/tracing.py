"""Tracing: a Python function is called once, on symbols, and its ops become a graph."""

import itertools

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.compile.plan import Plan
from tapeflow.core.graph.graph import Graph, outermost
from tapeflow.core.trace.arguments import replaced, specs_in_place
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.trace.lifting import creation
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_numbers = itertools.count()


# The graph around a new one is the present one, and nobody said so.
_UNSAID = object()


class FuncGraph(Graph):
    """The graph of a function.

    Attributes:
        structured_input_signature: `(args, kwargs)` with specs for tensors.
        structured_outputs: What the function returned.
        attributes: What the user said of the function, `experimental_attributes`.
        must_compile: Whether it has to be one XLA program, `jit_compile=True`.
    """

    hashes_tensors = False
    attributes: dict = {}
    must_compile = False

    def __init__(self, name, outer=_UNSAID):
        super().__init__(name, current.graph if outer is _UNSAID or outer is None else outer)
        self.is_loose = outer is _UNSAID  # Keras infers shapes in graphs of its own, of tensors of other such graphs
        self.structured_input_signature = ((), {})
        self.structured_outputs = None

    @property
    def outer_graph(self):
        """The graph around this function's."""
        return outermost if self.outer is None else self.outer


def is_part_of_program(graph):
    """Whether a graph, or one around it, has to be compiled as a whole."""
    while graph is not None:
        if getattr(graph, "must_compile", False):
            return True
        graph = graph.outer
    return False


def trace(owner, python_function, args, kwargs, specs, values, may_create):
    """Captures a function.

    Args:
        owner: The `Function` that asks.
        python_function: What to call.
        args, kwargs: The arguments, with tensors or specs.
        specs: `tf.TensorSpec`s of the tensors among them.
        values: The tensors themselves (or specs, if there are none): initial values of variables may need them.
        may_create: Whether the function may make variables.

    Returns:
        The `ConcreteFunction`, and the variables that were made.
    """
    name = f"__inference_{owner.name}_{next(_numbers)}"
    _load_staged()
    graph = FuncGraph(owner.name, current.graph)
    graph.attributes, graph.must_compile = owner._attributes or {}, bool(owner._jit_compile)
    function = _converted(python_function, owner)
    names = _argument_names(owner, args, kwargs)
    if len(names) == len(specs):
        specs = [TensorSpec(s.shape, s.dtype, s.name or n) for s, n in zip(specs, names, strict=True)]
    with graph, creation(graph, owner, may_create) as created:
        symbols = []
        for spec, given in zip(specs, names, strict=False):
            symbols.append(graph.placeholder(spec.dtype, spec.shape, spec.name or given))
        for spec in specs[len(symbols) :]:
            symbols.append(graph.placeholder(spec.dtype, spec.shape, spec.name))
        graph.inputs = symbols
        created.values = dict(zip(map(id, symbols), values, strict=True))
        args_in, kwargs_in = replaced((args, kwargs), iter(symbols))
        result = function(*args_in, **kwargs_in)
        result = outputs_of(graph, result, owner.name)
    graph.structured_outputs = result
    spec_args, spec_kwargs = specs_in_place((args, kwargs), iter(specs))
    graph.structured_input_signature = spec_args, spec_kwargs
    if owner._jit_compile:
        graph.plan = Plan(graph, always_compile=True)
    signature = owner.function_type
    return ConcreteFunction(graph, name, (spec_args, spec_kwargs), result, signature), created.variables


def outputs_of(graph, result, name):
    """What a function returned, with symbols for everything that stands for a tensor; lists them as the outputs."""

    def one(value):
        if value is None or isinstance(value, (Tensor,)):
            tensor = value
        elif isinstance(value, Variable):
            tensor = value._read()
        elif hasattr(value, "node_def") or hasattr(value, "record"):
            return None  # an operation
        elif (
            isinstance(value, (bool, int, float, complex, str, bytes, np.ndarray, np.generic))
            or hasattr(value, "__array__")
            or hasattr(type(value), "__tf_tensor__")
        ):
            tensor = convert(value)
        elif getattr(value, "is_graph_value", False):
            return value
        else:
            try:
                tensor = convert(value)
            except (TypeError, ValueError) as error:
                raise TypeError(
                    "To be compatible with tf.function, Python functions must return zero or more Tensors or "
                    f"ExtensionTypes or None values; in compilation of {name}, found return value of type "
                    f"{type(value).__name__}, which is not a Tensor or ExtensionType."
                ) from error
        if tensor is None:
            return None
        symbol = graph.symbol(tensor)
        fresh = type(symbol)(symbol.node, symbol.index, symbol.dtype, symbol.shape)
        graph.outputs.append(fresh)
        return fresh

    graph.outputs = []
    return nest.map_structure(one, result, expand_composites=True)


def _argument_names(owner, args, kwargs):
    """A name for each tensor among the arguments."""
    names = list(owner.function_type.parameters) if owner.function_type is not None else []
    found = []
    for i, value in enumerate(args):
        found += _names_in(value, names[i] if i < len(names) else f"args_{i}")
    for key, value in kwargs.items():
        found += _names_in(value, key)
    return found


def _names_in(value, name):
    from tapeflow.core.trace.arguments import Typed, is_tensor_like

    value = nest.map_structure(lambda one: one.value if type(one) is Typed else one, value)
    if not nest.is_nested_or_composite(value) and is_tensor_like(value):
        return [name]
    flat = [x for x in nest.flatten(value, expand_composites=True) if is_tensor_like(x)]
    return [name if i == 0 else f"{name}_{i}" for i in range(len(flat))]


def _load_staged():
    """What only graphs need: ops on the handles of variables, jacobians as loops."""
    from tapeflow.core.graph import variable_rules  # noqa: F401
    from tapeflow.core.trace import staged_maps  # it needs this module

    return staged_maps


def _converted(python_function, owner):
    """The function with its control flow made part of graphs, if that is wanted."""
    if not owner._autograph:
        return python_function
    try:
        from tapeflow.core.trace.autograph.api import convert as convert_function
    except ImportError:
        return python_function
    return convert_function(python_function, recursive=True, user_requested=True)


__all__ = ["EagerTensor", "FuncGraph", "TensorSpec", "outputs_of", "trace"]
