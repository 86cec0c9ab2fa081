"""Squeezes handwritten digits into two numbers each and back, and draws the plane that they lie in."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import tapeflow as tf

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
keras = tf.keras
keras.utils.set_random_seed(5)
images, labels = load_digits(return_X_y=True)
images = (images / 16).astype(np.float32)


class Autoencoder(keras.Model):
    """An encoder to two numbers and a decoder back."""

    def __init__(self):
        super().__init__()
        dense = keras.layers.Dense
        self.encoder = keras.Sequential([dense(64, activation="relu"), dense(32, activation="relu"), dense(2)])
        self.decoder = keras.Sequential([dense(32, activation="relu"), dense(64, activation="relu"), dense(64)])

    def call(self, x):
        return keras.ops.sigmoid(self.decoder(self.encoder(x)))


model = Autoencoder()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(images, images, epochs=40, batch_size=64, verbose=0)

plane = model.encoder.predict(images, verbose=0)
back = model.predict(images[:10], verbose=0)
figure = plt.figure(figsize=(11, 4.5))
left, right = figure.subfigures(1, 2)
place = left.subplots()
dots = place.scatter(*plane.T, c=labels, cmap="tab10", s=6)
left.colorbar(dots, ax=place, ticks=range(10), label="digit")
place.set(title="two numbers for each digit")
rows = right.subplots(2, 10)
for i, (above, below) in enumerate(rows.T):
    above.imshow(images[i].reshape(8, 8), cmap="gray_r")
    below.imshow(back[i].reshape(8, 8), cmap="gray_r")
    above.axis("off")
    below.axis("off")
right.suptitle("digits, and what came back")
figure.savefig(out / "autoencoder.png", dpi=120, bbox_inches="tight")
print(f"mean squared error {history.history['loss'][0]:.4f} -> {history.history['loss'][-1]:.4f}")
print(f"picture: {out / 'autoencoder.png'}")
