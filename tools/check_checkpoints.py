"""Checkpoints of one library, read by another: TapeFlow's by TensorFlow, and TensorFlow's by TapeFlow.

    python tools/check_checkpoints.py write /tmp/ours                           # with TapeFlow
    python tools/check_checkpoints.py read /tmp/ours --module tensorflow        # with TensorFlow's Python
    python tools/check_checkpoints.py write /tmp/theirs --module tensorflow     # with TensorFlow's Python
    python tools/check_checkpoints.py read /tmp/theirs                          # with TapeFlow
    python tools/check_checkpoints.py compare /tmp/ours /tmp/theirs             # byte by byte
"""

import argparse
import filecmp
import importlib
import os
import sys

import numpy as np

SHAPES = [(), (3,), (2, 3), (0, 4)]


def value(number, shape, dtype):
    """Some values of a dtype, other ones for each number; 0 gives zeros."""
    size = int(np.prod(shape))
    return ((np.arange(size) * 7 + 3) * number % 101).reshape(shape).astype(dtype)


def plain(tf, n):
    return tf.train.Checkpoint(a=tf.Variable(value(n, (), "float32")), b=tf.Variable(value(n, (4, 5), "float64")))


def dtypes(tf, n):
    integers = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
    names = f"bfloat16 float16 float32 float64 {integers} bool complex64 complex128".split()
    made = {
        f"{name}_{i}": tf.Variable(tf.cast(value(n, shape, "int64") % (2 if name == "bool" else 200), name))
        for name in names
        for i, shape in enumerate(SHAPES)
    }
    return tf.train.Checkpoint(**made)


def strings(tf, n):
    texts = [b"", b"\x00\xff", b"text" * n] if n else [b""] * 3
    return tf.train.Checkpoint(s=tf.Variable(texts), one=tf.Variable(b"x" * 300 * n))


def modules(tf, n):
    class Layer(tf.Module):
        def __init__(self, i, o):
            super().__init__()
            self.w, self.b = tf.Variable(value(n, (i, o), "float32")), tf.Variable(value(n, (o,), "float32"))

    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.layers = [Layer(3, 4), Layer(4, 2)]
            self.named = {"in/side": Layer(2, 2), "o.ut": tf.Variable(value(n, (2,), "float32")), "z": 1}
            self.pair = (tf.Variable(value(n, (), "int64")), [tf.Variable(value(n, (1,), "float32"))], "text")
            self.again = self.layers[1]
            self.nothing = None

        @tf.function
        def __call__(self, x):
            return x

    return tf.train.Checkpoint(net=Net(), step=tf.Variable(value(n, (), "int64")))


def rooted(tf, n):
    root = tf.Module()
    root.v = tf.Variable(value(n, (3,), "float32"))
    checkpoint = tf.train.Checkpoint(root, extra=tf.Variable(value(n, (2,), "float32")))
    checkpoint.keep = root  # the root is held weakly
    return checkpoint


def tables(tf, n):
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    dense = tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, 0.0, empty_key=-1, deleted_key=-2)
    if n:
        table.insert(["k"], [n])
        dense.insert([5], [float(n)])
    checkpoint = tf.train.Checkpoint(table=table, dense=dense, rng=tf.random.Generator.from_seed(n))
    checkpoint.probe = lambda: [table.lookup(["k", "x"]), dense.lookup([5])]
    return checkpoint


def state(tf, n):
    class Names(tf.train.experimental.PythonState):
        def serialize(self):
            return self.text

        def deserialize(self, string_value):
            self.text = bytes(string_value).decode()

    names = Names()
    names.text = f"state {n}"
    checkpoint = tf.train.Checkpoint(a=names, b=tf.Variable(value(n, (2,), "float32")))
    checkpoint.probe = lambda: [tf.constant(names.text)]
    return checkpoint


def many(tf, n):
    return tf.train.Checkpoint(v=[tf.Variable(value(n + i if n else 0, (i % 3,), "float32")) for i in range(3000)])


def sharded(tf, n):
    return tf.train.Checkpoint(w=tf.Variable(value(n, (100, 7), "float32")), s=tf.Variable(b"s" * n))


