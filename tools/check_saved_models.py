"""Checks that TensorFlow loads and runs what `tf.saved_model.save` writes.

    .venv/bin/python tools/check_saved_models.py write DIRECTORY            # with TapeFlow: models and their results
    python tools/check_saved_models.py check DIRECTORY                      # where TensorFlow is installed
    python tools/check_saved_models.py check DIRECTORY --module tapeflow    # TapeFlow loads them as well

Exit status 0 if every call of every model gives the recorded result.
"""

import argparse
import importlib
import os
import pickle
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tests.saved_model.pipelines import CALLS, LOOP_CALLS, loops, pipelines


def models(tf):
    """Name -> (object, expressions over the loaded object `m`)."""

    class Composites(tf.Module):
        @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
        def ragged(self, r):
            return r * 2.0, tf.reduce_sum(r, 1), r.row_lengths()

        @tf.function(input_signature=[tf.SparseTensorSpec([None, 4], tf.float32)])
        def sparse(self, s):
            return {"dense": tf.sparse.to_dense(s), "itself": s}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def strings(self, s):
            words = tf.strings.split(s)
            return {
                "words": words, "length": tf.strings.length(s), "upper": tf.strings.upper(s),
                "replaced": tf.strings.regex_replace(s, "[aeiou]", "_"), "part": tf.strings.substr(s, 0, 2),
            }  # fmt: skip

    class Loops(tf.Module):
        def __init__(self):
            super().__init__()
            self.v = tf.Variable(np.linspace(-1, 1, 12).reshape(4, 3).astype("float32"), name="v")
            self.u = tf.Variable([1.0, 2.0, 3.0, 4.0])
            self.nested = {"a": [tf.Variable(1.0), (tf.Variable(2.0), tf.Variable(3))], "b": {"c": tf.Variable([5.0])}}

        @tf.function(input_signature=[tf.TensorSpec([1, 4], tf.float32), tf.TensorSpec([], tf.int32)])
        def loop(self, x, n):
            array = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[3])
            s = tf.zeros([3])
            for i in tf.range(n):
                s = s + tf.matmul(x, self.v)[0]
                if tf.reduce_sum(s) > 10.0:
                    break
                if i % 2 == 0:
                    continue
                array = array.write(array.size(), s)
            rows = array.stack()
            return rows, tf.foldl(lambda a, b: a * b, tf.constant([1.0, 2.0, 3.0]))

        @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
        def power(self, x):
            while tf.abs(x) < 100.0:
                x = x * self.u[1]
            return x

        @tf.function(input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.float32)])
        def branch(self, i, x):
            return tf.switch_case(
                i, [lambda: x, lambda: x * self.u[1], lambda: tf.cond(x > 0.0, lambda: x * x, lambda: -x)]
            )

        @tf.function(input_signature=[tf.TensorSpec([2], tf.int32), tf.TensorSpec([2], tf.float32)])
        def update(self, i, x):
            self.u.scatter_update(tf.IndexedSlices(x * 10.0, i))
            self.u.assign_sub([0.1] * 4)
            tf.debugging.assert_less(self.u, 1000.0)
            return self.u.read_value()

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
        def train(self, x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(tf.nn.relu(tf.matmul(x, self.v))))
                for _ in tf.range(3):
                    loss = loss * tf.reduce_sum(self.v * self.v) * 0.1
            grad = tape.gradient(loss, self.v)
            self.v.assign_sub(0.01 * grad)
            return loss, grad

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)])
        def rows(self, i):
            return tf.gather(self.v, i), tf.nn.embedding_lookup(self.v, i)

    class Tables(tf.Module):
        def __init__(self):
            super().__init__()
            self.words = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
            self.words.insert(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64))
            keys = tf.lookup.KeyValueTensorInitializer(["x", "y"], tf.constant([0, 1], tf.int64))
            self.vocabulary = tf.lookup.StaticVocabularyTable(keys, 3)
            numbers = tf.lookup.KeyValueTensorInitializer(tf.constant([1, 2], tf.int64), tf.constant([0.5, 0.7]))
            self.numbers = tf.lookup.StaticHashTable(numbers, -1.0)
            self.generator = tf.random.Generator.from_seed(3)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string), tf.TensorSpec([None], tf.int64)])
        def look(self, s, i):
            return self.words.lookup(s), self.vocabulary.lookup(s), self.numbers.lookup(i), self.words.size()

        @tf.function(input_signature=[tf.TensorSpec([1], tf.string)])
        def add(self, s):
            self.words.insert(s, tf.constant([99], tf.int64))
            return self.words.size()

    class Functions(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(2.0)

        @tf.function
        def f(self, x, *args, scale=1.0, mode="a", **kwargs):
            y = x * self.w * scale
            for a in args:
                y = y + a
            for key in sorted(kwargs):
                y = y + kwargs[key]
            return (y if mode == "a" else -y), {"l": [y, {"z": y}]}

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def clipped(self, x):
            return tf.identity(x) + _clip(tf, x)

        @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
        def printed(self, x):
            tf.print("value", x, output_stream=sys.stderr)
            return x + 1.0

        @tf.function(input_signature=[])
        def nothing(self):
            self.w.assign_add(1.0)

    functions = Functions()
    functions.f(tf.constant(1.0))
    functions.f(tf.constant(1.0), tf.constant(2.0), scale=3.0)
    functions.f(tf.constant([1.0, 2.0]), mode="b", extra=tf.constant(5.0))
    found = {
        "composites": (Composites(), [
            "m.ragged(tf.ragged.constant([[1.0, 2.0], [], [3.0]]))",
            "m.sparse(tf.sparse.from_dense([[0.0, 1.0, 0.0, 2.0], [3.0, 0.0, 0.0, 0.0]]))",
            "m.strings(tf.constant(['hello world', 'foo bar baz', '']))",
        ]),
        "loops": (Loops(), [
            "m.loop(tf.ones([1, 4]), tf.constant(5))", "m.power(tf.constant(1.5))",
            "[m.branch(i, 2.5) for i in range(4)]", "m.branch(2, -3.0)",
            "grad(m.power, tf.constant(1.5))", "grad(m.branch, tf.constant(2), tf.constant(3.0))",
            "m.update([0, 3], [1.0, 2.0])", "m.train(tf.ones([2, 4]))", "m.train(tf.ones([2, 4]) * 0.5)", "m.v",
            "m.rows([1, 3])", "m.nested['a'][1][0]", "m.nested['b']['c']",
            "wgrad(m, 'v', lambda: m.loop(tf.ones([1, 4]), tf.constant(5))[0])",
        ]),
        "tables": (Tables(), [
            "m.look(['a', 'zz', 'x'], [1, 7])", "m.add(['q'])", "m.look(['q', 'a'], [2])",
        ]),
        "functions": (functions, [
            "m.f(tf.constant(4.0))", "m.f(tf.constant(4.0), tf.constant(1.0), scale=3.0)",
            "m.f(tf.constant([4.0, 5.0]), mode='b', extra=tf.constant(1.0))", "m.clipped([1.0, 2.0])",
            "grad(m.clipped, tf.constant([1.0, 2.0]))", "m.printed(2.0)", "m.nothing()", "m.w",
        ]),
        "pipelines": (pipelines(tf), [
            f"m.{name}({', '.join(map(_shown, values))})" for name, values in CALLS.items()
        ]),
        "pipeline_loops": (loops(tf), [
            f"m.{name}({', '.join(map(_shown, values))})" for name, values in LOOP_CALLS.items()
        ]),
    }  # fmt: skip
    return found


def _shown(x):
    """An argument as an expression."""
    if isinstance(x, int):
        return f"tf.constant({x}, tf.int64)"
    return f"tf.constant({x.tolist() if hasattr(x, 'tolist') else x!r})"


def _clip(tf, x):
    @tf.custom_gradient
    def clip(x):
        y = tf.exp(x)
        return y, lambda dy: tf.clip_by_value(dy * y * 2.0, -3.0, 3.0)

    return clip(x)


def keras_models(tf):
    """Name -> (Keras model, input)."""
    keras = tf.keras
    layers = keras.layers
    keras.utils.set_random_seed(0)
    draw = np.random.RandomState(0).randn
    image, series = draw(2, 8, 8, 3).astype("float32"), draw(2, 7, 5).astype("float32")
    query = layers.Input((6, 8))
    attention = keras.Model(query, layers.LayerNormalization()(query + layers.MultiHeadAttention(2, 4)(query, query)))
    return {
        "mlp": (keras.Sequential([layers.Input((5,)), layers.Dense(8, "gelu"), layers.Dense(3, "softmax")]),
                draw(3, 5).astype("float32")),
        "cnn": (keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 3, activation="relu"),
                                  layers.BatchNormalization(), layers.MaxPooling2D(), layers.Flatten(),
                                  layers.Dense(2)]), image),
        "separable": (keras.Sequential([layers.Input((8, 8, 3)), layers.SeparableConv2D(4, 3, padding="same"),
                                        layers.Conv2DTranspose(2, 3, strides=2),
                                        layers.GlobalAveragePooling2D()]), image),
        "lstm": (keras.Sequential([layers.Input((7, 5)), layers.LSTM(4), layers.Dense(2)]), series),
        "gru": (keras.Sequential([layers.Input((None, 5)), layers.Bidirectional(layers.GRU(3)),
                                  layers.Dense(2)]), series),
        "attention": (attention, draw(2, 6, 8).astype("float32")),
        "embedding": (keras.Sequential([layers.Input((4,), dtype="int32"), layers.Embedding(10, 3),
                                        layers.GlobalMaxPooling1D()]), np.array([[1, 2, 3, 9]], "int32")),
        "conv1d": (keras.Sequential([layers.Input((7, 5)), layers.Conv1D(4, 3, padding="causal"),
                                     layers.Activation("swish"), layers.Flatten(), layers.Dense(1)]), series),
        "normalized": (keras.Sequential([layers.Input((5,)), layers.Rescaling(2.0), layers.LayerNormalization(),
                                         layers.Dropout(0.5), layers.Dense(3, "elu")]), draw(3, 5).astype("float32")),
        "residual": (_residual(keras), image),
    }  # fmt: skip


