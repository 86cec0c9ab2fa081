"""tf.quantization: fake quantization, quantizing, and back; with gradients."""

import itertools

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

# Away from the middle between two values: there the last bit of the arithmetic decides.
X = np.linspace(-7.313, 7.477, 31).astype("f4").reshape(31, 1) * np.array([1.0, 0.3], "f4")
ROW = np.array([[-3.0, -0.27, -0.21, 0.0], [0.1, 0.26, 0.74, 9.0]], "f4")
RANGES = {
    "usual": (-6.0, 6.0), "positive": (1.0, 5.0), "negative": (-5.0, -1.0), "lopsided": (-0.1, 6.3), "zero": (0.0, 0.0),
    "tiny": (-1e-3, 1e-3), "wrong": (2.0, 1.0),
}  # fmt: skip


def _grads(tf, function, *args):
    args = [tf.constant(a) for a in args]
    with tf.GradientTape() as tape:
        tape.watch(args)
        y = function(*args)
        loss = tf.reduce_sum(y * tf.cast(tf.reshape(tf.range(tf.size(y)), tf.shape(y)), y.dtype))
    return tape.gradient(loss, args)


for _kind, (_low, _high) in RANGES.items():
    for _bits, _narrow in itertools.product((2, 4, 8, 16), (False, True)):
        _options = {"num_bits": _bits, "narrow_range": _narrow}
        case.either(
            f"fake_quant_args/{_kind}/{_bits}{'_narrow' * _narrow}",
            lambda tf, a, b, o: tf.quantization.fake_quant_with_min_max_args(X, a, b, **o), _low, _high, _options,
            loose=4,
        )  # fmt: skip
        case.either(
            f"fake_quant_vars/{_kind}/{_bits}{'_narrow' * _narrow}",
            lambda tf, a, b, o: tf.quantization.fake_quant_with_min_max_vars(X, a, b, **o), _low, _high, _options,
            loose=4,
        )  # fmt: skip
    case.either(
        f"fake_quant_args/{_kind}/gradient",
        lambda tf, a, b: _grads(tf, lambda x: tf.quantization.fake_quant_with_min_max_args(x, a, b), X), _low, _high,
    )  # fmt: skip
    case.either(
        f"fake_quant_vars/{_kind}/gradient",
        lambda tf, a, b: _grads(tf, tf.quantization.fake_quant_with_min_max_vars, X, np.float32(a), np.float32(b)),
        _low, _high, loose=4,
    )  # fmt: skip
    for _signed, _given, _narrow in itertools.product((True, False), repeat=3):
        for _bits, _round in ((8, "HALF_TO_EVEN"), (3, "HALF_UP")):
            _name = f"{_kind}/{_bits}{'_signed' * _signed}{'_given' * _given}{'_narrow' * _narrow}"
            case.either(
                f"quantize_and_dequantize/{_name}",
                lambda tf, a, b, o: tf.quantization.quantize_and_dequantize(ROW, a, b, **o), _low, _high,
                {"signed_input": _signed, "range_given": _given, "narrow_range": _narrow, "num_bits": _bits,
                 "round_mode": _round},
                loose=4,
            )  # fmt: skip
for _bits in (1, 17):
    case.either(
        f"fake_quant_vars/bits_{_bits}",
        lambda tf, n: tf.quantization.fake_quant_with_min_max_vars(X, -1.0, 1.0, num_bits=n), _bits,
    )  # fmt: skip

MODES = ("MIN_COMBINED", "MIN_FIRST", "SCALED")
for _t, _mode in itertools.product(("qint8", "quint8", "qint16", "quint16", "qint32"), MODES):
    for _kind in ("usual", "lopsided", "positive", "tiny", "wrong"):
        _low, _high = RANGES[_kind]
        case.either(
            f"quantize/{_t}/{_mode}/{_kind}",
            lambda tf, t, mode, a, b: _plain(tf, tf.quantization.quantize(ROW, a, b, getattr(tf, t), mode)),
            _t, _mode, _low, _high, loose=4,
        )  # fmt: skip
    if (_t, _mode) == ("qint32", "SCALED"):
        continue  # TensorFlow has no kernel for the way back
    case.either(
        f"dequantize/{_t}/{_mode}",
        lambda tf, t, mode: tf.quantization.dequantize(
            tf.quantization.quantize(ROW, -4.0, 4.0, getattr(tf, t), mode).output, -4.0, 4.0, mode
        ),
        _t, _mode, loose=40,
    )  # fmt: skip


