"""A physics-informed network: learns the motion of a damped spring from its equation u'' + 0.4 u' + 4 u = 0 alone."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tapeflow as tf

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
tf.keras.utils.set_random_seed(0)
FRICTION, STIFFNESS = 0.4, 4.0
dense = tf.keras.layers.Dense
model = tf.keras.Sequential([tf.keras.Input((1,)), dense(32, "tanh"), dense(32, "tanh"), dense(1)])
optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(5e-3, 5000))
times = tf.constant(np.linspace(0, 5, 64, dtype=np.float32)[:, None])


def motion(t):
    """Starts at 1 with speed 0 whatever the network says, so that only the equation is left to learn."""
    return 1.0 + tf.tanh(t) ** 2 * model(t)


@tf.function
def step():
    with tf.GradientTape() as tape:
        with tf.GradientTape() as outer:
            outer.watch(times)
            with tf.GradientTape() as inner:
                inner.watch(times)
                u = motion(times)
            speed = inner.gradient(u, times)
        acceleration = outer.gradient(speed, times)
        residual = acceleration + FRICTION * speed + STIFFNESS * u
        loss = tf.reduce_mean(residual**2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


losses = [step() for _ in range(5000)]
t = times.numpy()[:, 0]
decay, pulse = FRICTION / 2, np.sqrt(STIFFNESS - FRICTION**2 / 4)
exact = np.exp(-decay * t) * (np.cos(pulse * t) + decay / pulse * np.sin(pulse * t))
learned = motion(times).numpy()[:, 0]

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
left.semilogy([float(loss) for loss in losses])
left.set(xlabel="step", ylabel="mean squared residual", title="how far the equation is from holding")
right.plot(t, exact, label="exact")
right.plot(t, learned, "--", label="learned")
right.set(xlabel="time", ylabel="place", title="a damped spring")
right.legend()
figure.savefig(out / "physics.png", dpi=120, bbox_inches="tight")
print(f"residual {float(losses[0]):.2f} -> {float(losses[-1]):.1e}; at most {np.abs(exact - learned).max():.4f} off")
print(f"picture: {out / 'physics.png'}")
