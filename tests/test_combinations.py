"""`tf.__internal__.test.combinations` and `tf.__internal__.distribute.combinations`: one test, several times."""

import unittest

import pytest
from absl.testing import parameterized

import tapeflow as tf
from tapeflow.compat import combinations as c
from tapeflow.compat import strategy_combinations as s


def _run(case):
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


def test_combine_gives_every_choice_and_times_every_pair():
    assert [dict(one) for one in c.times(c.combine(a=[1, 2], b=3), c.combine(k="x"))] == [
        {"a": 1, "b": 3, "k": "x"}, {"a": 2, "b": 3, "k": "x"},
    ]  # fmt: skip
    assert c.combine() == [{}]


def test_an_argument_that_two_lists_have_is_refused():
    with pytest.raises(ValueError, match="overlap"):
        c.times(c.combine(a=1), c.combine(a=2))


def test_a_test_runs_once_for_each_combination_and_graphs_are_skipped():
    seen = []

    class Case(tf.test.TestCase, parameterized.TestCase):
        @c.generate(c.combine(mode=["graph", "eager"], x=[1, 2]))
        def test_it(self, x):
            seen.append((x, tf.executing_eagerly()))

    Case.test_session = None
    result = _run(Case)
    assert (seen, len(result.skipped), result.failures + result.errors) == ([(1, True), (2, True)], 2, [])
    assert hasattr(Case, "test_it_test_mode_eager_x_1")


def test_a_class_of_tests_is_generated_too():
    seen = []

    @c.generate(c.combine(mode="eager", x=[1, 2]))
    class Case(tf.test.TestCase):
        def test_it(self, x):
            seen.append(x)

    Case.test_session = None
    assert not _run(Case).errors
    assert seen == [1, 2]


@pytest.mark.parametrize(("passed", "message"), [({}, "not passed"), ({"x": 1, "y": 2}, "does not take")])
def test_arguments_that_do_not_fit_the_test_are_errors(passed, message):
    def test_it(self, x):
        raise AssertionError("not to be reached")

    with pytest.raises(ValueError, match=message):
        c._customized(test_it, c.generate.keywords["test_combinations"])(unittest.TestCase(), **passed)


def test_strategies_are_made_for_the_test_and_missing_devices_skip_it():
    seen = []
    named = [s.default_strategy, s.one_device_strategy, s.mirrored_strategy_with_two_gpus, s.tpu_strategy]

    class Case(tf.test.TestCase, parameterized.TestCase):
        @s.generate(c.combine(distribution=[*named, s.multi_worker_mirrored_2x1_cpu], mode="eager"))
        def test_it(self, distribution):
            seen.append(type(distribution).__name__)

    Case.test_session = None
    result = _run(Case)
    assert seen == ["DefaultStrategy", "OneDeviceStrategy"]
    assert len(result.skipped) == 3
    assert not result.errors
