"""Gradients that the user writes: `tf.custom_gradient`, `tf.recompute_grad`, `tf.grad_pass_through`."""

import functools
import inspect

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.gradient_context import GradientContext
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run.composite_gradient import components, replaced
from tapeflow.core.run.tape import Apart, GradientTape, pop, push
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable


class CustomOp:
    """A call of a user's function as a tape sees it: one op, with the user's gradient."""

    has_lists = False
    elementwise = False
    rules = None
    jvp = None
    context = GradientContext

    def __init__(self, name, grad, inner=None):
        self.op_name = name
        self.grad = grad
        self.inner = inner  # what the function returned, before it got new tensors


class _Reads:
    """A recorder that only notes which trainable variables are read."""

    at_once = False

    def __init__(self):
        self.variables = {}

    def watches(self, tensors):
        """Nothing is followed."""
        return False

    def note(self, op, inputs, attrs, outputs):
        """Nothing: ops are not of interest."""

    def note_read(self, variable, value):
        """Notes the variable."""
        if variable.trainable:
            self.variables.setdefault(id(variable.handle), variable)


def custom_gradient(f=None):
    """Decorates a function that says its own gradient.

    Args:
        f: Function `f(*x)` that returns `(y, grad_fn)`: tensors or structures of them, and a function
            `grad_fn(*dy)` that returns a gradient for each `x`. If `f` reads trainable variables that are not among
            its arguments, `grad_fn(*dy, variables=None)` takes those too and returns `(gradients, variable_gradients)`.

    Returns:
        The function `x -> y`. It may be differentiated again if `grad_fn` is made of ops, or has a custom gradient
        itself.

    Raises:
        TypeError: On the call: `f` reads variables and `grad_fn` does not take `variables`.
        ValueError: On playing back: `grad_fn` returns another number of gradients than `f` has arguments.

    >>> @tf.custom_gradient
    ... def clip_gradient(x):
    ...     return tf.identity(x), lambda dy: tf.clip_by_value(dy, -1.0, 1.0)
    """
    if f is None:
        return custom_gradient
    return Decorated(f, _call)


class Decorated:
    """A function, or a method of a class, whose calls are made by another function."""

    def __init__(self, f, call):
        functools.update_wrapper(self, f)
        self._f, self._caller = f, call
        self.__original_wrapped__ = f  # TensorFlow's decorators keep it under this name

    @property
    def __signature__(self):
        # Without it `inspect.getfullargspec` takes an object with `__get__` for a builtin.
        return inspect.signature(self._f)

    def __call__(self, *args, **kwargs):
        return self._caller(self._f, args, kwargs)

    def __get__(self, instance, owner=None):
        # A method's object is no argument of its: it is not differentiated and needs not be a tensor.
        return self if instance is None else Decorated(self._f.__get__(instance, owner), self._caller)


def _call(f, args, kwargs):
    args = nest.map_structure(_tensor, args)
    reads = _Reads()
    push(reads)
    try:
        result, grad_fn = f(*args, **kwargs)
    finally:
        pop(reads)
    inputs = [x for x in _parts((args, kwargs)) if isinstance(x, (Tensor, Variable))]
    given = {id(x.handle) for x in inputs if isinstance(x, Variable)}
    variables = [v for key, v in reads.variables.items() if key not in given]
    if variables and not _takes_variables(grad_fn):
        raise TypeError(
            "@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function uses variables: "
            f"{variables}"
        )
    result = nest.map_structure(lambda y: y if isinstance(y, CompositeTensor) else convert(y), result)
    inner = _parts(result)
    rule = _rule(lambda *dys, **options: grad_fn(*_with_parts(result, dys), **options), len(inputs), variables)
    name = getattr(f, "__name__", "custom")
    if current.graph is not None:
        return _whole(result, current.graph.custom_gradient(name, rule, inner, [*inputs, *variables]))
    outputs = [_fresh(y) for y in inner]
    if mode.special:
        handles = [x.handle if isinstance(x, Variable) else x for x in (*inputs, *variables)]
        hooks.record(CustomOp(name, rule, inner), tuple(handles), {}, tuple(outputs))
    return _whole(result, outputs)


def _parts(structure):
    """The tensors of a structure that are differentiated: of composites, their values."""
    return nest.flatten([components(x) for x in nest.flatten(structure)])