def _residual(keras):
    layers = keras.layers
    x = layers.Input((8, 8, 3))
    y = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    return keras.Model(x, layers.Dense(2)(layers.Flatten()(layers.Add()([x, y]))))


# -- results ---------------------------------------------------------------------------------------


def plain(tf, x):
    """A result as NumPy arrays in Python structures."""
    if isinstance(x, tf.RaggedTensor):
        return ["ragged", x.to_list()]
    if isinstance(x, tf.SparseTensor):
        return [plain(tf, part) for part in (x.indices, x.values, x.dense_shape)]
    if isinstance(x, dict):
        return {key: plain(tf, value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(tf, one) for one in x]
    return x if x is None else tf.convert_to_tensor(x).numpy()


def evaluated(tf, m, expression):
    """The plain result of an expression over a loaded object."""

    def grad(function, *args):
        with tf.GradientTape() as tape:
            tape.watch(args[-1])
            y = tf.reduce_sum(function(*args))
        return tape.gradient(y, args[-1])

    def wgrad(m, name, function):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(function())
        return tape.gradient(y, getattr(m, name))

    return plain(tf, eval(expression, {"m": m, "tf": tf, "grad": grad, "wgrad": wgrad}))  # our own expressions


def differences(a, b, where):
    """Where two plain results differ."""
    if isinstance(b, dict):
        if set(a) != set(b):
            return [f"{where}: keys {sorted(a)} and {sorted(b)}"]
        return [d for key in b for d in differences(a[key], b[key], f"{where}[{key!r}]")]
    if isinstance(b, list):
        if len(a) != len(b):
            return [f"{where}: lengths {len(a)} and {len(b)}"]
        return [d for i, (p, q) in enumerate(zip(a, b, strict=True)) for d in differences(p, q, f"{where}[{i}]")]
    if isinstance(b, np.ndarray) and b.dtype.kind in "fc":
        same = np.shape(a) == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5)
    else:
        same = np.array_equal(a, b) if isinstance(b, np.ndarray) else bool(np.all(np.isclose(a, b)) if isinstance(
            b, (float, np.floating)) else a == b)  # fmt: skip
    return [] if same else [f"{where}: {a} and {b}"]


