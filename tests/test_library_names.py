"""TensorFlow's insides that libraries import: the names lead to something, and that answers as there."""

import importlib

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat import generated
from tapeflow.compat.internals import PACKAGES, module
from tapeflow.compat.internals_libraries import TABLE
from tapeflow.core.ops import registry

NAMES = [
    (path, name.partition("=")[0])
    for path, sources in TABLE.items()
    for names in sources.values()
    for name in names.split()
    if name != "*"
]


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_every_name_of_the_table_is_there(path, name):
    assert path in PACKAGES
    assert getattr(module(path), name) is not None


@pytest.mark.parametrize(
    "source", sorted({s for sources in TABLE.values() for s, names in sources.items() if "*" in names.split()})
)
def test_every_namespace_of_the_table_is_there(source):
    importlib.import_module(f"tapeflow.{source}")


@pytest.mark.parametrize(
    ("op", "name"),
    [("MatMul", "mat_mul"), ("Conv2DBackpropInput", "conv2d_backprop_input"), ("AddV2", "add_v2"), ("FFT", "fft"),
     ("LRNGrad", "lrn_grad"), ("IsNan", "is_nan"), ("L2Loss", "l2_loss"), ("SparseReorder", "sparse_reorder")],
)  # fmt: skip
def test_generated_functions_are_named_as_tensorflow_names_them(op, name):
    assert generated.small(op) == name
    assert getattr(module("python.ops.gen_math_ops"), name) is registry.get(op)


def test_smart_constants():
    constant = module("python.framework.smart_cond").smart_constant_value
    assert constant(True) is True and constant(0) is False and constant(tf.constant(True))
    with pytest.raises(TypeError, match="pred"):
        constant("yes")


def test_sparse_matrices_multiply():
    sparse = module("python.ops.linalg.sparse.sparse")
    a, b = np.array([[0.0, 2.0], [1.0, 0.0]]), np.array([[3.0, 0.0], [0.0, 4.0]])
    both = sparse.matmul(sparse.CSRSparseMatrix(a), sparse.CSRSparseMatrix(tf.sparse.from_dense(b)))
    np.testing.assert_array_equal(tf.sparse.to_dense(both.to_sparse_tensor()), a @ b)
    np.testing.assert_array_equal(sparse.matmul(sparse.CSRSparseMatrix(a), b, transpose_a=True), a.T @ b)
    assert both.shape == [2, 2] and both.dtype is tf.float64


def test_weights_must_be_of_the_rank_of_values():
    check = module("python.ops.weights_broadcast_ops").assert_broadcastable
    check(2.0, [[1.0]])
    check([[2.0]], [[1.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="broadcast"):
        check([1.0, 2.0], [[1.0]])


def test_structures_that_files_can_hold_are_told():
    coder = module("python.saved_model.nested_structure_coder")
    assert coder.can_encode({"a": (1, None)}) and not coder.can_encode(object())
    assert coder.decode_proto(coder.encode_structure({"a": (1, None)})) == {"a": (1, None)}


def test_lists_of_tensors():
    lists = module("python.ops.list_ops")
    made = lists.empty_tensor_list([2], tf.float32)
    made = lists.tensor_list_push_back(made, [1.0, 2.0])
    made = lists.tensor_list_push_back(made, [3.0, 4.0])
    np.testing.assert_array_equal(lists.tensor_list_stack(made, tf.float32), [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(lists.tensor_list_get_item(made, 1, tf.float32), [3.0, 4.0])
    np.testing.assert_array_equal(lists.tensor_list_gather(made, [1, 0], tf.float32), [[3.0, 4.0], [1.0, 2.0]])
    np.testing.assert_array_equal(lists.tensor_list_concat(made, tf.float32), [1.0, 2.0, 3.0, 4.0])
    _, last = lists.tensor_list_pop_back(made, tf.float32)
    np.testing.assert_array_equal(last, [3.0, 4.0])


def test_lists_made_of_tensors():
    lists = module("python.ops.list_ops")
    rows = lists.tensor_list_from_tensor([[1, 2], [3, 4]], [2])
    rows = lists.tensor_list_set_item(rows, 0, [9, 9])
    np.testing.assert_array_equal(lists.tensor_list_stack(rows, tf.int32), [[9, 9], [3, 4]])
    split = lists.tensor_list_split([1, 2, 3], [None], [1, 2])
    np.testing.assert_array_equal(lists.tensor_list_get_item(split, 1, tf.int32), [2, 3])
    spread = lists.tensor_list_scatter([[1], [2]], [2, 0], [1])
    np.testing.assert_array_equal(lists.tensor_list_get_item(spread, 2, tf.int32), [1])
    reserved = lists.tensor_list_reserve([], 2, tf.int32)
    assert lists.tensor_list_length(reserved) == 2
