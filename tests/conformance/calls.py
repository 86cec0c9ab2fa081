"""The calls that the conformance test makes: every op with each of its samples."""

import numpy as np

import tapeflow as tf
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops import registry
from tapeflow.core.ops.vjp import vjp_rule
from tapeflow.core.run import batching
from tapeflow.core.run.backward import input_gradients
from tapeflow.core.run.batching import BatchedTensor
from tests.conformance.draw import Draw

STEP = 1e-6

# Ops whose gradient TensorFlow gives for symmetric changes of their input only.
SYMMETRIC = frozenset({"Cholesky"})
# Ops that jax does not differentiate, or differentiates otherwise (only the lower triangle of the input counts).
UNLIKE_JAX = frozenset({"Betainc", "Eig", "Polygamma", "SelfAdjointEigV2", "Spence", "UnsortedSegmentProd", "Zeta"})
# Ops whose first gradient holds an op that TensorFlow has no gradient for.
FIRST_ORDER_ONLY = frozenset({"Igamma", "Igammac"})

# Ops whose gradient is not that of their steps: rounding passes it straight through.
STRAIGHT_THROUGH = frozenset({"QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3", "QuantizeAndDequantizeV4"})


def calls():
    """Every op with each of its samples, in float32."""
    return [call for record in _records() for call in _of(record, tf.float32)]


def gradient_calls():
    """The differentiable ops' samples, in float64."""
    return [call for record in _records() if record.grad is not None for call in _of(record, tf.float64)]


def _records():
    return [record for _, record in sorted(registry.load_all().items()) if record.samples is not None]


def _of(record, dtype):
    samples = record.samples if isinstance(record.samples, (list, tuple)) else [record.samples]
    return [Call(record, sample, i, dtype) for i, sample in enumerate(samples)]