def slots(tf, n):
    v, w = tf.Variable(value(n, (2, 3), "float32"), name="v"), tf.Variable(value(n, (3,), "float32"), name="w")
    adam, momentum = tf.compat.v1.train.AdamOptimizer(0.1), tf.compat.v1.train.MomentumOptimizer(0.1, 0.9)
    for optimizer in (adam, momentum):
        optimizer.apply_gradients([(tf.ones_like(x) * n, x) for x in (v, w)])
    checkpoint = tf.train.Checkpoint(v=v, w=w, adam=adam, momentum=momentum)
    names = [(adam, "m"), (adam, "v"), (momentum, "momentum")]
    checkpoint.probe = lambda: [optimizer.get_slot(x, name) for optimizer, name in names for x in (v, w)]
    return checkpoint


def keras_model(tf, n):
    import keras

    dense, layer = keras.layers.Dense, keras.layers.BatchNormalization(name="b")
    model = keras.Sequential([keras.Input((4,)), dense(3, name="a"), layer, dense(1, name="c")])
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(model.trainable_variables)
    for i, variable in enumerate([*model.variables, *optimizer.variables]):
        variable.assign(value(n + i if n else 0, tuple(variable.shape), "float32"))
    checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)
    checkpoint.probe = lambda: [tf.convert_to_tensor(x) for x in [*model.variables, *optimizer.variables]]
    return checkpoint


PROGRAMS = [plain, dtypes, strings, modules, rooted, tables, state, many, sharded, slots, keras_model]


def values(tf, checkpoint):
    """Every value below a checkpoint, by path."""
    found, to_visit = {}, [("", checkpoint, ())]
    view = tf.train.TrackableView(checkpoint)
    while to_visit:
        path, obj, seen = to_visit.pop()
        if isinstance(obj, tf.Variable):
            found[path] = obj.numpy()
        children = view.children(obj) if id(obj) not in seen else {}
        to_visit += ((f"{path}/{name}", child, (*seen, id(obj))) for name, child in children.items())
    for i, tensor in enumerate(getattr(checkpoint, "probe", list)()):
        found[f"probe {i}"] = tensor.numpy()
    found.pop("/save_counter", None)
    return found


def same(a, b):
    return a.keys() == b.keys() and all(
        np.asarray(a[key]).dtype == np.asarray(b[key]).dtype and np.array_equal(np.asarray(a[key]), np.asarray(b[key]))
        for key in a
    )


def options(tf, program):
    if program is not sharded:
        return None
    policy = tf.train.experimental.MaxShardSizePolicy(1000)
    return tf.train.CheckpointOptions(experimental_sharding_callback=policy)


def save(tf, folder):
    for program in PROGRAMS:
        checkpoint = program(tf, 3)
        place = os.path.join(folder, program.__name__)
        checkpoint.write(os.path.join(place, "written"), options=options(tf, program))
        checkpoint.save(os.path.join(place, "saved"), options=options(tf, program))
    print(f"{len(PROGRAMS)} programs written to {folder}")
    return 0


def load(tf, folder):
    failed = 0
    for program in PROGRAMS:
        for name in ("written", "saved-1"):
            good = load_one(tf, program, os.path.join(folder, program.__name__, name))
            failed += not good
            print("ok  " if good else "FAIL", program.__name__, name)
    return failed


def load_one(tf, program, path):
    """Whether the values in a checkpoint are those of the program, and all are restored."""
    wanted, checkpoint = values(tf, program(tf, 3)), program(tf, 0)
    if same(values(tf, checkpoint), wanted):
        raise AssertionError(f"{program.__name__}: nothing to restore")
    if path.endswith("saved-1"):
        checkpoint.restore(path).assert_consumed()
        return same(values(tf, checkpoint), wanted) and int(checkpoint.save_counter) == 1
    # Writing does not count, so the counter is there only if a save was before.
    checkpoint.read(path).assert_consumed()
    return same(values(tf, checkpoint), wanted)


def compare(first, second):
    failed = 0
    for folder, _, names in sorted(os.walk(first)):
        for name in sorted(names):
            a = os.path.join(folder, name)
            b = os.path.join(second, os.path.relpath(a, first))
            good = os.path.exists(b) and filecmp.cmp(a, b, shallow=False)
            failed += not good
            print("same" if good else "DIFF", os.path.relpath(a, first))
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["write", "read", "compare"])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--module", default="tapeflow")
    given = parser.parse_args()
    if given.what == "compare":
        return min(1, compare(*given.folders))
    tf = importlib.import_module(given.module)
    if hasattr(tf, "install_as_tensorflow"):
        tf.install_as_tensorflow()  # for Keras
    return min(1, (save if given.what == "write" else load)(tf, given.folders[0]))


if __name__ == "__main__":
    sys.exit(main())
