"""Functions of a SavedModel: traces, and polymorphic functions that choose among them."""

import pprint

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.files.saved_matching import cast_tensor, equal, flatten_up_to, leaves, matched, shown
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.type_specs import VariableSpec
from tapeflow.core.values.variable import Variable

_QUICK = 256


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
                cast_tensor(s, x) if isinstance(s, TensorSpec) and not isinstance(s, VariableSpec) else x
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
    return not isinstance(value, (Tensor, TypeSpec)) and equal(value, spec)


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
