"""tf.train: checkpoints and what they are made of; tf.compat.v1.train's optimizers."""

import collections
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from tests.parity.case import Family

case = Family(__name__)
Pair = collections.namedtuple("Pair", "left right")


class Folder:
    """A directory, there as long as a case runs."""

    def __enter__(self):
        self.place = tempfile.mkdtemp()
        return lambda name: os.path.join(self.place, name)

    def __exit__(self, *_):
        shutil.rmtree(self.place)


def module(tf, **attributes):
    made = tf.Module()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def paths(tf, obj):
    """The way to every object below, breadth first."""
    objects, ways = tf.train.TrackableView(obj)._descendants_with_paths()
    lookup = (lambda one: ways[one]) if not isinstance(next(iter(ways)), int) else (lambda one: ways[id(one)])
    return ["/".join(one.name for one in lookup(obj)) for obj in objects]


def keys(tf, **objects):
    """The names and shapes in a checkpoint of objects."""
    with Folder() as at:
        return [(n, list(s)) for n, s in tf.train.list_variables(tf.train.Checkpoint(**objects).write(at("c")))]


def files(tf, **objects):
    """The bytes of a checkpoint of objects."""
    with Folder() as at:
        tf.train.Checkpoint(**objects).write(at("c"))
        return [Path(at(f"c{end}")).read_bytes() for end in (".index", ".data-00000-of-00001")]


def restored(tf, first, second, act=lambda status: None, method="write"):
    """What the variables of a second checkpoint are after reading the first."""
    with Folder() as at:
        path = getattr(tf.train.Checkpoint(**first), method)(at("c"))
        target = tf.train.Checkpoint(**second)
        status = target.read(path) if method == "write" else target.restore(path)
        status.expect_partial()
        act(status)
        return [x.numpy() for x in tf.train.TrackableView(target).descendants() if isinstance(x, tf.Variable)]


def asked(tf, first, second, question):
    """Whether a question about a restore is answered well."""
    try:
        restored(tf, first, second, lambda status: getattr(status, question)())
    except AssertionError as error:
        return str(error).split(" ", 2)[:2]
    return "fine"


def managed(tf, count, **options):
    """The files that a manager leaves."""
    with Folder() as at:
        checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
        manager = tf.train.CheckpointManager(checkpoint, at("d"), **options)
        for _ in range(count):
            manager.save()
        latest = manager.latest_checkpoint
        names = sorted(os.listdir(at("d")))
        return names, [os.path.basename(p) for p in manager.checkpoints], os.path.basename(latest)


