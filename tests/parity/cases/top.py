"""The remaining top-level names: scopes, modules, printing, fingerprints, versions, aggregates of gradients."""

import tempfile
from pathlib import Path

from tests.parity.case import Family

case = Family(__name__)

case.table("""
    executing_eagerly/outside: tf.executing_eagerly()
    inside_function/outside: tf.inside_function()
    version/release: tf.__version__
    version/same: tf.version.VERSION == tf.__version__
    newaxis/is_none: tf.newaxis
    name_scope/name: _scopes(tf)
    name_scope/current: _current(tf)
    name_scope/empty_is_the_root: _root(tf)
    name_scope/not_text: tf.name_scope(3)  # raises
    device/scope: _on_device(tf)
    device/unknown: _on_unknown_device(tf)  # raises
    device_spec/from_string: repr(tf.DeviceSpec.from_string("/job:w/replica:1/task:2/device:CPU:3").device_index)
    device_spec/to_string: tf.DeviceSpec(job="w", task=1, device_type="GPU", device_index=0).to_string()
    device_spec/replace: tf.DeviceSpec(job="w", task=1).replace(task=2).to_string()
    device_spec/equal: tf.DeviceSpec(job="w") == tf.DeviceSpec(job="w")
    device_spec/merged: tf.DeviceSpec(job="w").make_merged_spec(tf.DeviceSpec(task=1)).to_string()
    device_spec/wrong: tf.DeviceSpec.from_string("/job:w/what:1")  # raises
    fingerprint/texts: tf.fingerprint(["a", "b"])
    fingerprint/rows: tf.fingerprint([[1, 2], [3, 4]])
    fingerprint/scalar: tf.fingerprint("a")  # raises
    fingerprint/unknown_method: tf.fingerprint(["a"], method="md5")  # raises
    required_space_to_batch_paddings/values: tf.required_space_to_batch_paddings([3, 4], [2, 2])
    required_space_to_batch_paddings/base: tf.required_space_to_batch_paddings([3, 4], [2, 3], [[1, 0], [0, 0]])
    realdiv/floats: tf.realdiv([1.0, 2.0], [4.0, 0.0])
    timestamp/dtype: tf.timestamp().dtype
    module/name: tf.Module(name="m").name
    module/default_name: _module(tf)().name
    module/bad_name: tf.Module(name="1m")  # raises
    module/variables: [v.numpy() for v in _made(tf).variables]
    module/trainable: [v.numpy() for v in _made(tf).trainable_variables]
    module/non_trainable: [v.numpy() for v in _made(tf).non_trainable_variables]
    module/submodules: [m.name for m in _made(tf).submodules]
    module/name_scope: _made(tf).name_scope.name
    module/with_name_scope: _scoped_module(tf)
    module/is_an_autotrackable: isinstance(_made(tf), tf.Module)
    print/number: _printed(tf, 1)
    print/tensor: _printed(tf, tf.constant([1, 2]))
    print/text_and_tensor: _printed(tf, "x is", tf.constant(1.5))
    print/floats: _printed(tf, tf.constant([1.0, 2.5, 1e10, 1 / 3]))
    print/text_tensor: _printed(tf, tf.constant("hello"))
    print/text_vector: _printed(tf, tf.constant(["a", "b"]))
    print/bool: _printed(tf, tf.constant([True, False]))
    print/matrix: _printed(tf, tf.constant([[1, 2], [3, 4]]))
    print/long: _printed(tf, tf.range(10))
    print/summarize: _printed(tf, tf.range(10), summarize=2)
    print/summarize_all: _printed(tf, tf.range(10), summarize=-1)
    print/separator: _printed(tf, 1, 2, 3, sep=", ")
    print/end: _printed(tf, 1, end="!")
    print/list: _printed(tf, [tf.constant(1), "a", 2.5])
    print/dict: _printed(tf, {"a": tf.constant([1, 2])})
    print/nested: _printed(tf, ([1, (tf.constant(2),)], None))
    print/empty: _printed(tf, tf.zeros([0]))
    print/scalar_float: _printed(tf, tf.constant(0.1))
    print/double: _printed(tf, tf.constant(1 / 3, tf.float64))
    print/int64: _printed(tf, tf.constant(2**40, tf.int64))
    print/complex: _printed(tf, tf.constant(1 + 2j))
    print/nan: _printed(tf, tf.constant([float("nan"), float("inf")]))
    print/variable: _printed(tf, tf.Variable([1.0, 2.0]))
    print/nothing: _printed(tf)
    print/bfloat16: _printed(tf, tf.constant([1.5], tf.bfloat16))
    print/cube: _printed(tf, tf.reshape(tf.range(60), [3, 4, 5]))
    print/returns: _print_returns(tf)
    print/unknown_stream: tf.print(1, output_stream="nowhere")  # raises
    print/unknown_keyword: tf.print(1, flush=True)  # raises: flush
    format/one: tf.strings.format("x = {}", tf.constant([1, 2]))
    indexed_slices/shape: _slices(tf).shape
    indexed_slices/dtype: _slices(tf).dtype
    indexed_slices/values: _slices(tf).values
    indexed_slices/indices: _slices(tf).indices
    indexed_slices/dense_shape: _slices(tf).dense_shape
    indexed_slices/negative: -_slices(tf)
    indexed_slices/times: tf.math.scalar_mul(2.0, _slices(tf))
    indexed_slices/plus_dense: tf.add(_slices(tf), tf.ones([3, 2]))
    indexed_slices/add_n: tf.add_n([tf.convert_to_tensor(_slices(tf)), tf.ones([3, 2])])
    indexed_slices/repeated_add_up: tf.convert_to_tensor(_repeated(tf))
    indexed_slices/without_shape: tf.IndexedSlices(tf.ones([1, 2]), tf.constant([0])).dense_shape
    indexed_slices/spec: repr(tf.type_spec_from_value(_slices(tf)))
    indexed_slices/flatten: tf.nest.flatten(_slices(tf), expand_composites=True)
    indexed_slices/device: _slices(tf).device
    indexed_slices/no_item: _slices(tf)[0]  # raises
    unconnected/members: [m.name for m in tf.UnconnectedGradients]
    aggregation/members: [m.name for m in tf.VariableAggregation]
    aggregation/equal: tf.VariableAggregation.SUM == tf.VariableAggregation.SUM
    synchronization/members: [m.name for m in tf.VariableSynchronization]
    aggregation_method/values: [tf.AggregationMethod.ADD_N, tf.AggregationMethod.DEFAULT]
    type_spec_from_value/tensor: repr(tf.type_spec_from_value(tf.constant([1])))
    type_spec_from_value/number: repr(tf.type_spec_from_value(1))
    is_symbolic_tensor/eager: tf.is_symbolic_tensor(tf.constant(1))
    get_logger/name: tf.get_logger().name
    critical_section/executes: tf.CriticalSection().execute(lambda: tf.constant(5))
    random_uniform_initializer/config: tf.random_uniform_initializer(-1, 1, seed=3).get_config()
    random_normal_initializer/config: tf.random_normal_initializer(1.0, 2.0, seed=3).get_config()
    approx_top_k/two: tf.approx_top_k([1.0, 3.0, 2.0], 2)
""")


