"""One trace of a loaded model."""

import inspect

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.compile import calls
from tapeflow.core.files.saved_matching import cast, flatten_up_to, shown
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class RestoredConcrete(ConcreteFunction):
    """One trace of a loaded model. Its graph is made when it is first needed.

    Args:
        library: The `Library` of the file.
        name: The function's name there.
        arguments: `(args, kwargs)` with specs for tensors.
        results: The structure that it returns, with specs for tensors.
        captures: Function without arguments -> the tensors of what it captured.
    """

    def __init__(self, library, name, arguments, results, captures):
        self._library, self._name, self._arguments = library, name, arguments
        self.structured_outputs = results
        self._captures = captures
        self._signature = None
        self._arg_keywords, self._num_positional_args = None, 0
        self._specs = [s for s in nest.flatten(arguments, expand_composites=True) if isinstance(s, TypeSpec)]
        self._kinds = nest.flatten(results, expand_composites=True)
        self._single = isinstance(results, TensorSpec)
        self._has_variables = any(s.dtype is dtypes.resource for s in self._specs)
        self._bound = None
        self._whole = None

    # -- its graph -----------------------------------------------------------------------------------

    @property
    def bound(self):
        """The tensors of what it captured."""
        if self._bound is None:
            self._bound = self._captures()
            takes = len(self._library.function(self._name).signature.input_arg)
            if takes != len(self._specs) + len(self._bound):
                raise InvalidArgumentError(
                    f"function '{self._name}' takes {takes} tensors, and its signature has {len(self._specs)} and "
                    f"{len(self._bound)} captures"
                )
        return self._bound

    def _imported(self, tensors=None):
        """The graph for such arguments: one for all, unless variables are among them."""
        if not self._has_variables:
            if self._whole is None:
                count = len(self._specs)
                bound = {count + i: x for i, x in enumerate(self.bound)}
                self._whole = self._library.imported(self._name, bound)
            return self._whole
        count = len(self._specs)
        bound = {count + i: x for i, x in enumerate(self.bound)}
        if tensors is not None:
            bound |= {i: x for i, x in enumerate(tensors) if x.dtype is dtypes.resource}
        return self._library.imported(self._name, bound)

    @property
    def graph(self):
        """The graph."""
        return self._imported().graph

    def call_flat(self, tensors):
        """Runs the graph on a tensor for each input; returns what the function returns."""
        made = self._imported(tensors)
        for i, (x, symbol) in enumerate(zip([tensors[i] for i in made.taken], made.graph.inputs, strict=True)):
            if x.dtype is not symbol.dtype:
                raise InvalidArgumentError(
                    f"cannot compute {self._name} as input #{i}(zero-based) was expected to be a "
                    f"{spoken(symbol.dtype)} tensor but is a {spoken(x.dtype)} tensor [Op:{self._name}]"
                )
        outputs = calls.call(made.graph, [tensors[i] for i in made.taken])
        if self._single and len(made.given) == 1 and type(made.given[0]) is int:
            return outputs[made.given[0]]
        return self.pack([outputs[i] if type(i) is int else i for i in made.given])

    def run_now(self, tensors=()):
        """Runs the nodes at once, without a graph: for what makes and fills resources."""
        return self._library.run(self._name, [*tensors, *self.bound])

    def run_first(self, tensors=()):
        """The first result of `run_now`, None if there is none."""
        found = self.run_now(tensors)
        return found[0] if found else None

    def pack(self, outputs):
        """The function's result, made of the graph's outputs."""
        rest = iter(outputs)
        try:
            flat = [next(rest) if isinstance(kind, TypeSpec) else kind for kind in self._kinds]
        except StopIteration:
            raise InvalidArgumentError(
                f"function '{self._name}' gives {len(outputs)} tensors, fewer than its signature says"
            ) from None
        if self.structured_outputs is None:
            return None
        return nest.pack_sequence_as(self.structured_outputs, flat, expand_composites=True)

    # -- calling -------------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        try:
            tensors = self._structured(args, kwargs)
        except TypeError as error:
            failure = error
        else:
            return self.call_flat(tensors)
        text = (
            f"Binding inputs to tf.function failed due to `{failure}`. Received args: {args} and kwargs: {kwargs} for "
            f"signature: {self.pretty_printed_signature(verbose=False)}."
        )
        if self._arg_keywords is None:
            raise TypeError(text) from failure
        try:
            tensors = self._flat(args, kwargs)
        except TypeError as error:
            raise TypeError(f"{text}\nFallback to flat signature also failed due to: {error}") from error
        return self.call_flat(tensors)

    def _structured(self, args, kwargs):
        """The tensors of a call in the way of the Python function."""
        bound = self.parameters.bind(*args, **kwargs)
        bound.apply_defaults()
        wanted_args, wanted_kwargs = self._arguments
        given = [*bound.args], dict(bound.kwargs)
        if len(given[0]) != len(wanted_args) or set(given[1]) != set(wanted_kwargs):
            raise TypeError("the arguments have another structure")
        flat = flatten_up_to(self._arguments, (tuple(given[0]), given[1]))
        return cast(self._arguments, flat)

    @property
    def parameters(self):
        """The parameters as `inspect.Signature`."""
        if self._signature is not None:
            return self._signature
        args, kwargs = self._arguments
        kinds = inspect.Parameter
        found = [kinds(f"arg{i}", kinds.POSITIONAL_ONLY) for i in range(len(args))]
        found += [kinds(name, kinds.KEYWORD_ONLY) for name in kwargs if name.isidentifier()]
        return inspect.Signature(found)

    @property
    def _name_shown(self):
        return self._name.removeprefix("__inference_").rpartition("_")[0] or self._name

    def _flat(self, args, kwargs):
        """The tensors of a call by the names of the tensors."""
        names, name = list(self._arg_keywords), self._name_shown
        shown = f"{name}({', '.join(names)})"
        if len(args) > self._num_positional_args:
            raise TypeError(f"{shown} takes {self._num_positional_args} positional arguments, got {len(args)}.")
        given = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key in given:
                raise TypeError(f"{shown} got two values for '{key}'.")
            given[key] = value
        missing = sorted(set(names) - set(given))
        if missing:
            raise TypeError(f"{shown} missing required arguments: {', '.join(missing)}.")
        if len(given) > len(names):
            extra = sorted(set(given) - set(names))
            raise TypeError(f"{shown} got unexpected keyword arguments: {', '.join(extra)}.")
        result = []
        for i, key in enumerate(names):
            x = given[key]
            if isinstance(x, Variable):
                x = x._read()
            if not isinstance(x, Tensor):
                raise TypeError(
                    f"{shown}: expected argument #{i}(zero-based) to be a Tensor; got {type(x).__name__} ({x})."
                )
            result.append(x)
        return result

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def argument_names(self):
        """The names of the flat arguments."""
        args = self._library.function(self._name).signature.input_arg
        return [arg.name for arg in args[: len(self._specs)]]

    @property
    def captured_inputs(self):
        """The tensors and the handles that it takes from outside."""
        return list(self.bound)

    @property
    def function_def(self):
        """The `FunctionDef` message."""
        return self._library.function(self._name)

    def pretty_printed_signature(self, verbose=True):
        """Returns the parameters and results as text."""
        if verbose:
            return super().pretty_printed_signature(verbose)
        args, kwargs = self._arguments
        names = list(self.parameters.parameters)
        parts = [f"{names[i] if i < len(names) else f'arg{i}'}: {shown(arg)}" for i, arg in enumerate(args)]
        if kwargs:
            parts += ["*", *(f"{key}: {shown(kwargs[key])}" for key in kwargs)]
        return f"({', '.join(parts)}) -> {shown(self.structured_outputs)}"

    @property
    def output_dtypes(self):
        """The dtypes of the results, in their structure."""
        return nest.map_structure(lambda s: s.dtype, self.structured_outputs)

    @property
    def output_shapes(self):
        """The shapes of the results, in their structure."""
        return nest.map_structure(lambda s: s.shape, self.structured_outputs)

    def __repr__(self):
        return f"<ConcreteFunction {self.pretty_printed_signature(verbose=False)} at 0x{id(self):X}>"
