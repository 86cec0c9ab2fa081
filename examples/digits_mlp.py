"""Classifies handwritten digits with a multilayer perceptron in Keras."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tapeflow as tf

tf.keras.utils.set_random_seed(7)
images, labels = load_digits(return_X_y=True)
images = (images / 16).astype(np.float32)
x, x_test, y, y_test = train_test_split(images, labels, test_size=0.2, random_state=0, stratify=labels)

model = tf.keras.Sequential(
    [
        tf.keras.Input((64,)),
        tf.keras.layers.Dense(64, activation="relu"),
        tf.keras.layers.Dropout(0.2),
        tf.keras.layers.Dense(10),
    ]
)
model.compile(
    optimizer="adam",
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
stop = tf.keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
history = model.fit(x, y, validation_split=0.1, epochs=40, batch_size=32, callbacks=[stop], verbose=0)

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"{len(history.epoch)} epochs; {accuracy:.1%} of {len(y_test)} digits that it has not seen are right")
