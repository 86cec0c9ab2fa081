"""`tf.py_function` and `tf.numpy_function`: Python code as an op."""

import threading
import weakref

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError, OpError, UnknownError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


def numpy_function(func=None, inp=None, Tout=None, stateful=True, name=None):
    """Calls `func` on NumPy arrays and returns its results as tensors. No gradient flows through.

    Args:
        func: Function of NumPy arrays.
        inp: Tensors to call it on.
        Tout: The dtype of the result, or a list of dtypes.
        stateful: Accepted.
        name: Optional name.

    Raises:
        InvalidArgumentError, UnknownError: Inside a `tf.function`, `func` raised.
    """
    if func is None:
        return lambda function: lambda *inputs: numpy_function(function, list(inputs), Tout)
    if current.graph is not None:
        return _in_graph(lambda *tensors: _run(func, [x.numpy() for x in tensors]), inp, Tout, "PyFunc")
    # TF hands eager inputs on as NumPy takes them: a list of Python integers is int64 there.
    results = nest.flatten(func(*map(np.array, inp)))
    tensors = [None if x is None else convert(x) for x in results]
    return tensors[0] if len(tensors) == 1 else tensors


def py_function(func=None, inp=None, Tout=None, name=None):
    """Calls `func` on eager tensors. Gradients flow through the ops that it runs.

    Args:
        func: Function of tensors.
        inp: Tensors to call it on.
        Tout: The dtype of the result, or a list of dtypes (empty or None: no result).
        name: Optional name.

    Raises:
        InvalidArgumentError: A result has another dtype than announced.
        UnknownError: `func` raised.
    """
    if func is None:
        return lambda function: lambda *inputs: py_function(function, list(inputs), Tout)
    if any(map(_is_composite, [*inp, *(Tout if isinstance(Tout, (list, tuple)) else [Tout])])):
        return _of_composites(func, list(inp), Tout)
    if current.graph is not None:
        return _in_graph(_Recorded(func, Tout), inp, Tout, "EagerPyFunc")
    return _called(func, [convert(x) for x in inp], Tout)


def _is_composite(x):
    return isinstance(x, CompositeTensor) or (isinstance(x, TypeSpec) and not isinstance(x, TensorSpec))


def _of_composites(func, inp, Tout):
    """`py_function` where inputs or results are ragged tensors or the like: it passes their parts."""
    kinds = list(Tout) if isinstance(Tout, (list, tuple)) else [] if Tout is None else [Tout]
    given = [x if _is_composite(x) else convert(x) for x in inp]
    parts = [nest.flatten(kind, expand_composites=True) if _is_composite(kind) else [kind] for kind in kinds]

    def call(*tensors):
        result = func(*nest.pack_sequence_as(given, list(tensors), expand_composites=True))
        results = result if isinstance(result, (list, tuple)) and isinstance(Tout, (list, tuple)) else [result]
        return [part for x, kind in zip(results, kinds, strict=True) for part in _parts(x, kind)]

    flat = py_function(call, nest.flatten(given, expand_composites=True), [x for one in parts for x in one])
    if not kinds:
        return None
    rest = iter(flat)
    made = []
    for kind, one in zip(kinds, parts, strict=True):
        leaves = [next(rest) for _ in one]
        made.append(nest.pack_sequence_as(kind, leaves, expand_composites=True) if _is_composite(kind) else leaves[0])
    return made if isinstance(Tout, (list, tuple)) else made[0]


def _parts(value, kind):
    """The tensors of a result, once it is sure that it is of its announced kind."""
    if not _is_composite(kind):
        return [value]
    if not kind.is_compatible_with(value):
        raise InvalidArgumentError(f"py_function: the function returned {value!r} where Tout says {kind!r}")
    return nest.flatten(value, expand_composites=True)