case.table(r"""
    wrap/list: repr(module(tf, x=[1, 2]).x)
    wrap/dict: repr(module(tf, x={"a": 1}).x)
    wrap/dict_text: str(module(tf, x={"a": [1]}).x)
    wrap/nested: repr(module(tf, x=[{"a": (1, [2])}]).x)
    wrap/tuple_of_numbers: repr(module(tf, x=(1, 2)).x)
    wrap/tuple: repr(module(tf, x=([1], 2)).x)
    wrap/named_tuple: repr(module(tf, x=Pair([1], 2)).x)
    wrap/empty: [repr(module(tf, x=x).x) for x in ([], {}, ())]
    wrap/equal: [module(tf, x=x).x == x for x in ([1, [2]], {"a": {"b": 1}}, ([1], 2))]
    wrap/add: [module(tf, x=[1]).x + [2], [2] + module(tf, x=[1]).x, module(tf, x=[1]).x * 2]
    wrap/slice: type(module(tf, x=[1, 2]).x[:1]).__name__
    wrap/or: type(module(tf, x={"a": 1}).x | {"b": 2}).__name__
    wrap/isinstance: [isinstance(module(tf, x=x).x, type(x)) for x in ([1], {"a": 1}, ([1], 2))]
    wrap/unhashable: hash(module(tf, x=[1]).x)  # raises: unhashable type
    wrap/dict_unhashable: hash(module(tf, x={}).x)  # raises: unhashable type
    wrap/nest: tf.nest.flatten(module(tf, x=[{"b": 1, "a": (2, [3])}]).x)
    wrap/nest_map: repr(tf.nest.map_structure(lambda v: v + 1, module(tf, x=[{"b": 1}]).x))
    children/order: list(module(tf, b=tf.Variable(1.0), a=tf.Variable(2.0), c=3)._trackable_children())
    children/containers: paths(tf, module(tf, l=[tf.Variable(1.0), 2, [tf.Variable(1.0)]], d={"x": tf.Variable(1.0)}))
    children/named_tuple: list(module(tf, x=Pair(tf.Variable(1.0), [1])).x._trackable_children())
    children/plain_parts: list(module(tf, x=[1, "a", None, [2]]).x._trackable_children())
    children/function: paths(tf, module(tf, f=tf.function(lambda x: x), v=tf.Variable(1.0)))
    children/generator: paths(tf, module(tf, g=tf.random.Generator.from_seed(1)))
    children/table: paths(tf, module(tf, t=tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)))
    children/twice: module(tf)._track_trackable(3, "a")  # raises: only be used to track objects of type Trackable
    keys/nested: keys(tf, net=module(tf, layers=[module(tf, w=tf.Variable([1.0]))], d={"a/b": tf.Variable(1), "c.d": tf.Variable(2)}))
    keys/table: keys(tf, t=tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1))
    keys/dense_table: keys(tf, t=tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, 0.0, -1, -2, initial_num_buckets=8))
    keys/generator: keys(tf, g=tf.random.Generator.from_seed(1))
    keys/not_trackable: keys(tf, a=3)  # raises: expecting a to be a trackable object
    files/variables: files(tf, b=tf.Variable([1.0, 2.0]), a=tf.Variable(3))
    files/strings: files(tf, s=tf.Variable([b"", b"\x00\xff", b"text"]))
    files/dtypes: files(tf, **{d: tf.Variable(tf.cast([1, 0, 3], d)) for d in "bfloat16 float16 float64 int8 uint64 bool complex64".split()})
    files/empty: files(tf, e=tf.Variable(tf.zeros([0, 3])), s=tf.Variable(""))
    files/nothing: files(tf)
    files/nested: files(tf, m=module(tf, l=[tf.Variable(1.0)], d={"k": tf.Variable(2.0)}, t=(tf.Variable(3.0), 1)))
    restore/same: restored(tf, dict(a=tf.Variable([1.0, 2.0])), dict(a=tf.Variable([0.0, 0.0])))
    restore/saved: restored(tf, dict(a=tf.Variable([1.0, 2.0])), dict(a=tf.Variable([0.0, 0.0])), method="save")
    restore/part: restored(tf, dict(a=tf.Variable(1.0), b=tf.Variable(2.0)), dict(b=tf.Variable(0.0), c=tf.Variable(5.0)))
    restore/list: restored(tf, dict(l=[tf.Variable(1.0), tf.Variable(2.0)]), dict(l=[tf.Variable(0.0)]))
    restore/shape: restored(tf, dict(a=tf.Variable([1.0])), dict(a=tf.Variable([0.0, 0.0])))  # raises: incompatible tensor with shape
    restore/dtype: restored(tf, dict(a=tf.Variable(1.0)), dict(a=tf.Variable(1)))  # raises: expected dtype int32
    ask/consumed: asked(tf, dict(a=tf.Variable(1.0)), dict(a=tf.Variable(0.0)), "assert_consumed")
    ask/consumed_less: asked(tf, dict(a=tf.Variable(1.0), b=tf.Variable(2.0)), dict(a=tf.Variable(0.0)), "assert_consumed")
    ask/existing_less: asked(tf, dict(a=tf.Variable(1.0), b=tf.Variable(2.0)), dict(a=tf.Variable(0.0)), "assert_existing_objects_matched")
    ask/existing_more: asked(tf, dict(a=tf.Variable(1.0)), dict(a=tf.Variable(0.0), b=tf.Variable(0.0)), "assert_existing_objects_matched")
    ask/nontrivial: asked(tf, dict(a=tf.Variable(1.0)), dict(b=tf.Variable(0.0)), "assert_nontrivial_match")
    ask/nontrivial_empty: asked(tf, dict(a=tf.Variable(1.0)), dict(), "assert_nontrivial_match")
    ask/none: tf.train.Checkpoint().restore(None).assert_consumed()  # raises: No checkpoint specified
    missing/restore: tf.train.Checkpoint().restore("/nowhere/c-1")  # raises: Failed to find any matching files
    missing/load: tf.train.load_checkpoint("/nowhere/c-1")  # raises: Failed to find any matching files
    missing/latest: tf.train.latest_checkpoint("/nowhere")
    missing/state: tf.train.get_checkpoint_state("/nowhere")
    manager/keep: managed(tf, 4, max_to_keep=2)
    manager/all: managed(tf, 2, max_to_keep=None, checkpoint_name="other")
    manager/none: managed(tf, 1, max_to_keep=0)  # raises: positive integer
    manager/interval: managed(tf, 1, max_to_keep=1, checkpoint_interval=2)  # raises: step_counter
""")


@case("restore/deferred")
def _(tf):
    with Folder() as at:
        path = tf.train.Checkpoint(m=module(tf, a=tf.Variable(1.0), l=[tf.Variable(2.0)])).write(at("c"))
        late = tf.train.Checkpoint()
        status = late.read(path).expect_partial()
        late.m = tf.Module()
        late.m.l = []
        late.m.l.append(tf.Variable(0.0))
        late.m.a = tf.Variable(0.0)
        status.assert_consumed()
        return [late.m.a.numpy(), late.m.l[0].numpy()]


