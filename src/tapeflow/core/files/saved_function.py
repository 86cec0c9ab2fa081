"""Functions of a SavedModel: traces, and polymorphic functions that choose among them."""

import inspect
import pprint

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.compile import calls
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.type_specs import VariableSpec
from tapeflow.core.values.variable import Variable

_QUICK = 256


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
        if self._single and made.given == [0]:
            return outputs[0]
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


def shown(value):
    """A structure of specs as TensorFlow writes trace types."""
    if isinstance(value, dict):
        inner = ", ".join(f"[{k!r}, {shown(v)}]" for k, v in value.items())
        return f"Dict[{inner}]"
    if isinstance(value, (list, tuple)):
        return f"{'List' if isinstance(value, list) else 'Tuple'}[{', '.join(map(shown, value))}]"
    if value is None or isinstance(value, (bool, int, float, str)):
        return f"Literal[{value!r}]"
    return repr(value)


# -- matching --------------------------------------------------------------------------------------


def flatten_up_to(expected, value):
    """The parts of a value that stand where the expected structure has its leaves.

    Raises:
        TypeError: The structures differ.
    """
    if isinstance(expected, dict):
        if not hasattr(value, "keys") or set(value) != set(expected):
            raise TypeError("the dictionaries have other keys")
        return [x for key in sorted(expected) for x in flatten_up_to(expected[key], value[key])]
    if isinstance(expected, (list, tuple)) and not isinstance(expected, TypeSpec):
        if not isinstance(value, (list, tuple)) or len(value) != len(expected):
            raise TypeError("the sequences have other lengths")
        return [x for part, one in zip(expected, value, strict=True) for x in flatten_up_to(part, one)]
    return [value]


def leaves(expected):
    """The leaves of a structure of specs, as `flatten_up_to` has them."""
    if isinstance(expected, dict):
        return [x for key in sorted(expected) for x in leaves(expected[key])]
    if isinstance(expected, (list, tuple)) and not isinstance(expected, TypeSpec):
        return [x for part in expected for x in leaves(part)]
    return [expected]


def cast(expected, flat):
    """The tensors of arguments, converted to what is expected.

    Raises:
        TypeError: One does not fit.
    """
    tensors = []
    for spec, value in zip(leaves(expected), flat, strict=True):
        if isinstance(spec, VariableSpec):
            if not isinstance(value, Variable):
                raise TypeError(f"Can not cast {value!r} to {spec!r}")
            tensors.append(value.handle)
        elif isinstance(spec, TensorSpec):
            tensors.append(_cast_tensor(spec, value))
        elif isinstance(spec, TypeSpec):
            if not spec.is_compatible_with(value):
                raise TypeError(f"Can not cast {value!r} to {spec!r}")
            tensors += [convert(x) for x in nest.flatten(value, expand_composites=True)]
        elif isinstance(value, Tensor) or value != spec:
            raise TypeError(f"Can not cast {value!r} to {spec!r}")
    return tensors


def _cast_tensor(spec, value):
    if isinstance(value, Variable):
        value = value._read()
    if not isinstance(value, Tensor):
        try:
            value = convert(value, dtype=spec.dtype)
        except (TypeError, ValueError) as error:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {spoken(spec.dtype)}") from error
    if value.dtype is not spec.dtype or not spec.shape.is_compatible_with(value.shape):
        own = TensorSpec(value.shape, value.dtype, spec.name)
        raise TypeError(f"Can not cast {own!r} to {spec!r}")
    return value


