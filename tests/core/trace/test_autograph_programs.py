"""The programs of the AutoGraph families: captured they answer as in Python, interpreted and compiled alike."""

import functools

import numpy as np
import pytest

import tapeflow as tf
from tests.parity.cases import autograph_branches, autograph_calls, autograph_for, autograph_while
from tests.parity.programs import plain, tensor

FAMILIES = (autograph_branches, autograph_while, autograph_for, autograph_calls)
CALLS = [(f"{family.case.name}/{name}", *rest) for family in FAMILIES for name, *rest in family.program.calls]


def same(found, expected):
    tf.nest.assert_same_structure(found, expected, check_types=False, expand_composites=True)
    pairs = zip(tf.nest.flatten(found, expand_composites=True), tf.nest.flatten(expected, expand_composites=True),
                strict=True)  # fmt: skip
    for a, b in pairs:
        if b is None or a is None:
            assert a is b
        elif np.asarray(b).dtype.kind in "OSU":
            np.testing.assert_array_equal(np.asarray(a), np.asarray(tf.constant(b)))
        else:
            np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "function", "arguments"), CALLS, ids=[name for name, *_ in CALLS])
def test_a_program_answers_as_in_python_cold_and_compiled(name, function, arguments):
    expected = plain(tf, function, arguments)
    traced = tf.function(functools.partial(function, tf))
    for _ in range(4):  # the first calls are interpreted, later ones go through the compiler
        same(traced(*(tensor(tf, x) for x in arguments)), expected)
    assert traced.experimental_get_tracing_count() <= 2


def test_there_are_enough_programs():
    assert len({function for _, function, _ in CALLS}) >= 250