def _plain(tf, found):
    """The integers as plain ones: NumPy has no quantized dtypes."""
    plain = {1: tf.int8, 2: tf.int16, 4: tf.int32}[found.output.dtype.size]
    unsigned = {tf.quint8: tf.uint8, tf.quint16: tf.uint16}.get(found.output.dtype, plain)
    return tf.bitcast(found.output, unsigned), found.output_min, found.output_max


case.table("""
    per_channel/values: tf.quantization.fake_quant_with_min_max_vars_per_channel(ROW, [-1.0, -2, -3, -0.1], [1.0, 2, 0.5, 6])  # loose: 4
    per_channel/gradient: _grads(tf, tf.quantization.fake_quant_with_min_max_vars_per_channel, ROW, np.float32([-1, -0.2, -3, -0.1]), np.float32([1, 2, 0.5, 6]))  # loose: 4
    per_channel/wrong: tf.quantization.fake_quant_with_min_max_vars_per_channel(ROW, [-1.0], [1.0])  # raises
    gradient/args: tf.quantization.fake_quant_with_min_max_args_gradient(np.ones_like(X), X)
    gradient/vars: tf.quantization.fake_quant_with_min_max_vars_gradient(np.ones_like(X), X, -2.0, 2.0)
    gradient/per_channel: tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient(np.ones_like(ROW), ROW, [-1.0] * 4, [0.5] * 4)
    straight/v1: _grads(tf, lambda x: tf.quantization.quantize_and_dequantize(x, -1.0, 1.0, range_given=True), ROW)
    straight/v2: _grads(tf, lambda x: tf.quantization.quantize_and_dequantize_v2(x, -1.0, 1.0, range_given=True), ROW)
    straight/raw_v3: tf.raw_ops.QuantizeAndDequantizeV3(input=ROW, input_min=-1.0, input_max=1.0, num_bits=4)
    axis/from_values: tf.quantization.quantize_and_dequantize(ROW, 0.0, 0.0, axis=1)
    axis/quantize: _plain(tf, tf.quantization.quantize(ROW, [-1.0, -4.0], [1.0, 4.0], tf.qint8, "SCALED", axis=0))
    round/half_to_even: _plain(tf, tf.quantization.quantize(ROW, -1.0, 1.0, tf.qint8, "SCALED", "HALF_TO_EVEN"))
    round/not_scaled: tf.quantization.quantize(ROW, -1.0, 1.0, tf.qint8, "MIN_FIRST", "HALF_TO_EVEN")  # raises
    narrow/quantize: _plain(tf, tf.quantization.quantize(ROW, -1.0, 1.0, tf.qint8, "SCALED", narrow_range=True))
    narrow/dequantize: tf.quantization.dequantize(tf.quantization.quantize(ROW, -1.0, 1.0, tf.qint8, "SCALED").output, -1.0, 1.0, "SCALED", narrow_range=True)
    minimum_range: _plain(tf, tf.quantization.quantize(ROW, 0.0, 0.0, tf.quint8, ensure_minimum_range=0.5))
    bfloat16: tf.quantization.dequantize(tf.quantization.quantize(ROW, -1.0, 1.0, tf.qint8).output, -1.0, 1.0, dtype=tf.bfloat16)
    function: tf.function(tf.quantization.fake_quant_with_min_max_vars)(X, -1.0, 2.0)  # loose: 4
    double: tf.quantization.fake_quant_with_min_max_args(np.ones(2))
""")