def matched(expected, flat, allow_conversion):
    """The tensors of arguments that fit a trace, or None."""
    tensors = []
    for spec, value in zip(leaves(expected), flat, strict=True):
        if isinstance(spec, VariableSpec):
            if not (isinstance(value, Variable) and spec.is_compatible_with(value)):
                return None
            tensors.append(value.handle)
        elif isinstance(spec, TensorSpec):
            value = value._read() if isinstance(value, Variable) else value
            if allow_conversion and not isinstance(value, Tensor):
                try:
                    value = convert(value, hint=spec.dtype)
                except (TypeError, ValueError):
                    return None
            if not isinstance(value, Tensor) or value.dtype is not spec.dtype:
                return None
            if not spec.shape.is_compatible_with(value.shape):
                return None
            tensors.append(value)
        elif isinstance(spec, TypeSpec):
            if not spec.is_compatible_with(value):
                return None
            tensors += [convert(x) for x in nest.flatten(value, expand_composites=True)]
        elif isinstance(value, (Tensor, Variable)) or not _equal(value, spec):
            return None
    return tensors


def _equal(value, spec):
    found = value == spec
    return bool(np.all(found))


# -- polymorphic functions -------------------------------------------------------------------------


class RestoredFunction(PolymorphicFunction, Trackable):
    """A function of a loaded model: it chooses the trace that its arguments fit.

    Args:
        name: Its name.
        signature: Its parameters, an `inspect.Signature`.
        input_signature: The specs that arguments must match, or None.
        concrete_functions: The traces.
    """

    def __init__(self, name, signature, input_signature, concrete_functions, jit_compile=None):
        self._name, self._signature, self._input_signature = name, signature, input_signature
        self._jit_compile = jit_compile
        self.concrete_functions = concrete_functions
        self._quick = {}
        self.__name__ = name
        self.__signature__ = signature

    @property
    def name(self):
        """The function's name."""
        return self._name

    @property
    def function_type(self):
        """The parameters."""
        return self._signature

    @property
    def function_spec(self):
        """The parameters."""
        return self._signature

    @property
    def input_signature(self):
        """The specs that arguments must match, or None."""
        return self._input_signature

    @property
    def python_function(self):
        """Calls the function: the original Python code is not in the file."""
        return self.__call__

    def __call__(self, *args, **kwargs):
        key = None
        if not kwargs and all(type(x) is EagerTensor for x in args):
            key = tuple([v for x in args for v in (x._dtype.enum, x.static_shape)])
            concrete = self._quick.get(key)
            if concrete is not None:
                return concrete.call_flat(args)
        concrete, tensors = self._chosen(args, kwargs)
        if key is not None and len(tensors) == len(args) and all(x is y for x, y in zip(args, tensors, strict=True)):
            if len(self._quick) >= _QUICK:
                self._quick.clear()
            self._quick[key] = concrete
        return concrete.call_flat(tensors)

    def _chosen(self, args, kwargs):
        """The trace for a call, and its tensors."""
        inputs = self._canonical(args, kwargs)
        if not self.concrete_functions:
            raise ValueError("Found zero restored functions for caller function.")
        for allow_conversion in (False, True):
            for concrete in self.concrete_functions:
                try:
                    flat = flatten_up_to(concrete._arguments, inputs)
                except TypeError:
                    continue
                tensors = matched(concrete._arguments, flat, allow_conversion)
                if tensors is not None:
                    return concrete, tensors
        raise ValueError(self._no_match(inputs))

    def _canonical(self, args, kwargs):
        """`(args, kwargs)` in the places that traces have them in, NumPy arrays as tensors."""
        try:
            bound = self._signature.bind(*args, **kwargs)
            bound.apply_defaults()
            given = bound.args, bound.kwargs
            if self._input_signature is not None:  # arrays become what it says
                given = self._cast(given)
            given = tuple(map(_plain, given[0])), {k: _plain(v) for k, v in given[1].items()}
        except TypeError as error:
            raise TypeError(
                f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and kwargs: {kwargs} "
                f"for signature: {self._shown()}."
            ) from error
        return given

    def _cast(self, given):
        wanted = self._input_signature
        args, kwargs = given
        cast_args = []
        for spec, value in zip(wanted, args, strict=False):
            flat = flatten_up_to(spec, value)
            cast_args.append(nest.pack_sequence_as(spec, [
                _cast_tensor(s, x) if isinstance(s, TensorSpec) and not isinstance(s, VariableSpec) else x
                for s, x in zip(leaves(spec), flat, strict=True)
            ]))  # fmt: skip
        return (*cast_args, *args[len(wanted) :]), kwargs

    def _shown(self):
        names = list(self._signature.parameters)
        specs = self._input_signature or ()
        parts = [f"{n}: {shown(specs[i])}" if i < len(specs) else n for i, n in enumerate(names)]
        return f"({', '.join(parts)})"

    def _no_match(self, inputs):
        def pretty(positional):
            lines = "\n    * ".join(pprint.pformat(a) for a in positional)
            return f"Positional arguments ({len(positional)} total):\n    * {lines}"

        args, kwargs = inputs
        options = []
        for i, concrete in enumerate(self.concrete_functions, 1):
            positional, keyword = concrete.structured_input_signature
            options.append(f"Option {i}:\n  {pretty(positional)}\n  Keyword arguments: {keyword}")
        text = "\n\n".join(options)
        return (
            "Could not find matching concrete function to call loaded from the SavedModel. Got:\n  "
            f"{pretty(args)}\n  Keyword arguments: {kwargs}\n\n Expected these arguments to match one of the following "
            f"{len(self.concrete_functions)} option(s):\n\n{text}"
        )

    def get_concrete_function(self, *args, **kwargs):
        """Returns the trace for arguments like these: tensors, or `tf.TensorSpec`s in their place."""
        if self._input_signature is not None and not args and not kwargs:
            args = self._input_signature
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        inputs = tuple(map(_plain, bound.args)), {k: _plain(v) for k, v in bound.kwargs.items()}
        for concrete in self.concrete_functions:
            try:
                flat = flatten_up_to(concrete._arguments, inputs)
            except TypeError:
                continue
            if all(_announced(s, x) for s, x in zip(leaves(concrete._arguments), flat, strict=True)):
                return concrete
        raise ValueError(self._no_match(inputs))

    def _list_all_concrete_functions(self):
        return list(self.concrete_functions)

    def _list_all_concrete_functions_for_serialization(self):
        return list(self.concrete_functions)

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        if save_type == SaveType.CHECKPOINT:
            return {}
        return {f"trace_{i}": concrete for i, concrete in enumerate(self.concrete_functions)}

    def pretty_printed_concrete_signatures(self, verbose=True):
        """Returns the signatures of all traces as text."""
        return "\n\n".join(one.pretty_printed_signature(verbose) for one in self.concrete_functions)

    def experimental_get_tracing_count(self):
        """Returns how many traces there are."""
        return len(self.concrete_functions)