def write(directory):
    """Saves the models with TapeFlow and records what they give."""
    import tapeflow as tf

    sys.modules.pop("keras", None)
    recorded = {}
    for name, (obj, expressions) in models(tf).items():
        path = os.path.join(directory, name)
        tf.saved_model.save(obj, path)
        loaded = tf.saved_model.load(path)
        recorded[name] = [(e, evaluated(tf, loaded, e)) for e in expressions]
    for name, (model, x) in keras_models(tf).items():
        path = os.path.join(directory, f"keras_{name}")
        model.export(path, verbose=False)
        expression = f"m.serve(tf.constant({x.tolist()!r}, tf.{x.dtype}))"
        recorded[f"keras_{name}"] = [(expression, plain(tf, model(x)))]
    with open(os.path.join(directory, "results.pkl"), "wb") as file:
        pickle.dump(recorded, file)
    print(f"{len(recorded)} models")


def check(directory, module):
    """Loads the models with a library and compares; returns how many calls differ."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tf = importlib.import_module(module)
    with open(os.path.join(directory, "results.pkl"), "rb") as file:
        recorded = pickle.load(file)
    calls = wrong = 0
    for name, results in recorded.items():
        loaded = tf.saved_model.load(os.path.join(directory, name))
        for expression, expected in results:
            calls += 1
            try:
                found = differences(evaluated(tf, loaded, expression), expected, f"{name}: {expression[:60]}")
            except Exception as error:  # shown, and counted
                found = [f"{name}: {expression[:60]}: {type(error).__name__}: {str(error)[:300]}"]
            wrong += bool(found)
            for one in found:
                print(one[:500])
    print(f"{len(recorded)} models, {calls} calls, {wrong} differ")
    return wrong


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["write", "check"])
    parser.add_argument("directory")
    parser.add_argument("--module", default="tensorflow")
    args = parser.parse_args()
    if args.task == "write":
        write(args.directory)
        return 0
    return 1 if check(args.directory, args.module) else 0


if __name__ == "__main__":
    sys.exit(main())
