"""The replay notices what it is there to notice."""

import numpy as np
import pytest

from tests.parity.case import Case, Family
from tests.parity.compare import difference, is_error
from tests.parity.describe import describe, describe_error, recorded_error
from tests.parity.play import GOLDEN

CASE = Case("family/case", lambda tf: None, (), "returns")


def numpy(values, dtype="float32"):
    return describe(np.array(values, dtype))


@pytest.mark.parametrize(
    "one, other",
    [
        (numpy([1.0, 2.0]), numpy([1.0, 2.001])),
        (numpy([1.0]), numpy([1.0], "float64")),
        (numpy([1.0]), numpy([[1.0]])),
        (numpy([float("nan")]), numpy([1.0])),
        (numpy([float("inf")]), numpy([-float("inf")])),
        (numpy([1], "int64"), numpy([2], "int64")),
        (describe([1, 2]), describe((1, 2))),
        (describe({"a": 1}), describe({"b": 1})),
        (describe(1), describe(True)),
        (describe("a"), describe(b"a")),
        (describe(None), describe(0)),
        (describe_error(ValueError("x")), describe_error(TypeError("x"))),
        (describe_error(ValueError("x")), describe(1)),
    ],
)
def test_unequal_results_differ(one, other):
    recorded = recorded_error(one) if is_error(one) else one
    assert difference(CASE, recorded, other)


@pytest.mark.parametrize(
    "value", [1, 2.5, True, None, "a", b"\xff", 1j, [1, (2.0,)], {"a": np.float16(0.1)}, slice(1)]
)
def test_a_result_equals_itself(value):
    assert difference(CASE, describe(value), describe(value)) is None


def test_nan_equals_nan_and_rounding_is_forgiven():
    assert difference(CASE, numpy([float("nan"), 1.0]), numpy([float("nan"), 1.0000001])) is None


def test_negative_zero_counts_only_where_the_case_says_so():
    exact = Case("family/case", lambda tf: None, (), "returns", signed_zeros=True)
    assert difference(CASE, numpy([0.0]), numpy([-0.0])) is None
    assert difference(exact, numpy([0.0]), numpy([-0.0]))


def test_a_subclass_of_the_recorded_error_will_do():
    class Mine(ValueError):
        pass

    assert (
        difference(CASE, recorded_error(describe_error(ValueError("x"))), describe_error(Mine("x"))) is None
    )


def test_an_error_must_say_the_words_of_the_case():
    case = Case("family/case", lambda tf: None, (), "raises", says=("[2,3]",))
    recorded = recorded_error(describe_error(ValueError("[2,3]")))
    assert difference(case, recorded, describe_error(ValueError("shape [2, 3] is wrong"))) is None
    assert difference(case, recorded, describe_error(ValueError("the shape is wrong")))


def test_rows_of_a_table_are_cases():
    case = Family("tests.made_up")
    case.table("""
        add/one: tf + 1
        fail/one: tf.nothing  # raises: nothing, there
    """)
    first, second = case.cases.values()
    assert (first.name, first.function(1), first.outcome) == ("made_up/add/one", 2, "returns")
    assert (second.outcome, second.says) == ("raises", ("nothing", "there"))
    with pytest.raises(ValueError, match="two cases"):
        case("add/one", lambda tf: tf)


def test_golden_files_are_small_and_name_no_machine():
    texts = [path.read_text() for path in GOLDEN.glob("*.json")]
    cases = sum(text.count("\n") for text in texts)
    assert sum(map(len, texts)) < 600 * cases, "600 bytes a case are enough, on average"
    assert not any("site-packages" in text or "0x7f" in text for text in texts)
