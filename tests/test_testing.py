"""`tf.test`: programs' test suites run, and fail where they should."""

import os
import sys
import unittest

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat.eager_context import graph_mode


class Suite(tf.test.TestCase):
    """Stands for a program's test suite."""

    def runTest(self):
        self.assertAllEqual([1], [1])


Suite.__test__ = False


@pytest.fixture
def case():
    suite = Suite()
    suite.setUp()
    yield suite
    suite.tearDown()


HOLDS = {
    "near": lambda c: c.assertAllClose(1.0, 1.0000001),
    "nested": lambda c: c.assertAllClose({"a": [1.0, tf.constant(2.0)]}, {"a": [1.0, 2.0]}),
    "ragged_lists": lambda c: c.assertAllClose([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]),
    "nan_like_nan": lambda c: c.assertAllClose([np.nan], [np.nan]),
    "bfloat16": lambda c: c.assertAllClose(tf.constant([1.0, 2.0], tf.bfloat16), [1.0, 2.0]),
    "not_near": lambda c: c.assertNotAllClose([1.0], [1.1]),
    "by_type": lambda c: c.assertAllCloseAccordingToType(tf.constant([1.0], tf.float16), [1.0005]),
    "equal": lambda c: c.assertAllEqual([1, 2], tf.Variable([1, 2])),
    "equal_text": lambda c: c.assertAllEqual(["a"], tf.constant(["a"])),
    "not_equal": lambda c: c.assertNotAllEqual([1], [1, 2]),
    "in_range": lambda c: c.assertAllInRange([1, 2], 1, 2),
    "in_set": lambda c: c.assertAllInSet([1, 2], {1, 2}),
    "greater": lambda c: c.assertAllGreater([1, 2], 0),
    "dtype": lambda c: c.assertDTypeEqual(tf.constant(1.0, tf.bfloat16), tf.bfloat16),
    "shape": lambda c: c.assertShapeEqual(np.ones((2, 3)), tf.ones([2, 3])),
    "dict": lambda c: c.assertDictEqual({"a": [1]}, {"a": tf.constant([1])}),
    "dict_of_structures": lambda c: c.assertDictEqual({"a": {"b": (1, [2])}}, {"a": {"b": (1, [2])}}),
    "dict_of_specs": lambda c: c.assertDictEqual({"a": [tf.TensorSpec([1]), 2]}, {"a": [tf.TensorSpec([1]), 2]}),
    "dict_of_near_numbers": lambda c: c.assertDictEqual({"a": [1.0]}, {"a": tf.constant([1.0 + 1e-7])}),
    "device": lambda c: c.assertDeviceEqual("/cpu:0", "/device:CPU:0"),
    "starts": lambda c: c.assertStartsWith("abc", "ab"),
}
FAILS = {
    "far": lambda c: c.assertAllClose(1.0, 1.1),
    "other_length": lambda c: c.assertAllClose([1.0, 2.0], [1.0, 2.0, 3.0]),
    "other_keys": lambda c: c.assertAllClose({"a": 1.0}, {"b": 1.0}),
    "scalar_and_vector": lambda c: c.assertAllClose(1.0, [1.0]),
    "other_element": lambda c: c.assertAllEqual([1, 2], [1, 3]),
    "other_shape": lambda c: c.assertAllEqual(1, [1]),
    "equal_after_all": lambda c: c.assertNotAllEqual([1], [1]),
    "far_for_float32": lambda c: c.assertAllCloseAccordingToType(tf.constant([1.0]), [1.005]),
    "outside": lambda c: c.assertAllInRange([1, 2], 1, 2, open_lower_bound=True),
    "text_in_range": lambda c: c.assertAllInRange(["a"], 1, 2),
    "other_dtype": lambda c: c.assertDTypeEqual(tf.constant([1.0]), np.float64),
    "dict_of_other_texts": lambda c: c.assertDictEqual({"a": "x"}, {"a": "y"}),
    "dict_of_far_numbers": lambda c: c.assertDictEqual({"a": [1.0]}, {"a": [1.1]}),
    "other_shape_of_array": lambda c: c.assertShapeEqual(np.ones((2, 3)), tf.ones([3])),
}


@pytest.mark.parametrize("name", HOLDS)
def test_an_assertion_that_holds_says_nothing(case, name):
    assert HOLDS[name](case) is None


@pytest.mark.parametrize("name", FAILS)
def test_an_assertion_that_does_not_hold_fails(case, name):
    with pytest.raises(AssertionError):
        FAILS[name](case)


