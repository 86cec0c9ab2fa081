"""What `tf.export.to_onnx` takes and gives, beside the numbers: names, sizes, files, errors; Keras's own export."""

import itertools

import numpy as np
import onnx
import pytest

import tapeflow as tf
from tests.export.onnx_run import assert_same, ran, session
from tests.saved_model.corpus import PLACE

X = tf.TensorSpec([None, 3], tf.float32, name="x")


class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.arange(6.0).reshape(3, 2), dtype=tf.float32, name="w")

    @tf.function(input_signature=[X])
    def __call__(self, x):
        return tf.matmul(x, self.w)


NUMBERS = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]], np.float32)

# -- what it takes ---------------------------------------------------------------------------------


def test_takes_functions_modules_and_paths(tmp_path):
    module = Affine()
    tf.saved_model.save(module, tmp_path / "saved")
    wanted = [module(NUMBERS)]
    things = module, module.__call__, module.__call__.get_concrete_function()
    for thing in (*things, tf.saved_model.load(tmp_path / "saved"), tmp_path / "saved"):
        assert_same(ran(tf.export.to_onnx(thing), [NUMBERS]), wanted)


def test_takes_python_functions_with_a_signature():
    model = tf.export.to_onnx(lambda x: {"twice": x * 2, "sum": tf.reduce_sum(x)}, input_signature=[X])
    assert [one.name for one in model.graph.input] == ["x"]
    assert [one.name for one in model.graph.output] == ["sum", "twice"]


def test_nested_arguments_and_results_are_flat_in_the_file():
    def function(pair, scale=2.0):
        return [pair["a"] * scale, (pair["b"], pair["a"] + pair["b"])]

    specs = {"a": tf.TensorSpec([None], tf.float32, "a"), "b": tf.TensorSpec([None], tf.float32, "b")}
    model = tf.export.to_onnx(tf.function(function), input_signature=[specs])
    assert [one.name for one in model.graph.input] == ["a", "b"]
    assert len(model.graph.output) == 3
    a, b = np.ones(3, np.float32), np.arange(3, dtype=np.float32)
    assert_same(ran(model, [a, b]), [a * 2, b, a + b])


def test_names_can_be_given():
    model = tf.export.to_onnx(Affine(), input_names=["left"], output_names=["right"])
    assert (model.graph.input[0].name, model.graph.output[0].name) == ("left", "right")
    with pytest.raises(tf.errors.InvalidArgumentError, match="input_names: 1 different names"):
        tf.export.to_onnx(Affine(), input_names=["a", "b"])


def test_signatures_are_chosen_and_narrowed():
    path = PLACE / "polymorphic_signatures"
    assert tf.export.to_onnx(path, signature="squares").graph.output
    given = tf.saved_model.load(path).signatures["squares"].structured_input_signature[1]
    fixed = [tf.TensorSpec([4 if n is None else n for n in s.shape], s.dtype) for s in given.values()]
    model = tf.export.to_onnx(path, signature="squares", input_signature=fixed)
    assert all(dim.dim_value for one in model.graph.input for dim in one.type.tensor_type.shape.dim)


def test_result_that_is_an_argument_or_a_constant():
    model = tf.export.to_onnx(lambda x: (x, tf.constant([1, 2]), x), input_signature=[X])
    found = ran(model, [NUMBERS])
    assert_same(found, [NUMBERS, np.array([1, 2], np.int32), NUMBERS])


@pytest.mark.filterwarnings("ignore:to_onnx")
@pytest.mark.parametrize(
    ("name", "signature"),
    [("affine_module", "serving_default"), ("control_flow_train", "serving_default"),
     ("custom_gradient", "serving_default"), ("keras_mlp_export", "serve"),
     ("polymorphic_signatures", "serving_default"), ("v1_builder", "serving_default")],
)  # fmt: skip
def test_tensorflows_saved_models_run(name, signature):
    called = tf.saved_model.load(PLACE / name).signatures[signature]
    model = tf.export.to_onnx(PLACE / name, signature=signature)
    specs = called.structured_input_signature[1]
    for size in (2, 3):
        random = np.random.default_rng(size)
        inputs = {key: random.normal(size=[size if n is None else n for n in s.shape]).astype(s.dtype.np)
                  for key, s in specs.items()}  # fmt: skip
        wanted = called(**{key: tf.constant(x) for key, x in inputs.items()})
        found = dict(zip([one.name for one in model.graph.output], session(model).run(None, inputs), strict=True))
        assert_same([found[key] for key in wanted], list(wanted.values()))


