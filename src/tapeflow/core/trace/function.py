"""`tf.function`: traces a Python function once for each kind of arguments, and runs the captured graphs."""

import functools
import inspect
import logging
import threading
import types
import weakref
from collections import Counter, OrderedDict, deque

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.nest_parts import map_structure_up_to
from tapeflow.core.base.settings import settings
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.graph.graph import Controls, Outside
from tapeflow.core.trace import arguments
from tapeflow.core.trace.arguments import Reading
from tapeflow.core.trace.explain import Explanation, TraceReport, leaves_of, nearest, programs_report, steps_report
from tapeflow.core.trace.tracing import is_part_of_program, trace
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

# Calls whose traces are found without looking: the newest keys.
_KEYS = 1024
# Traces that a function keeps; the one that was made or found anew longest ago goes first.
_TRACES = 256
# So many of the last calls were traced: a storm, worth a word.
_STORM, _WINDOW = 5, 10


class Trace:
    """One trace: the concrete function, and what it was made for."""

    __slots__ = ("alive", "compared_with", "concrete", "created", "differences", "key", "leaves", "number", "shapes")

    def __init__(self, key, shapes, alive, concrete, leaves=None):
        self.key, self.shapes, self.alive, self.concrete, self.leaves = key, shapes, alive, concrete, leaves or {}

    def takes(self, shapes):
        """Whether tensors of these shapes may go in."""
        return all(a.is_subtype_of(b) for a, b in zip(shapes, self.shapes, strict=True))