def test_an_expected_error_is_caught(case):
    with case.assertRaisesOpError("Incompatible"):
        tf.ones([2]) + tf.ones([3])
    with case.assertRaisesIncompatibleShapesError():
        tf.ones([2]) + tf.ones([3])
    with case.assertRaisesWithPredicateMatch(ValueError, lambda error: "b" in str(error)):
        raise ValueError("abc")


@pytest.mark.parametrize("error, words", [(ValueError("abc"), "xyz"), (TypeError("abc"), "abc"), (None, "abc")])
def test_another_error_or_none_fails(case, error, words):
    with pytest.raises(AssertionError), case.assertRaisesWithPredicateMatch(ValueError, words):
        if error:
            raise error


def test_an_error_is_not_matched_by_the_quoted_line(case):
    with pytest.raises(AssertionError), case.assertRaisesOpError("quoted"):
        tf.add(tf.ones([2]), tf.ones([3]), name="quoted")


def test_sessions_evaluate_tensors(case):
    with case.cached_session() as session:
        assert session.run([tf.constant(1), {"a": tf.constant(2)}]) == [1, {"a": 2}]
    with case.session(use_gpu=True):
        assert case.evaluate(tf.constant([1])).tolist() == [1]
    with pytest.raises(RuntimeError, match="feed_dict"):
        session.run(tf.constant(1), feed_dict={"x": 1})


def test_sessions_compute_what_is_in_a_graph(case):
    variable = tf.Variable([1.0, 2.0])
    with tf.Graph().as_default(), case.cached_session() as session:
        total = tf.reduce_sum(variable * 2.0)
        assert session.run(total) == 6.0
        assert session.run({"a": [variable, tf.constant(1)]})["a"][0].tolist() == [1.0, 2.0]
        found = case.evaluate([total, {"known": np.ones(2), "none": None}])
        assert found[0] == 6.0 and found[1]["none"] is None
        case.assertAllClose(total, 6.0)
        assert case._GetNdArray(total) == 6.0
        with tf.control_dependencies([tf.debugging.assert_less(total, 5.0, message="is 6")]):
            checked = tf.identity(total)
        with case.assertRaisesOpError("is 6"):
            case.evaluate(checked)
    with tf.Graph().as_default() as graph, graph_mode():
        assert tf.compat.v1.get_default_graph() is graph


def test_set_up_seeds_the_generators(case):
    first = tf.random.uniform([2]).numpy(), np.random.rand()
    case.setUp()
    again = tf.random.uniform([2]).numpy(), np.random.rand()
    assert first[0].tolist() == again[0].tolist() and first[1] == again[1]


def test_writes_to_a_stream_are_captured(case, capfd):
    with case.captureWritesToStream(sys.stderr) as written:
        print("hello", file=sys.stderr)
    assert written.contents() == "hello\n"
    assert capfd.readouterr().err == ""


def test_a_failing_thread_fails_the_test(case):
    thread = case.checkedThread(target=lambda: 1 / 0)
    thread.start()
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        thread.join()


def test_jacobians_by_tape_and_by_differences_agree():
    by_tape, by_differences = tf.test.compute_gradient(
        lambda x, y: tf.matmul(x, y), [np.ones((2, 2)), tf.constant([[1.0], [2.0]], tf.float64)]
    )
    for one, other in zip(by_tape, by_differences, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)
    (of_complex,), _ = tf.test.compute_gradient(lambda x: x * x, [tf.constant([1 + 2j])])
    assert of_complex.tolist() == [[2.0, -4.0], [4.0, 2.0]]


def test_unittest_runs_a_suite():
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Suite).run(result)
    assert result.wasSuccessful()


def test_a_benchmark_reports_a_line(capsys):
    class Adding(tf.test.Benchmark):
        def benchmark_add(self):
            self.run_op_benchmark(None, lambda: tf.add(1, 2), min_iters=2)

    Adding().benchmark_add()
    assert '"name": "Adding.benchmark_add"' in capsys.readouterr().out


def test_a_folder_is_there_for_the_tests_own_cleanups_and_gone_afterwards():
    seen = []

    class Case(tf.test.TestCase):
        def runTest(self):
            self.addCleanup(lambda folder: seen.append((folder, os.path.isdir(folder))), self.get_temp_dir())

    assert Case().run().wasSuccessful()
    ((folder, was_there),) = seen
    assert was_there
    assert not os.path.exists(folder)


def test_rows_of_different_lengths_become_an_array_of_objects(case):
    assert case._GetNdArray(((1,), (1, 2))).dtype == object
    with pytest.raises(ValueError, match="setting an array element"):
        case._GetNdArray(np.array([1.0, (1, 2)], dtype=object).astype(float))
