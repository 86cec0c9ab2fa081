"""Trains a Keras model on the breast cancer data in a loop of its own, compiled by tf.function."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import tapeflow as tf

tf.keras.utils.set_random_seed(3)
features, labels = load_breast_cancer(return_X_y=True)
x, x_test, y, y_test = train_test_split(features, labels, test_size=0.25, random_state=0, stratify=labels)
mean, spread = x.mean(0), x.std(0)
x, x_test = (((part - mean) / spread).astype(np.float32) for part in (x, x_test))

model = tf.keras.Sequential([tf.keras.layers.Dense(16, activation="relu"), tf.keras.layers.Dense(1)])
optimizer = tf.keras.optimizers.Adam(1e-2)
loss_of = tf.keras.losses.BinaryCrossentropy(from_logits=True)
mean_loss, accuracy = tf.keras.metrics.Mean(), tf.keras.metrics.BinaryAccuracy(threshold=0.0)


@tf.function
def step(batch, targets):
    with tf.GradientTape() as tape:
        logits = model(batch, training=True)
        loss = loss_of(targets, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    mean_loss.update_state(loss)
    return norm


data = tf.data.Dataset.from_tensor_slices((x, y[:, None].astype(np.float32))).shuffle(1000, seed=1).batch(32)
for epoch in range(10):
    mean_loss.reset_state()
    for batch, targets in data:
        norm = step(batch, targets)
    if epoch % 3 == 0:
        print(f"epoch {epoch}: loss {mean_loss.result():.4f}, last gradient's norm {norm:.3f}")

accuracy.update_state(y_test[:, None], model(x_test))
print(f"{accuracy.result():.1%} of {len(y_test)} tumours that it has not seen are told right")