class Function(PolymorphicFunction, Trackable):
    """A Python function that runs as captured graphs: what `tf.function` returns."""

    def __init__(self, python_function, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False,
                 autograph_options=None, attributes=None):  # fmt: skip
        functools.update_wrapper(self, python_function)
        self._python_function = python_function
        self._input_signature = None if input_signature is None else tuple(input_signature)
        self._autograph, self._jit_compile, self._reduce_retracing = autograph, jit_compile, reduce_retracing
        self._autograph_options = autograph_options
        self._attributes = attributes
        self._lock = threading.RLock()
        self._found = OrderedDict()  # (key, shapes) -> Trace
        self._quick = {}  # dtypes and shapes of plain tensors -> ConcreteFunction
        # The last call with one thing like a dataset iterator: weakly that thing, its tensors, the ConcreteFunction.
        self._last = _nothing, (), None
        self._traces = []
        self._counter = 0
        self._calls = 0
        self._traced_at = deque(maxlen=_STORM)  # the numbers of the last calls that were traced
        self._storm_told = False
        self._created = None  # variables made on the first call: a list then
        self._methods = weakref.WeakKeyDictionary()
        self._signature = self.__signature__ = _signature_of(python_function)  # the latter: what `inspect` asks for
        if self._input_signature is not None:
            self._check_signature()

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def python_function(self):
        """The wrapped Python function."""
        return self._python_function

    @property
    def input_signature(self):
        """The `tf.TensorSpec`s that arguments must match, or None."""
        return self._input_signature

    @property
    def function_spec(self):
        """The parameters of the Python function."""
        return self._signature

    @property
    def function_type(self):
        """The parameters of the Python function."""
        return self._signature

    @property
    def name(self):
        """The Python function's name."""
        return getattr(self._python_function, "__name__", type(self._python_function).__name__)

    @property
    def traces(self):
        """The traces made so far, oldest first."""
        return tuple(self._traces)

    def experimental_get_tracing_count(self):
        """Returns how often the Python function was traced."""
        return self._counter

    def _check_signature(self):
        for spec in nest.flatten(self._input_signature):
            if not hasattr(spec, "is_compatible_with"):
                raise TypeError(
                    "Invalid input_signature "
                    f"{list(self._input_signature)}; input_signature must be a possibly nested sequence of TensorSpec "
                    "objects."
                )
        if self._signature is None:
            return
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        places = [p for p in self._signature.parameters.values() if p.kind in kinds]
        variadic = any(p.kind is p.VAR_POSITIONAL for p in self._signature.parameters.values())
        is_method = bool(places) and places[0].name == "self"  # to be bound later
        for p in places[len(self._input_signature) + is_method :]:
            if p.default is p.empty:
                raise TypeError(f"input_signature missing type constraint for {p.name}")
        for p in self._signature.parameters.values():
            if p.kind is p.KEYWORD_ONLY and p.default is p.empty:
                raise TypeError(
                    f"Since input_signature is defined, keyword-only parameter `{p.name}` must have a default value"
                )
        if len(self._input_signature) > len(places) and not variadic:
            raise TypeError(
                f"input_signature: {self._input_signature} has {len(self._input_signature)} entries, and "
                f"{self.name}{self._signature} takes {len(places)} arguments."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        try:
            bound = self._methods.get(instance)
        except TypeError:  # not hashable, or not weakly referable
            return self._bound_to(instance)
        if bound is None:
            bound = self._methods[instance] = self._bound_to(instance, weakly=True)
        return bound

    def _bound_to(self, instance, weakly=False):
        function = self._python_function
        if weakly:
            method = _weak_method(function, instance)
        else:
            method = types.MethodType(function, instance) if callable(function) else function
        return Function(
            method, self._input_signature, self._autograph, self._jit_compile, self._reduce_retracing,
            self._autograph_options, self._attributes,
        )  # fmt: skip

    def __repr__(self):
        return f"<tapeflow.core.trace.function.Function object of {self.name} at 0x{id(self):x}>"

    def __deepcopy__(self, memo):
        return Function(
            self._python_function, self._input_signature, self._autograph, self._jit_compile, self._reduce_retracing,
            self._autograph_options, self._attributes,
        )  # fmt: skip

    def _decorate(self, decorator):
        """Puts a decorator around the Python function, as Sonnet does with methods.

        Raises:
            ValueError: The function was traced already.
        """
        if self._traces:
            raise ValueError("Functions cannot be decorated after they have been traced.")
        self._python_function = decorator(self._python_function)
        self._signature = self.__signature__ = _signature_of(self._python_function)

    # -- calling -------------------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        if settings.run_functions_eagerly:
            return self._python_function(*args, **kwargs)
        is_part = mode.slow and is_part_of_program(current.graph)
        if not kwargs and not is_part:
            if len(args) == 1 and (last := self._last)[0]() is args[0] is not None:
                self._calls += 1
                return last[2].call_flat(last[1])
            # The hot case, plain tensors only: their dtypes and shapes, without a look at the signature.
            quick = []
            for x in args:
                if type(x) is not EagerTensor:
                    break
                quick.append(x._dtype.enum)
                quick.append(x.static_shape)
            else:
                concrete = self._quick.get(tuple(quick))
                if concrete is not None:
                    self._calls += 1
                    return concrete.call_flat(args)
        given = args
        self._calls += 1
        if kwargs or self._input_signature is not None or self._signature is not None:
            args, kwargs = self._bind(args, kwargs)
        reading = Reading()
        key = reading.key(args) if not kwargs else (reading.key(args), reading.key(kwargs))
        if is_part:  # a trace of its own: libraries take other ways where everything must be compiled
            key = key, "program"
        tensors = reading.tensors
        shapes = tuple([x.static_shape if type(x) is EagerTensor else _shape_key(x) for x in tensors])
        found = self._found.get((key, shapes))
        if found is None or not all(ref() is not None for ref in found.alive):
            found = self._find(args, kwargs, key, shapes, reading)
        if not kwargs and not is_part and not found.alive and not found.created:
            if len(given) == len(tensors):
                self._remember(given, tensors, found.concrete)
            if len(given) == 1 and _is_resource(given[0], tensors):
                self._last = weakref.ref(given[0]), tensors, found.concrete
        return found.concrete.call_flat(tensors)

    def _remember(self, given, tensors, concrete):
        """Lets calls with plain tensors of these dtypes and shapes find the trace at once."""
        if all(type(x) is EagerTensor and x is y for x, y in zip(given, tensors, strict=True)):
            if len(self._quick) >= _KEYS:
                self._quick.clear()
            self._quick[tuple([v for x in given for v in (x._dtype.enum, x.static_shape)])] = concrete

    def _bind(self, args, kwargs):
        """The arguments in their places, defaults filled in, converted if there is an input signature."""
        signature = self._signature
        if signature is not None and (kwargs or len(args) != signature.simple_count):
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(
                    f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and kwargs: "
                    f"{kwargs} for signature: {signature}."
                ) from error
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        if self._input_signature is not None:
            args, kwargs = self._cast(args, kwargs)
        return args, kwargs

    def _cast(self, args, kwargs):
        """The arguments as the tensors that the input signature announces."""
        wanted = self._input_signature
        if len(args) < len(wanted):
            raise TypeError(
                f"{self.name} got {len(args)} arguments and its input_signature has {len(wanted)}: {wanted}"
            )
        result = []
        for spec, value in zip(wanted, args, strict=False):
            try:
                result.append(map_structure_up_to(spec, _cast_one, spec, value, check_types=False))
            except (ValueError, TypeError) as error:
                raise TypeError(
                    f"Binding inputs to tf.function failed due to `{error}`. Received args: {args} and kwargs: "
                    f"{kwargs} for signature: {wanted}."
                ) from error
        return (*result, *args[len(wanted) :]), kwargs

    # -- tracing -------------------------------------------------------------------------------------

    def _find(self, args, kwargs, key, shapes, reading):
        """The trace for such arguments: one that takes them, else a new one."""
        with self._lock:
            known = reading.shapes
            wide = [known[i] if i in known else _wide(x) for i, x in enumerate(reading.tensors)]
            forbidden = self._created is not None and bool(self._created)
            if self._input_signature is not None:
                fixed = nest.flatten(self._input_signature, expand_composites=True)
                wide = [TensorShape(s.shape) for s in fixed] + wide[len(fixed) :]
            chosen = None
            for one in reversed(self._traces):
                if one.key == key and all(ref() is not None for ref in one.alive) and one.takes(wide):
                    if forbidden and one.created:
                        continue
                    # Of several that fit, the most specific.
                    if chosen is None or (chosen.takes(one.shapes) and not one.takes(chosen.shapes)):
                        chosen = one
            if chosen is None:
                if self._reduce_retracing:
                    wide = self._generalized(key, wide)
                chosen = self._trace(args, kwargs, key, wide, reading)
                if chosen.created:
                    # Once more, now that the variables are there: a function that makes new ones each time says so.
                    chosen = self._trace(args, kwargs, key, wide, reading)
            if not chosen.created:
                self._found[key, shapes] = chosen
                if len(self._found) > _KEYS:
                    self._found.popitem(last=False)
            return chosen

    def _generalized(self, key, wide):
        for one in reversed(self._traces):
            if one.key == key:
                return arguments.generalized(one.shapes, wide)
        return wide

    def _trace(self, args, kwargs, key, wide, reading):
        self._counter += 1
        first = self._created is None
        specs = [
            TensorSpec(shape, x.dtype, getattr(x, "_name", None) if isinstance(x, TensorSpec) else None)
            for shape, x in zip(wide, reading.tensors, strict=True)
        ]
        concrete, created = trace(
            self, self._python_function, args, kwargs, specs, reading.tensors, may_create=first or not self._created
        )
        made = Trace(key, wide, reading.alive, concrete, leaves_of(args, kwargs, self._parameter_names(), wide))
        made.number, made.compared_with, made.differences = self._counter - 1, None, ()
        if self._traces:
            place, made.differences = nearest(made.leaves, [one.leaves for one in self._traces])
            made.compared_with = self._traces[place].number
        made.created = bool(created)
        if first:
            self._created = created
        self._traces.append(made)
        if len(self._traces) > _TRACES:
            self._forget(self._traces.pop(0))
        self._watch_for_storms()
        return made

    def _parameter_names(self):
        return [] if self._signature is None else list(self._signature.parameters)

    def _forget(self, trace):
        """Lets go of a trace that has not been of use for long."""
        for key in [key for key, one in self._found.items() if one is trace]:
            del self._found[key]
        self._quick.clear()
        self._last = _nothing, (), None

    def _watch_for_storms(self):
        """Says once that calls are traced again and again, and which argument is to blame."""
        if current.graph is not None:  # part of another trace, or of its own: a recursion ends by itself
            return
        self._traced_at.append(self._calls)
        if self._storm_told or len(self._traced_at) < _STORM or self._calls - self._traced_at[0] >= _WINDOW:
            return
        self._storm_told = True
        blamed = Counter(one.argument for trace in self._traces[-_STORM + 1 :] for one in trace.differences)
        last = self._traces[-1]
        worst = blamed.most_common(1)[0][0] if blamed else None
        change = next((one for one in last.differences if one.argument == worst), None)
        logging.getLogger("tensorflow").warning(
            "%d out of the last %d calls to %s triggered tf.function retracing. Tracing is expensive.%s",
            _STORM, self._calls - self._traced_at[0] + 1, self.name,
            f" The argument to blame: {change}.\n  try: {change.hint}" if change is not None
            else " Its arguments did not change: is it made anew, or made to create variables, in every call?",
        )  # fmt: skip

    def explain(self):
        """Says why the function was traced, how its traces run, and what compiling them cost.

        Returns:
            An `Explanation`: prints as a table, shows as HTML in notebooks; its `traces` hold the parts.
        """
        return Explanation(self.name, [_reported(trace) for trace in self._traces])

    def pretty_printed_concrete_signatures(self, verbose=True):
        """Returns the signatures of all traces as text."""
        return "\n\n".join(one.concrete.pretty_printed_signature(verbose) for one in self._traces)

    def get_concrete_function(self, *args, **kwargs):
        """Returns the trace for arguments like these, without running it.

        Args:
            *args, **kwargs: Values, or `tf.TensorSpec`s for tensors.
        """
        if self._input_signature is not None and not args and not kwargs:
            args = self._input_signature
        args, kwargs = self._bind(args, kwargs)
        reading = Reading()
        key = reading.key(args) if not kwargs else (reading.key(args), reading.key(kwargs))
        shapes = tuple(_shape_key(x) for x in reading.tensors)
        return self._find(args, kwargs, key, shapes, reading).concrete

    def _list_all_concrete_functions(self):
        """The concrete functions made so far; with an input signature there is at least one."""
        if self._input_signature is not None:
            self.get_concrete_function()
        return [one.concrete for one in self._traces]

    def _list_all_concrete_functions_for_serialization(self):
        return self._list_all_concrete_functions()

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        if save_type == SaveType.CHECKPOINT:
            return {}
        return {f"trace_{n}": concrete for n, concrete in enumerate(self._list_all_concrete_functions())}

    def experimental_get_compiler_ir(self, *args, **kwargs):
        """Returns a function of `stage` that gives the program of a trace.

        Stages: `"hlo"` and `"stablehlo"` as XLA gets it, `"optimized_hlo"` as XLA leaves it; texts, or bytes with
        `"_serialized"` behind the name.

        >>> fn = tf.function(lambda x: x * 2, jit_compile=True)
        >>> "multiply" in fn.experimental_get_compiler_ir(tf.constant([1.0]))(stage="stablehlo")
        True
        """
        from tapeflow.core.trace.compiler_ir import compiler_ir  # lazy: for who looks

        concrete = self.get_concrete_function(*args, **kwargs)
        return lambda stage="hlo", device_name=None, platform_name=None: compiler_ir(concrete, stage)


def _reported(trace):
    """The `TraceReport` of a trace."""
    concrete = trace.concrete
    plan = concrete.graph.__dict__.get("plan")
    split = concrete.graph.__dict__.get("eager_split")
    if (plan is None or not plan.is_compiled) and split is not None:
        plan = split.forward.__dict__.get("plan")  # under a tape, the graph runs as the forward half of its gradient
    ran = plan is not None and plan.is_compiled
    return TraceReport(
        trace.number, concrete.pretty_printed_signature(verbose=False), trace.compared_with, trace.differences,
        steps_report(plan) if ran else (), programs_report(plan) if ran else (),
        sum(node.type not in ("Placeholder", "Const") for node in concrete.graph.nodes),
    )  # fmt: skip


def _nothing():
    """A weak reference to nothing."""


def _is_resource(value, tensors):
    """Whether a value is a composite of nothing but a resource, such as a dataset's iterator: that one stays its."""
    composite = hasattr(type(value), "_type_spec") and not isinstance(value, (Tensor, Variable))
    return composite and len(tensors) == 1 and tensors[0].dtype is dtypes.resource


def _signature_of(function):
    """The parameters of a function; None if Python does not know them."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    kinds = {p.kind for p in signature.parameters.values()}
    plain = kinds <= {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    result = _Signature(signature.parameters.values())
    # So many positional arguments need no binding; -1: any number of them does.
    result.simple_count = len(signature.parameters) if plain else -1
    return result


class _Signature(inspect.Signature):
    """A signature that knows when calls need no binding."""

    __slots__ = ("simple_count",)


def _weak_method(function, instance):
    """A method that does not keep its object alive: the object keeps the method's traces."""
    reference = weakref.ref(instance)

    @functools.wraps(function)
    def method(*args, **kwargs):
        found = reference()
        if found is None:
            raise ReferenceError(f"the object whose method {function.__name__} was traced is gone")
        return function(found, *args, **kwargs)

    method.__wrapped_method__ = function, reference
    parameters = list(inspect.signature(function).parameters.values())[1:]
    method.__signature__ = inspect.Signature(parameters)
    return method


def _shape_key(x):
    shape = x.shape
    return None if shape.rank is None else tuple(shape.as_list())


def _wide(x):
    return TensorShape(x.shape)


def _cast_one(spec, value):
    if isinstance(spec, TensorSpec):
        if isinstance(value, TensorSpec):
            return value
        value = value if isinstance(value, Tensor) else convert(value, dtype=spec.dtype)
        if not spec.is_compatible_with(value):
            raise TypeError(f"Can not cast {TensorSpec(value.shape, value.dtype)!r} to {spec!r}")
        return value
    if hasattr(spec, "is_compatible_with") and not spec.is_compatible_with(value):
        raise TypeError(f"Can not cast {value!r} to {spec!r}")
    composite = hasattr(type(value), "_type_spec") and not isinstance(value, (Tensor, Variable))
    return arguments.Typed(value, spec) if composite else value


def function(
    func=None, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False,
    experimental_implements=None, experimental_autograph_options=None, experimental_attributes=None,
    experimental_relax_shapes=None, experimental_compile=None, experimental_follow_type_hints=None,
):  # fmt: skip
    """Makes a function run as captured graphs: traced once for each kind of arguments, compiled as a whole.

    Args:
        func: The function; None when used as `@tf.function(...)`.
        input_signature: Sequence of `tf.TensorSpec` (or structures of them) for the arguments: one trace for all calls.
        autograph: Whether Python's `if`, `while` and `for` over tensors become part of the graph.
        jit_compile: True: the whole function must be one XLA program.
        reduce_retracing: Whether to widen shapes instead of tracing again for every new one.
        experimental_implements: Accepted.
        experimental_autograph_options: Accepted.
        experimental_attributes: `{"api_implements": name, "api_preferred_device": device}`: functions of one name are
            alternatives, see `ConcreteFunction.add_to_graph`.
        experimental_relax_shapes: Deprecated form of `reduce_retracing`.
        experimental_compile: Deprecated form of `jit_compile`.
        experimental_follow_type_hints: Accepted.

    Returns:
        A `Function`, called like `func`.

    >>> @tf.function
    ... def double(x):
    ...     return x * 2
    >>> double(tf.constant(4.0)).numpy()
    8.0
    """
    if jit_compile is None:
        jit_compile = experimental_compile
    if experimental_relax_shapes is not None:
        reduce_retracing = experimental_relax_shapes

    def decorated(python_function):
        if isinstance(python_function, Function):
            python_function = python_function.python_function
        if not callable(python_function):
            raise TypeError(f"tf.function: {python_function!r} is not callable")
        return Function(
            python_function, input_signature, autograph, jit_compile, reduce_retracing,
            experimental_autograph_options, experimental_attributes,
        )  # fmt: skip

    return decorated if func is None else decorated(func)


def init_scope():
    """Context in which ops run at once, outside any function that is being traced, and unseen by tapes."""
    return Outside()


class _NoOrder:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def control_dependencies(control_inputs):
    """Context that orders ops in a graph; eagerly, ops run in the order of the program anyway.

    Args:
        control_inputs: Tensors or ops; eagerly a callable is called.
    """
    graph = current.graph
    if graph is None:
        if callable(control_inputs):
            control_inputs()
        return _NoOrder()
    nodes = []
    for one in nest.flatten(control_inputs) if control_inputs is not None else ():
        node = getattr(one, "node", one)
        if hasattr(node, "record") and node.graph is graph:
            nodes.append(node)
    return Controls(graph, nodes)


def executing_eagerly():
    """Returns whether ops run at once: True outside functions that are being traced."""
    return current.graph is None


def inside_function():
    """Returns whether a function is being traced."""
    return current.graph is not None
