import importlib.metadata
import importlib.util
import sys
from types import ModuleType, SimpleNamespace

import pytest

import tapeflow
import tapeflow.math
from tapeflow.install import (
    TensorFlowFinder,
    add_old_style_names,
    install_as_tensorflow,
    uninstall_as_tensorflow,
)


@pytest.fixture(autouse=True)
def _as_it_was():
    """Keras, once it is loaded, needs the name that these tests take away."""
    was_installed = any(isinstance(finder, TensorFlowFinder) for finder in sys.meta_path)
    uninstall_as_tensorflow()
    yield
    if was_installed:
        install_as_tensorflow()


@pytest.fixture
def tensorflow():
    install_as_tensorflow()
    import tensorflow

    yield tensorflow
    uninstall_as_tensorflow()


def test_tensorflow_is_tapeflow(tensorflow):
    assert tensorflow is tapeflow


def test_version_is_that_of_the_release_followed(tensorflow):
    assert tensorflow.__version__ == "2.21.0"


def test_submodules_are_the_same_objects(tensorflow):
    import tensorflow.math as imported
    from tensorflow import math as attribute

    assert imported is attribute is tapeflow.math is sys.modules["tensorflow.math"]


def test_names_of_submodules_can_be_imported(tensorflow):
    from tensorflow.linalg import matmul

    assert matmul is tapeflow.linalg.matmul


def test_submodule_keeps_its_own_spec(tensorflow):
    import tensorflow.math

    assert tensorflow.math.__spec__.name == "tapeflow.math"
    assert tensorflow.math.__name__ == "tapeflow.math"


def test_unknown_submodule_is_not_found(tensorflow):
    with pytest.raises(ModuleNotFoundError, match=r"tensorflow\.no_such_module"):
        importlib.import_module("tensorflow.no_such_module")


def test_internals_are_not_found_and_the_error_says_why(tensorflow):
    with pytest.raises(ModuleNotFoundError, match="beside the public API") as caught:
        importlib.import_module("tensorflow.python.framework.graph_io")
    assert caught.value.name == "tensorflow.python.framework.graph_io"


def test_internals_that_keras_needs_are_thin_names_for_ours(tensorflow):
    from tensorflow.python.framework import ops
    from tensorflow.python.ops.math_ops import is_nan

    assert ops.EagerTensor is type(tapeflow.constant(1.0))
    assert is_nan is tapeflow.math.is_nan
    assert sys.modules["tensorflow.python.framework.ops"] is ops


def test_distribution_has_the_version(tensorflow):
    assert importlib.metadata.version("tensorflow") == "2.21.0"
    assert importlib.metadata.packages_distributions()["tensorflow"] == ["tensorflow"]


def test_other_distributions_stay_visible(tensorflow):
    assert importlib.metadata.version("numpy")


def test_spec_can_be_found_without_import():
    install_as_tensorflow()
    try:
        assert importlib.util.find_spec("tensorflow") is not None
        assert "tensorflow" not in sys.modules
    finally:
        uninstall_as_tensorflow()


def test_installing_twice_is_installing_once(tensorflow):
    install_as_tensorflow()
    assert sum(isinstance(finder, TensorFlowFinder) for finder in sys.meta_path) == 1


def test_uninstalling_leaves_nothing():
    before = list(sys.meta_path)
    install_as_tensorflow()
    importlib.import_module("tensorflow.math")
    uninstall_as_tensorflow()
    assert sys.meta_path == before
    assert not [name for name in sys.modules if name.partition(".")[0] == "tensorflow"]


def test_loaded_tensorflow_is_refused(monkeypatch):
    real = ModuleType("tensorflow")
    real.__version__, real.__file__ = "2.19.0", "site-packages/tensorflow/__init__.py"
    monkeypatch.setitem(sys.modules, "tensorflow", real)
    with pytest.raises(RuntimeError, match=r"loaded already\n  got: tensorflow 2\.19\.0 from site-packages"):
        install_as_tensorflow()
    assert not any(isinstance(finder, TensorFlowFinder) for finder in sys.meta_path)


