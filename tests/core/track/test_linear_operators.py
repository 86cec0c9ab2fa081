"""Linear operators inside traced functions: as arguments and results, with sizes that are known only then."""

import numpy as np
import pytest

import tapeflow as tf
from tests.parity.cases.linear_operators import MAKE

SQUARE = sorted(kind for kind in MAKE if kind != "FullMatrix_wide")


def answers(operator, x):
    solution = x if operator.is_non_singular is False else operator.solve(x)
    return operator.matmul(x), solution, operator.to_dense(), operator.trace(), operator


def argument(operator):
    n = int(operator.domain_dimension)
    return tf.cast(np.linspace(1.0, 2.0, 2 * n).reshape(n, 2), operator.dtype)


def relaxed(spec):
    if isinstance(spec, tf.TensorSpec):
        return tf.TensorSpec([None] * spec.shape.rank, spec.dtype)
    return spec._changed(relaxed)


def close(found, expected):
    for ours, theirs in zip(found[:4], expected[:4], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", SQUARE)
def test_an_operator_passes_through_a_function(kind):
    operator = MAKE[kind](tf.linalg)
    x = argument(operator)
    found = tf.function(answers)(operator, x)
    close(found, answers(operator, x))
    assert type(found[4]) is type(operator)
    np.testing.assert_allclose(found[4].to_dense(), operator.to_dense(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", SQUARE)
def test_an_operator_of_unknown_sizes_answers_as_eagerly(kind):
    operator = MAKE[kind](tf.linalg)
    x = argument(operator)
    signature = [relaxed(operator._type_spec), tf.TensorSpec([None, None], operator.dtype)]
    close(tf.function(answers, input_signature=signature)(operator, x), answers(operator, x))


@pytest.mark.parametrize("kind", SQUARE)
def test_an_operator_is_made_anew_from_its_tensors(kind):
    operator = MAKE[kind](tf.linalg)
    parts = tf.nest.flatten(operator, expand_composites=True)
    again = tf.nest.pack_sequence_as(operator, parts, expand_composites=True)
    np.testing.assert_array_equal(again.to_dense(), operator.to_dense())


def test_variables_of_an_operator_are_found_and_followed():
    variable = tf.Variable([1.0, 2.0])
    operator = tf.linalg.LinearOperatorDiag(variable)
    assert operator.trainable_variables == (variable,)
    variable.assign([3.0, 4.0])
    np.testing.assert_array_equal(operator.diag_part(), [3.0, 4.0])


def test_a_subclass_of_a_program_needs_matmul_and_shape_only():
    class Doubling(tf.linalg.LinearOperator):
        def __init__(self):
            super().__init__(dtype=tf.float32, is_self_adjoint=True, is_positive_definite=True, parameters={})

        def _shape(self):
            return tf.TensorShape([2, 2])

        def _matmul(self, x, adjoint=False, adjoint_arg=False):
            return 2.0 * (tf.linalg.adjoint(x) if adjoint_arg else x)

    operator = Doubling()
    np.testing.assert_allclose(operator.solvevec([2.0, 4.0]), [1.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(operator.determinant(), 4.0, rtol=1e-6)
    np.testing.assert_array_equal((operator @ operator).to_dense(), [[4.0, 0.0], [0.0, 4.0]])


def test_tridiagonal_products_broadcast():
    diagonals = np.arange(1.0, 19.0, dtype="f4").reshape(2, 3, 3)
    operator = tf.linalg.LinearOperatorTridiag(diagonals)
    x = np.arange(6, dtype="f4").reshape(3, 2)
    np.testing.assert_allclose(operator.matmul(x), operator.to_dense() @ x)
