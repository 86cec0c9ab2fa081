"""Replays what was recorded from TensorFlow, one test a case."""

import pytest

import tapeflow as tf
from tests.parity.case import Case, families
from tests.parity.differences import meant
from tests.parity.play import golden, unanswered, verdict

FAMILIES = families()
CASES = [case for family in FAMILIES.values() for case in family.cases.values() if not unanswered(case)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_answers_what_tensorflow_answers(case: Case):
    wrong, error = verdict(case, tf)
    if why := meant(case.name):
        assert wrong, f"agrees with TensorFlow, though differences.py says: {why}"
    elif wrong:
        raise AssertionError(f"{case.name} {wrong}") from error


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_recorded_that_is_not_a_case(family):
    assert sorted(golden(family)) == sorted(FAMILIES[family].cases)