def _scopes(tf):
    with tf.name_scope("a") as a, tf.name_scope("b") as b:
        return a, b


def _current(tf):
    with tf.name_scope("a"), tf.name_scope("b"):
        return tf.get_current_name_scope()


def _root(tf):
    with tf.name_scope("a"), tf.name_scope(""):
        return tf.get_current_name_scope()


def _on_device(tf):
    with tf.device("/CPU:0"):
        return tf.constant(1).device


def _on_unknown_device(tf):
    with tf.device("/TOASTER:0"):
        return tf.constant(1) + 1


def _module(tf):
    class TwoWords(tf.Module):
        pass

    return TwoWords


def _made(tf):
    class Inner(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(3.0, name="w")

    class Outer(tf.Module):
        def __init__(self):
            super().__init__()
            self.b = tf.Variable(2.0)
            self.a = tf.Variable(1.0, trainable=False)
            self.parts = [Inner(), {"x": Inner()}]

    return Outer()


def _scoped_module(tf):
    class Dense(tf.Module):
        @tf.Module.with_name_scope
        def __call__(self):
            return tf.Variable(1.0, name="w").name

    return Dense(name="dense")()


def _printed(tf, *values, **options):
    """What tf.print writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "out")
        tf.print(*values, output_stream=f"file://{path}", **options)
        return path.read_text()


def _slices(tf):
    return tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))


def _repeated(tf):
    return tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([1, 1]), tf.constant([3, 1]))


def _print_returns(tf):
    return tf.print(end="")
