"""`tf.function` seen from outside: signatures, arguments by value and by shape, composites, errors, concrete functions."""

import dataclasses
import functools

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def _traced(tf, python, *args, **options):
    """The concrete function of a Python function."""
    return tf.function(python, **options).get_concrete_function(*args)


def _count(tf, calls, **options):
    """How often a function is traced by some calls."""
    fn = tf.function(lambda *args: 1, **options)
    for one in calls:
        fn(*one)
    return fn.experimental_get_tracing_count()


def _spec(tf, *shape):
    return tf.TensorSpec(shape, tf.float32)


def _mixed(x, y=2.0, *, k=3):
    return {"a": x * y, "b": [x + k, (x, None)]}


def _variadic(a, *args, **kw):
    return None


@dataclasses.dataclass
class Pair:
    x: object
    y: object

    def __tf_flatten__(self):
        return (), (self.x, self.y)

    @classmethod
    def __tf_unflatten__(cls, facts, parts):
        return cls(*parts)


case.table("""
    signature/mixed: _traced(tf, _mixed, _spec(tf, None)).pretty_printed_signature()
    signature/mixed_on_one_line: _traced(tf, _mixed, _spec(tf, None)).pretty_printed_signature(verbose=False)
    signature/as_a_type: str(_traced(tf, _mixed, _spec(tf, None)).function_type)
    signature/parameters: repr(list(_traced(tf, _mixed, _spec(tf, None)).function_type.parameters.values()))
    signature/output: repr(_traced(tf, _mixed, _spec(tf, None)).function_type.output)
    signature/variadic: _traced(tf, _variadic, _spec(tf), _spec(tf)).pretty_printed_signature()
    signature/literals: _traced(tf, lambda a, b: a, [1, "s", None], (True, 2.5)).pretty_printed_signature()
    signature/dict: _traced(tf, lambda a: a["q"], {"q": _spec(tf, 2), "p": 1}).pretty_printed_signature()
    signature/unknown_rank: _traced(tf, lambda a: a, tf.TensorSpec(None, tf.int32)).pretty_printed_signature()
    signature/partial: _traced(tf, functools.partial(_mixed, y=1.0), _spec(tf)).pretty_printed_signature()
    signature/ragged: _traced(tf, lambda a: a, tf.RaggedTensorSpec([None, None])).pretty_printed_signature()
    signature/structured: repr(_traced(tf, _mixed, _spec(tf, None)).structured_input_signature)
    signature/names: [x.name for x in _traced(tf, lambda a, b: a, _spec(tf), [_spec(tf), _spec(tf)]).inputs]
    signature/name_of_a_spec: _traced(tf, lambda a: a, tf.TensorSpec([], tf.int32, "given")).inputs[0].name
    concrete/output_shapes: _traced(tf, _mixed, _spec(tf, None)).output_shapes
    concrete/output_dtypes: str(_traced(tf, _mixed, _spec(tf, None)).output_dtypes)
    concrete/called: _traced(tf, _mixed, _spec(tf, None))(tf.constant([1.0, 2.0]))
    concrete/called_by_keyword: _traced(tf, _mixed, _spec(tf, None))(x=tf.constant([1.0, 2.0]))
    concrete/other_dtype: _traced(tf, _mixed, _spec(tf, None))(tf.constant([1, 2]))  # raises
    concrete/too_many: _traced(tf, lambda x: x, _spec(tf))(tf.constant(1.0), tf.constant(2.0))  # raises
    concrete/missing: _traced(tf, lambda x: x, _spec(tf))()  # raises
    traces/same_shape: _count(tf, [(tf.ones([2]),), (tf.zeros([2]),)])
    traces/other_shape: _count(tf, [(tf.ones([2]),), (tf.zeros([3]),)])
    traces/other_dtype: _count(tf, [(tf.ones([2]),), (tf.zeros([2], tf.int32),)])
    traces/python_numbers: _count(tf, [(1,), (1,), (2,), (2.5,)])
    traces/strings: _count(tf, [("a",), ("a",), ("b",)])
    traces/numpy_is_a_tensor: _count(tf, [(np.ones(2, "f"),), (tf.ones([2]),), (np.zeros(2, "f"),)])
    traces/lists_and_tuples: _count(tf, [([1],), ((1,),), ([1],), ([1, 2],)])
    traces/order_of_keys: _count(tf, [({"a": 1, "b": 2},), ({"b": 2, "a": 1},)])
    traces/none: _count(tf, [(None,), (None,), (0,)])
    traces/reduce_retracing: _count(tf, [(tf.ones([n]),) for n in range(1, 6)], reduce_retracing=True)
    traces/ragged: _count(tf, [(tf.ragged.constant([[1], [2, 3]]),), (tf.ragged.constant([[1, 2], [3]]),)])
    input_signature/list_for_a_tensor: tf.function(lambda x: x, input_signature=[_spec(tf, None)])([1, 2])
    input_signature/number: tf.function(lambda x: x, input_signature=[_spec(tf)])(3)
    input_signature/nested: tf.function(lambda d: d["a"][0], input_signature=[{"a": [_spec(tf)]}])({"a": [3.0]})
    input_signature/dtype: tf.function(lambda x: x, input_signature=[_spec(tf)])(tf.constant(3))  # raises
    input_signature/shape: tf.function(lambda x: x, input_signature=[_spec(tf, 2)])(tf.ones([3]))  # raises
    input_signature/too_few: tf.function(lambda x, y: x, input_signature=[_spec(tf)] * 2)(1.0)  # raises
    input_signature/too_many_specs: tf.function(lambda x: x, input_signature=[_spec(tf)] * 2)  # raises
    input_signature/not_specs: tf.function(lambda x: x, input_signature=[3])  # raises
    input_signature/default: tf.function(lambda x, y=2.0: x * y, input_signature=[_spec(tf)])(3.0)
    composites/ragged: tf.function(lambda r: r * 2)(tf.ragged.constant([[1], [2, 3]]))
    composites/sparse: tf.function(lambda s: s)(tf.sparse.from_dense([[0, 1], [2, 0]]))
    composites/slices: tf.function(tf.convert_to_tensor)(_slices(tf))
    composites/dataclass: _of_pair(tf.function(lambda p: Pair(p.x + 1, p.y * 2))(Pair(tf.constant(1), tf.constant(2.0))))
    composites/variable: tf.function(lambda v: v + 1)(tf.Variable(1.0))
    errors/too_few: tf.function(lambda x, y: x)(1)  # raises
    errors/unknown_keyword: tf.function(lambda x: x)(1, q=2)  # raises
    errors/not_callable: tf.function(3)  # raises
    results/none: tf.function(lambda: None)()
    results/structure: tf.function(lambda x: {"a": [x, None], "b": (1, 2.0, "s")})(1)
    results/numpy: tf.function(lambda: np.ones(2, "f"))()
""")