class Call:
    """One op with one sample of arguments."""

    def __init__(self, record, sample, number, dtype):
        self.record, self.sample, self.number, self.dtype = record, sample, number, dtype

    def label(self):
        """The test's name."""
        return f"{self.record.op_name}-{self.number}"

    def inputs(self, seed=0):
        """The converted inputs and attributes."""
        args = self.sample(Draw(self.dtype, seed))
        if isinstance(args, dict):
            values, attrs = self.record._bind((), args)
        else:
            values, attrs = self.record._bind(args if isinstance(args, tuple) else (args,), {})
        return self.record._convert(values, attrs), attrs

    def specs(self, inputs):
        """What shape inference is told: each input's shape and dtype, and the values of the constants."""

        def spec(x):
            return [spec(one) for one in x] if type(x) is tuple else (TensorShape(x.shape), x.dtype.np)

        constants = {
            i: x.host for i, (arg, x) in enumerate(zip(self.record.inputs, inputs, strict=True)) if arg.const
        }
        return [spec(x) for x in inputs], constants

    # -- derivatives: with respect to the float64 inputs, of a fixed weighted sum of the outputs ---------

    def _places(self, inputs):
        rules = self.record.rules
        return [
            i for i, (arg, x) in enumerate(zip(self.record.inputs, inputs, strict=True))
            if not arg.const and type(x) is not tuple and x.dtype is tf.float64
            and (rules is None or rules[i] is not None)
        ]  # fmt: skip

    def _weights(self, outputs, seed=7):
        random = np.random.default_rng(seed)
        return [tf.constant(random.uniform(0.5, 1.5, y.shape.as_list()), y.dtype) for y in outputs
                if y.dtype is tf.float64]  # fmt: skip

    def _value(self, inputs, attrs):
        """The weighted sum of the outputs, a tensor."""
        outputs = list(self.record.run(tuple(inputs), attrs))
        weights = iter(self._weights(outputs))
        total = tf.constant(0.0, tf.float64)
        for y in outputs:
            if y.dtype is tf.float64:
                total = total + tf.reduce_sum(y * next(weights))
        return total

    def _gradients(self, inputs, attrs, places, order=1):
        """The gradients of the value (order 1), or of the sum of squares of those (order 2)."""
        watched = [inputs[i] for i in places]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            if order == 1:
                value = self._value(inputs, attrs)
            else:
                first = self._gradients(inputs, attrs, places)
                value = tf.constant(0.0, tf.float64)
                for g in first:
                    value = value + tf.reduce_sum(tf.convert_to_tensor(g) * 0.5 * tf.convert_to_tensor(g))
        return tape.gradient(value, watched, unconnected_gradients="zero")

    def _differences(self, inputs, attrs, place, value):
        """The numeric derivative by central differences of `value(inputs)` along a fixed direction of one input."""
        x = np.array(inputs[place].host)
        direction = np.random.default_rng(3).uniform(-1, 1, x.shape)
        if self.record.op_name in SYMMETRIC:
            direction = (direction + np.swapaxes(direction, -1, -2)) / 2
        ends = []
        for sign in (1, -1):
            moved = list(inputs)
            moved[place] = tf.constant(x + sign * STEP * direction)
            ends.append(float(value(moved)))
        return direction, (ends[0] - ends[1]) / (2 * STEP)

    def gradients_and_differences(self):
        """Pairs (directional derivative by the rule, by central differences), an input each."""
        inputs, attrs = self.inputs()
        places = self._places(inputs)
        grads = self._gradients(inputs, attrs, places)
        for place, grad in zip(places, grads, strict=True):
            direction, numeric = self._differences(inputs, attrs, place, lambda moved: self._value(moved, attrs))
            yield float(np.sum(tf.convert_to_tensor(grad).numpy() * direction)), numeric

    def second_order(self):
        """Pairs of the directional derivative of ½|gradient|² by tapes and by central differences."""
        inputs, attrs = self.inputs()
        places = self._places(inputs)

        def half_norm(moved):
            grads = self._gradients(moved, attrs, places)
            return sum(float(tf.reduce_sum(tf.convert_to_tensor(g) * 0.5 * tf.convert_to_tensor(g))) for g in grads)

        for place, grad in zip(places, self._gradients(inputs, attrs, places, order=2), strict=True):
            direction, numeric = self._differences(inputs, attrs, place, half_norm)
            yield float(np.sum(tf.convert_to_tensor(grad).numpy() * direction)), numeric

    def gradients_and_vjps(self):
        """Pairs of the gradients by the op's rule and by jax.vjp of its lowering."""
        inputs, attrs = self.inputs()
        outputs = self.record.run(inputs, attrs)
        random = np.random.default_rng(5)
        dys = [
            tf.constant(random.uniform(-1, 1, y.shape.as_list()), y.dtype)
            if y.dtype.is_floating or y.dtype.is_complex else None
            for y in outputs
        ]  # fmt: skip
        places = self._places(inputs)
        needed = {id(inputs[i]) for i in places}
        ours = input_gradients(self.record, inputs, attrs, outputs, dys, needed)
        c = self.record.context(inputs, attrs, outputs, needed)
        derived = vjp_rule(self.record)(c, *dys)
        for place in places:
            if ours[place] is not None:
                yield tf.convert_to_tensor(ours[place]).numpy(), derived[place].numpy()

    def forward_and_reverse(self):
        """The directional derivative of the value by a ForwardAccumulator and by a tape."""
        inputs, attrs = self.inputs()
        places = self._places(inputs)
        random = np.random.default_rng(9)
        tangents = [tf.constant(random.uniform(-1, 1, inputs[i].shape.as_list())) for i in places]
        with tf.autodiff.ForwardAccumulator([inputs[i] for i in places], tangents) as accumulator:
            value = self._value(inputs, attrs)
        forward = accumulator.jvp(value, unconnected_gradients="zero")
        grads = self._gradients(inputs, attrs, places)
        pairs = zip(grads, tangents, strict=True)
        reverse = sum(float(np.sum(tf.convert_to_tensor(g).numpy() * t.numpy())) for g, t in pairs)
        return float(forward), reverse

    def batched_and_alone(self):
        """Pairs of each output of a batch of two calls at once, and of the two calls one by one, stacked."""
        (first, attrs), (second, _) = self.inputs(0), self.inputs(1)
        places = [
            i for i, (arg, x) in enumerate(zip(self.record.inputs, first, strict=True))
            if not arg.const and type(x) is not tuple and x.dtype.is_numeric and x.dtype.is_floating
        ]  # fmt: skip
        if not places:
            return
        second = [second[i] if i in places else x for i, x in enumerate(first)]
        batched = [
            BatchedTensor(np.stack([first[i].host, second[i].host]), x.dtype) if i in places else x
            for i, x in enumerate(first)
        ]
        together = batching.execute(self.record, tuple(batched), attrs)
        alone = [self.record.run(tuple(inputs), attrs) for inputs in (first, second)]
        for y, pair in zip(together, zip(*alone, strict=True), strict=True):
            if pair[0].shape == pair[1].shape:
                yield np.asarray(y.stacked), np.stack([np.asarray(one.host) for one in pair])
