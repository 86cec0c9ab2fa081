"""Draws tanh and its first two derivatives, from nested tapes."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import tapeflow as tf

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

x = tf.linspace(-4.0, 4.0, 401)
with tf.GradientTape() as outer:
    outer.watch(x)
    with tf.GradientTape() as inner:
        inner.watch(x)
        y = tf.tanh(x)
    dy = inner.gradient(y, x)
ddy = outer.gradient(dy, x)

figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(x, y, label="tanh x")
axes.plot(x, dy, label="first derivative")
axes.plot(x, ddy, label="second derivative")
axes.grid(alpha=0.3)
axes.legend()
figure.savefig(out / "tanh.png", dpi=120, bbox_inches="tight")

steepest = int(tf.argmax(dy))
print(f"tanh is steepest at x = {float(x[steepest]):.2f}, where its slope is {float(dy[steepest]):.3f}")
print(f"picture: {out / 'tanh.png'}")
