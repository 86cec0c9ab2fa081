"""Trains a small network on Fisher's irises with a tape, and draws what it has learned."""

import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tapeflow as tf

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

with open(Path(__file__).parent / "data" / "iris.csv", newline="") as file:
    rows = list(csv.DictReader(file))
species = sorted({row["species"] for row in rows})
petals = np.array([[row["petal_length_cm"], row["petal_width_cm"]] for row in rows], np.float32)
labels = np.array([species.index(row["species"]) for row in rows])

order = np.random.default_rng(1936).permutation(len(rows))
test, train = order[:30], order[30:]
mean, spread = petals[train].mean(0), petals[train].std(0)


def scaled(measurements):
    return tf.constant((measurements - mean) / spread, tf.float32)


generator = tf.random.Generator.from_seed(7)
w1 = tf.Variable(generator.normal([2, 12]) * 0.7)
b1 = tf.Variable(tf.zeros([12]))
w2 = tf.Variable(generator.normal([12, 3]) * 0.3)
b2 = tf.Variable(tf.zeros([3]))
weights = [w1, b1, w2, b2]


def logits(x):
    return tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2) + b2


def loss(x, targets):
    scores = logits(x)
    log_likelihood = tf.reduce_sum(targets * scores, axis=1) - tf.reduce_logsumexp(scores, axis=1)
    return -tf.reduce_mean(log_likelihood)


def accuracy(rows):
    predicted = tf.argmax(logits(scaled(petals[rows])), axis=1)
    return float(tf.reduce_mean(tf.cast(tf.equal(predicted, labels[rows]), tf.float32)))


x, targets = scaled(petals[train]), tf.one_hot(labels[train], len(species))
losses = []
for _ in range(300):
    with tf.GradientTape() as tape:
        value = loss(x, targets)
    for weight, gradient in zip(weights, tape.gradient(value, weights), strict=True):
        weight.assign_sub(0.2 * gradient)
    losses.append(float(value))

lengths, widths = np.meshgrid(np.linspace(0.5, 7.5, 160), np.linspace(0, 2.8, 120))
plane = scaled(np.stack([lengths.ravel(), widths.ravel()], axis=1).astype(np.float32))
regions = tf.reshape(tf.argmax(logits(plane), axis=1), lengths.shape)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
left.plot(losses)
left.set(xlabel="step", ylabel="loss", title="300 steps of gradient descent")
right.contourf(lengths, widths, regions, levels=[-0.5, 0.5, 1.5, 2.5], alpha=0.3)
for index, name in enumerate(species):
    right.scatter(*petals[labels == index].T, s=14, label=name)
right.set(xlabel="petal length, cm", ylabel="petal width, cm", title="what the network learned")
right.legend()
figure.savefig(out / "iris.png", dpi=120, bbox_inches="tight")

print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}")
print(f"right on {accuracy(train):.1%} of the 120 flowers it saw and on {accuracy(test):.1%} of 30 others")
print(f"picture: {out / 'iris.png'}")