# -- what it gives ---------------------------------------------------------------------------------


def test_open_sizes_have_names():
    spec = tf.TensorSpec([None, None, 3], tf.float32, "x")
    model = tf.export.to_onnx(lambda x: tf.nn.relu(x), input_signature=[spec])
    names = [dim.dim_param or dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    assert names == ["batch", "x_dim_1", 3]


def test_only_keras_models_arguments_share_their_first_size():
    specs = [tf.TensorSpec([None, 2], tf.float32, name) for name in ("x", "y")]

    def names(model):
        return [one.type.tensor_type.shape.dim[0].dim_param for one in model.graph.input]

    function = lambda x, y: (x * 2, y * 3)
    model = tf.export.to_onnx(function, input_signature=specs)
    assert names(model) == ["batch", "y_dim_0"]
    x, y = np.ones((2, 2), np.float32), np.ones((5, 2), np.float32)
    assert_same(ran(model, [x, y]), [x * 2, y * 3])
    assert names(tf.export.to_onnx(function, input_signature=specs, shared_batch=True)) == ["batch", "batch"]


def test_what_shapes_decide_is_not_in_the_file():
    @tf.function(input_signature=[X])
    def function(x):
        sizes = tf.shape(tf.ones([4, 2]))
        return tf.reshape(x, [tf.shape(x)[0], sizes[0] - 3, 3]) + tf.cast(tf.reduce_prod(sizes), tf.float32)

    assert [node.op_type for node in tf.export.to_onnx(function).graph.node] == ["Reshape", "Add"]


def test_every_opset_is_checked():
    for opset in range(17, onnx.defs.onnx_opset_version() + 1):
        model = tf.export.to_onnx(lambda x: (tf.reduce_max(x, 1), *tf.split(x, 3, 1), tf.pad(x, [[0, 0], [1, 1]])),
                                  input_signature=[X], opset=opset)  # fmt: skip
        onnx.checker.check_model(model, full_check=True)
        assert model.opset_import[0].version == opset
    with pytest.raises(tf.errors.InvalidArgumentError, match="opset 9"):
        tf.export.to_onnx(Affine(), opset=9)


def test_file_is_what_is_returned(tmp_path):
    model = tf.export.to_onnx(Affine(), tmp_path / "deep" / "model.onnx")
    assert onnx.load(tmp_path / "deep" / "model.onnx") == model


def test_weights_can_be_a_file_of_their_own(tmp_path):
    w = tf.Variable(np.random.default_rng(0).normal(size=[64, 64]), dtype=tf.float32)
    path = tmp_path / "model.onnx"
    tf.export.to_onnx(lambda x: tf.matmul(x, w), path, [tf.TensorSpec([None, 64], tf.float32)], external_data=True)
    assert {one.name for one in tmp_path.iterdir()} == {"model.onnx", "model.onnx.data"}
    assert path.stat().st_size < 2000 < (tmp_path / "model.onnx.data").stat().st_size
    x = np.ones((2, 64), np.float32)
    assert_same(ran(path, [x]), [x @ w.numpy()])


def test_weights_that_one_message_cannot_hold_go_to_a_file_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tapeflow.core.files.onnx.export.LARGEST", 10_000)
    w = tf.Variable(np.random.default_rng(0).normal(size=[64, 64]), dtype=tf.float32)
    path = tmp_path / "model.onnx"
    tf.export.to_onnx(lambda x: tf.matmul(x, w), path, [tf.TensorSpec([None, 64], tf.float32)])
    assert (tmp_path / "model.onnx.data").stat().st_size == 64 * 64 * 4
    x = np.ones((2, 64), np.float32)
    assert_same(ran(path, [x]), [x @ w.numpy()])
    onnx.checker.check_model(path, full_check=True)


# -- what it refuses -------------------------------------------------------------------------------


def test_everything_that_cannot_be_written_is_said_at_once(tmp_path):
    @tf.function(input_signature=[X])
    def function(x):
        y = tf.linalg.svd(x, compute_uv=False)
        z = tf.random.normal(tf.shape(x))
        return y, tf.cast(tf.math.igamma(x, x), tf.complex64), tf.strings.as_string(x), z

    with pytest.raises(tf.errors.UnimplementedError) as caught:
        tf.export.to_onnx(function, tmp_path / "model.onnx")
    text = str(caught.value)
    lines = text.splitlines()
    pairs = list(itertools.pairwise(lines))
    for op, line in [("Svd", "y = tf.linalg.svd"), ("RandomStandardNormal", "z = tf.random.normal"),
                     ("Igamma", "igamma"), ("AsString", "as_string")]:  # fmt: skip
        assert any(f" {op} '" in one and "test_onnx.py:" in after and line in after for one, after in pairs), (op, text)
    assert not list(tmp_path.iterdir())


def test_what_is_not_needed_is_not_refused():
    @tf.function(input_signature=[X])
    def function(x):
        tf.random.normal([2])
        tf.print(tf.strings.as_string(x))
        return x + 1

    assert len(tf.export.to_onnx(function).graph.node) == 1


def test_ops_in_branches_and_loops_are_refused_with_their_lines():
    @tf.function(input_signature=[X])
    def function(x):
        for _ in tf.range(tf.shape(x)[0]):
            x = tf.cond(x[0, 0] > 0, lambda: x + 1, lambda: tf.math.igamma(x, x))  # noqa: B023
        return x

    with pytest.raises(tf.errors.UnimplementedError, match=r"Igamma '.*\n.*tf\.math\.igamma"):
        tf.export.to_onnx(function)


def test_arguments_that_are_no_tensors_are_refused():
    spec = tf.RaggedTensorSpec([None, None], tf.float32)
    with pytest.raises(tf.errors.UnimplementedError, match="ONNX has no RaggedTensor arguments"):
        tf.export.to_onnx(lambda x: x.flat_values, input_signature=[spec])


def test_assigned_variables_are_warned_of():
    count = tf.Variable(0.0, name="count")

    @tf.function(input_signature=[X])
    def function(x):
        return x + count.assign_add(1.0)

    with pytest.warns(UserWarning, match="assigns variables \\(count"):
        model = tf.export.to_onnx(function)
    assert_same(ran(model, [NUMBERS]), [NUMBERS + 1])


def test_results_of_unknown_rank_are_refused():
    specs = [X, tf.TensorSpec([None], tf.int32)]
    with pytest.raises(tf.errors.UnimplementedError, match="rank of the result 'output' is not known"):
        tf.export.to_onnx(lambda x, sizes: tf.reshape(x, sizes), input_signature=specs)
    model = tf.export.to_onnx(lambda x, sizes: tf.reshape(x, sizes), input_signature=specs, check=False)
    assert_same(ran(model, [NUMBERS, np.array([3, 1, 2], np.int32)]), [NUMBERS.reshape(3, 1, 2)])


def test_strings_need_a_newer_opset():
    def function(x):
        return tf.strings.join([x, "c"], "-"), tf.strings.regex_full_match(x, "a+"), x == "b"

    specs = [tf.TensorSpec([None], tf.string)]
    with pytest.raises(tf.errors.UnimplementedError, match="from opset 20 on"):
        tf.export.to_onnx(function, input_signature=specs)
    model = tf.export.to_onnx(function, input_signature=specs, opset=20)
    joined, matched, same = ran(model, [np.array(["aa", "b"])])
    assert joined.tolist() == ["aa-c", "b-c"]
    assert matched.tolist() == [True, False]
    assert same.tolist() == [False, True]


def test_python_functions_are_refused():
    with pytest.raises(tf.errors.UnimplementedError, match="EagerPyFunc"):
        tf.export.to_onnx(lambda x: tf.py_function(lambda y: y, [x], tf.float32), input_signature=[X])


# -- Keras -----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("default")  # Keras's own
def test_keras_exports_by_itself(tmp_path):
    L = tf.keras.layers
    model = tf.keras.Sequential([tf.keras.Input((6, 4)), L.Bidirectional(L.LSTM(3)), L.Dense(2)])
    model(np.zeros((1, 6, 4), np.float32))
    model.export(tmp_path / "model.onnx", format="onnx", verbose=False, opset_version=17)
    assert onnx.load(tmp_path / "model.onnx").opset_import[0].version == 17
    for size in (1, 3):
        x = np.random.default_rng(size).normal(size=(size, 6, 4)).astype(np.float32)
        assert_same(ran(tmp_path / "model.onnx", [x]), [model(x)])


def test_the_name_of_the_package_that_keras_calls_is_not_taken():
    import importlib.util

    from keras.src.utils import module_utils

    assert "TapeFlow" in repr(module_utils.tf2onnx)
    assert importlib.util.find_spec("tf2onnx") is None
