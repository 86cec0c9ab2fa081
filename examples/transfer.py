"""Transfer of weights: a network that knows the digits 0 to 4 learns 5 to 9 from a few pictures."""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

import tapeflow as tf

keras = tf.keras
keras.utils.set_random_seed(4)
images, labels = load_digits(return_X_y=True)
images = (images / 16).reshape(-1, 8, 8, 1).astype(np.float32)
first, second = labels < 5, labels >= 5


def network():
    """A small convolutional network for five digits."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu", name="strokes"),
            keras.layers.Conv2D(32, 3, padding="same", activation="relu", strides=2, name="shapes"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(5, name="digits"),
        ]
    )


def train(model, x, y, epochs):
    """Fits the weights that are trainable."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-2), loss, metrics=["accuracy"])
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)


teacher = network()
train(teacher, images[first], labels[first], 15)
few = np.flatnonzero(second)[:40]
rest = np.flatnonzero(second)[40:]
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "teacher.weights.h5"
    teacher.save_weights(path)
    student = network()
    student.load_weights(path)
student.layers[-1].set_weights([w * 0 for w in student.layers[-1].get_weights()])
student.layers[0].trainable = False
beginner = network()
for name, model in (("with the teacher's weights", student), ("from nothing", beginner)):
    train(model, images[few], labels[few] - 5, 15)
    accuracy = model.evaluate(images[rest], labels[rest] - 5, verbose=0)[1]
    print(f"40 pictures, {name}: {accuracy:.1%} of {len(rest)} others are right")
