"""tf.image and tf.signal, eager and in a compiled function: resizing pictures, spectrograms, suppression of boxes."""

import numpy as np
from harness import case

PICTURE = np.random.default_rng(0).uniform(0, 1, (8, 256, 256, 3)).astype(np.float32)
SOUND = np.random.default_rng(1).standard_normal((4, 48_000)).astype(np.float32)
CORNERS = np.random.default_rng(2).uniform(0, 1, (500, 2, 2)).astype(np.float32)
BOXES = np.concatenate([CORNERS.min(1), CORNERS.max(1)], 1)
SCORES = np.random.default_rng(3).uniform(0, 1, 500).astype(np.float32)


def workload(name, function, value):
    """Registers `function(tf, x)`, eager and as a tf.function."""

    def measure(run, compiled):
        tf = run.tf()
        x = tf.constant(value)
        call = tf.function(lambda x: function(tf, x)) if compiled else lambda x: function(tf, x)
        run.check(float(np.abs(np.asarray(call(x))).astype(np.float64).mean()))
        run.time(lambda: call(x).numpy())

    case(f"image_signal/{name}/eager", "tf")(lambda run: measure(run, False))
    case(f"image_signal/{name}/function", "tf")(lambda run: measure(run, True))


def gradient(tf, x, function):
    """The gradient of the sum of `function(x)`."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.abs(function(x)))
    return tape.gradient(y, x)


for method in ("bilinear", "nearest", "bicubic", "area"):
    workload(f"resize_{method}", lambda tf, x, m=method: tf.image.resize(x, [224, 224], m), PICTURE)
workload("resize_antialias", lambda tf, x: tf.image.resize(x, [100, 100], antialias=True), PICTURE)
workload("resize_up", lambda tf, x: tf.image.resize(x, [512, 512]), PICTURE[:2])
workload("resize_gradient", lambda tf, x: gradient(tf, x, lambda x: tf.image.resize(x, [224, 224])), PICTURE)
workload("stft", lambda tf, x: tf.abs(tf.signal.stft(x, 400, 160, 512)), SOUND)
workload("stft_gradient", lambda tf, x: gradient(tf, x, lambda x: tf.signal.stft(x, 400, 160, 512)), SOUND)
workload("stft_small", lambda tf, x: tf.abs(tf.signal.stft(x, 64, 32)), SOUND[0, :512])
workload("dct", lambda tf, x: tf.signal.dct(x), SOUND.reshape(-1, 512)[:375])
workload("ssim", lambda tf, x: tf.image.ssim(x, x * 0.9, 1.0), PICTURE)
workload("adjust_hue", lambda tf, x: tf.image.adjust_hue(x, 0.1), PICTURE)
workload("rgb_to_hsv", lambda tf, x: tf.image.rgb_to_hsv(x), PICTURE)
workload("nms", lambda tf, x: tf.image.non_max_suppression(x, SCORES, 100, 0.5), BOXES)
