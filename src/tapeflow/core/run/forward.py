"""`tf.autodiff.ForwardAccumulator`: forward mode, a tangent for every tensor, alongside the program.

The tangent of an op's outputs follows from its gradient rule, which is linear in the incoming gradient `u`: with
`g(u)` the input gradients, `d<g(u), tangents>/du` is the Jacobian-vector product (the "double backward" of Townsend,
2017). It is made of ops, so accumulators nest in tapes and in one another. Elementwise ops need no detour.
"""

from tapeflow.core.base import nest
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.run.backward import backward, input_gradients
from tapeflow.core.run.tape import UnconnectedGradients, ids_of, pop, push, stack
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class ForwardAccumulator:
    """Computes Jacobian-vector products, forward, while the program runs.

    Args:
        primals: Tensor, variable or structure of them: what to differentiate with respect to.
        tangents: The directions, in the same structure, of the same dtypes and shapes.

    Raises:
        ValueError: A primal is given twice, or a tangent does not fit.

    >>> x = tf.constant(3.0)
    >>> with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as acc:
    ...     y = x * x
    >>> acc.jvp(y)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    at_once = True  # it computes while the program runs, not afterwards

    def __init__(self, primals, tangents):
        self._recording = False
        # id -> (tensor, tangent): the tensor is held, so that its id stays its own.
        self._tangents = {}
        nest.assert_same_structure(primals, tangents)
        for primal, tangent in zip(nest.flatten(primals), nest.flatten(tangents), strict=True):
            self._start(primal, tangent)

    def _start(self, primal, tangent):
        if not isinstance(primal, (Tensor, Variable)):
            raise TypeError(f"A primal must be a tensor or a variable, got {type(primal).__name__}: {primal!r}")
        source = primal.handle if isinstance(primal, Variable) else primal
        if not primal.dtype.is_floating and not primal.dtype.is_complex:
            return
        if id(source) in self._tangents:
            raise ValueError(
                "A tensor was specified as a primal multiple times. This may indicate an error. If it was intended, "
                "please sum the corresponding tangents."
            )
        self._tangents[id(source)] = (source, convert(tangent, dtype=primal.dtype))

    def __enter__(self):
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        push(self)
        self._recording = True
        return self

    def __exit__(self, typ, value, traceback):
        if self._recording:
            pop(self)
            self._recording = False

    def note_read(self, variable, value):
        """Gives what was read the variable's tangent."""
        known = self._tangents.get(id(variable.handle))
        if known is not None:
            self._tangents[id(value)] = (value, known[1])

    def watches(self, tensors):
        """Whether one of some tensors has a tangent."""
        return any(id(x) in self._tangents for x in tensors)

    def note(self, op, inputs, attrs, outputs):
        """Computes the tangents of an op's outputs."""
        tangents = self._tangents
        if op.grad is None or not any(i in tangents for i in ids_of(inputs)):
            return
        inner = getattr(op, "inner", None)
        if inner is not None:  # a custom gradient: forward, TensorFlow follows the ops inside
            for y, original in zip(outputs, inner, strict=True):
                if id(original) in tangents:
                    tangents[id(y)] = (y, tangents[id(original)][1])
            if all(id(y) in tangents for y in outputs):
                return  # where ops inside do not tell (the function went through NumPy), the user's gradient does
        recorders = stack.recorders
        # The products are ops for the recorders around this one, not for itself and those within.
        stack.recorders = recorders[: recorders.index(self)]
        try:
            for y, dy in zip(outputs, self._products(op, inputs, attrs, outputs), strict=True):
                if dy is not None and id(y) not in tangents:
                    tangents[id(y)] = (y, dy)
        finally:
            stack.recorders = recorders

    def _tangent(self, x):
        known = self._tangents.get(id(x))
        return None if known is None else known[1]

    def _products(self, op, inputs, attrs, outputs):
        """The tangent of each output, None where there is none."""
        if op.jvp is not None:
            c = op.context(inputs, attrs, outputs, {id(x) for x in inputs})
            result = op.jvp(c, *(self._tangent(x) for x in inputs))
            return result if isinstance(result, (tuple, list)) else (result,)
        if op.rules is not None and len(outputs) == 1 and op.elementwise:
            product = self._elementwise(op, inputs, attrs, outputs)
            if product is not None:
                return (product,)
        return self._double_backward(op, inputs, attrs, outputs)

    def _elementwise(self, op, inputs, attrs, outputs):
        """An elementwise op's rule multiplies by the derivative: real tangents go through it as gradients do."""
        (y,) = outputs
        if y.dtype.is_complex:
            return None
        total = None
        c = op.context(inputs, attrs, outputs, {id(x) for x in inputs})
        for x, rule in zip(inputs, op.rules, strict=True):
            tangent = self._tangent(x)
            if tangent is None or rule is None:
                continue
            if x.static_shape != y.static_shape or tangent.static_shape != x.static_shape:
                return None
            term = rule(c, tangent)
            total = term if total is None else total + term
        return total

    def _double_backward(self, op, inputs, attrs, outputs):
        from tapeflow.core.run.tape import GradientTape

        sources = [x for x in _opened(inputs) if id(x) in self._tangents and x.dtype.is_differentiable]
        needed = {id(x) for x in sources}
        us = [zeros_like(y) if y.dtype.is_floating or y.dtype.is_complex else None for y in outputs]
        if not needed or all(u is None for u in us):
            return [None] * len(outputs)
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([u for u in us if u is not None])
            grads = _opened_gradients(inputs, input_gradients(op, inputs, attrs, outputs, us, needed))
            pairs = [(convert(dx), self._tangent(x)) for x, dx in grads if dx is not None and id(x) in needed]
        if not pairs:
            return [None] * len(outputs)
        known = [u for u in us if u is not None]
        found = iter(backward(tape._entries, [dx for dx, _ in pairs], known, [t for _, t in pairs]))
        tangents = [None if u is None else next(found) for u in us]
        return [None if t is None else convert(t) for t in tangents]

    def jvp(self, primals, unconnected_gradients=UnconnectedGradients.NONE):
        """Returns the tangents of `primals`.

        Args:
            primals: Tensor, variable or structure of them.
            unconnected_gradients: What a tensor without tangent gets: None, or zeros.

        Returns:
            The structure of `primals`.
        """
        unconnected = UnconnectedGradients(unconnected_gradients)

        def find(primal):
            tangent = self._tangent(primal.handle if isinstance(primal, Variable) else primal)
            if tangent is None and unconnected is UnconnectedGradients.ZERO:
                return zeros_like(convert(primal))
            return tangent

        return nest.map_structure(find, primals)


def _opened(inputs):
    """The tensors of an op's inputs, lists opened."""
    for one in inputs:
        if type(one) is tuple:
            yield from one
        else:
            yield one


def _opened_gradients(inputs, gradients):
    """Pairs of input and gradient, lists opened."""
    for x, dx in zip(inputs, gradients, strict=True):
        if type(x) is tuple:
            if dx is not None:
                yield from zip(x, dx, strict=True)
        else:
            yield x, dx
