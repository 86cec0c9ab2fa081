"""Records TensorFlow's random numbers into random_golden.json: run with a Python that has TensorFlow 2.21.

python record_random_golden.py > random_golden.json
"""

import hashlib
import json

import numpy as np
import tensorflow as tf

SEED = [7, -3]
raw = tf.raw_ops
golden = {}


def keep(name, *tensors):
    """The first values, in a form that loses nothing, and a digest of all."""
    arrays = [t.numpy() for t in tensors]
    data = b"".join(a.tobytes() for a in arrays)
    first = np.concatenate([a.reshape(-1)[:5].astype(np.float64) for a in arrays])[:5]
    golden[name] = {
        "shape": list(arrays[0].shape),
        "dtype": arrays[0].dtype.name,
        "first": [v.hex() for v in first.tolist()],
        "sha256": hashlib.sha256(data).hexdigest(),
    }


for dtype in ("float16", "bfloat16", "float32", "float64"):
    for n in (0, 1, 3, 5, 13, 1000, 1000001):
        keep(f"uniform/{dtype}/{n}", tf.random.stateless_uniform((n,), SEED, dtype=dtype))
        keep(f"normal/{dtype}/{n}", tf.random.stateless_normal((n,), SEED, dtype=dtype))
        keep(f"truncated_normal/{dtype}/{n}", tf.random.stateless_truncated_normal((n,), SEED, dtype=dtype))
for dtype in ("int32", "int64", "uint32", "uint64"):
    for n in (0, 1, 3, 5, 1000, 1000001):
        keep(f"full_int/{dtype}/{n}", tf.random.stateless_uniform((n,), SEED, None, None, dtype))
        if dtype[0] == "i":
            for low, high in ((-5, 12), (0, 16), (-(2**31), 2**31 - 1)):
                keep(
                    f"int {low} {high}/{dtype}/{n}", tf.random.stateless_uniform((n,), SEED, low, high, dtype)
                )

key, counter = raw.StatelessRandomGetKeyCounter(seed=SEED)
keep("key_counter", tf.concat([key, counter], 0))
for dtype in ("float16", "float32", "float64"):
    alpha = tf.constant([0.01, 0.3, 0.999, 1.0, 1.5, 3.0, 100.0, 1e4], dtype)
    keep(
        f"gamma/{dtype}",
        raw.StatelessRandomGammaV3(shape=[500, 8], key=key, counter=counter, alg=1, alpha=alpha),
    )
    keep(
        f"stateful gamma/{dtype}",
        *(raw.RandomGamma(shape=[50], alpha=alpha, seed=11, seed2=22) for _ in range(2)),
    )
    counts = tf.constant([0.0, 5, 20, 40, 1000, 100, 9, 50, 60, 5], dtype)
    probs = tf.constant([0.5, 0.3, 0.5, 0.2, 0.1, 0.9, 0.99, 1.0, 0.0, 1.5], dtype)
    keep(
        f"binomial/{dtype}",
        raw.StatelessRandomBinomial(shape=[300, 10], seed=SEED, counts=counts, probs=probs),
    )
    rate = tf.constant([0.0, 0.5, 3, 9.9, 10, 25, 300], dtype)
    keep(f"poisson/{dtype}", raw.StatelessRandomPoisson(shape=[500, 7], seed=SEED, lam=rate, dtype="float32"))
    bounds = [
        (0, 1, -2, 2), (0, 1, -1, 1), (0, 1, 3, 5), (0, 1, 3, np.inf), (0, 1, -np.inf, -3), (1, 2, -5, -4),
        (0, 1, -np.inf, 0.5), (5, 0.1, 5.05, 5.06), (0, 3, 1, 100),
    ]  # fmt: skip
    for i, four in enumerate(bounds):
        parameters = dict(zip(("means", "stddevs", "minvals", "maxvals"), map(float, four), strict=True))
        parameters = {name: tf.constant(value, dtype) for name, value in parameters.items()}
        numbers = raw.StatelessParameterizedTruncatedNormal(shape=[300], seed=SEED, **parameters)
        keep(f"truncated_between {i}/{dtype}", numbers)
for dtype in ("float16", "bfloat16", "float32", "float64"):
    logits = tf.cast(tf.constant([[0.0, 1, 2, 3], [1, np.nan, 5, -np.inf], [-1, np.inf, 0, 1]]), dtype)
    for n in (0, 1, 50):
        keep(f"categorical/{dtype}/{n}", raw.StatelessMultinomial(logits=logits, num_samples=n, seed=SEED))
for n in (0, 1, 2, 5, 1000, 4001):
    keep(f"shuffle/{n}", tf.random.experimental.stateless_shuffle(tf.range(n), SEED))
keep("index_shuffle", tf.constant([
    [int(raw.RandomIndexShuffle(index=tf.constant(i, tf.int64), seed=tf.constant([1, 2, 3], tf.int64),
                                max_index=tf.constant(top, tf.int64), rounds=rounds)) for i in range(8)]
    for top, rounds in ((99, 4), (65535, 4), (65536, 8), (2**31, 4), (2**62, 10))
]))  # fmt: skip
for dtype in ("uint32", "uint64"):
    for shape in ((), (5,), (6,), (3, 2), (2, 3), (3, 3)):
        draw = tf.function(tf.random.stateless_uniform, jit_compile=True)
        numbers = draw(shape, SEED, None, None, dtype, alg="threefry")
        keep(f"threefry/{dtype}/{shape}", numbers)
true_classes = tf.constant([[1, 2], [3, 4]], tf.int64)
for unique in (True, False):
    common = {
        "true_classes": true_classes,
        "num_true": 2,
        "num_sampled": 4,
        "unique": unique,
        "seed": 1,
        "seed2": 2,
    }
    keep(f"candidates/uniform/{unique}", raw.UniformCandidateSampler(**common, range_max=20)[0])
    keep(f"candidates/log_uniform/{unique}", raw.LogUniformCandidateSampler(**common, range_max=20)[0])
    weights = {"unigrams": [1.0, 2, 3, 4, 5, 6, 7], "num_reserved_ids": 1, "distortion": 0.75}
    numbers = raw.FixedUnigramCandidateSampler(**common, range_max=8, **weights)
    keep(f"candidates/fixed/{unique}", numbers[0])

print("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in golden.items()) + "\n}")