def _slices(tf):
    return tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))


def _of_pair(pair):
    return pair.x, pair.y


@case("jit_compile/numbers_that_are_arguments")
def _(tf):
    x, state = tf.reshape(tf.range(12.0), [3, 4]), tf.Variable([2, 6])
    calls = {
        "split": (lambda x, sizes: tf.split(x, sizes, 1), [[1, 3], [2, 2], [1, 3]]),
        "reshape": (tf.reshape, [[2, 6], [4, -1]]),
        "range": (lambda x, n: tf.range(n), [3, 5]),
        "branch": (lambda x, k: tf.cond(k > 0, lambda: tf.linalg.band_part(x, k, -1), lambda: x * 0), [1, 0]),
        "computed": (lambda x, k: tf.reshape(x, tf.stack([k * 2, -1])), [1, 2]),
        "variable": (lambda x, k: tf.reshape(x, state) + tf.cast(k, tf.float32), [1, 2]),
        "floats": (lambda x, k: tf.reshape(x, tf.cast(tf.cast(k, tf.float32) * 2.0, tf.int32)), [[2, 1], [1, 2]]),
    }
    found = {}
    for name, (function, given) in calls.items():
        compiled = tf.function(function, jit_compile=True)
        found[name] = [compiled(x[:2] if name == "floats" else x, tf.constant(k)) for k in given]
    return found


@case("jit_compile/gradient_around_numbers_that_are_arguments")
def _(tf):
    x = tf.reshape(tf.range(12.0), [3, 4])
    compiled = tf.function(lambda x, sizes: tf.split(x * x, sizes, 1)[1], jit_compile=True)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = compiled(x, tf.constant([1, 3]))
    return tape.gradient(y, x)


def _slice_shape(tf, begin, size, shape):
    """The shape that `tf.slice` has while it is traced, its arguments made of the tensor's own sizes."""
    shapes = []

    @tf.function(autograph=False)
    def sliced(x):
        n, m = tf.shape(x)[0], tf.shape(x)[1]
        shapes.append(tf.slice(x, begin(tf, n, m), size(tf, n, m)).shape)
        return 0

    sliced.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return str(shapes[0])


_SIZES = {
    "rest": lambda tf, n, m: [-1, m - 1],
    "some": lambda tf, n, m: [2, m - 1],
    "both": lambda tf, n, m: [n - 1, m - 2],
    "least": lambda tf, n, m: [tf.minimum(n, 3), -1],
    "product": lambda tf, n, m: [-1, m // 2 * 2],
}
# Where TensorFlow tells a size that TapeFlow knows too; of some others it tells less.
_SHAPES = {key: [[None, None], [None, 4]] for key in ("rest", "some", "both", "product")} | {"least": [[None, None]]}
for key, size in _SIZES.items():
    for shape in _SHAPES[key]:
        case(f"slice_shape/{key}_{shape}", _slice_shape, lambda tf, n, m: [0, 0], size, shape)
        case(f"slice_shape/{key}_later_{shape}", _slice_shape, lambda tf, n, m: [1, 1], size, shape)
for shape in ([None, None], [None, 4]):
    case(f"slice_shape/last_{shape}", _slice_shape, lambda tf, n, m: [0, m - 1], lambda tf, n, m: [-1, 1], shape)
    case(f"slice_shape/from_last_{shape}", _slice_shape, lambda tf, n, m: [0, m - 1], lambda tf, n, m: [-1, -1], shape)
