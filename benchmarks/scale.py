"""Weak scaling of one training step over virtual devices, and the share of the collectives in it.

python benchmarks/scale.py            # a table for 1, 2, 4 and 8 devices
python benchmarks/scale.py --devices 4  # one row, as JSON
"""

import argparse
import itertools
import json
import subprocess
import sys
import time

WIDTH, LAYERS, BATCH, CLASSES = 512, 3, 64, 10


def step_times(count, reduces):
    """The shortest time of a step in ms on `count` replicas, with or without the all-reduce of gradients."""
    import numpy as np

    import tapeflow as tf

    strategy = tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)])
    rng = np.random.default_rng(0)
    sizes = [WIDTH] * (LAYERS + 1) + [CLASSES]
    with strategy.scope():
        weights = [
            tf.Variable(rng.normal(size=(m, n)).astype(np.float32) / m**0.5) for m, n in itertools.pairwise(sizes)
        ]
    rows = BATCH * count
    x, y = rng.normal(size=(rows, WIDTH)).astype(np.float32), rng.integers(0, CLASSES, rows)
    data = tf.data.Dataset.from_tensors((x, y))
    batch = next(iter(strategy.experimental_distribute_dataset(data)))

    def step(batch):
        x, y = batch
        with tf.GradientTape() as tape:
            for w in weights[:-1]:
                x = tf.nn.relu(x @ w)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x @ weights[-1])
            loss = tf.reduce_sum(losses) / rows
        grads = tape.gradient(loss, weights)
        if reduces:
            grads = tf.distribute.get_replica_context().all_reduce("SUM", grads)
        for w, g in zip(weights, grads):
            strategy.extended.update(w, lambda w, g: w.assign_sub(0.01 * g), args=(g,), group=False)
        return loss

    train = tf.function(lambda batch: strategy.reduce("SUM", strategy.run(step, (batch,)), axis=None))
    times = []
    for _ in range(40):
        start = time.perf_counter()
        train(batch).numpy()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times[5:]), sum(int(np.prod(w.shape)) for w in weights)


def row(count):
    """One row of the table."""
    import tapeflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * count)
    with_reduce, parameters = step_times(count, True)
    without, _ = step_times(count, False)
    return {
        "devices": count,
        "step_ms": round(with_reduce, 2),
        "without_collectives_ms": round(without, 2),
        "collectives_share": round(max(0.0, 1 - without / with_reduce), 3),
        "examples_per_s": round(1e3 * BATCH * count / with_reduce),
        "gradient_bytes": 4 * parameters,
        "flops": 6 * parameters * BATCH * count,
    }


def main():
    """Prints one row, or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int)
    count = parser.parse_args().devices
    if count:
        print(json.dumps(row(count)))
        return
    print("devices  step ms  without collectives  their share  examples/s  GFLOP/s")
    for count in (1, 2, 4, 8):
        done = subprocess.run(
            [sys.executable, __file__, "--devices", str(count)], capture_output=True, text=True, check=True
        )
        one = json.loads(done.stdout)
        print(
            f"{one['devices']:7}  {one['step_ms']:7}  {one['without_collectives_ms']:19}  "
            f"{one['collectives_share']:11.1%}  {one['examples_per_s']:10}  {one['flops'] / one['step_ms'] / 1e6:7.1f}"
        )


if __name__ == "__main__":
    main()