def test_forbidden_name_is_allowed_again(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    install_as_tensorflow()
    try:
        assert importlib.import_module("tensorflow") is tapeflow
    finally:
        uninstall_as_tensorflow()


def test_module_that_is_only_an_attribute_can_be_imported(tensorflow, monkeypatch):
    elsewhere = ModuleType("elsewhere")
    monkeypatch.setattr(tapeflow, "borrowed", elsewhere, raising=False)
    assert importlib.import_module("tensorflow.borrowed") is elsewhere


def fake_style():
    library = {"seaborn-v0_8": "a", "seaborn-v0_8-whitegrid": "b", "ggplot": "c"}

    def reload_library():
        library.clear()
        library["seaborn-v0_8-dark"] = "d"

    return SimpleNamespace(library=library, reload_library=reload_library)


def test_old_style_names_are_added():
    style = fake_style()
    add_old_style_names(style)
    assert (style.library["seaborn"], style.library["seaborn-whitegrid"]) == ("a", "b")


def test_old_style_names_survive_a_reload():
    style = fake_style()
    add_old_style_names(style)
    style.reload_library()
    assert style.library == {"seaborn-v0_8-dark": "d", "seaborn-dark": "d"}


def test_names_that_matplotlib_still_has_are_left_alone():
    style = fake_style()
    style.library["seaborn-whitegrid"] = "its own"
    add_old_style_names(style)
    assert style.library["seaborn-whitegrid"] == "its own"


def test_sizes_of_a_shape_are_known_in_part(tensorflow):
    from tensorflow.python.framework.tensor_util import constant_value_as_shape

    found = []

    @tapeflow.function(input_signature=[tapeflow.TensorSpec([None, 3])])
    def f(x):
        found.append(constant_value_as_shape(tapeflow.shape(x)))
        found.append(constant_value_as_shape(tapeflow.constant(-1)))
        return x

    f.get_concrete_function()
    assert found[0].as_list() == [None, 3] and found[1].rank is None
    assert constant_value_as_shape([2, -1]).as_list() == [2, None]


def test_names_that_probability_needs_do_what_they_say(tensorflow):
    from tensorflow.python.framework.ops import convert_to_tensor_or_composite
    from tensorflow.python.framework.tensor_util import try_evaluate_constant
    from tensorflow.python.ops import nn_ops
    from tensorflow.python.ops.control_flow_case import _case_helper
    from tensorflow.python.ops.linalg.linear_operator_addition import add_operators

    tf = tapeflow
    pairs = [(tf.constant(False), lambda: 1.0), (tf.constant(True), lambda: 2.0), (tf.constant(True), lambda: 3.0)]
    assert _case_helper(tf.cond, pairs, lambda: 4.0, False, None) == 2.0
    assert _case_helper(tf.cond, pairs[:1], None, False, None) == 1.0
    with tf.Graph().as_default():
        assert try_evaluate_constant(tf.constant(3) + 1) == 4
        assert try_evaluate_constant(tf.compat.v1.placeholder(tf.int32)) is None
    ragged = tf.ragged.constant([[1]])
    assert convert_to_tensor_or_composite(ragged) is ragged and convert_to_tensor_or_composite(1) == 1
    convolve = nn_ops.Convolution([1, 3, 1], [2, 1, 1], padding="VALID")
    assert convolve(tf.ones([1, 3, 1]), tf.ones([2, 1, 1])).numpy().ravel().tolist() == [2.0, 2.0]
    one, other = tf.linalg.LinearOperatorDiag([1.0, 2.0]), tf.linalg.LinearOperatorIdentity(2)
    (total,) = add_operators([one, other])
    assert isinstance(total, tf.linalg.LinearOperatorDiag) and total.diag_part().numpy().tolist() == [2.0, 3.0]
    (total,) = add_operators([one, tf.linalg.LinearOperatorFullMatrix([[1.0, 1.0], [1.0, 1.0]])])
    assert total.to_dense().numpy().tolist() == [[2.0, 1.0], [1.0, 3.0]]


def test_a_jacobian_in_a_graph_needs_no_function_before(tensorflow):
    import subprocess

    program = (
        "import tapeflow as tf\n"
        "with tf.Graph().as_default() as graph:\n"
        "    x = tf.compat.v1.placeholder_with_default([[1.0, 2.0]], None)\n"
        "    x.set_shape([1, 2])\n"
        "    with tf.GradientTape() as tape:\n"
        "        tape.watch(x)\n"
        "        y = x * x\n"
        "    found = tape.batch_jacobian(y, x)\n"
        "    print(tf.compat.v1.Session(graph=graph).run(found).tolist())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "[[[2.0, 0.0], [0.0, 4.0]]]\n", done.stderr


@pytest.mark.parametrize("shape, axes", [((5, 3), (0,)), ((2, 3, 4), (0, 2)), ((7,), (0,)), ((0, 2), (0,))])
def test_several_tensors_are_reduced_at_once(tensorflow, shape, axes):
    import numpy as np
    from tensorflow.compiler.tf2xla.python import xla

    tf = tapeflow
    numbers = np.arange(1.0, 1 + np.prod(shape), dtype=np.float32).reshape(shape)
    inits = (tf.constant(0.0), tf.constant(-1.0))

    @tf.function
    def reducer(a, b):
        return a[0] + b[0], tf.maximum(a[1], b[1])

    @tf.function(jit_compile=True)
    def f(x, y):
        return xla.variadic_reduce((x, y), inits, axes, reducer.get_concrete_function(inits, inits))

    total, greatest = f(numbers, numbers / 2)
    np.testing.assert_allclose(total, numbers.sum(axes))
    np.testing.assert_allclose(greatest, (numbers / 2).max(axes, initial=-1.0))


def test_modules_are_pickled_by_name(tensorflow):
    import pickle

    from tensorflow.python.framework import ops

    for module in (tapeflow, ops):  # of plain modules, the packages that pickle functions take care
        assert pickle.loads(pickle.dumps(module)) is module


def test_variables_in_composites_are_read_too(tensorflow):
    from tensorflow.python.util.variable_utils import convert_variables_to_tensors

    class Holder(tapeflow.__internal__.CompositeTensor):
        _type_spec = None

        def _convert_variables_to_tensors(self):
            return "read"

    found = convert_variables_to_tensors([tapeflow.Variable(1.0), Holder(), 2])
    assert isinstance(found[0], tapeflow.Tensor) and found[1:] == ["read", 2]
