"""`ConcreteFunction`: one trace of a function, for arguments of one kind."""

import inspect
from functools import cached_property

from tapeflow.core.base import nest
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.function_types import ConcreteFunction as ConcreteFunctionType
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.compile import alternatives, calls
from tapeflow.core.compile.plan import plan_of
from tapeflow.core.trace.arguments import replaced
from tapeflow.core.trace.packing import packer
from tapeflow.core.trace.signatures import signature_of
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class ConcreteFunction(ConcreteFunctionType, Trackable):
    """One trace of a function: a graph, and how Python values go in and come out.

    Attributes:
        graph: The graph.
        structured_outputs: What the function returned, with the graph's symbols for tensors.
    """

    def __init__(self, graph, name, arguments, structured_outputs, signature, python_name=None):
        self.graph = graph
        self._name = name
        self._arguments = arguments  # (args, kwargs) with specs for tensors
        self.structured_outputs = structured_outputs
        self._signature = signature
        self._single = self._find_single()

    def _find_single(self):
        """Whether the result is one tensor: the case that needs no packing."""
        return isinstance(self.structured_outputs, Tensor) and len(self.graph.outputs) == 1

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        """None in checkpoints, which hold variables where the objects have them, not where functions use them."""
        if save_type == SaveType.CHECKPOINT:
            return {}
        return super()._trackable_children(save_type, **kwargs)

    # -- calling -------------------------------------------------------------------------------------

    def call_flat(self, tensors):
        """Runs the graph on a tensor for each of its inputs; returns what the function returns."""
        outputs = calls.call(self.graph, tensors)
        return outputs[0] if self._single else self.pack(outputs)

    @cached_property
    def _pack(self):
        return packer(self.structured_outputs)

    def pack(self, outputs):
        """The function's result, made of the graph's outputs."""
        return self._pack(iter(outputs))

    def __call__(self, *args, **kwargs):
        tensors = self._flat_arguments(args, kwargs)
        specs = self.graph.inputs
        if len(tensors) != len(specs):
            raise TypeError(
                f"{self._name}: takes {len(specs)} tensors, got {len(tensors)}. Its signature: "
                f"{self.pretty_printed_signature(verbose=False)}"
            )
        flat = []
        for x, spec in zip(tensors, specs, strict=True):
            x = x if isinstance(x, Tensor) else convert(x, dtype=spec.dtype)
            if x.dtype is not spec.dtype:
                raise InvalidArgumentError(
                    f"cannot compute {self._name} as input #{len(flat)}(zero-based) was expected to be a "
                    f"{spoken(spec.dtype)} tensor but is a {spoken(x.dtype)} tensor [Op:{self._name}]"
                )
            if not spec.shape.is_compatible_with(x.shape):
                raise TypeError(
                    f"Binding inputs to tf.function failed due to `Can not cast "
                    f"{TensorSpec(x.shape, x.dtype)!r} to {TensorSpec(spec.shape, spec.dtype)!r}`. "
                    f"Received args: {args} and kwargs: {kwargs} for signature: "
                    f"{self.pretty_printed_signature(verbose=False)}."
                )
            flat.append(x)
        return self.call_flat(flat)

    def _flat_arguments(self, args, kwargs):
        """The tensors of a call, by position or by the arguments' names."""
        names = self.argument_names
        wanted_args, _ = self._arguments
        if not kwargs and len(args) == len(wanted_args):
            return self._tensors_in(args)
        if kwargs and set(kwargs) <= set(names) and not args and set(kwargs) == set(names):
            return [kwargs[name] for name in names]
        if len(args) == len(names) and not kwargs:
            return self._tensors_in(args)
        bound = self._bind(args, kwargs)
        return self._tensors_in(bound)

    def _bind(self, args, kwargs):
        wanted_args, wanted_kwargs = self._arguments
        names = list(self._signature.parameters) if self._signature is not None else []
        values = list(args)
        rest = dict(kwargs)
        for i in range(len(values), len(wanted_args)):
            name = names[i] if i < len(names) else None
            if name in rest:
                values.append(rest.pop(name))
            elif _has_tensor(wanted_args[i]):
                raise TypeError(f"missing a required argument: '{name}'")
            else:
                values.append(wanted_args[i])
        for name in wanted_kwargs:
            values.append(rest.pop(name, wanted_kwargs[name]))
        if rest:
            raise TypeError(f"got an unexpected keyword argument '{next(iter(rest))}'")
        return tuple(values)

    @staticmethod
    def _tensors_in(values):
        found = []
        for value in nest.flatten(values, expand_composites=True):
            if isinstance(value, Variable):
                continue
            if (
                isinstance(value, Tensor)
                or hasattr(value, "__array__")
                or isinstance(value, (int, float, complex, str, bytes, list))
            ):
                found.append(value)
        return found

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self):
        """The function's unique name, as bytes."""
        return self._name.encode()

    @property
    def argument_names(self):
        """The names of the flat arguments."""
        return [s.node.name for s in self.graph.inputs]

    @property
    def inputs(self):
        """The symbols of the arguments and of what was captured."""
        return [*self.graph.inputs, *self.graph.internal_captures]

    @property
    def outputs(self):
        """The symbols of the results."""
        return list(self.graph.outputs)

    @property
    def captured_inputs(self):
        """The tensors and variables' handles that the graph takes from outside."""
        handles = [v.handle for v in self.graph.variables]
        return [*self.graph.external_captures, *handles]

    @property
    def variables(self):
        """The variables that the function uses."""
        return self.graph.variables

    @property
    def trainable_variables(self):
        """The trainable variables that the function uses."""
        return self.graph.trainable_variables

    @property
    def structured_input_signature(self):
        """`(args, kwargs)` with a `tf.TensorSpec` for every tensor."""
        return self._arguments

    @property
    def output_dtypes(self):
        """The dtypes of the results, in their structure."""
        return nest.map_structure(lambda x: x.dtype if isinstance(x, Tensor) else None, self.structured_outputs)

    @property
    def output_shapes(self):
        """The shapes of the results, in their structure."""

        def shape(x):
            return x.shape if isinstance(x, Tensor) else TensorShape(None)

        return nest.map_structure(shape, self.structured_outputs)

    @property
    def function_type(self):
        """The parameters and the result, a `tf.types.experimental.FunctionType`."""
        args, kwargs = self._arguments
        return signature_of(self._signature, args, kwargs, self.structured_outputs, self.captured_inputs)

    @property
    def inference_fn(self):
        """This function."""
        return self

    @property
    def plan(self):
        """How the graph runs."""
        return plan_of(self.graph)

    def set_shapes(self, shapes):
        """Narrows the shapes of the inputs."""
        for s, shape in zip(self.graph.inputs, shapes, strict=True):
            s.set_shape(TensorShape(shape))

    def add_to_graph(self, g=None, overwrite=False):
        """Offers the function to a graph: what it calls of the same name (`api_implements`) and for no device in
        particular becomes this one, where this one is for the device at hand (`api_preferred_device`).

        Args:
            g: The graph, by default the one that is being captured.
            overwrite: Accepted.
        """
        graph = current.graph if g is None else g
        if graph is not None:
            alternatives.offer(graph, self.graph)

    def add_gradient_functions_to_graph(self, g=None):
        """Accepted: as `add_to_graph`."""

    def pretty_printed_signature(self, verbose=True):
        """Returns the parameters and results as text, on several lines or on one."""
        return repr(self.function_type) if verbose else str(self.function_type)

    def __repr__(self):
        return f"<ConcreteFunction {self.pretty_printed_signature(verbose=False)} at 0x{id(self):X}>"

    def __str__(self):
        return f"ConcreteFunction {self.pretty_printed_signature()}"


def _has_tensor(value):
    return any(isinstance(x, TensorSpec) for x in nest.flatten(value, expand_composites=True))


__all__ = ["ConcreteFunction", "inspect", "replaced"]