def _run(func, values):
    """The function's result; errors that leave it get TensorFlow's classes."""
    try:
        return func(*values)
    except OpError:
        raise
    except (ValueError, TypeError) as error:
        raise InvalidArgumentError(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        raise UnknownError(f"{type(error).__name__}: {error}") from error


def _called(func, tensors, Tout):
    result = _run(func, tensors)
    if Tout is None or (isinstance(Tout, (list, tuple)) and not Tout):
        return None
    if isinstance(Tout, (list, tuple)):
        results = result if isinstance(result, (list, tuple)) else [result]
        return [_as(x, one) for x, one in zip(results, Tout, strict=True)]
    return _as(result, Tout)


def _in_graph(call, inp, Tout, op_name):
    """The call as a node; as many results as `Tout` names."""
    kinds = [] if Tout is None else list(Tout) if isinstance(Tout, (list, tuple)) else [Tout]
    specs = kinds
    kinds = [dtypes.as_dtype(getattr(kind, "dtype", kind)) for kind in kinds]
    outputs = current.graph.python_call(call, [convert(x) for x in inp], kinds, op_name)
    for output, spec in zip(outputs, specs, strict=True):
        if hasattr(spec, "shape"):
            output.set_shape(spec.shape)
    if isinstance(Tout, (list, tuple)):
        return outputs
    return outputs[0] if outputs else outputs


class _Recorded:
    """The function of a `py_function` in a graph: once its gradient is wanted, its calls are recorded by tapes."""

    def __init__(self, function, kinds):
        self._function, self._kinds = function, kinds
        self.keeps_tape = False
        self._calls = threading.local()

    def __call__(self, *tensors):
        if not self.keeps_tape:
            return _called(self._function, tensors, self._kinds)
        with GradientTape(persistent=True) as tape:
            tape.watch([x for x in tensors if x.dtype.is_differentiable])
            result = _called(self._function, tensors, self._kinds)
        calls = self._calls.__dict__.setdefault("stack", [])
        calls.append((tape, tensors, list(result) if isinstance(result, (list, tuple)) else [result]))
        return result

    def play_back(self, wanted, given, grads):
        """The gradients of the inputs `wanted` of the last call, from those of its outputs `given`."""
        tape, tensors, results = self._calls.stack.pop()
        sources = [tensors[i] for i in wanted]
        found = tape.gradient([results[i] for i in given], sources, list(grads), unconnected_gradients="zero")
        return list(found)


def _as(value, dtype):
    dtype = dtypes.as_dtype(getattr(dtype, "dtype", dtype))
    tensor = convert(value, hint=dtype)
    if tensor.dtype is not dtype:
        raise InvalidArgumentError(
            f"py_function: the function returned {tensor.dtype.name} where Tout says {dtype.name}",
            got={"result": tensor},
            hint=f"Tout=tf.{tensor.dtype.name}",
        )
    # A new tensor: the function may hand back one of its inputs.
    return tensor if isinstance(tensor, EagerTensor) else convert(tensor)


# -- functions by token ------------------------------------------------------------------------------


class FunctionRegistry:
    """Python functions by the token that ops name them by. Functions live as long as somebody else holds them."""

    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._functions: weakref.WeakValueDictionary = weakref.WeakValueDictionary()

    def insert(self, func):
        """Returns a new token for a function."""
        with self._lock:
            token = f"pyfunc_{self._count}"
            self._count += 1
            self._functions[token] = func
        return token

    def remove(self, token):
        """Forgets a token."""
        self._functions.pop(token, None)

    def size(self):
        """Returns the number of functions."""
        return len(self._functions)

    def get(self, token):
        """The function of a token.

        Raises:
            InvalidArgumentError: There is none.
        """
        token = token.decode() if isinstance(token, bytes) else token
        found = self._functions.get(token)
        if found is None:
            raise InvalidArgumentError(
                f"ValueError: Could not find callback with key={token} in the registry.",
                hint="tf.numpy_function and tf.py_function take the function itself",
            )
        return found


functions = FunctionRegistry()


def call_by_token(tensors, token, kinds, *, is_eager):
    """What the ops PyFunc and EagerPyFunc give: a list of tensors.

    Args:
        tensors: What to call the function on.
        token: The function's token.
        kinds: The dtypes of its results.
        is_eager: Whether it gets tensors, and gradients flow, or NumPy arrays.

    Raises:
        InvalidArgumentError: There is no such function, or it returned something else than announced.
    """
    kinds = [dtypes.as_dtype(kind) for kind in kinds]
    function = functions.get(token)
    if is_eager:
        return list(py_function(function, tensors, kinds) or [])

    def call(*arrays):
        found = _run(function, arrays)
        results = [] if found is None else list(found) if isinstance(found, (list, tuple)) else [found]
        if len(results) != len(kinds):
            raise InvalidArgumentError(
                f"{token} returns {len(results)} values, but expects to see {len(kinds)} values."
            )
        results = [convert(one) for one in results]
        for i, (one, kind) in enumerate(zip(results, kinds, strict=True)):
            if one.dtype is not kind:
                have, want = dtypes.spoken(one.dtype), dtypes.spoken(kind)
                raise InvalidArgumentError(f"{i}-th value returned by {token} is {have}, but expects {want}")
        return results

    made = numpy_function(call, tensors, kinds)
    if made is None:
        return []
    return list(made) if isinstance(made, (list, tuple)) else [made]