def _plain(value):
    """NumPy arrays, in whatever structure, as tensors."""
    if isinstance(value, (np.ndarray, np.generic)):
        return convert(value)
    if type(value) in (list, tuple, dict) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        return nest.map_structure(lambda x: convert(x) if isinstance(x, (np.ndarray, np.generic)) else x, value)
    return value


def _announced(spec, value):
    """Whether a value, or a spec of values, fits a leaf of a trace's arguments."""
    if isinstance(spec, TensorSpec):
        if not isinstance(value, (Tensor, TensorSpec, Variable)):
            return False
        return value.dtype is spec.dtype and spec.shape.is_compatible_with(value.shape)
    if isinstance(spec, TypeSpec):
        return spec.is_compatible_with(value)
    return not isinstance(value, (Tensor, TypeSpec)) and _equal(value, spec)


class SignatureMap(dict, Trackable):
    """The signatures of a model: name -> function; nobody may change it."""

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        return {} if save_type == SaveType.CHECKPOINT else dict(self)

    @property
    def _object_identifier(self):
        return "signature_map"

    def _add_signature(self, name, function):
        super().__setitem__(name, function)

    def __setitem__(self, name, value):
        raise TypeError("the signatures of a model cannot be changed")

    def __repr__(self):
        return f"_SignatureMap({dict(self)!r})"
