"""Weak scaling of one training step over virtual devices, and the share of the collectives in it.

The all-reduce is measured by itself: a program that only reduces values of the gradients' shapes, less one that does
not reduce them. All programs take turns, and of each the shortest time counts: what other work on the machine adds is
never negative.

python benchmarks/scale.py              # a table for 1, 2, 4 and 8 devices
python benchmarks/scale.py --devices 4  # one row, as JSON
python benchmarks/scale.py --rounds 300 # longer, on a busy machine
"""

import argparse
import itertools
import json
import subprocess
import sys
import time

WIDTH, LAYERS, BATCH, CLASSES = 512, 3, 64, 10


def programs(count):
    """The step on `count` replicas, and programs that only reduce, or only hand on, values like its gradients."""
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
        grads = tf.distribute.get_replica_context().all_reduce("SUM", tape.gradient(loss, weights))
        for w, g in zip(weights, grads):
            strategy.extended.update(w, lambda w, g: w.assign_sub(0.01 * g), args=(g,), group=False)
        return loss

    def only(handle):
        def replica():
            values = handle([w + 1.0 for w in weights])
            # A corner of each, so that all of it is computed and little is handed out.
            return tf.add_n([tf.reduce_sum(v[-1]) for v in values])

        return tf.function(lambda: strategy.reduce("SUM", strategy.run(replica), axis=None))

    train = tf.function(lambda batch: strategy.reduce("SUM", strategy.run(step, (batch,)), axis=None))
    reduced = only(lambda values: tf.distribute.get_replica_context().all_reduce("SUM", values))
    handed = only(lambda values: values)
    parameters = sum(int(np.prod(w.shape)) for w in weights)
    return {"step": lambda: train(batch), "reduce": reduced, "hand": handed}, parameters


def shortest(functions, rounds):
    """For each function the shortest of its times in ms; they take turns."""
    times = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            function().numpy()
            times[name].append(time.perf_counter() - start)
    return {name: 1e3 * min(found[5:]) for name, found in times.items()}


def row(count, rounds):
    """One row of the table."""
    import tapeflow as tf

    (processor,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * count)
    functions, parameters = programs(count)
    found = shortest(functions, rounds)
    collective = max(found["reduce"] - found["hand"], 0.0)
    return {
        "devices": count,
        "step_ms": round(found["step"], 2),
        "collective_ms": round(collective, 2),
        "collectives_share": round(collective / found["step"], 3),
        "examples_per_s": round(1e3 * BATCH * count / found["step"]),
        "gradient_bytes": 4 * parameters,
        "flops": 6 * parameters * BATCH * count,
    }


def main():
    """Prints one row, or the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    if options.devices:
        print(json.dumps(row(options.devices, options.rounds)))
        return
    print("devices  step ms  collective ms  its share  examples/s  GFLOP/s")
    for count in (1, 2, 4, 8):
        done = subprocess.run(
            [sys.executable, __file__, "--devices", str(count), "--rounds", str(options.rounds)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        one = json.loads(done.stdout)
        print(
            f"{one['devices']:7}  {one['step_ms']:7}  {one['collective_ms']:13}  {one['collectives_share']:9.1%}  "
            f"{one['examples_per_s']:10}  {one['flops'] / one['step_ms'] / 1e6:7.1f}"
        )


if __name__ == "__main__":
    main()
