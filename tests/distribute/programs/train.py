"""One worker of a cluster, or a process alone: trains a small model and writes losses and weights.

Arguments: folder for the results; how ("loop" or "keras"); the number of the optimizer's step after which to die, -1.
"""

import json
import os
import sys

import numpy as np

import tapeflow as tf

folder, how, death = sys.argv[1], sys.argv[2], int(sys.argv[3])
options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=60)
strategy = tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)
number = strategy.cluster_resolver.task_id or 0
rng = np.random.default_rng(0)
x, y = rng.normal(size=(48, 8)).astype(np.float32), rng.integers(0, 3, 48)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)


def by_keras():
    keras = tf.keras
    keras.utils.set_random_seed(1)
    with strategy.scope():
        model = keras.Sequential(
            [keras.layers.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)]
        )
        model.compile(keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    class Death(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.iterations == death:
                os._exit(9)

    backup = keras.callbacks.BackupAndRestore(f"{folder}/backup{number}", delete_checkpoint=False)
    history = model.fit(dataset, epochs=4, verbose=0, callbacks=[backup, Death()])
    return history.history["loss"], model.get_weights()


def by_hand():
    with strategy.scope():
        weights = [tf.Variable(rng.normal(size=s).astype(np.float32)) for s in ((8, 16), (16, 3))]

    def step(batch):
        x, y = batch
        with tf.GradientTape() as tape:
            logits = tf.nn.relu(x @ weights[0]) @ weights[1]
            loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)) / 16.0
        grads = tf.distribute.get_replica_context().all_reduce("SUM", tape.gradient(loss, weights))
        for w, g in zip(weights, grads, strict=True):
            strategy.extended.update(w, lambda w, g: w.assign_sub(0.1 * g), args=(g,), group=False)
        return loss

    @tf.function(reduce_retracing=True)
    def train(batch):
        return strategy.reduce("SUM", strategy.run(step, (batch,)), axis=None)

    # Batches of 16, and last one of 10 rows, which cannot be cut evenly.
    rows = tf.data.Dataset.from_tensor_slices((x, y)).take(42).batch(16)
    losses = [float(train(batch)) for _ in range(2) for batch in strategy.experimental_distribute_dataset(rows)]
    return losses, [w.numpy() for w in weights]


losses, weights = by_keras() if how == "keras" else by_hand()
np.savez(f"{folder}/weights{number}.npz", *weights)
with open(f"{folder}/losses{number}.json", "w") as file:
    json.dump(losses, file)