def _with_parts(structure, parts):
    """The leaves of a structure, made of other parts."""
    leaves = nest.flatten(structure)
    parts = iter(nest.pack_sequence_as([components(x) for x in leaves], list(parts)))
    return [replaced(x, part) for x, part in zip(leaves, parts, strict=True)]


def _whole(structure, parts):
    return nest.pack_sequence_as(structure, _with_parts(structure, parts))


def _tensor(x):
    """An argument as `f` gets it: variables and composites stay, anything else that is no tensor becomes one."""
    return x if isinstance(x, (Tensor, Variable, CompositeTensor)) else convert(x)


def _takes_variables(grad_fn):
    parameters = inspect.signature(grad_fn).parameters.values()
    return any(p.name == "variables" or p.kind is p.VAR_KEYWORD for p in parameters)


def _fresh(tensor):
    """Another tensor of the same value: what comes out of the function is not what the ops inside put in."""
    if tensor._array is None:
        return EagerTensor.from_buffer(tensor._buffer, tensor._dtype)
    kind = EagerTensor if isinstance(tensor, EagerTensor) else type(tensor)  # else: a batch of tensors
    return kind(tensor._array, tensor._dtype)


def _rule(grad_fn, count, variables):
    """The user's gradient function as an op's gradient rule."""

    def rule(c, *dys):
        if variables:
            returned = grad_fn(*dys, variables=list(variables))
            if not isinstance(returned, (list, tuple)) or len(returned) != 2:
                raise ValueError("custom_gradient: grad_fn must return (gradients, variable_gradients)")
            gradients, variable_gradients = returned
            variable_gradients = nest.flatten(variable_gradients)
            if len(variable_gradients) != len(variables):
                raise ValueError(
                    f"custom_gradient: expected {len(variables)} variable gradients, got {len(variable_gradients)}"
                )
        else:
            gradients, variable_gradients = grad_fn(*dys), []
        gradients = _parts(gradients)
        if len(gradients) != count:
            raise ValueError(
                f"custom_gradient function expected to return {count} gradients, but returned {len(gradients)} instead."
            )
        return tuple(None if g is None else _gradient(g) for g in (*gradients, *variable_gradients))

    return rule


def _gradient(g):
    return g if isinstance(g, Tensor) or hasattr(g, "indices") else convert(g)


def recompute_grad(f):
    """Decorates a function to be run again for its gradient instead of keeping what it computed.

    Args:
        f: Function of tensors that returns a tensor or a structure of tensors. It may read variables.

    Returns:
        A function of the same results; its intermediate tensors are freed at once.
    """

    return Decorated(f, _recomputed)


def _recomputed(f, args, kwargs):
    args = nest.map_structure(_tensor, args)
    if current.graph is not None:
        return f(*args, **kwargs)  # the compiler decides what to compute again
    reads = _Reads()
    with Apart():
        push(reads)
        try:
            result = f(*args, **kwargs)
        finally:
            pop(reads)
    inputs = [x for x in nest.flatten(args) if isinstance(x, (Tensor, Variable))]
    variables = list(reads.variables.values())
    for variable in variables:
        variable._read()  # for the tapes around to watch it
    outputs = [_fresh(convert(y)) for y in nest.flatten(result)]

    def rule(c, *dys):
        with GradientTape() as tape:
            again = [x if isinstance(x, Variable) else _fresh(x) for x in inputs]
            tape.watch(again)
            copies = iter(again)
            fresh_args = nest.map_structure(lambda x: next(copies), args)
            redone = f(*fresh_args, **kwargs)
        return tuple(tape.gradient(nest.flatten(redone), [*again, *variables], list(dys)))

    if mode.special:
        handles = [x.handle if isinstance(x, Variable) else x for x in (*inputs, *variables)]
        hooks.record(CustomOp(getattr(f, "__name__", "recomputed"), rule), tuple(handles), {}, tuple(outputs))
    return nest.pack_sequence_as(result, outputs)


def grad_pass_through(f):
    """Decorates a function of one tensor to have the gradient of the identity.

    Args:
        f: Function that returns a tensor of its argument's shape.
    """

    @custom_gradient
    def passed(*args, **kwargs):
        def grad(*dys, **options):
            variables = options.get("variables")
            gradients = dys[0] if len(dys) == 1 else dys
            return (gradients, [None] * len(variables)) if variables else gradients

        return f(*args, **kwargs), grad

    return functools.wraps(f)(passed)
