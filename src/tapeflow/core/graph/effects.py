"""What a captured function does besides computing: prints, checks, calls of Python code. Run in order, on the host."""

from functools import lru_cache

from tapeflow.core.base.mode import current
from tapeflow.core.ops.defs.array import identity, zeros_like
from tapeflow.core.ops.op import Op
from tapeflow.core.run.backward import input_gradients
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

_NO_RULES = dict.fromkeys(("kernel", "lower", "jvp", "shape", "samples"))


@lru_cache(maxsize=64)
def effect(op_name):
    """The op of a name that calls a Python function with eager tensors and gives nothing."""
    record = Op(
        op_name, "data: list(T), *, call: func -> ", {"T": "any"}, grad=None, stateful=True, reentrant=True,
        elementwise=False, **_NO_RULES,
    )  # fmt: skip
    record.on_tensors = _do
    return record


def _do(node, inputs):
    node.attrs["call"](*inputs[0])
    return ()


def _call(node, inputs):
    """Runs a Python function and checks what it returns against what was announced."""
    found = node.attrs["call"](*inputs[0])
    kinds = node.attrs["Tout"]
    if not kinds:
        return ()
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    return [
        x if isinstance(x, EagerTensor) and x.dtype is d else convert(x, dtype=d)
        for x, d in zip(found, kinds, strict=True)
    ]


def _python_record(op_name, grad):
    record = Op(
        op_name, "input: list(Tin), *, call: func, Tout: list(type) -> output: list(Tout)",
        {"Tin": "any", "Tout": "any"}, grad=grad, stateful=True, reentrant=True, elementwise=False, **_NO_RULES,
    )  # fmt: skip
    record.on_tensors = _call
    record.takes_none = True
    return record


def _eager_gradient(c, *dys):
    """The tape that the call recorded, played back: another call of Python code."""
    call = c.attrs["call"]
    if type(call) in (LaterGradient, PureGradient):
        return _pure_gradient(c, call, dys)
    call.keeps_tape = True
    wanted = [i for i, x in enumerate(c.inputs[0]) if x.dtype.is_differentiable]
    given = [i for i, dy in enumerate(dys) if dy is not None]
    if not wanted or not given:
        return [None] * len(c.inputs[0])
    outputs = current.graph.python_call(
        lambda *grads: call.play_back(wanted, given, grads), [*(dys[i] for i in given)],
        [c.inputs[0][i].dtype for i in wanted], "PyFunc", after=c.outputs,
    )  # fmt: skip
    result = [None] * len(c.inputs[0])
    for i, dx in zip(wanted, outputs, strict=True):
        dx.set_shape(c.inputs[0][i].shape)
        result[i] = dx
    return result


eager_py_func = _python_record("EagerPyFunc", _eager_gradient)
py_func = _python_record("PyFunc", None)


# -- a user's gradient -----------------------------------------------------------------------------


def custom(op_name, grad, count):
    """An op that passes its first tensors on, `count` of them, and whose gradient is the user's.

    Args:
        op_name: The name of the user's function, for messages.
        grad: `(c, *dys) -> gradients` of the tensors after the first `count`: what the user's function took.
        count: How many tensors come out.
    """

    def rule(c, *dys):
        return [*(None,) * count, *grad(c, *dys)]

    record = Op(
        "IdentityN", "input: list(T), *, Tout: list(type) -> output: list(Tout)", {"T": "any", "Tout": "any"},
        grad=rule, kernel=lambda input, Tout: input[:count], lower=lambda input, Tout: input[:count], stateful=False,
        reentrant=False, elementwise=False, jvp=None, shape=None, samples=(),
    )  # fmt: skip
    record.user_function = op_name
    return record


# -- gradients that need values --------------------------------------------------------------------


class LaterGradient:
    """An op's gradient rule, run on eager tensors: for rules that need to know sizes.

    Args:
        op: The op.
        attrs: The call's attributes.
        layout: For each input None, or the length of its list.
        given: Numbers of the outputs that have a gradient.
        wanted: Numbers of the inputs, lists opened, to differentiate with respect to.
    """

    def __init__(self, op, attrs, layout, given, wanted):
        self._op, self._attrs, self._layout, self._given, self._wanted = op, attrs, layout, given, wanted

    def __call__(self, *tensors):
        rest = iter(tensors)
        inputs = tuple(next(rest) if n is None else tuple(next(rest) for _ in range(n)) for n in self._layout)
        flat = [x for one in inputs for x in (one if type(one) is tuple else (one,))]
        tail = list(rest)
        outputs, dys = tail[: len(tail) - len(self._given)], tail[len(tail) - len(self._given) :]
        found = dict(zip(self._given, dys, strict=True))
        every = [found[i] if i in found else zeros_like(y) for i, y in enumerate(outputs)]
        grads = input_gradients(self._op, inputs, self._attrs, tuple(outputs), every, set(map(id, flat)))
        opened = []
        for x, grad in zip(inputs, grads, strict=True):
            opened += (list(grad) if grad is not None else [None] * len(x)) if type(x) is tuple else [grad]
        return [zeros_like(flat[i]) if opened[i] is None else convert(opened[i]) for i in self._wanted]


class PureGradient:
    """The gradient of a Python function of eager tensors that can be called again: under a tape.

    Args:
        function: The function.
        count: How many tensors it takes; its outputs' gradients follow.
        given: Numbers of the outputs that have a gradient.
        wanted: Numbers of the inputs to differentiate with respect to.
    """

    def __init__(self, function, count, given, wanted):
        self._function, self._count, self._given, self._wanted = function, count, given, wanted

    def __call__(self, *tensors):
        inputs, dys = tensors[: self._count], tensors[self._count :]
        with GradientTape(watch_accessed_variables=False) as tape:
            # Copies: one tensor may come in twice, and each place has a gradient of its own.
            inputs = [identity(x) if x.dtype.is_differentiable else x for x in inputs]
            sources = [inputs[i] for i in self._wanted]
            tape.watch(sources)
            outputs = self._function(*inputs)
            targets = [outputs[i] for i in self._given]
        return tape.gradient(targets, sources, list(dys), unconnected_gradients="zero")


def _pure_gradient(c, call, dys):
    inputs = c.inputs[0]
    wanted = [i for i, x in enumerate(inputs) if id(x) in c.needed and x.dtype.is_differentiable]
    given = [i for i, dy in enumerate(dys) if dy is not None]
    result = [None] * len(inputs)
    if wanted and given:
        again = PureGradient(call, len(inputs), given, wanted)
        kinds = [inputs[i].dtype for i in wanted]
        for i, dx in zip(
            wanted, current.graph.python_call(again, [*inputs, *(dys[i] for i in given)], kinds), strict=True
        ):
            dx.set_shape(inputs[i].shape)
            result[i] = dx
    return result