@case("restore/later_wins")
def _(tf):
    with Folder() as at:
        first = tf.train.Checkpoint(v=tf.Variable(1.0)).write(at("a"))
        second = tf.train.Checkpoint(v=tf.Variable(2.0)).write(at("b"))
        late = tf.train.Checkpoint()
        late.read(first).expect_partial()
        late.read(second).expect_partial()
        late.v = tf.Variable(0.0)
        return late.v.numpy()


@case("restore/shared")
def _(tf):
    shared = tf.Variable(1.0)
    return restored(tf, {"a": shared, "b": shared}, {"a": tf.Variable(0.0), "b": tf.Variable(0.0)})


@case("restore/table")
def _(tf):
    def table():
        return tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)

    with Folder() as at:
        first, second = table(), table()
        first.insert(["a", "b"], [1, 2])
        second.insert(["c"], [3])
        tf.train.Checkpoint(t=second).read(tf.train.Checkpoint(t=first).write(at("c"))).assert_consumed()
        return second.lookup(["a", "b", "c"])


@case("counter/goes_on")
def _(tf):
    with Folder() as at:
        checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
        checkpoint.save(at("c"))
        path = checkpoint.save(at("c"))
        fresh = tf.train.Checkpoint(v=tf.Variable(0.0))
        fresh.restore(path).assert_consumed()
        return os.path.basename(path), os.path.basename(fresh.save(at("c"))), Path(at("checkpoint")).read_text()


@case("view/diff")
def _(tf):
    with Folder() as at:
        path = tf.train.Checkpoint(module(tf, a=tf.Variable(1.0), b=[tf.Variable(2.0)])).write(at("c"))
        view = tf.train.CheckpointView(path)
        both, saved, local = view.diff(module(tf, b=[tf.Variable(0.0)], c=tf.Variable(0.0)))
        return sorted(both), saved, len(local), view.children(0), view.descendants()


@case("average/steps")
def _(tf):
    v, w = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    average = tf.train.ExponentialMovingAverage(0.9, num_updates=tf.Variable(3))
    for value in (1.0, 2.0, 3.0):
        v.assign([value, -value])
        average.apply([v, w])
    return average.average(v), average.average(w), average.average_name(v), average.name


def optimizer_steps(tf, make):
    """Variables and slots after steps with dense and sparse gradients."""
    optimizer = make(tf.compat.v1.train)
    v, w = tf.Variable(np.arange(6.0, dtype=np.float32).reshape(3, 2)), tf.Variable([1.0, 2.0])
    for i in range(3):
        sparse = tf.IndexedSlices(tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0 + i]]), tf.constant([0, 2, 0]), [3, 2])
        optimizer.apply_gradients([(sparse, v), (tf.constant([0.5, -1.0 - i]), w)])
    optimizer.minimize(lambda: tf.reduce_sum(w * w), var_list=[w])
    names = optimizer.get_slot_names()
    return v, w, names, [optimizer.get_slot(x, name) for x in (v, w) for name in names]


for name, make in {
    "descent": lambda train: train.GradientDescentOptimizer(0.1),
    "momentum": lambda train: train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda train: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda train: train.AdagradOptimizer(0.1),
    "rmsprop": lambda train: train.RMSPropOptimizer(0.1, momentum=0.5),
    "rmsprop_centered": lambda train: train.RMSPropOptimizer(0.1, centered=True),
    "adam": lambda train: train.AdamOptimizer(0.1),
    "rate_of_a_function": lambda train: train.GradientDescentOptimizer(lambda: 0.25),
}.items():
    case(f"optimizer/{name}", optimizer_steps, make, loose=4)


def rates(tf, make):
    """A learning rate along some steps."""
    step = tf.Variable(0)
    rate = make(tf.compat.v1.train, step)
    return [float(rate()) for s in (0, 1, 4, 9, 20) if step.assign(s) is not None]


for name, make in {
    "exponential": lambda train, step: train.exponential_decay(0.1, step, 4, 0.9),
    "stairs": lambda train, step: train.exponential_decay(0.1, step, 4, 0.9, staircase=True),
    "polynomial": lambda train, step: train.polynomial_decay(0.1, step, 10, 0.01, power=2.0),
    "polynomial_cycle": lambda train, step: train.polynomial_decay(0.1, step, 3, 0.01, cycle=True),
    "cosine": lambda train, step: train.cosine_decay(0.1, step, 10, alpha=0.2),
    "pieces": lambda train, step: train.piecewise_constant(step, [3, 9], [1.0, 0.5, 0.25]),
}.items():
    case(f"rate/{name}", rates, make, loose=4)
